package fql_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"seriatim/docs/fql"
)

// TestExamples runs every example of every page against the server, each page in a
// new child database, and compares what is printed. With -rewrite it writes
// that into the source instead, for a person to compare with the fact sheet.
func TestExamples(t *testing.T) {
	var names []string
	for _, p := range fql.Pages() {
		names = append(names, p.Name)
	}
	makeDatabases(t, names)
	changes := &changes{}
	t.Run("pages", func(t *testing.T) {
		for _, p := range fql.Pages() {
			t.Run(p.Name, func(t *testing.T) {
				t.Parallel()
				(&run{t: t, page: p, changes: changes}).all()
			})
		}
	})
	if *rewrite {
		changes.write(t)
	}
}

// run is the run of one page's examples.
type run struct {
	t       *testing.T
	page    *fql.Page
	session *session
	changes *changes
}

func (r *run) all() {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	r.session = newSession(r.page.Name, &http.Client{Transport: transport})
	for _, f := range r.page.Setup {
		for _, step := range f.Steps {
			r.step(step)
		}
	}
	for _, e := range r.page.Examples {
		if failed := r.example(e); failed {
			r.t.Errorf("example %q ends in an error; is it one of the errors?", e.Title)
		}
	}
	for _, e := range r.page.Errors {
		if failed := r.example(e); !failed {
			r.t.Errorf("error %q ends with a result", e.Title)
		}
	}
}

// example runs the steps of an example; failed tells how the last of them ended.
func (r *run) example(e *fql.Example) (failed bool) {
	for _, step := range e.Steps {
		failed = !r.step(step)
	}
	return failed
}

func (r *run) step(step *fql.Step) (ok bool) {
	r.t.Helper()
	got, ok, err := r.session.run(step, bodyOf(r.t, step, nil))
	switch {
	case err != nil:
		r.t.Errorf("%s: %v", step.Query, err)
	case step.Quiet && !ok:
		r.t.Errorf("%s fails: %s", step.Query, got)
	case step.Quiet:
	case *rewrite:
		r.changes.add(step, got)
	case got != step.Want:
		r.t.Errorf("%s\nprints\n%s\nwant\n%s", step.Query, got, step.Want)
	}
	return ok
}

// changes are the steps that print something new.
type changes struct {
	lock  sync.Mutex
	steps []change
}

type change struct {
	file     string
	from, to int
	got      string
}

func (c *changes) add(step *fql.Step, got string) {
	c.lock.Lock()
	defer c.lock.Unlock()
	file, from, to := fql.Place(step)
	if got != step.Want {
		c.steps = append(c.steps, change{file, from, to, got})
	}
}

// write puts what was printed into the source, from the last line to the first.
func (c *changes) write(t *testing.T) {
	slices.SortFunc(c.steps, func(a, b change) int { return b.from - a.from })
	lines := map[string][]string{}
	for _, s := range c.steps {
		name := "source/" + s.file + ".txt"
		if lines[name] == nil {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lines[name] = strings.Split(string(text), "\n")
		}
		lines[name] = slices.Replace(lines[name], s.from, s.to, strings.Split(s.got, "\n")...)
	}
	for name, l := range lines {
		if err := os.WriteFile(name, []byte(strings.Join(l, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
