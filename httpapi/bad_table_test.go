package httpapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/cockroachdb/datadriven"

	"seriatim/httpapi"
	"seriatim/syntax"
	"seriatim/wire"
)

// TestBadInput runs the rows of testdata/bad, one server for each file. A row is an
// input and what it must be answered with. Directives:
//
//	setup  queries in shell text that must succeed
//	json   the body of a query, sent over HTTP/1.1 and over HTTP/2
//	query  the same in shell text
//	bytes  what a connection of its own sends, see bytesRow
//	tls    a client with one version of TLS, see tlsRow
//	crowd  many clients at once, see crowds
//
// Arguments: ms and mib are the row's budgets of time and memory, 5000 and 64 by
// default; once sends it over HTTP/1.1 only; chunked announces no length; gzip packs
// the body and says so. Inputs are templates between « and », whose functions are
// in badText.
//
// Whatever the row is, afterwards the server answers a good query, nothing was
// written unless an answer says so, and no goroutine is left.
func TestBadInput(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*")
	if err != nil || len(paths) == 0 {
		t.Fatal("no rows", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			b := &badTable{limits: badLimits(filepath.Base(path))}
			if filepath.Base(path) == "http" {
				b.secured = startSecure(t)
			}
			b.door = start(t, httpapi.Options{
				Limits: b.limits, CORSOrigins: []string{"https://shop.example"},
				Logger: slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			})
			b.h2 = b.http2()
			datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
				b.t, b.test = t, t
				return b.row(td)
			})
		})
	}
}

// badTable is the server of one file.
type badTable struct {
	*door
	limits httpapi.Limits
	h2     *http.Client
	test   *testing.T
	log    errorLog
	// secured is a server with TLS; only the file http has one.
	secured *door
}

// row runs one row within its budgets.
func (b *badTable) row(td *datadriven.TestData) string {
	b.t.Helper()
	input := badText(b.test, td.Input)
	switch td.Cmd {
	case "setup":
		b.run(input)
		return ""
	case "query":
		e, err := syntax.Parse(input)
		if err != nil {
			td.Fatalf(b.test, "%v", err)
		}
		input = string(wire.AppendExpr(nil, e))
	}
	before := b.db.Time()
	out := within(b, td, func() string {
		out := b.answer(td, input)
		// Where limits are short what a client sends may come too late on a busy machine.
		for try := 1; b.limits != (httpapi.Limits{}) && out != td.Expected && try < 10; try++ {
			out = b.answer(td, input)
		}
		return out
	})
	if now := b.db.Time(); now != before && !strings.HasPrefix(out, "20") && td.Cmd != "crowd" {
		b.t.Errorf("%s: something was written, and the answer is %s", td.Pos, out)
	}
	return out
}

// answer sends what a row says and shows how it went.
func (b *badTable) answer(td *datadriven.TestData, input string) string {
	switch td.Cmd {
	case "json", "query":
		return b.query(td, input)
	case "bytes":
		return b.bytesRow(td, input)
	case "crowd":
		return b.crowd(td)
	case "tls":
		return b.tlsRow(td)
	}
	td.Fatalf(b.test, "unknown directive %s", td.Cmd)
	return ""
}

// run runs queries that must succeed.
func (b *badTable) run(text string) {
	b.t.Helper()
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, q := range queries {
		if r := b.post(string(wire.AppendExpr(nil, q.Expr))); r.StatusCode >= 300 {
			b.t.Fatalf("%s: %d %s", syntax.Print(q.Expr), r.StatusCode, shorten(r.body))
		}
	}
}

// query sends a body over both protocols, which must answer alike, and shows the
// answer.
func (b *badTable) query(td *datadriven.TestData, body string) string {
	var header []string
	if td.HasArg("gzip") {
		body, header = packed(body), []string{"Content-Encoding", "gzip"}
	}
	send := func(c *http.Client) string {
		for end := time.Now().Add(10 * time.Second); ; {
			var r io.Reader = strings.NewReader(body)
			if td.HasArg("chunked") {
				r = io.MultiReader(r)
			}
			reply, err := b.try(c, http.MethodPost, "/", r, header...)
			switch {
			case err == nil:
				return shown(reply)
			case time.Now().After(end): // a server that stops reading may close before its answer is read
				return err.Error() + "\n"
			}
		}
	}
	first := send(b.http)
	// What was made cannot be made again.
	if made := strings.HasPrefix(first, "201"); !made && !td.HasArg("once") {
		if second := send(b.h2); second != first {
			b.t.Errorf("%s: over HTTP/1.1 it is %sover HTTP/2 %s", td.Pos, first, second)
		}
	}
	return first
}

// shown is an answer as the rows have it: its status, and the result or a line for
// each of the first errors.
func shown(r reply) string {
	if r.StatusCode < 400 {
		return fmt.Sprintf("%d %s\n", r.StatusCode, brief(instants.ReplaceAllString(mask(r.body), "TIME")))
	}
	errs, err := wire.DecodeErrors([]byte(r.body))
	if err != nil || len(errs) == 0 {
		return fmt.Sprintf("%d %s\n", r.StatusCode, brief(r.body))
	}
	var out strings.Builder
	for i := range errs {
		if i == 4 {
			fmt.Fprintf(&out, "and %d more\n", len(errs)-i)
			break
		}
		showError(&out, fmt.Sprint(r.StatusCode), &errs[i])
	}
	return out.String()
}

// showError writes a line for an error, and below it for its causes.
func showError(out *strings.Builder, prefix string, e *wire.Error) {
	fmt.Fprintf(out, "%s %s", prefix, e.Code)
	if e.HasPosition {
		position, _ := json.Marshal(append([]any{}, e.Position...))
		fmt.Fprintf(out, " at %s", brief(string(position)))
	}
	fmt.Fprintf(out, ": %s\n", brief(instants.ReplaceAllString(e.Description, "TIME")))
	for _, f := range e.Failures {
		fmt.Fprintf(out, "  %s of %s: %s\n", f.Code, brief(fmt.Sprint(f.Field)), brief(f.Description))
	}
	for i := range e.Cause {
		showError(out, "  from", &e.Cause[i])
	}
}

// instants finds times of now, which have six digits of a second.
var instants = regexp.MustCompile(`2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`)

// brief leaves out the middle of a long text.
func brief(text string) string {
	const ends = 60
	if text = strings.TrimSpace(text); len(text) <= 4*ends {
		return text
	}
	if strings.HasSuffix(text, "</html>") { // how long a page is differs with each build of it
		return fmt.Sprintf("%s … %s", strings.ToValidUTF8(text[:2*ends], "?"), strings.ToValidUTF8(text[len(text)-ends:], "?"))
	}
	return fmt.Sprintf("%s … %s (%d bytes)", strings.ToValidUTF8(text[:2*ends], "?"), strings.ToValidUTF8(text[len(text)-ends:], "?"), len(text))
}

// badText fills an input in: rep repeats a text, list repeats it with # as the
// number of the copy in base 36 where it is in quotes and decimal elsewhere, numbers
// and prior count, and a quoted text stands for its bytes.
func badText(t *testing.T, input string) string {
	t.Helper()
	if !strings.Contains(input, "«") {
		return input
	}
	tmpl, err := template.New("").Delims("«", "»").Funcs(template.FuncMap{
		"rep": func(n int, s string) string { return strings.Repeat(s, n) },
		"list": func(n int, s, between string) string {
			var b strings.Builder
			for i := range n {
				if i > 0 {
					b.WriteString(between)
				}
				base := 10
				if n > 200_000 { // or the body is too long
					base = 36
				}
				b.WriteString(strings.Replace(s, "#", strconv.FormatInt(int64(i), base), 1))
			}
			return b.String()
		},
		"numbers": func(from, to int) (list []int) {
			for i := from; i <= to; i++ {
				list = append(list, i)
			}
			return list
		},
		"prior": func(n int) int { return n - 1 },
	}).Parse(input)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
