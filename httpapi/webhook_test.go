package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
)

// ledgerOf is a uni that only has blocks and settings.
type ledgerOf struct {
	mu     sync.Mutex
	time   int64
	hooks  []seriatim.NodeWebhooks
	blocks []seriatim.BlockReport
}

func (l *ledgerOf) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	l.time++
}

// add appends a block with n transactions.
func (l *ledgerOf) add(n int) {
	l.change(func() {
		b := seriatim.BlockReport{Height: uint64(len(l.blocks)), ID: fmt.Sprintf("%015d", len(l.blocks)), Hash: "hash"}
		for i := range n {
			b.Transactions = append(b.Transactions, seriatim.TransactionReport{ID: fmt.Sprint(i), Owner: "North"})
		}
		l.blocks = append(l.blocks, b)
	})
}

func (l *ledgerOf) Time() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.time
}

func (l *ledgerOf) Webhooks(context.Context) ([]seriatim.NodeWebhooks, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hooks, nil
}

func (l *ledgerOf) WebhookSecret(_ context.Context, identity, node string) ([]byte, error) {
	return []byte(identity + node), nil
}

func (l *ledgerOf) BlockCount(context.Context, string) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.blocks)), nil
}

func (l *ledgerOf) BlockReports(_ context.Context, _ string, from uint64, n int) ([]seriatim.BlockReport, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.blocks[from:min(len(l.blocks), int(from)+n)], nil
}

// listener is the other end of webhooks: it checks signatures, refuses the first few
// and keeps the rest.
type listener struct {
	t      *testing.T
	refuse atomic.Int64
	got    chan string
	server *httptest.Server
}

func listen(t *testing.T) *listener {
	l := &listener{t: t, got: make(chan string, 100)}
	l.server = httptest.NewTLSServer(l)
	t.Cleanup(l.server.Close)
	return l
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		l.t.Error(err)
	}
	signed := r.Header.Get("Seriatim-Signature")
	var unix int64
	if _, err := fmt.Sscanf(signed, "t=%d,", &unix); err != nil || signed != Signature([]byte("shop@1North"), unix, body) {
		l.t.Errorf("signed %q", signed)
	}
	if l.refuse.Add(-1) >= 0 {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	l.got <- r.Header.Get("Seriatim-Event") + " " + r.Header.Get("Seriatim-Delivery") + " " + string(body)
}

func (l *listener) next() string {
	l.t.Helper()
	select {
	case s := <-l.got:
		return s
	case <-time.After(time.Minute):
		l.t.Fatal("nothing came")
		return ""
	}
}

func webhooksTo(t *testing.T, l *listener, file string, source webhookSource) *Webhooks {
	h := NewWebhooks(WebhookOptions{Client: l.server.Client(), File: file, first: time.Millisecond, poll: time.Millisecond})
	if err := h.Start(source); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestBlockWebhooks: blocks come in order, each until it is taken, in parts when they are
// large, and after a restart from where it was.
func TestBlockWebhooks(t *testing.T) {
	l, source := listen(t), &ledgerOf{}
	source.add(1) // before there was a webhook
	file := filepath.Join(t.TempDir(), "webhooks.json")
	h := webhooksTo(t, l, file, source)
	source.change(func() {
		source.hooks = []seriatim.NodeWebhooks{{Identity: "shop@1", Node: "North", Blocks: []string{l.server.URL}}}
	})
	reaches := func(want uint64, wanted bool) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			if next, known := h.places.next(hookTarget{"shop@1", "North", l.server.URL, false}); next == want && known == wanted {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("it does not come to %d", want)
			}
		}
	}
	reaches(1, true)
	l.refuse.Store(3)
	source.add(2)
	if got, want := l.next(), `block shop@1/000000000000001/1 {"blockId":"000000000000001","blockHash":"hash","mutations":[{"_id":"0","_owner":"North"},{"_id":"1","_owner":"North"}],"part":1,"totalParts":1}`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	source.add(noticePart + 1)
	for part := range 2 {
		_, text, _ := strings.Cut(l.next(), " {")
		var n blockNotice
		if err := json.Unmarshal([]byte("{"+text), &n); err != nil || n.Part != part+1 || n.TotalParts != 2 || len(n.Mutations) != []int{noticePart, 1}[part] {
			t.Errorf("part %d: %d of %d with %d transactions, %v", part, n.Part, n.TotalParts, len(n.Mutations), err)
		}
	}
	reaches(3, true)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	source.add(0)
	h = webhooksTo(t, l, file, source)
	if got, want := l.next(), `block shop@1/000000000000003/1 {"blockId":"000000000000003","blockHash":"hash","mutations":[],"part":1,"totalParts":1}`; got != want {
		t.Errorf("after a restart got %s\nwant %s", got, want)
	}
	source.change(func() { source.hooks = nil })
	reaches(0, false)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDeadLetters: a failed transaction is told to its own node's addresses, after
// refusals as well.
func TestDeadLetters(t *testing.T) {
	l := listen(t)
	source := &ledgerOf{hooks: []seriatim.NodeWebhooks{{Identity: "shop@1", Node: "North", DeadLetters: []string{l.server.URL}}}}
	h := webhooksTo(t, l, "", source)
	defer h.Close()
	l.refuse.Store(2)
	sent := seriatim.DeadLetter{Identity: "shop@1", Node: "North", TransactionID: "0191", Mutation: "addSelf_A(...){error}", Submitted: 1e15, Reason: "too small"}
	for deadline := time.Now().Add(time.Minute); ; {
		h.mu.Lock()
		ready := len(h.letters) == 1
		h.mu.Unlock()
		if ready {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the settings are not seen")
		}
		time.Sleep(time.Millisecond)
	}
	h.DeadLetter(&seriatim.DeadLetter{Identity: "shop@1", Node: "South"})
	h.DeadLetter(&sent)
	want := `dead-letter 0191 {"mutation":"addSelf_A(...){error}","id":"0191","transactionId":"0191","owner":"North","status":"Failed",` +
		`"submission_time":"2001-09-09T01:46:40Z","submissionTime":"2001-09-09T01:46:40Z","reasonType":"NON_RETRYABLE","reasonText":"too small"}`
	if got := l.next(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestLettersAreBounded: what waits too long makes room, and that is counted.
func TestLettersAreBounded(t *testing.T) {
	q := &letters{arrive: make(chan struct{}, 1)}
	for i := range maxLetters + 5 {
		q.put(seriatim.DeadLetter{TransactionID: fmt.Sprint(i)})
	}
	l, lost, ok := q.take()
	if !ok || lost != 5 || l.TransactionID != "5" {
		t.Errorf("the oldest is %s after %d lost", l.TransactionID, lost)
	}
}
