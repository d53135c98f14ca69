package httpapi_test

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/httpapi"
)

// TestDashboard runs the requests of browsers in testdata/ui, one server for each
// file. Every command takes as=NAME for one of several browsers, and http2.
//
//	ask show=(Header, …)     a request written as on the wire; a body is JSON unless
//	METHOD target            a header says otherwise. The answer is the status, the
//	Header: value            headers that show names, and the body
//
//	body
//
//	run db=PATH columns=N    runs the text, or several texts between lines of ---, and
//	text                     shows each one's events; raw shows the lines of them, json
//	                         the results as JSON
//
//	complete db=PATH         what completes the text before its | mark
//	text
//
//	key NAME [db=PATH]       runs the text, which makes a key, with the root secret;
//	text                     $NAME stands for the key's secret in what follows
//
// Times, costs, tokens and nonces are masked.
func TestDashboard(t *testing.T) {
	datadriven.Walk(t, "testdata/ui", func(t *testing.T, path string) {
		u := &visit{door: start(t, httpapi.Options{
			Build: "test", CORSOrigins: []string{"https://shop.example"}, Dashboard: pages(t),
		}), browsers: map[string]*browser{}, secrets: map[string]string{}}
		datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
			u.t = t
			for name, secret := range u.secrets {
				td.Input = strings.ReplaceAll(td.Input, "$"+name, secret)
			}
			out := u.command(t, td)
			for name, secret := range u.secrets {
				out = strings.ReplaceAll(out, secret, "$"+name)
			}
			return out
		})
	})
}

// visit is the browsers of one file.
type visit struct {
	*door
	browsers map[string]*browser
	secrets  map[string]string
}

func (u *visit) command(t *testing.T, td *datadriven.TestData) string {
	switch td.Cmd {
	case "ask":
		return u.ask(t, td)
	case "run":
		return u.run(t, td)
	case "complete":
		return u.complete(t, td)
	case "key":
		return u.key(t, td)
	}
	td.Fatalf(t, "unknown directive %s", td.Cmd)
	return ""
}

func (u *visit) browser(t *testing.T, td *datadriven.TestData) *browser {
	name := ""
	td.MaybeScanArgs(t, "as", &name)
	if u.browsers[name] == nil {
		u.browsers[name] = u.door.browser()
	}
	if td.HasArg("http2") {
		return u.browsers[name].overHTTP2()
	}
	return u.browsers[name]
}

func (u *visit) ask(t *testing.T, td *datadriven.TestData) string {
	method, target, body, header := requestIn(t, td)
	_, port, _ := net.SplitHostPort(u.addr)
	here := strings.NewReplacer("$HOST", u.addr, "$PORT", port)
	for i := range header {
		header[i] = here.Replace(header[i])
	}
	r := u.browser(t, td).ask(method, target, body, header...)
	out := []string{fmt.Sprint(r.StatusCode)}
	for _, arg := range td.CmdArgs {
		for _, name := range arg.Vals {
			if arg.Key != "show" {
				continue
			}
			for _, v := range r.Header.Values(name) {
				out = append(out, name+": "+v)
			}
		}
	}
	for name := range r.Header {
		if name == "Www-Authenticate" || strings.HasPrefix(name, "Access-Control-") || strings.HasPrefix(name, "X-Txn") {
			out = append(out, "unexpected header "+name)
		}
	}
	if r.body != "" && !td.HasArg("nobody") {
		out = append(out, strings.TrimSuffix(r.body, "\n"))
	}
	return maskUI(strings.Join(out, "\n")) + "\n"
}

func (u *visit) run(t *testing.T, td *datadriven.TestData) string {
	database, columns := "", 0
	td.MaybeScanArgs(t, "db", &database)
	td.MaybeScanArgs(t, "columns", &columns)
	texts := strings.Split(td.Input, "\n---\n")
	for i := range texts {
		texts[i] = special.Replace(texts[i])
	}
	r := u.browser(t, td).ask(http.MethodPost, "/ui/api/run", runBody(database, columns, texts...))
	if r.StatusCode != http.StatusOK {
		return fmt.Sprintf("%d\n%s\n", r.StatusCode, r.body)
	}
	if got := r.Header.Get("Content-Type"); got != "application/x-ndjson" {
		t.Errorf("the type is %s", got)
	}
	events := readEvents(t, r.body)
	checkOrder(t, events, len(texts))
	var out strings.Builder
	for i, text := range texts {
		if len(texts) > 1 {
			fmt.Fprintf(&out, "script %d\n", i)
		}
		for _, e := range events {
			switch {
			case e.Script != i:
			case td.HasArg("raw"):
				out.WriteString(e.raw + "\n")
			case td.HasArg("json") && e.Event == "result":
				out.WriteString(e.JSON + "\n")
			default:
				out.WriteString(e.describe(text))
			}
		}
	}
	return maskUI(strings.ReplaceAll(out.String(), "\r", "<CR>"))
}

// special are characters that the files spell, as they cannot be seen.
var special = strings.NewReplacer("<CR>", "\r", "<BOM>", "\ufeff", "<TAB>", "\t")

// checkOrder: all scripts are read before one runs, and each tells its queries in
// order and ends with done.
func checkOrder(t *testing.T, events []event, scripts int) {
	t.Helper()
	var last [4]string
	var next [4]int
	began := false
	for _, e := range events {
		if last[e.Script] == "done" {
			t.Errorf("%s after the end", e.raw)
		}
		last[e.Script] = e.Event
		if e.Query != nil {
			began = true
			if *e.Query != next[e.Script] || e.At < 0 || e.Took < 0 {
				t.Errorf("out of order: %s", e.raw)
			}
			next[e.Script]++
		}
		if e.Event == "parsed" && began {
			t.Errorf("a query ran before %s", e.raw)
		}
	}
	if ends := last[:scripts]; slices.ContainsFunc(ends, func(s string) bool { return s != "done" }) {
		t.Errorf("the scripts end with %v", ends)
	}
}

func (u *visit) complete(t *testing.T, td *datadriven.TestData) string {
	database := ""
	td.MaybeScanArgs(t, "db", &database)
	before, _, _ := strings.Cut(td.Input, "|")
	r := u.browser(t, td).ask(http.MethodPost, "/ui/api/complete", toJSON(map[string]string{"database": database, "before": before}))
	return fmt.Sprintf("%d\n%s\n", r.StatusCode, strings.ReplaceAll(r.body, "},{", "},\n{"))
}

func (u *visit) key(t *testing.T, td *datadriven.TestData) string {
	database := ""
	td.MaybeScanArgs(t, "db", &database)
	for _, e := range u.door.browser().signIn("secret").run(database, td.Input) {
		if m := secrets.FindStringSubmatch(e.Shell); m != nil {
			u.secrets[td.CmdArgs[0].Key] = m[1]
			return "made\n"
		}
	}
	return "no secret\n"
}

var (
	secrets = regexp.MustCompile(`secret: '([^']+)'`)
	tokens  = regexp.MustCompile(`seriatim_\d+=[A-Za-z0-9_-]{43};`)
	cookies = regexp.MustCompile(`seriatim_\d+=`)
	nonces  = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)
	events  = regexp.MustCompile(`"(at|took|txn|computeOps|readOps|writeOps|reads|writes|bytesRead|bytesWritten|retries)":\d+`)
)

func maskUI(s string) string {
	s = cookies.ReplaceAllString(tokens.ReplaceAllString(s, "seriatim_PORT=TOKEN;"), "seriatim_PORT=")
	return events.ReplaceAllString(nonces.ReplaceAllString(masked.ReplaceAllString(s, "TIME"), "NONCE"), `"$1":N`)
}
