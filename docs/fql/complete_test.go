package fql_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seriatim/docs/fql"
	"seriatim/syntax"
)

// unwritten is the file that names the functions without a page. It only shrinks.
const unwritten = "unwritten.txt"

// leading is how many leading forms API version 4 has (fql-v4 section 10).
const leading = 209

// TestComplete wants a page for every function, or its name in the list of those
// that are not written yet, and no name there that has one.
func TestComplete(t *testing.T) {
	text, err := os.ReadFile(unwritten)
	if err != nil {
		t.Fatal(err)
	}
	missing := strings.Fields(string(text))
	forms := 0
	for _, f := range syntax.Functions() {
		written, listed := fql.Lookup(f.Name) != nil, slices.Contains(missing, f.Name)
		if !slices.Contains([]string{"Lambda", "Bytes", "UUID"}, f.Name) { // no leading keys of their own
			forms++
		}
		switch {
		case !written && !listed:
			t.Errorf("%s has no page and is not in %s", f.Name, unwritten)
		case written && listed:
			t.Errorf("%s has a page and is still in %s", f.Name, unwritten)
		}
	}
	for _, name := range missing {
		if f, _ := syntax.Lookup(name); f == nil || f.Name != name {
			t.Errorf("%s names %s, which is no function", unwritten, name)
		}
	}
	if forms != leading {
		t.Errorf("%d leading forms, want %d", forms, leading)
	}
	t.Logf("%d of %d functions have a page; without one: %s", len(fql.Pages()), len(syntax.Functions()), strings.Join(missing, " "))
}

// TestFamilies wants every file of the source to be read.
func TestFamilies(t *testing.T) {
	files, err := filepath.Glob("source/*.txt")
	if err != nil || len(files) != len(fql.Families())+1 {
		t.Errorf("%d files in source, %d families and the setups are read: %v", len(files), len(fql.Families()), err)
	}
}

// TestPagesWhole holds every page to what README.md asks of it.
func TestPagesWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range fql.Pages() {
		if seen[p.Name] {
			t.Errorf("%s has two pages", p.Name)
		}
		seen[p.Name] = true
		checkPage(t, p)
	}
}

func checkPage(t *testing.T, p *fql.Page) {
	var keys, params []string
	for _, a := range p.Args {
		keys = append(keys, a.Key)
	}
	for _, param := range fql.Specs[p.Name].Params {
		if !param.Null {
			params = append(params, param.Key)
		}
	}
	if len(keys) > len(params) && fql.Specs[p.Name].Params[0].Null {
		params = keys // an argument that the shell may give in the place of null
	}
	shown := 0
	for _, e := range p.Examples {
		for _, s := range e.Steps {
			if !s.Quiet {
				shown++
			}
		}
	}
	switch {
	case p.Text == "" || p.Result.Type == "" || len(p.Sources) == 0:
		t.Errorf("%s: a page says what its function does, what it gives, and where that is known from", p.Name)
	case !slices.Equal(keys, params):
		t.Errorf("%s: has the arguments %v, want %v", p.Name, keys, params)
	case shown < 3:
		t.Errorf("%s: has %d examples, want 3", p.Name, shown)
	case len(p.Errors) == 0 && p.Note == "":
		t.Errorf("%s: says nothing of errors", p.Name)
	}
	for _, name := range p.See {
		if f, _ := syntax.Lookup(name); f == nil || f.Name != name {
			t.Errorf("%s: see %s, which is no function", p.Name, name)
		}
	}
}

// TestMarkdown wants the committed pages to be those that go generate makes.
func TestMarkdown(t *testing.T) {
	if *rewrite {
		t.Skip("the results are being written")
	}
	files := fql.Markdown()
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(fql.Folder, name))
		if err != nil || string(got) != want {
			t.Errorf("%s is not what go generate ./docs/fql makes", name)
		}
	}
	old, err := filepath.Glob(filepath.Join(fql.Folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range old {
		if files[filepath.Base(path)] == "" {
			t.Errorf("%s is not made by go generate ./docs/fql", path)
		}
	}
}
