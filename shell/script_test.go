package shell

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/client"
)

// server speaks the protocol with answers that a script gave it, in order, and
// with null when they are used up.
type server struct {
	answers []answer
	asked   []string
}

// TestHandshake holds that a connection that cannot be made secure is told as one:
// the query was not sent, so nothing is left in doubt.
func TestHandshake(t *testing.T) {
	plainServer, secureServer := httptest.NewServer(&server{}), httptest.NewTLSServer(&server{})
	defer plainServer.Close()
	defer secureServer.Close()
	secureServer.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, endpoint := range []string{strings.Replace(plainServer.URL, "http:", "https:", 1), secureServer.URL} {
		c, err := client.New(endpoint, "secret", client.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		text := New(c, Options{Out: io.Discard}).Run(context.Background(), "Now()").Error()
		if !strings.HasPrefix(text, "No secure connection to the server: ") || strings.Contains(text, "may or may not") {
			t.Errorf("%s: %s", endpoint, text)
		}
	}
}

// measured is what differs each time.
var measured = regexp.MustCompile(`[0-9.]+ ms, at [-0-9T:.]+Z;`)

type answer struct {
	status int
	body   string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	s.asked = append(s.asked, string(body))
	a := answer{200, `{"resource":null}`}
	if len(s.answers) > 0 {
		a, s.answers = s.answers[0], s.answers[1:]
	}
	if a.status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(a.status)
	io.WriteString(w, a.body)
}

// TestScripts runs the scripts in testdata. Their commands:
//
//	answer    the next answer of the server, status=N; 0 drops the connection
//	session   a session over the lines given, with what a person sees
//	run       the text as one run, and its failure
//	width     the columns of the window from here on
//	complete  what may stand at the end of the text, | marks it
//	asked     what the server was sent since the last time
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		fake := &server{}
		ts := httptest.NewServer(fake)
		defer ts.Close()
		c, err := client.New(ts.URL, "secret", client.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		var out strings.Builder
		width := 80
		s := New(c, Options{Out: &out, Err: &out, Width: func() int { return width },
			Open: func(database string) (*client.Client, error) {
				return client.New(ts.URL, "secret:"+database+":admin", client.Options{})
			},
			Edit: func(text string) (string, error) { return strings.ReplaceAll(text, "1", "2"), nil },
		})
		defer s.Close()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			out.Reset()
			switch d.Cmd {
			case "answer":
				a := answer{200, d.Input}
				d.MaybeScanArgs(t, "status", &a.status)
				fake.answers = append(fake.answers, a)
			case "session":
				in := Lines(strings.NewReader(d.Input+"\n"), &out, s.Prompt)
				if err := s.Interact(context.Background(), in); err != nil {
					out.WriteString("error: " + err.Error())
				}
			case "run":
				if err := s.Run(context.Background(), d.Input); err != nil {
					out.WriteString(err.Error())
				}
			case "width":
				d.ScanArgs(t, "columns", &width)
			case "complete":
				from, candidates := s.Candidates(context.Background(), strings.TrimSuffix(d.Input, "|"))
				out.WriteString(d.Input[from:] + "\n")
				for _, c := range candidates {
					out.WriteString(strings.TrimRight(c.Text+"  "+c.About, " ") + "\n")
				}
			case "asked":
				out.WriteString(strings.Join(fake.asked, "\n"))
				fake.asked = nil
			default:
				t.Fatalf("unknown command %s", d.Cmd)
			}
			text := strings.ReplaceAll(out.String(), ts.URL, "URL")
			return measured.ReplaceAllString(text, "T ms, at TIME;")
		})
	})
}
