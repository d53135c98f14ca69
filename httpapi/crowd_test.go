package httpapi_test

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cockroachdb/datadriven"
)

var crowdTimes = flag.Int("crowd", 1, "how many times as large as its row says a crowd is; its budgets are multiplied likewise")

// crowds are what many clients do at once, or one does many times. Each returns how
// the server took it; meanwhile and afterwards it must answer others.
var crowds = map[string]func(b *badTable, n int) string{
	"slow-headers": func(b *badTable, n int) string {
		return b.drip(n, "POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
	},
	"slow-bodies": func(b *badTable, n int) string {
		return b.drip(n, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: 1000000\r\n\r\n")
	},
	"slow-chunks": func(b *badTable, n int) string {
		return b.drip(n, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n")
	},
	"leaves":       (*badTable).leaves,
	"ahead":        (*badTable).ahead,
	"resets":       (*badTable).resets,
	"continuation": (*badTable).continuation,
	"settings":     func(b *badTable, n int) string { return b.frames(n, frame(4, 0, 0, "\x00\x03\x00\x00\x00\x64")) },
	"pings":        func(b *badTable, n int) string { return b.frames(n, frame(6, 0, 0, "12345678")) },
	"secrets":      (*badTable).secrets,
}

// crowd runs one of the crowds, of size n, while others ask.
func (b *badTable) crowd(td *datadriven.TestData) string {
	var name string
	var n int
	td.ScanArgs(b.test, "of", &name)
	td.ScanArgs(b.test, "n", &n)
	n *= *crowdTimes
	done, result := make(chan struct{}), ""
	go func() {
		defer close(done)
		result = crowds[name](b, n)
	}()
	for {
		b.answers()
		select {
		case <-done:
			return result + "\n"
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// drip opens connections that begin and go on by a byte at a time, slowly.
func (b *badTable) drip(n int, begin string) string {
	var wg sync.WaitGroup
	kept := make(chan struct{}, n)
	for range n {
		c, err := net.Dial("tcp", b.addr)
		if err != nil {
			return err.Error()
		}
		wg.Go(func() {
			defer c.Close()
			gone := make(chan struct{})
			go func() { // the server's answer ends when it closes the connection
				_, _ = io.Copy(io.Discard, c)
				close(gone)
			}()
			_, _ = io.WriteString(c, begin)
			for end := time.After(patience); ; {
				select {
				case <-gone:
					return
				case <-end:
					kept <- struct{}{}
					return
				case <-time.After(50 * time.Millisecond):
					_, _ = c.Write([]byte("1"))
				}
			}
		})
	}
	wg.Wait()
	if len(kept) > 0 {
		return fmt.Sprintf("%d of %d are kept", len(kept), n)
	}
	return "all are dropped"
}

// leaves sends requests and does not wait for their answers.
func (b *badTable) leaves(n int) string {
	const body = `{"map":{"lambda":"x","expr":{"now":null}},"collection":[1,2,3]}`
	request := fmt.Sprintf("POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for i := range n {
		c, err := net.Dial("tcp", b.addr)
		if err != nil {
			return err.Error()
		}
		_, _ = io.WriteString(c, request[:len(request)-i%len(request)])
		c.Close()
	}
	return "gone"
}

// ahead sends requests without waiting for the answers before.
func (b *badTable) ahead(n int) string {
	c, err := net.Dial("tcp", b.addr)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	go func() {
		for i := range n {
			body := fmt.Sprint(i)
			last := ""
			if i == n-1 {
				last = "Connection: close\r\n"
			}
			fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n%sContent-Length: %d\r\n\r\n%s", last, len(body), body)
		}
	}()
	text, err := io.ReadAll(c)
	if err != nil {
		return err.Error()
	}
	rest := string(text)
	for i := range n {
		_, after, ok := strings.Cut(rest, fmt.Sprintf("{\"resource\":%d}", i))
		if !ok {
			return fmt.Sprintf("no answer %d in its place", i)
		}
		rest = after
	}
	return "answered in order"
}

// frame returns one frame of HTTP/2.
func frame(kind, flags byte, stream uint32, payload string) string {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	return string(binary.BigEndian.AppendUint32(head, stream)) + payload
}

// preface begins a connection of HTTP/2.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// rootHeaders are the headers of a request to /, packed: POST, http, /, authority a.
const rootHeaders = "\x83\x86\x84\x01\x01a"

// http2Bytes opens a connection of HTTP/2 whose answers nobody reads closely.
func (b *badTable) http2Bytes() (net.Conn, error) {
	c, err := net.Dial("tcp", b.addr)
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	go func() { _, _ = io.Copy(io.Discard, c) }()
	_, err = io.WriteString(c, preface+frame(4, 0, 0, ""))
	return c, err
}

// frames sends the same frames again and again.
func (b *badTable) frames(n int, text string) string {
	c, err := b.http2Bytes()
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	for range n {
		if _, err := io.WriteString(c, text); err != nil {
			break
		}
	}
	return "borne"
}

// resets opens streams and takes them back at once.
func (b *badTable) resets(n int) string {
	c, err := b.http2Bytes()
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	for i := range n {
		stream := uint32(2*i + 1)
		if _, err := io.WriteString(c, frame(1, 4, stream, rootHeaders)+frame(3, 0, stream, "\x00\x00\x00\x08")); err != nil {
			break
		}
	}
	return "borne"
}

// continuation sends headers that never end, n KiB of them.
func (b *badTable) continuation(n int) string {
	c, err := b.http2Bytes()
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	_, _ = io.WriteString(c, frame(1, 0, 1, rootHeaders))
	field := "\x00\x01x\x7f\xf9\x06" + strings.Repeat("y", 1016) // a name and 1,016 bytes of value
	for range n {
		if _, err := io.WriteString(c, frame(9, 0, 1, field)); err != nil {
			return "cut off"
		}
	}
	return "taken"
}

// secrets makes keys and shows them in the wrong places; the log must tell none.
func (b *badTable) secrets(n int) string {
	list := strings.TrimSuffix(strings.Repeat("1,", n), ",")
	send := func(method, target, body string, header ...string) reply {
		r, err := b.try(b.h2, method, target, strings.NewReader(body), header...)
		if err != nil {
			return reply{&http.Response{StatusCode: 599}, err.Error()}
		}
		return r
	}
	r := send(http.MethodPost, "/", `{"map":{"lambda":"x","expr":{"select":"secret","from":{"create_key":{"object":{"role":"client"}}}}},"collection":[`+list+`]}`)
	var keys struct{ Resource []string }
	if err := json.Unmarshal([]byte(r.body), &keys); err != nil || len(keys.Resource) != n {
		return r.body
	}
	for i, key := range append(keys.Resource, "secret") {
		if i%20 != 0 && i < n {
			continue
		}
		for _, wrong := range []struct{ method, target, body, header, value string }{
			{http.MethodGet, "/?secret=" + key + "&q=1", "", "Authorization", ""},
			{http.MethodGet, "/" + key, "", "Authorization", "Basic " + key},
			{http.MethodPost, "/", `"` + key, "Authorization", "Bearer " + key + "x"},
			{http.MethodPost, "/stream", key, "X-Query-Timeout", key},
			{http.MethodPost, "/", `{"abort":"` + key + `"}`, "X-FaunaDB-API-Version", key},
			{http.MethodPost, "/", `{"key_from_secret":"` + key + `"}`, "Traceparent", key},
		} {
			r := send(wrong.method, wrong.target, wrong.body, wrong.header, wrong.value)
			if r.StatusCode >= 500 {
				return r.body
			}
		}
	}
	told := b.log.told()
	for _, key := range keys.Resource {
		if strings.Contains(told, key) || strings.Contains(told, key[20:]) {
			return "the log tells a secret: " + told
		}
	}
	return "none is told"
}
