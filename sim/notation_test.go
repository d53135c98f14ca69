package sim

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

var lines = []string{
	"T1 p0 [0,10] append x 1 ok",
	"T2 p1 [5,-] append x 2, append y -3 info # timeout: no answer, [reset]",
	"T3 p12 [7,30] final: read x [1 2], read y [] via index, get r none ok session @1234",
	"T4 p1 [8,9] cas r 1 2 refused, cas r -1 2, insert k 7 refused, delete k 7, add a -5, set r 5 fail",
	"T5 p1 [10,11] session: append ok 1, get session 5 via at at 100, read refused [9223372036854775807] ok",
	"T6 p1 [12,12] ok",
	"T7 p0 [-5,-1] ok: ok",
}

// FuzzNotation holds parse∘print to be the identity on everything that parses,
// and JSON Lines to keep everything that is well formed.
func FuzzNotation(f *testing.F) {
	f.Add(strings.Join(lines, "\n"))
	for _, line := range lines {
		f.Add(line)
	}
	f.Add("# comment\n\nT1 p0 [0 10] ok")
	f.Add("T1 p0 [0,10] append x: 1 ok")
	f.Add("T1 p0 [0,10] ok: append x 1 info extra")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHistory(text)
		if err != nil || h.Verify() != nil {
			return
		}
		var b strings.Builder
		for _, o := range h {
			b.WriteString(o.String() + "\n")
		}
		again, err := ParseHistory(b.String())
		if err != nil || !reflect.DeepEqual(h, again) {
			t.Fatalf("%q is read back as %v, %v", b.String(), again, err)
		}
		stored(t, h)
		for _, check := range []func(History) []Anomaly{CheckAppend, CheckAssign, CheckUnique, CheckMonotonic} {
			check(h)
		}
		CheckBank(h, 0)
	})
}

func stored(t *testing.T, h History) {
	var file bytes.Buffer
	n, err := h.WriteTo(&file)
	if err != nil || n != int64(file.Len()) {
		t.Fatalf("wrote %d of %d bytes: %v", n, file.Len(), err)
	}
	again, err := ReadHistory(&file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range h {
		if h[i].String() != again[i].String() {
			t.Fatalf("%v was stored as %v", h[i], again[i])
		}
	}
}

func TestNotationIsExact(t *testing.T) {
	h, err := ParseHistory(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range h {
		if o.String() != lines[i] {
			t.Errorf("%s\nis printed as\n%s", lines[i], o)
		}
	}
	stored(t, h)
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"T1 p0 [0,10] append x 1":           "line 1: the line ends too early",
		"\n# c\nT1 p0 [0,10] append x y ok": `line 3: "y" is not "" and a number`,
		"p0 [0,10] ok":                      `line 1: "p0" is not "T" and a number`,
		"T1 p0 [0,10] push x 1 ok":          `line 1: "push" is not a step`,
		"T1 p0 [0,10] append x 1 ok 7":      `line 1: "7" is left over`,
		"T1 p0 [0,10] read x 1 ok":          "line 1: a list must start with [",
		"T1 p0 [0,10] append x 1 maybe":     `line 1: "maybe" is not an outcome`,
	} {
		_, err := ParseHistory(text)
		if err == nil || err.Error() != "sim: parse: "+want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestReadHistoryErrors(t *testing.T) {
	const good = `{"id":1,"p":0,"from":0,"to":1,"outcome":"ok","steps":[{"f":"append","k":"x","v":1}]}` + "\n"
	for _, bad := range []string{
		`{"id":1,`,
		`{"id":1,"p":0,"from":0,"to":1,"outcome":"perhaps","steps":[]}`,
		`{"id":1,"p":0,"from":0,"to":1,"outcome":"ok","steps":[{"f":"push","k":"x"}]}`,
		`{"id":1,"surprise":0}`,
	} {
		_, err := ReadHistory(strings.NewReader(good + bad))
		if err == nil || !strings.Contains(err.Error(), "operation 2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestVerify(t *testing.T) {
	for text, want := range map[string]string{
		"T1 p0 [0,10] ok\nT1 p1 [0,10] ok":          "T1 occurs twice",
		"T1 p0 [10,0] ok":                           "T1 returned at 0, before its invocation at 10",
		"T1 p0 [0,10] ok\nT2 p0 [5,20] ok":          "process 0 invoked T2 before T1 had ended",
		"T1 p0 [0,10] info\nT2 p0 [50,60] ok":       "process 0 invoked T2 before T1 had ended",
		"T1 p0 [0,10] ok\nT2 p0 [10,20] ok session": "",
	} {
		h, err := ParseHistory(text)
		if err != nil {
			t.Fatal(err)
		}
		switch err := h.Verify(); {
		case want == "" && err != nil, want != "" && (err == nil || err.Error() != "sim: verify: "+want):
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
