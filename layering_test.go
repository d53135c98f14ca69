package seriatim_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layers says which room may import which, in the dialect of the test that
// guards Go's own standard library: "a, b < c" lets c import a and b and
// everything that they may import. It is policy: a change here is a change of
// the architecture and is explained in its commit.
//
// wire stands below eval because a lambda's canonical bytes are wire JSON and
// because the protocol's error is the one error a query can end in. Rooms that are
// planned have their place already.
const layers = `
	NONE < value, store, txlog, ledger, dashboard, durable, docs/tutorial, leaktest
	durable < checkpoint, archive, seriatim
	txlog < txlog/simdisk, txlog/etcdlog, txlog/logtest, archive
	store < txn
	txn, txlog, ledger < replica
	value < syntax < wire < client < shell
	syntax, txn < catalog < auth
	client < transfer < cmd/seriatim
	wire < docs/fql < docs/fql/generate, shell, httpapi
	docs/fql, docs/tutorial < docs < httpapi
	wire, auth < eval
	catalog, ledger < graphql
	eval, graphql, replica < seriatim
	seriatim, wire, dashboard < httpapi
	seriatim, client, httpapi, txlog/simdisk, docs/tutorial < sim
	NONE < wan < sim, cmd/seriatim
	seriatim, checkpoint, txlog/etcdlog < cluster
	httpapi, shell, bench, archive, checkpoint, cluster, docs/tutorial < cmd/seriatim
`

// denied lists imports that the lattice would allow but the design does not.
var denied = map[string][]string{
	"catalog": {"store", "txlog", "replica"},
	"auth":    {"store", "txlog", "replica"},
	"eval":    {"store", "txlog", "replica"},
	"graphql": {"store", "txlog", "replica", "txn"},
	"httpapi": {"store", "txlog", "replica", "txn", "catalog"},
	"txn":     {"store"},
}

// homes says which rooms alone may import a module from outside.
var homes = map[string][]string{
	"github.com/cockroachdb/pebble/v2": {"store"},
	"go.etcd.io/etcd":                  {"txlog/etcdlog"},
	"net/http":                         {"httpapi", "client", "dashboard", "checkpoint", "cluster", "txlog", "txlog/etcdlog", "wan", "cmd/seriatim"},
	"github.com/spf13/cobra":           {"cmd/seriatim"},
	"github.com/reeflective/readline":  {"shell"},
	"github.com/dlclark/regexp2/v2":    {"eval", "graphql"},
	"github.com/go-jose/go-jose/v4":    {"auth"},
	"golang.org/x/crypto":              {"auth"},
	"github.com/vektah/gqlparser/v2":   {"graphql"},
	"golang.org/x/mod":                 {"ledger"},

	"github.com/santhosh-tekuri/jsonschema/v6": {"graphql"},
	"github.com/transparency-dev/merkle":       {"ledger"},
	"github.com/coder/websocket":               {"httpapi"},
	"github.com/prometheus":                    {"httpapi"},
}

// pure rooms get time, randomness and concurrency from their callers.
var pure = []string{"value", "syntax", "catalog", "txn", "eval"}

func TestLayering(t *testing.T) {
	may := closure(layers)
	for _, f := range sources(t) {
		if f.room == "" {
			continue
		}
		for _, path := range f.imports {
			switch target, ours := strings.CutPrefix(path, "seriatim/"); {
			case path == "seriatim":
				checkImport(t, may, f, "seriatim")
			case ours:
				checkImport(t, may, f, target)
			default:
				checkHome(t, f, path)
			}
		}
	}
}

func checkImport(t *testing.T, may map[string]map[string]bool, f source, target string) {
	if f.room == target || f.test {
		return
	}
	if may[f.room] == nil {
		t.Errorf("%s: room %s is not in the layers", f.path, f.room)
		return
	}
	if !may[f.room][target] || slices.Contains(denied[f.room], target) {
		t.Errorf("%s: %s may not import %s", f.path, f.room, target)
	}
}

func checkHome(t *testing.T, f source, path string) {
	if f.test {
		return
	}
	for module, rooms := range homes {
		if (path == module || strings.HasPrefix(path, module+"/")) && !slices.Contains(rooms, f.room) {
			t.Errorf("%s: only %v may import %s", f.path, rooms, module)
		}
	}
}

// TestPurity holds the deterministic rooms to their word: no clock, no
// randomness, no goroutines.
func TestPurity(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || !slices.Contains(pure, f.room) {
			continue
		}
		for _, path := range f.imports {
			if path == "math/rand" || path == "math/rand/v2" || path == "crypto/rand" {
				t.Errorf("%s imports %s", f.path, path)
			}
		}
		ast.Inspect(f.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine", f.path)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Since") {
					t.Errorf("%s reads the clock", f.path)
				}
			}
			return true
		})
	}
}

// closure turns the text of layers into the set of rooms each room may import.
func closure(text string) map[string]map[string]bool {
	may := map[string]map[string]bool{}
	for line := range strings.Lines(text) {
		chain := strings.Split(strings.TrimSpace(line), "<")
		for i := 1; i < len(chain); i++ {
			for _, above := range names(chain[i]) {
				if may[above] == nil {
					may[above] = map[string]bool{}
				}
				for _, below := range names(chain[i-1]) {
					if below != "NONE" {
						may[above][below] = true
					}
				}
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, set := range may {
			for below := range set {
				for further := range may[below] {
					if !set[further] {
						set[further], changed = true, true
					}
				}
			}
		}
	}
	return may
}

func names(list string) []string {
	var out []string
	for n := range strings.SplitSeq(list, ",") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// source is one Go file of the module.
type source struct {
	path, room string
	test       bool
	imports    []string
	file       *ast.File
	lines      []int // length of every function, and
	names      []string
}

// sources parses every Go file of the module, tests included.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, newSource(fset, path, file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func newSource(fset *token.FileSet, path string, file *ast.File) source {
	room := filepath.ToSlash(filepath.Dir(path))
	if room == "." {
		room = "seriatim"
	}
	s := source{path: path, room: room, test: strings.HasSuffix(path, "_test.go"), file: file}
	for _, im := range file.Imports {
		s.imports = append(s.imports, strings.Trim(im.Path.Value, `"`))
	}
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			s.lines = append(s.lines, fset.Position(fn.End()).Line-fset.Position(fn.Pos()).Line+1)
			s.names = append(s.names, fn.Name.Name)
		}
	}
	return s
}
