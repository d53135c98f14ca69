package httpapi

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"seriatim"
)

// WebhookOptions says how a Webhooks behaves.
type WebhookOptions struct {
	// Client sends; NewFetchClient makes one for addresses that are not to be trusted.
	Client *http.Client
	// File keeps how far each webhook has got with its uni's blocks, so that a restart
	// goes on from there; "" keeps it in memory only.
	File string
	// Logger is told of what could not be delivered; nil discards.
	Logger *slog.Logger
	// Build is sent as the User-Agent.
	Build string

	first time.Duration // the first pause after a failure; tests have less patience
	poll  time.Duration // how often the database is looked at
}

// Webhooks tells the addresses in the settings of nodes (Vendia_Settings) of each block
// of their unis and of transactions that failed. Blocks come in order and at least once,
// for as long as it takes; a dead letter that cannot be delivered is lost after a while
// or with the process. It is safe for concurrent use.
type Webhooks struct {
	options WebhookOptions
	source  webhookSource
	places  *places
	running sync.WaitGroup
	stop    context.CancelFunc

	mu      sync.Mutex
	letters map[hookTarget]*letters
}

// webhookSource is what webhooks ask of the database, *seriatim.DB.
type webhookSource interface {
	// Time moves when anything happened.
	Time() int64
	Webhooks(ctx context.Context) ([]seriatim.NodeWebhooks, error)
	WebhookSecret(ctx context.Context, identity, node string) ([]byte, error)
	BlockCount(ctx context.Context, identity string) (uint64, error)
	BlockReports(ctx context.Context, identity string, from uint64, n int) ([]seriatim.BlockReport, error)
}

// hookTarget is one address of one node.
type hookTarget struct {
	identity, node string // the uni's, as its ledger names it
	url            string
	letters        bool // dead letters, not blocks
}

// NewWebhooks returns webhooks that deliver nothing until Start.
func NewWebhooks(o WebhookOptions) *Webhooks {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	orElse(&o.first, time.Second)
	orElse(&o.poll, 250*time.Millisecond)
	return &Webhooks{options: o, letters: map[hookTarget]*letters{}, stop: func() {}}
}

// Start begins to deliver what happens in source's unis. The error is that of the file.
func (h *Webhooks) Start(source webhookSource) error {
	var err error
	if h.places, err = openPlaces(h.options.File); err != nil {
		return err
	}
	h.source = source
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	h.running.Go(func() { h.watch(ctx) })
	return nil
}

// Close stops delivering and keeps how far it got.
func (h *Webhooks) Close() error {
	h.stop()
	h.running.Wait()
	if h.places == nil {
		return nil
	}
	return h.places.save()
}

// The pauses between a node's looks at its settings, and between tries of a delivery.
const (
	settingsEvery = 2 * time.Second
	longestPause  = 5 * time.Minute
)

// watch keeps a goroutine for each address that the settings name.
func (h *Webhooks) watch(ctx context.Context) {
	running := map[hookTarget]context.CancelFunc{}
	defer func() {
		for _, end := range running {
			end()
		}
	}()
	var seen int64 = -1
	for {
		if now := h.source.Time(); now != seen {
			wanted, err := h.wanted(ctx)
			if err != nil && ctx.Err() == nil {
				h.options.Logger.Warn("the settings of webhooks could not be read", "err", err)
			} else if err == nil {
				seen = now
				h.adjust(ctx, running, wanted)
			}
		}
		if !pause(ctx, max(h.options.poll, min(settingsEvery, 10*h.options.poll))) {
			return
		}
	}
}

// wanted lists the addresses of all nodes.
func (h *Webhooks) wanted(ctx context.Context) (map[hookTarget]bool, error) {
	nodes, err := h.source.Webhooks(ctx)
	wanted := map[hookTarget]bool{}
	for _, n := range nodes {
		for _, url := range n.Blocks {
			wanted[hookTarget{n.Identity, n.Node, url, false}] = true
		}
		for _, url := range n.DeadLetters {
			wanted[hookTarget{n.Identity, n.Node, url, true}] = true
		}
	}
	return wanted, err
}

// adjust starts what is wanted and ends what is not.
func (h *Webhooks) adjust(ctx context.Context, running map[hookTarget]context.CancelFunc, wanted map[hookTarget]bool) {
	for t, end := range running {
		if !wanted[t] {
			end()
			delete(running, t)
			h.forget(t)
		}
	}
	for t := range wanted {
		if running[t] != nil {
			continue
		}
		own, end := context.WithCancel(ctx)
		running[t] = end
		if t.letters {
			queue := h.queue(t)
			h.running.Go(func() { h.sendLetters(own, t, queue) })
		} else {
			h.running.Go(func() { h.sendBlocks(own, t) })
		}
	}
}

// deliver posts a body until it is taken, ctx ends or give up says so. Pauses double.
func (h *Webhooks) deliver(ctx context.Context, t hookTarget, event, id string, body []byte, giveUp func(tries int) bool) bool {
	wait := h.options.first
	for tries := 1; ; tries++ {
		err := h.post(ctx, t, event, id, body)
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		h.options.Logger.Warn("a webhook did not take what it was told", "url", t.url, "uni", t.identity, "node", t.node, "event", event, "tries", tries, "err", err)
		if giveUp(tries) {
			return false
		}
		if !pause(ctx, wait/2+rand.N(wait)) {
			return false
		}
		wait = min(2*wait, longestPause)
	}
}

// post sends once. Any status from 200 to 299 means that it was taken.
func (h *Webhooks) post(ctx context.Context, t hookTarget, event, id string, body []byte) error {
	secret, err := h.source.WebhookSecret(ctx, t.identity, t.node)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	now := time.Now().Unix()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", h.options.Build)
	r.Header.Set("Seriatim-Event", event)
	r.Header.Set("Seriatim-Delivery", id)
	r.Header.Set("Seriatim-Signature", Signature(secret, now, body))
	resp, err := h.options.Client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection can be used again
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("httpapi: a webhook answered %s", resp.Status)
	}
	return nil
}

// Signature is the header that a webhook is signed with: the time in seconds, and the
// HMAC-SHA256 of the time, a full stop and the body, in hexadecimal.
func Signature(secret []byte, unix int64, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	t := strconv.FormatInt(unix, 10)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// pause reports whether ctx lasted.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
