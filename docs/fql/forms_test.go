package fql_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"seriatim/docs/fql"
)

// TestForms compares one page as text for a terminal and as JSON with testdata,
// which -rewrite writes.
func TestForms(t *testing.T) {
	p := fql.Lookup("concat")
	if p == nil || p.Name != "Concat" {
		t.Fatal("the case of a name matters")
	}
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"Concat.txt": p.Plain(), "Concat.json": indented.String() + "\n",
	} {
		file := "testdata/" + name
		if *rewrite {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != got {
			t.Errorf("%s: %v, got\n%s", file, err, got)
		}
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]bool{"Paginate": true, "paginate": true, "Paginat": false, "": false} {
		if p := fql.Lookup(name); (p != nil) != want {
			t.Errorf("Lookup(%q) is %v", name, p)
		}
	}
}
