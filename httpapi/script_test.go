package httpapi_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/httpapi"
)

// TestScripts runs the requests in testdata/fql, one server for each file. A request
// is written as on the wire, but for the headers that every request of ours has:
//
//	request show=(Header, …)
//	METHOD target
//	Header: value
//
//	body
//
// A header without a value is left out. The answer is the status, the headers
// that show names, and the body unless the argument nobody is there. Times and trace identities are masked.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/fql", func(t *testing.T, path string) {
		d := start(t, httpapi.Options{
			Build: "test", CORSOrigins: []string{"https://shop.example"}, Dev: strings.HasSuffix(path, "dev"),
		})
		datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
			if td.Cmd != "request" {
				td.Fatalf(t, "unknown directive %s", td.Cmd)
			}
			return d.script(t, td)
		})
	})
}

// requestIn reads a request of a script: METHOD target, header lines, an empty line
// and the body. header is names and values in turns.
func requestIn(t *testing.T, td *datadriven.TestData) (method, target, body string, header []string) {
	head, body, _ := strings.Cut(td.Input, "\n\n")
	lines := strings.Split(head, "\n")
	method, target, ok := strings.Cut(lines[0], " ")
	if !ok {
		td.Fatalf(t, "the first line is METHOD target")
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		header = append(header, name, strings.TrimSpace(value))
	}
	return method, target, body, header
}

func (d *door) script(t *testing.T, td *datadriven.TestData) string {
	method, target, body, header := requestIn(t, td)
	return d.do(method, target, body, header...).told(td)
}

// told is what a script says of an answer.
func (r reply) told(td *datadriven.TestData) string {
	out := []string{fmt.Sprint(r.StatusCode)}
	for _, arg := range td.CmdArgs {
		for _, name := range arg.Vals {
			for _, v := range r.Header.Values(name) {
				out = append(out, mask(name+": "+v))
			}
		}
	}
	if r.body != "" && !td.HasArg("nobody") {
		out = append(out, mask(strings.TrimSuffix(r.body, "\n")))
	}
	return strings.Join(out, "\n") + "\n"
}

var (
	masked = regexp.MustCompile(`\b[12]\d{15}\b`)
	traces = regexp.MustCompile(`: 00-[0-9a-f]{32}-[0-9a-f]{16}-00`)
	took   = regexp.MustCompile(`(X-Query-Time): \d+`)
)

func mask(s string) string {
	s = traces.ReplaceAllString(masked.ReplaceAllString(s, "TIME"), ": TRACE")
	return took.ReplaceAllString(s, "$1: MS")
}
