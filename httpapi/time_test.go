package httpapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"seriatim/httpapi"
)

// stamp returns the time an answer carries.
func stamp(t *testing.T, r reply) int64 {
	t.Helper()
	ts, err := strconv.ParseInt(r.Header.Get("X-Txn-Time"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// TestTxnTime: a write's answer carries its commit time, which is the document's
// too; later answers carry no earlier one, errors included.
func TestTxnTime(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	wrote := d.post(`{"update":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{}}}`)
	ts := stamp(t, wrote)
	if want := `"ts":` + strconv.FormatInt(ts, 10); !strings.Contains(wrote.body, want) {
		t.Errorf("the answer's time is %d, its body %s", ts, wrote.body)
	}
	for _, r := range []reply{
		d.post(`1`), d.post(`{"divide":[1,0]}`), d.post(`{`), d.post(`1`, "Authorization", "Bearer wrong"),
		d.do("GET", "/nowhere", ""), d.do("GET", "/ping", ""), d.post(`1`, "X-Query-Timeout", "0"),
	} {
		if got := stamp(t, r); got != ts {
			t.Errorf("%d %s has the time %d, want that of the last commit, %d", r.StatusCode, r.body, got, ts)
		}
	}
}

// TestCosts: what a query read and wrote is told, and not told to strangers.
func TestCosts(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	number := func(r reply, name string) int {
		n, err := strconv.Atoi(r.Header.Get(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return n
	}
	read := d.post(`{"get":{"ref":{"collection":"stock"},"id":"1"}}`)
	if number(read, "X-Byte-Read-Ops") == 0 || number(read, "X-Storage-Bytes-Read") < 20 {
		t.Errorf("a read costs %v", read.Header)
	}
	if number(read, "X-Byte-Write-Ops") != 0 || number(read, "X-Storage-Bytes-Write") != 0 {
		t.Errorf("a read writes %v", read.Header)
	}
	write := d.post(`{"update":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{}}}`)
	if number(write, "X-Byte-Write-Ops") == 0 || number(write, "X-Storage-Bytes-Write") < 20 {
		t.Errorf("a write costs %v", write.Header)
	}
	failed := d.post(`{"do":[{"update":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{}}},{"abort":"no"}]}`)
	if number(failed, "X-Byte-Write-Ops") != 0 || number(failed, "X-Compute-Ops") == 0 {
		t.Errorf("an aborted write costs %v", failed.Header)
	}
	for name := range d.post(`1`, "Authorization", "").Header {
		if strings.HasSuffix(name, "-Ops") || strings.Contains(name, "Bytes") || name == "X-Query-Time" {
			t.Errorf("a stranger is told %s", name)
		}
	}
}

// TestLastSeen: a time that this database gave is behind every later answer; one
// that it cannot have given holds nothing up.
func TestLastSeen(t *testing.T) {
	d := start(t, httpapi.Options{})
	seen := stamp(t, d.post(`{"create_collection":{"object":{"name":"a"}}}`))
	for _, after := range []int64{0, 1, 3600e6, 1 << 61} {
		r := d.must(d.post(`1`, "X-Last-Seen-Txn", strconv.FormatInt(seen+after, 10), "X-Query-Timeout", "5000"), http.StatusOK)
		if stamp(t, r) < seen {
			t.Errorf("the answer is of %d, before %d", stamp(t, r), seen)
		}
	}
}

// TestIdempotencyKey: a repeat of a request gets the first answer, whole.
func TestIdempotencyKey(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	const sell = `{"update":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{"data":{"object":{"quantity":` +
		`{"subtract":[{"select":["data","quantity"],"from":{"get":{"ref":{"collection":"stock"},"id":"1"}}},1]}}}}}}`
	first := d.must(d.post(sell, "Idempotency-Key", "order 1"), http.StatusOK)
	d.unchanged(func() {
		again := d.must(d.post(sell, "Idempotency-Key", "order 1"), http.StatusOK)
		if again.body != first.body || stamp(t, again) != stamp(t, first) {
			t.Errorf("the repeat got %s at %d, the first %s at %d", again.body, stamp(t, again), first.body, stamp(t, first))
		}
		d.wants(d.post(`1`, "Idempotency-Key", "order 1"), http.StatusBadRequest, "bad request",
			"Invalid header 'idempotency-key': The key was used for another query.")
		d.wants(d.post(`1`, "Idempotency-Key", strings.Repeat("k", 256)), http.StatusBadRequest, "bad request",
			"Invalid header 'idempotency-key': Must be at most 255 bytes.")
	})
	if other := d.must(d.post(sell, "Idempotency-Key", "order 2"), http.StatusOK); other.body == first.body {
		t.Error("another key got the first answer")
	}
}
