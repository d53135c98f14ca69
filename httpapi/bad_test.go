package httpapi_test

import (
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

// TestPendingBytes: large bodies together are bounded; small ones go on meanwhile.
func TestPendingBytes(t *testing.T) {
	d := start(t, httpapi.Options{Limits: httpapi.Limits{PendingBytes: 1 << 20}})
	h2 := d.http2()
	hold, first := d.half(h2)
	for end := time.Now().Add(patience); ; {
		time.Sleep(time.Millisecond)
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
		if time.Now().After(end) {
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
