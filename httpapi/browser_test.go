package httpapi_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"seriatim/dashboard"
)

// pages is a small build of a dashboard.
func pages(t testing.TB) *dashboard.Files {
	t.Helper()
	files, err := dashboard.New(fstest.MapFS{
		"index.html":    {Data: []byte(`<!doctype html><meta name="csp-nonce" content="__NONCE__"><script src="/ui/assets/app.js"></script>`)},
		"assets/app.js": {Data: []byte(strings.Repeat("console.log(1);\n", 100))},
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// browser is a client of a door that keeps cookies and has no secret.
type browser struct {
	*door
	client *http.Client
}

func (d *door) browser() *browser {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return &browser{d, &http.Client{Transport: d.http.Transport, Jar: jar, CheckRedirect: stay}}
}

// overHTTP2 returns the browser with the same cookies over HTTP/2.
func (b *browser) overHTTP2() *browser {
	c := b.http2()
	c.Jar, c.CheckRedirect = b.client.Jar, stay
	return &browser{b.door, c}
}

// ask sends a request as a page of the dashboard does. A body is JSON unless header
// says otherwise.
func (b *browser) ask(method, target, body string, header ...string) reply {
	b.t.Helper()
	header = append([]string{"Authorization", "", "X-FaunaDB-API-Version", ""}, header...)
	if body != "" {
		header = append([]string{"Content-Type", "application/json"}, header...)
	}
	r, err := b.try(b.client, method, target, strings.NewReader(body), header...)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// signIn signs in with a secret.
func (b *browser) signIn(secret string) *browser {
	b.t.Helper()
	b.must(b.ask(http.MethodPost, "/ui/api/session", toJSON(map[string]string{"secret": secret})), http.StatusOK)
	return b
}

// runBody is the body of a run.
func runBody(database string, columns int, texts ...string) string {
	type script struct {
		Text    string `json:"text"`
		Columns int    `json:"columns,omitempty"`
	}
	scripts := make([]script, len(texts))
	for i, text := range texts {
		scripts[i] = script{text, columns}
	}
	return toJSON(map[string]any{"database": database, "scripts": scripts})
}

// run runs texts and returns the events.
func (b *browser) run(database string, texts ...string) []event {
	b.t.Helper()
	r := b.must(b.ask(http.MethodPost, "/ui/api/run", runBody(database, 0, texts...)), http.StatusOK)
	return readEvents(b.t, r.body)
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// event is an event of a run as a browser reads it.
type event struct {
	Event    string
	Script   int
	Queries  []span
	Query    *int
	At, Took int64
	Txn      int64
	Status   int
	Shell    string
	JSON     string
	Omitted  string
	Abort    *string
	Cost     map[string]int
	Errors   []told
	Ran, Of  int
	raw      string
}

type span struct{ From, To *int }

// told is an error of an event.
type told struct {
	Code, Description string
	span
	Line, Column int
	Position     []any
	Failures     []struct {
		Field             []any
		Code, Description string
	}
	Cause []told
}

func readEvents(t testing.TB, body string) []event {
	t.Helper()
	var out []event
	lines := bufio.NewScanner(strings.NewReader(body))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		e := event{raw: lines.Text()}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v: %s", err, shorten(lines.Text()))
		}
		out = append(out, e)
	}
	return out
}

// slice returns the text of a span, which counts as JavaScript does.
func (s span) slice(text string) string {
	units := utf16.Encode([]rune(text))
	if *s.From > *s.To || *s.To > len(units) {
		return fmt.Sprintf("%d to %d of %d", *s.From, *s.To, len(units))
	}
	return string(utf16.Decode(units[*s.From:*s.To]))
}

// describe tells an event of a script in lines. Times are left out.
func (e *event) describe(text string) string {
	var b strings.Builder
	switch e.Event {
	case "parsed":
		b.WriteString("parsed\n")
		for _, q := range e.Queries {
			fmt.Fprintf(&b, "  %d to %d: %s\n", *q.From, *q.To, q.slice(text))
		}
	case "result":
		fmt.Fprintf(&b, "result %d, status %d\n%s", *e.Query, e.Status, indent(e.Shell))
	case "failure":
		b.WriteString("failure")
		if e.Query != nil {
			fmt.Fprintf(&b, " %d, status %d", *e.Query, e.Status)
		}
		if e.Abort != nil {
			fmt.Fprintf(&b, ", abort %q", *e.Abort)
		}
		b.WriteString("\n")
		describeErrors(&b, e.Errors, text, "  ")
	case "done":
		fmt.Fprintf(&b, "done, %d of %d ran\n", e.Ran, e.Of)
	default:
		b.WriteString("unknown event " + e.raw + "\n")
	}
	return b.String()
}

func describeErrors(b *strings.Builder, errs []told, text, prefix string) {
	for _, e := range errs {
		fmt.Fprintf(b, "%s%s: %s\n", prefix, e.Code, e.Description)
		inner := strings.Repeat(" ", len(prefix)+2)
		if e.From != nil {
			fmt.Fprintf(b, "%sat %d:%d, %d to %d: %s\n", inner, e.Line, e.Column, *e.From, *e.To, e.slice(text))
		}
		if e.Position != nil {
			fmt.Fprintf(b, "%sposition %s\n", inner, toJSON(e.Position))
		}
		for _, f := range e.Failures {
			fmt.Fprintf(b, "%s%s: %s: %s\n", inner, toJSON(f.Field), f.Code, f.Description)
		}
		describeErrors(b, e.Cause, text, inner+"because ")
	}
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}
