package eval_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// TestDatabase runs the scripts below testdata/database, each over a database of
// its own. A case runs its queries one by one, each as a transaction, and expects
// for each the result as the shell prints it, or the errors. Arguments:
//
//	secret=X   the caller's secret or the name of a kept one, perhaps with a suffix
//	           (X:@role/name); "secret" by default, which opens everything
//	version=X  the API version, 4 by default
//	wire       shows the response's JSON instead
//	json       the query is given as wire JSON, one a line
//	keep=X     the last result, a secret, becomes known as $X in later cases
//
// Times and generated identities are shown by the order in which they appear:
// ts1, id1.
func TestDatabase(t *testing.T) {
	files, err := filepath.Glob("testdata/database/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := newSession(t)
			datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
				return s.run(t, d)
			})
		})
	}
}

// session is a script's database and what was seen of it so far.
type session struct {
	db     *seriatim.DB
	masks  map[string]string
	counts map[string]int
	kept   map[string]string
}

// firstMoment is when scripts begin: 2020-01-02T03:04:05Z in microseconds.
const firstMoment = 1577934245000000

func newSession(t testing.TB) *session {
	var ticks atomic.Int64
	ticks.Store(firstMoment)
	db, err := seriatim.Open(seriatim.Options{
		Dir: t.TempDir(), RootSecret: "secret",
		Clock: func() int64 { return ticks.Add(10) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return &session{db: db, masks: map[string]string{}, counts: map[string]int{}, kept: map[string]string{}}
}

// run runs the queries of a case.
func (s *session) run(t *testing.T, d *datadriven.TestData) string {
	text := d.Input
	for name, v := range s.kept {
		text = strings.ReplaceAll(text, "$"+name, v)
	}
	bodies, err := requests(d, text)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, body := range bodies {
		resp := s.db.Query(context.Background(), s.request(t, d, body))
		if resp.Err != nil {
			fmt.Fprintf(&b, "%v\n", resp.Err)
		}
		s.keep(t, d, resp)
		b.WriteString(s.mask(show(d, resp)))
	}
	return b.String()
}

// requests returns the bodies of the queries of a case.
func requests(d *datadriven.TestData, text string) (bodies [][]byte, err error) {
	if d.HasArg("json") {
		for line := range strings.Lines(text) {
			bodies = append(bodies, []byte(strings.TrimSpace(line)))
		}
		return bodies, nil
	}
	queries, err := syntax.ParseQueries(text)
	for _, q := range queries {
		bodies = append(bodies, wire.AppendExpr(nil, q.Expr))
	}
	return bodies, err
}

func (s *session) request(t *testing.T, d *datadriven.TestData, body []byte) *seriatim.Request {
	name, secret := "4", "secret"
	if d.HasArg("version") {
		d.ScanArgs(t, "version", &name)
	}
	if d.HasArg("secret") {
		d.ScanArgs(t, "secret", &secret)
	}
	known, suffix, scoped := strings.Cut(secret, ":")
	if kept, ok := s.kept[known]; ok {
		if secret = kept; scoped {
			secret += ":" + suffix
		}
	}
	version, _ := syntax.ParseVersion(name)
	return &seriatim.Request{
		Authorization: "Bearer " + secret, Version: version, Body: body,
		MaxRetries: seriatim.DefaultMaxRetries,
	}
}

// keep remembers a result that is a string under a name.
func (s *session) keep(t *testing.T, d *datadriven.TestData, resp *seriatim.Response) {
	if !d.HasArg("keep") {
		return
	}
	var name string
	d.ScanArgs(t, "keep", &name)
	var body struct{ Resource any }
	if err := json.Unmarshal(resp.Body, &body); err == nil {
		s.kept[name] = fmt.Sprint(body.Resource)
		s.masks[s.kept[name]] = "$" + name
	}
}

// show prints a response: its result, or a line for every error. A status that
// does not follow from that is shown too.
func show(d *datadriven.TestData, resp *seriatim.Response) string {
	if d.HasArg("wire") {
		return fmt.Sprintf("%d %s\n", resp.Status, resp.Body)
	}
	if resp.Status >= 400 {
		errs, err := wire.DecodeErrors(resp.Body)
		if err != nil {
			return err.Error() + "\n"
		}
		var b strings.Builder
		showErrors(&b, errs, fmt.Sprintf("%d ", resp.Status))
		return b.String()
	}
	body := strings.TrimSuffix(strings.TrimPrefix(string(resp.Body), `{"resource":`), "}")
	e, err := wire.DecodeData([]byte(body))
	if err != nil {
		return err.Error() + "\n"
	}
	return syntax.Inspect(e, 120) + "\n"
}

func showErrors(b *strings.Builder, errs []wire.Error, indent string) {
	for i := range errs {
		e := &errs[i]
		fmt.Fprintf(b, "%s%s", indent, e.Code)
		if e.HasPosition {
			position, _ := json.Marshal(append([]any{}, e.Position...))
			fmt.Fprintf(b, " at %s", position)
		}
		fmt.Fprintf(b, ": %s\n", e.Description)
		for _, f := range e.Failures {
			field, _ := json.Marshal(append([]any{}, f.Field...))
			fmt.Fprintf(b, "      %s at %s: %s\n", f.Code, field, f.Description)
		}
		showErrors(b, e.Cause, "      ")
	}
}

// variable finds what differs from run to run: times near the scripts' clock,
// generated identities, secrets, and hashes of secrets and passwords.
var variable = regexp.MustCompile(`\b(1577934\d{9}|2\d{17})\b|\bfn[A-Za-z0-9_-]{38,}|[A-Za-z0-9+/]{43}=|2020-01-02T03:04:\d\d\.\d+Z|\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}`)

// mask replaces what differs from run to run by names in the order of appearance.
func (s *session) mask(text string) string {
	return variable.ReplaceAllStringFunc(text, func(found string) string {
		if _, ok := s.masks[found]; !ok {
			kind := "ts"
			switch {
			case strings.HasSuffix(found, "="):
				kind = "hash"
			case found[0] == '$':
				kind = "bcrypt"
			case found[0] == 'f':
				kind = "fn"
			case found[4] == '-':
				kind = "time"
			case len(found) > 16:
				kind = "id"
			}
			s.counts[kind]++
			s.masks[found] = fmt.Sprintf("%s%d", kind, s.counts[kind])
		}
		return s.masks[found]
	})
}
