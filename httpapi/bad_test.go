package httpapi_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/httpapi"
)

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

const (
	notJSON = "Request body is not valid JSON."
	tooDeep = "Request body JSON exceeds nesting limit."
)

// badQueries are bodies that are no query, with the first error each gets.
var badQueries = []struct{ name, body, code, description string }{
	{"empty", ``, "invalid expression", "No query provided."},
	{"blank", " \n", "invalid expression", notJSON},
	{"cut", `{"add":[1,2`, "invalid expression", notJSON},
	{"two values", `1 2`, "invalid expression", notJSON},
	{"trailing comma", `[1,]`, "invalid expression", notJSON},
	{"single quotes", `'a'`, "invalid expression", notJSON},
	{"comment", `1 /* one */`, "invalid expression", notJSON},
	{"bare word", `NaN`, "invalid expression", notJSON},
	{"number key", `{1:2}`, "invalid expression", notJSON},
	{"control character", "\"a\x00b\"", "invalid expression", notJSON},
	{"not UTF-8", "\"\xff\xfe\"", "invalid expression", notJSON},
	{"bad escape", `"\q"`, "invalid expression", notJSON},
	{"gzip", "\x1f\x8b\x08\x00", "invalid expression", notJSON},
	{"form", `q=1`, "invalid expression", notJSON},
	{"depth 1001", nested(1001), "invalid expression", tooDeep},
	{"depth a million", nested(1_000_000), "invalid expression", tooDeep},
	{"unclosed depth", strings.Repeat(`{"a":`, 1_000_000), "invalid expression", tooDeep},
	{"integer past int64", `9223372036854775808`, "invalid expression", notJSON},
	{"integer of many digits", strings.Repeat("9", 100_000), "invalid expression", notJSON},
	{"leading zero", `01`, "invalid expression", notJSON},
	{"hexadecimal", `0x10`, "invalid expression", notJSON},
	{"unknown form", `{"teleport":1}`, "invalid expression", "No form/function found, or invalid argument keys: { teleport }."},
	{"plain object", `{"a":1,"b":2}`, "invalid expression", "No form/function found, or invalid argument keys: { a, b }."},
	{"unbound", `{"var":"x"}`, "invalid expression", "Variable 'x' is not defined."},
	{"bad tag", `{"@ts":"yesterday"}`, "invalid expression", "Invalid time."},
	{"wrong type", `{"add":[1,"2"]}`, "invalid argument", "Number expected, String provided."},
	{"null argument", `{"create":null,"params":null}`, "invalid argument", "Identifier expected, Null provided."},
	{"no such function", `{"call":{"function":"nowhere"},"arguments":[]}`, "invalid ref", "Ref refers to undefined function 'nowhere'"},
	{"no such collection", `{"create":{"collection":"nowhere"},"params":{"object":{}}}`, "invalid ref", "Ref refers to undefined collection 'nowhere'"},
	{"text for a document", `{"create":{"collection":"stock"},"params":{"object":{"data":"x"}}}`, "validation failed", "document data is not valid."},
}

// TestBadQueries: each gets the protocol's own error, and changes nothing, over
// both protocols.
func TestBadQueries(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	h2 := d.http2()
	for _, c := range badQueries {
		t.Run(c.name, func(t *testing.T) {
			d.t = t
			d.unchanged(func() {
				d.wants(d.post(c.body), http.StatusBadRequest, c.code, c.description)
				r, err := d.try(h2, http.MethodPost, "/", strings.NewReader(c.body))
				if err != nil {
					t.Fatal(err)
				}
				d.wants(r, http.StatusBadRequest, c.code, c.description)
			})
		})
	}
}

// TestEdges: what is just inside a limit works.
func TestEdges(t *testing.T) {
	d := start(t, httpapi.Options{})
	for _, body := range []string{nested(1000), `9223372036854775807`, `-9223372036854775808`, `1e308`, "\ufeff1", `"\ud834\udd1e"`} {
		if r := d.post(body); r.StatusCode != http.StatusOK {
			t.Errorf("%s got %d %s", shorten(body), r.StatusCode, shorten(r.body))
		}
	}
	if r := d.post(`[1e400,-1e400,1e-400]`); r.body != `{"resource":["Infinity","-Infinity",0.0]}` {
		t.Errorf("doubles out of range are %d %s", r.StatusCode, r.body)
	}
	d.must(d.post(`{"get":{"ref":{"collection":"nowhere"},"id":"1"}}`), http.StatusBadRequest)
	d.shop()
	d.wants(d.post(`{"get":{"ref":{"collection":"stock"},"id":"2"}}`), http.StatusNotFound, "instance not found", "Document not found.")
}

// TestManyErrors: a body with a million mistakes is answered, and not with more
// bytes than it has.
func TestManyErrors(t *testing.T) {
	d := start(t, httpapi.Options{})
	body := "[" + strings.Repeat(`{"x":1},`, 900_000) + "1]"
	d.unchanged(func() {
		r := d.must(d.post(body), http.StatusBadRequest)
		if _, _, n := problem(t, r); len(r.body) > len(body) || n == 0 {
			t.Errorf("%d bytes of mistakes are answered with %d bytes", len(body), len(r.body))
		}
	})
}

// TestLargeBodies: 8 MiB are read and one byte more is refused, by what the client
// announces or by what it sends.
func TestLargeBodies(t *testing.T) {
	d := start(t, httpapi.Options{})
	text := func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` }
	if r := d.post(text(seriatim.MaxRequestBytes)); r.StatusCode != http.StatusOK || len(r.body) < seriatim.MaxRequestBytes {
		t.Errorf("8 MiB got %d and %d bytes", r.StatusCode, len(r.body))
	}
	over := text(seriatim.MaxRequestBytes + 1)
	clients := map[string]*http.Client{"HTTP/1.1": d.http, "HTTP/2": d.http2()}
	for protocol, c := range clients {
		bodies := map[string]io.Reader{"announced": strings.NewReader(over), "chunked": io.MultiReader(strings.NewReader(over))}
		for name, body := range bodies {
			t.Run(protocol+" "+name, func(t *testing.T) {
				d.unchanged(func() {
					r, err := d.try(c, http.MethodPost, "/", body)
					if err != nil {
						// The server stopped reading; the client may notice that first.
						t.Skip(err)
					}
					d.wants(r, http.StatusRequestEntityTooLarge, "request too large", "Request entity is too large")
				})
			})
		}
	}
}

// TestLargeBodyRefusedEarly: the refusal comes without waiting for the body.
func TestLargeBodyRefusedEarly(t *testing.T) {
	d := start(t, httpapi.Options{})
	c := d.dial()
	defer c.Close()
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: %d\r\n\r\n", seriatim.MaxRequestBytes+1)
	answer, _ := io.ReadAll(c)
	if !bytes.HasPrefix(answer, []byte("HTTP/1.1 413 ")) || !bytes.Contains(answer, []byte("request too large")) {
		t.Errorf("got %s", answer)
	}
}

// TestLargeDocuments: a document over its limit is refused and leaves nothing.
func TestLargeDocuments(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	d.unchanged(func() {
		// 2 MiB of text, doubled inside the query until it is too much.
		body := `{"let":[{"a":"` + strings.Repeat("x", 2<<20) + `"},{"b":{"concat":[{"var":"a"},{"var":"a"}]}},{"c":{"concat":[{"var":"b"},{"var":"b"}]}}],` +
			`"in":{"create":{"collection":"stock"},"params":{"object":{"data":{"object":{"x":{"var":"c"},"y":1}}}}}}`
		r := d.must(d.post(body), http.StatusBadRequest)
		if code, description, _ := problem(t, r); code != "bad request" || !strings.HasPrefix(description, "Version bytes (") {
			t.Errorf("%s: %s", code, description)
		}
	})
	r := d.post(`{"count":{"documents":{"collection":"stock"}}}`)
	if r.body != `{"resource":1}` {
		t.Errorf("the collection holds %s", r.body)
	}
}

// TestPendingBytes: large bodies together are bounded; small ones go on meanwhile.
func TestPendingBytes(t *testing.T) {
	d := start(t, httpapi.Options{Limits: httpapi.Limits{PendingBytes: 1 << 20}})
	h2 := d.http2()
	hold, first := d.half(h2)
	for attempt := 1; ; attempt++ {
		time.Sleep(time.Duration(attempt) * time.Millisecond)
		if r := d.post(`"` + strings.Repeat("x", 300<<10) + `"`); r.StatusCode == http.StatusTooManyRequests {
			d.wants(r, http.StatusTooManyRequests, "too many requests", "Too many pending requests")
			break
		}
		select {
		case <-first: // the other one came before it and took its place
			hold.Close()
			hold, first = d.half(h2)
		default:
		}
		if attempt == 200 {
			t.Fatal("a second large body was never refused")
		}
	}
	d.must(d.post(`1`), http.StatusOK)
	_, _ = hold.Write([]byte(`"`))
	hold.Close()
	if r := <-first; r.Response == nil || r.StatusCode != http.StatusOK {
		t.Errorf("the first large body got %v", r.Response)
	}
	d.must(d.post(`"`+strings.Repeat("x", 900<<10)+`"`), http.StatusOK)
}

// half sends the first 600 KiB of a text; the rest is for the caller to write.
func (d *door) half(c *http.Client) (rest *io.PipeWriter, answer chan reply) {
	body, rest := io.Pipe()
	answer = make(chan reply, 1)
	go func() {
		r, _ := d.try(c, http.MethodPost, "/", body)
		answer <- r
	}()
	_, _ = rest.Write([]byte(`"` + strings.Repeat("x", 600<<10)))
	return rest, answer
}

// TestAnnouncedOnly: bodies that are announced and not sent take little memory.
func TestAnnouncedOnly(t *testing.T) {
	d := start(t, httpapi.Options{})
	before := heap()
	for range 50 {
		c := d.dial()
		defer c.Close()
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n\"", seriatim.MaxRequestBytes)
	}
	d.must(d.post(`1`), http.StatusOK)
	if grown := heap() - before; grown > 50<<20 {
		t.Errorf("50 announced bodies take %d MiB", grown>>20)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse)
}
