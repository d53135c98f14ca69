package eval

import (
	"strings"
	"testing"
	"unicode/utf8"

	"seriatim/syntax"
	"seriatim/value"
)

// FuzzTranslateRegex checks, through the three functions that take a regular
// expression, that none crashes, grows or holds up an evaluation; that they agree;
// that a match replaced by itself changes nothing; that what is found is where it
// is said to be; that quoted text finds itself; and that a character is in a class
// or in its complement.
func FuzzTranslateRegex(f *testing.F) {
	for _, seed := range []string{
		`a++`, `[a&&[^b]]`, `(?<n>x)\k<n>`, `\Qa`, `[\Q]\E]`, `(?i-s:a)`, `\x{1F600}`, `[^&&a]`, `((`, `\ud83d\ude00`, `\0`, `a{1,2}+`, `\c`, `[\`,
		`(a+)+$`, `(a*)*b`, `(?=a)|$`, `\R`, `\X`, `^|\b`, `a{0,1000}`, `(?x) a # b`, `\p{IsGreek}`, `[a-z&&[^m-p]]`, `\G`, `(?m)^.$`, `(a|b|ab)*c`,
	} {
		f.Add(seed, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n€😀 abc")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(text) || len(text) > 1000 {
			return
		}
		translated, _, ok := translateRegex(pattern)
		if len(translated) > 1000*(len(pattern)+1) {
			t.Fatalf("%q became %d bytes", pattern, len(translated))
		}
		p, in := value.String(pattern), value.String(text)
		contains, fault, stopped := called(t, syntax.OpContainsStrRegex, in, p)
		if stopped || fault != nil {
			return // called has looked at the error
		}
		if !ok {
			t.Fatalf("%q is searched for, and refused", pattern)
		}
		same(t, pattern, text, bool(contains.(value.Bool)))
		complement(t, pattern)
		quoted := `\Q` + strings.ReplaceAll(text, `\E`, `\E\\E\Q`) + `\E`
		at, fault, stopped := called(t, syntax.OpFindStrRegex, in, value.String(quoted), value.Int(0), value.Int(1))
		if !stopped && (fault != nil || found(t, at, text) != 1 && text != "") {
			t.Fatalf("%q does not find itself", text)
		}
	})
}

// same checks what the three functions say of one expression in one text.
func same(t *testing.T, pattern, text string, contains bool) {
	p, in := value.String(pattern), value.String(text)
	list, fault, stopped := called(t, syntax.OpFindStrRegex, in, p)
	if stopped {
		return
	}
	if fault != nil {
		if text != "" { // an empty text has no place to start from
			t.Fatalf("%q is in %q: %t; finding it fails: %s", pattern, text, contains, fault.errors()[0].Description)
		}
	} else if n := found(t, list, text); n > 0 != contains {
		t.Fatalf("%q is in %q: %t; it is found %d times", pattern, text, contains, n)
	}
	again, fault, stopped := called(t, syntax.OpReplaceStrRegex, in, p, value.String("$0"))
	if !stopped && (fault != nil || string(again.(value.String)) != text) {
		t.Fatalf("%q in %q, replaced by itself, gives %v", pattern, text, again)
	}
}

// found returns how many matches FindStrRegex gave, having checked their places.
func found(t *testing.T, v value.Value, text string) int {
	list, runes := v.(value.Array), []rune(text)
	last := value.Int(-1)
	for _, m := range list {
		start, _ := m.(*value.Object).Get("start")
		end, _ := m.(*value.Object).Get("end")
		data, _ := m.(*value.Object).Get("data")
		s, e, d := start.(value.Int), end.(value.Int), data.(value.String)
		switch {
		case s < last || e < s || int(s) > len(runes):
			t.Fatalf("a match from %d to %d, after %d, in %d characters", s, e, last, len(runes))
		case d != "" && (int(e) >= len(runes) || string(runes[s:e+1]) != string(d)):
			t.Fatalf("the match %q from %d to %d is not there in %q", d, s, e, text)
		}
		last = s
	}
	return len(list)
}

// complement checks of what may stand in a class that each character is in the
// class or in its complement, and not in both.
func complement(t *testing.T, body string) {
	if body == "" || strings.ContainsAny(body, "[]^\\&") || len(body) > 100 {
		return
	}
	for _, r := range body + "aZ0 \n€😀" {
		in, fault, _ := called(t, syntax.OpContainsStrRegex, value.String(string(r)), value.String("["+body+"]"))
		out, other, _ := called(t, syntax.OpContainsStrRegex, value.String(string(r)), value.String("[^"+body+"]"))
		if (fault == nil) != (other == nil) || fault == nil && in == out {
			t.Fatalf("%q in [%s]: %v %v, in [^%s]: %v %v", r, body, in, fault, body, out, other)
		}
	}
}
