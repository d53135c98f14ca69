package model

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestImports holds the model to its independence: it knows the query's tree and
// the wire, never what gives them a meaning; only the comparison opens a database.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		must(t, err)
		for _, im := range f.Imports {
			path, ours := strings.CutPrefix(strings.Trim(im.Path.Value, `"`), "seriatim")
			if !ours || slices.Contains([]string{"/syntax", "/value", "/wire"}, path) || name == "model_test.go" && slices.Contains([]string{"", "/store", "/txlog", "/txlog/simdisk"}, path) {
				continue
			}
			t.Errorf("%s imports seriatim%s", name, path)
		}
	}
}
