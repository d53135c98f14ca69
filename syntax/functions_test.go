package syntax

import "testing"

// TestFunctions checks that every function is described and found by its name.
func TestFunctions(t *testing.T) {
	for _, f := range Functions() {
		if f.Summary == "" || f.Signature == "" {
			t.Errorf("%s is not described", f.Name)
		}
		if found, _ := Lookup(f.Name); found == nil || found.Name != f.Name {
			t.Errorf("%s is not found", f.Name)
		}
	}
	for name, want := range map[string]string{
		"paginat": "Paginate", "isarray": "", "Docments": "Documents", "xyzzy": "", "Cretae": "Create", "Contians": "Contains", "Q": "",
	} {
		if _, meant := Lookup(name); meant != want {
			t.Errorf("Lookup(%q) suggests %q, want %q", name, meant, want)
		}
	}
	if f, _ := Lookup("isarray"); f == nil || f.Name != "IsArray" {
		t.Error("case matters")
	}
	if got, want := Signature(OpGet), "Get(refOrSet, [ts])"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestQueryText keeps each query's own text and place.
func TestQueryText(t *testing.T) {
	if _, err := ParseQueries("Now() // one\n\n  /* two */ Add(1,\n 2) ;;\té; "); err == nil {
		t.Fatal("é is no query")
	}
	queries, err := ParseQueries("Now() // one\n\n  /* é */ Add(1,\n 2) ;;\t'x'; ")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ pos, text string }{{"1:1", "Now()"}, {"3:11", "Add(1,\n 2)"}, {"4:8", "'x'"}}
	for i, q := range queries {
		if q.Text != want[i].text || q.Pos.String() != want[i].pos {
			t.Errorf("query %d: %s %q", i, q.Pos, q.Text)
		}
	}
}
