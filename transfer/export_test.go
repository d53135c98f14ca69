package transfer_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seriatim/transfer"
)

const definitions = `[
	{"create_collection":{"object":{"name":"people","history_days":7}}},
	{"create_collection":{"object":{"name":"odd.name","data":{"object":{"why":"dots"}}}}},
	{"create_function":{"object":{"name":"twice","body":{"query":{"lambda":"x","expr":{"add":[{"var":"x"},{"var":"x"}]}}}}}},
	{"create_role":{"object":{"name":"caller","privileges":[{"object":{"resource":{"function":"twice"},"actions":{"object":{"call":true}}}}]}}}
]`

const values = `{"object":{"i":9007199254740993,"d":1.0,"s":"ü\n\"","t":{"time":"2020-01-01T00:00:00.123456789Z"},"day":{"date":"2020-02-29"},
	"b":{"@bytes":"AAE="},"u":{"@uuid":"0c0a1b2c-3d4e-4f50-8162-738495a6b7c8"},"l":[null,[],{"object":{}}],"@at":{"object":{"@obj":{"@ref":{"object":{"id":"x"}}}}},
	"r":{"ref":{"collection":"people"},"id":"1"},"c":{"collection":"people"},"m":{"match":{"index":"by_s"},"terms":"x"},"q":{"query":{"lambda":"x","expr":{"var":"x"}}}}}`

// fill makes a database that has everything an export knows.
func fill(t *testing.T, s *server) {
	t.Helper()
	s.query(t, definitions)
	s.query(t, `{"create_index":{"object":{"name":"by_s","source":{"collection":"people"},"terms":[{"object":{"field":["data","s"]}}]}}}`)
	s.query(t, `{"update":{"function":"twice"},"params":{"object":{"role":{"role":"caller"}}}}`)
	s.query(t, `{"create":{"ref":{"collection":"people"},"id":"1"},"params":{"object":{"data":`+values+`,"credentials":{"object":{"password":"abc"}}}}}`)
	s.query(t, `{"create":{"ref":{"collection":"people"},"id":"2"},"params":{"object":{"ttl":{"time_add":{"now":null},"offset":1,"unit":"days"}}}}`)
	for i := range 5 {
		var b strings.Builder
		for n := range 300 {
			fmt.Fprintf(&b, `,{"do":[{"create":{"collection":"odd.name"},"params":{"object":{"data":{"object":{"n":%d}}}}},0]}`, 300*i+n)
		}
		s.query(t, "["+b.String()[1:]+"]")
	}
}

func export(t *testing.T, s *server, o transfer.ExportOptions) map[string]string {
	t.Helper()
	o.Dir, o.Client, o.Credentials = filepath.Join(t.TempDir(), "out"), s.main, s.role
	if _, err := transfer.Export(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return read(t, o.Dir)
}

// TestRoundTrip: export, import into an empty database, export: the documents are the same
// to the byte. Definitions and credentials are but for their ts, which are of the import.
func TestRoundTrip(t *testing.T) {
	one, two := start(t), start(t)
	fill(t, one)
	first := export(t, one, transfer.ExportOptions{})
	dir := t.TempDir()
	for name, text := range first {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	o := transfer.Options{Path: dir, Client: two.main, Credentials: two.role}
	o.State = filepath.Join(t.TempDir(), "state")
	r, err := transfer.Import(t.Context(), o)
	if err != nil || r.Rejected > 0 {
		var b strings.Builder
		r.Write(&b)
		t.Fatalf("%v\n%s", err, b.String())
	}
	second := export(t, two, transfer.ExportOptions{})
	if a, b := slices.Sorted(maps.Keys(first)), slices.Sorted(maps.Keys(second)); !slices.Equal(a, b) {
		t.Fatalf("files %q became %q", a, b)
	}
	for name, text := range first {
		switch {
		case name == "export.json", name == "credentials.jsonl": // of those, what they are for is tested below
		case strings.HasPrefix(name, "data/"):
			if text != second[name] {
				t.Errorf("%s:\n%.2000s\nbecame\n%.2000s", name, text, second[name])
			}
		case withoutTS(text) != withoutTS(second[name]):
			t.Errorf("%s:\n%s\nbecame\n%s", name, text, second[name])
		}
	}
	if got := two.query(t, `{"identify":{"ref":{"collection":"people"},"id":"1"},"password":"abc"}`); got != "true" {
		t.Errorf("the password is not what it was: %s", got)
	}
	// Again: everything is there.
	o.Append = true
	if r, err = transfer.Import(t.Context(), o); err != nil || r.Made > 0 || r.Rejected > 0 || r.Same == 0 {
		t.Errorf("again: %d made, %d rejected, %v", r.Made, r.Rejected, err)
	}
}

// withoutTS leaves the member out, and the order of members and lines.
func withoutTS(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		var all map[string]any
		if json.Unmarshal([]byte(l), &all) == nil {
			delete(all, "ts")
			b, _ := json.Marshal(all)
			lines[i] = string(b)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestPointInTime: what is written while an export runs is not in it.
func TestPointInTime(t *testing.T) {
	s := start(t)
	fill(t, s)
	before := export(t, s, transfer.ExportOptions{Collections: []string{"odd.name"}})
	wrote := 0
	during := transfer.ExportOptions{Collections: []string{"people", "odd.name"}, Progress: func(p transfer.Progress) {
		if wrote++; wrote < 5 {
			s.query(t, `{"create":{"collection":"odd.name"},"params":{"object":{}}}`)
			s.query(t, `{"map":{"lambda":"x","expr":{"do":[{"delete":{"var":"x"}},0]}},"collection":{"paginate":{"documents":{"collection":"odd.name"}},"size":50}}`)
		}
	}}
	got := export(t, s, during)
	if wrote == 0 {
		t.Fatal("nothing was written meanwhile")
	}
	for name, text := range before {
		if strings.HasPrefix(name, "data/") && got[name] != text {
			t.Errorf("%s changed while it was exported", name)
		}
	}
}

// TestEncodings shows what the other encodings make of the same document.
func TestEncodings(t *testing.T) {
	s := start(t)
	fill(t, s)
	for encoding, want := range map[string]string{
		"simple": `"coll":"people","i":9007199254740993,"d":1.0,"s":"ü\n\"","t":"2020-01-01T00:00:00.123456789Z","day":"2020-02-29","b":"AAE=","u":"0c0a1b2c-3d4e-4f50-8162-738495a6b7c8","l":[[],{}],"@at":{"@ref":{"id":"x"}},"r":{"id":"1","coll":"people"},"c":"people",`,
		"csv":    `9007199254740993,1.0,"ü` + "\n" + `""",2020-01-01T00:00:00.123456789Z,2020-02-29,AAE=,0c0a1b2c-3d4e-4f50-8162-738495a6b7c8,"[[],{}]","{""@ref"":{""id"":""x""}}",1,people,`,
	} {
		var text string
		for name, one := range export(t, s, transfer.ExportOptions{Encoding: encoding, Collections: []string{"people"}}) {
			if strings.HasPrefix(name, "data/") {
				text = one
			}
		}
		var cut strings.Builder
		for part := range strings.SplitSeq(text, `"ts":"`) { // it differs
			if _, rest, ok := strings.Cut(part, `Z",`); ok && cut.Len() > 0 {
				part = rest
			}
			cut.WriteString(part)
		}
		if !strings.Contains(cut.String(), want) {
			t.Errorf("%s:\n%s\nlacks\n%s", encoding, text, want)
		}
	}
}
