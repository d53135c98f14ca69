package httpapi

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"seriatim/auth"
	"seriatim/wire"
)

// TestSessions: the one that was not used for longest goes when there are too many,
// and whoever is idle goes after a while.
func TestSessions(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := newSessions()
	s.now = func() time.Time { return now }
	var all []*session
	for range maxSessions {
		now = now.Add(time.Second)
		all = append(all, s.add(auth.Credential{Secret: "a"}))
	}
	if s.find(all[0].token) != all[0] || s.find("") != nil || s.find("x") != nil {
		t.Fatal("a session is not found by its token")
	}
	added := s.add(auth.Credential{})
	if s.find(all[1].token) != nil {
		t.Error("the session that was not used for longest is kept")
	}
	for _, kept := range []*session{all[0], all[2], added} {
		if s.find(kept.token) != kept {
			t.Error("another session went")
		}
	}
	now = now.Add(sessionIdle - time.Second)
	if s.find(added.token) == nil {
		t.Error("a session went too early")
	}
	now = now.Add(time.Second)
	if s.find(all[2].token) != nil || s.find(added.token) == nil || len(s.tokens) != 1 || s.recent.Len() != 1 {
		t.Errorf("%d sessions are kept, want the one that was used", len(s.tokens))
	}
	s.drop(added.token)
	s.drop(added.token)
	if len(s.tokens) != 0 || s.recent.Len() != 0 {
		t.Error("a session that was dropped is kept")
	}
}

// TestSeen: a session's time never goes back.
func TestSeen(t *testing.T) {
	var s session
	for _, ts := range []int64{5, 3, 7, 7, 0} {
		s.see(ts)
	}
	if got := s.seen.Load(); got != 7 {
		t.Errorf("it has seen %d", got)
	}
}

// TestAuthorization spells secrets for databases below theirs.
func TestAuthorization(t *testing.T) {
	for _, c := range []struct{ secret, below, want string }{
		{"k", "", "Bearer k"},
		{"k", "a", "Bearer k:a:admin"},
		{" k \n", "a/b", "Bearer k:a/b:admin"},
		{"k:", "a", "Bearer k:a:admin"},
		{"k:admin", "", "Bearer k:admin"},
		{"k:admin", "a", "Bearer k:a:admin"},
		{"k:server", "", "Bearer k:server"},
		{"k:x/y:admin", "", "Bearer k:x/y:admin"},
		{"k:x/y:admin", "a/b", "Bearer k:x/y/a/b:admin"},
		{"k:x:server", "", "Bearer k:x:server"},
		{"k:@role/clerk", "", "Bearer k:@role/clerk"},
		{"k:x:@doc/users/1", "", "Bearer k:x:@doc/users/1"},
		{"k:nonsense", "", "Bearer k"}, // as the protocol has it
	} {
		secret, ok := auth.ParseAuthorization("Bearer " + c.secret)
		if !ok {
			t.Errorf("%q is no secret", c.secret)
			continue
		}
		var below []string
		if c.below != "" {
			below = strings.Split(c.below, "/")
		}
		got := authorization(secret, below)
		if got != c.want {
			t.Errorf("%q below %q is %q, want %q", c.below, c.secret, got, c.want)
		}
		again, _ := auth.ParseAuthorization(got)
		if want := append(secret.Path, below...); strings.Join(again.Path, "/") != strings.Join(want, "/") {
			t.Errorf("%q is read as %v, want the path %v", got, again, want)
		}
	}
}

// FuzzUnits: byte offsets become those that JavaScript counts, and lines and columns
// are what they are.
func FuzzUnits(f *testing.F) {
	for _, text := range []string{
		"", "a", "é", "😀", "a😀b\r\nc\n\n😀", "\ufeff\u2028", strings.Repeat("ab😀\n", 200),
		strings.Repeat("x", 255) + "😀" + strings.Repeat("é", 300), strings.Repeat("x", 256) + "é",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 10_000 {
			t.Skip()
		}
		u := newUnits(text)
		for offset := range len(text) + 1 {
			before := text[:offset]
			if !utf8.ValidString(before) {
				continue
			}
			want := len(utf16.Encode([]rune(before)))
			line := before[strings.LastIndexByte(before, '\n')+1:]
			p := u.place(offset, len(text))
			if u.at(offset) != want || p.From != want || p.To != u.at(len(text)) {
				t.Fatalf("byte %d of %q is unit %d, want %d", offset, text, u.at(offset), want)
			}
			if p.Line != strings.Count(before, "\n")+1 || p.Column != len(utf16.Encode([]rune(line)))+1 {
				t.Fatalf("byte %d of %q is at %d:%d", offset, text, p.Line, p.Column)
			}
		}
	})
}

// TestIndented: the estimate of a result's size is not below what it is estimated
// for, save what is not worth it.
func TestIndented(t *testing.T) {
	for _, body := range []string{`1`, `"a,{[\"]"`, `[]`, `[1,2,[3,{"a":"b\\","c":{}}]]`, strings.Repeat("[", 50) + "1,2,3" + strings.Repeat("]", 50)} {
		pretty := len(wire.AppendPretty(nil, []byte(body)))
		if got := indented([]byte(body)); got < pretty*3/4 || got > pretty*2+20 {
			t.Errorf("%s takes %d bytes, estimated %d", body, pretty, got)
		}
	}
}
