package seriatim_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seriatim"
	"seriatim/client"
	"seriatim/docs/tutorial"
	"seriatim/syntax"
	"seriatim/wire"
)

// rewriting tells that what the tutorial prints is to be written to docs/tutorial, with
// the flag that rewrites scripts too.
func rewriting() bool { return flag.Lookup("rewrite").Value.String() == "true" }

// TestTutorial runs the shop's queries in order and compares what they print. The
// two sides of the race each run alone here, on a shop of their own.
func TestTutorial(t *testing.T) {
	steps := tutorial.Steps()
	race := len(steps) - 2
	check(t, steps[:race+1])
	check(t, append(steps[:race:race], steps[race+1]))
}

func check(t *testing.T, steps []tutorial.Step) {
	db := open(t, t.TempDir())
	for _, s := range steps {
		got := tutorial.Mask(run(t, db, s.Query)) + "\n"
		if rewriting() {
			if err := os.WriteFile(filepath.Join("docs/tutorial", s.Name+".out"), []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if got != s.Want {
			t.Errorf("%s prints\n%s\nwant\n%s", s.Name, got, s.Want)
		}
	}
}

func open(t *testing.T, dir string) *seriatim.DB {
	t.Helper()
	db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// run runs the queries of a text and returns what they print.
func run(t *testing.T, db *seriatim.DB, text string) string {
	t.Helper()
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, q := range queries {
		resp := db.Query(context.Background(), request(wire.AppendExpr(nil, q.Expr)))
		printed, ok := show(t, resp)
		out = append(out, printed)
		if !ok {
			break
		}
	}
	return strings.Join(out, "\n")
}

func request(body []byte) *seriatim.Request {
	return &seriatim.Request{Authorization: "Bearer secret", Body: body, Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries}
}

// show prints a response as the shell does; ok is false for an error.
func show(t *testing.T, resp *seriatim.Response) (printed string, ok bool) {
	t.Helper()
	if resp.Err != nil {
		t.Fatal(resp.Err)
	}
	if resp.Status >= 300 {
		errs, err := wire.DecodeErrors(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		e := client.Error{Status: resp.Status, Errors: errs}
		return strings.Join(e.Lines(), "\n"), false
	}
	body, err := wire.Resource(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	v, err := wire.DecodeData(body)
	if err != nil {
		t.Fatal(err)
	}
	return syntax.Inspect(v, syntax.InspectWidth), true
}
