package seriatim_test

import (
	"bytes"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	maxFileLines     = 600 // a file holds one noun
	maxFunctionLines = 70
)

// longFunctions are those over the limit, each for a reason. The list only shrinks.
var longFunctions = map[string]bool{}

// drawers are words that name a place for anything.
var drawers = regexp.MustCompile(`^[A-Z]\w*(Manager|Helper|Util|Utils|Impl|Info)$`)

// leftover marks work that was put off. It is assembled so as not to find itself.
var leftover = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)

func TestTidy(t *testing.T) {
	introduced, rooms := map[string]bool{}, map[string]bool{}
	for _, f := range sources(t) {
		text, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n > maxFileLines && !f.test {
			t.Errorf("%s has %d lines: does it hold one noun?", f.path, n)
		}
		if m := leftover.Find(text); m != nil {
			t.Errorf("%s has a %s", f.path, m)
		}
		for i, n := range f.lines {
			if n > maxFunctionLines && !f.test && !longFunctions[f.path+":"+f.names[i]] {
				t.Errorf("%s: %s has %d lines", f.path, f.names[i], n)
			}
		}
		if !f.test {
			rooms[f.room] = true
			introduced[f.room] = introduced[f.room] || f.file.Doc != nil
			checkNames(t, f)
		}
	}
	for room := range rooms {
		if !introduced[room] {
			t.Errorf("room %s has no package comment", room)
		}
	}
	checkRoomsNamed(t, rooms)
}

// checkNames wants a comment on everything exported and no drawer among the names.
func checkNames(t *testing.T, f source) {
	for _, d := range f.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d.Recv)) && !obvious[d.Name.Name] {
				t.Errorf("%s: %s has no comment", f.path, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				ts, ok := s.(*ast.TypeSpec)
				if !ok || !ts.Name.IsExported() {
					continue
				}
				if d.Doc == nil && ts.Doc == nil {
					t.Errorf("%s: %s has no comment", f.path, ts.Name.Name)
				}
				if drawers.MatchString(ts.Name.Name) {
					t.Errorf("%s: %s is the name of a drawer", f.path, ts.Name.Name)
				}
			}
		}
	}
}

// obvious are methods whose contract is the interface they implement.
var obvious = map[string]bool{"Error": true, "Unwrap": true, "Is": true, "String": true, "Kind": true, "Len": true, "Less": true, "Swap": true, "Write": true, "Read": true, "Close": true}

func exportedReceiver(r *ast.FieldList) bool {
	typ := r.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if ix, ok := typ.(*ast.IndexExpr); ok {
		typ = ix.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

// checkRoomsNamed wants ARCHITECTURE.md to introduce every room.
func checkRoomsNamed(t *testing.T, rooms map[string]bool) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if room != "seriatim" && !strings.Contains(string(text), filepath.Base(room)) {
			t.Errorf("ARCHITECTURE.md does not name %s", room)
		}
	}
}
