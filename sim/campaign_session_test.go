//go:build unix

package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// session is the door of one client of a cluster: it asks the node that it was given,
// or another one now and then, and tells each what it has seen.
type session struct {
	urls   []string
	secret string
	http   *http.Client
	pick   func() int // the node of the next request

	mu   sync.Mutex
	seen int64
}

// patience is how long a client of a campaign waits for an answer.
const patience = 8 * time.Second

func newSession(urls []string, secret string, pick func() int) *session {
	return &session{urls: urls, secret: secret, pick: pick, http: &http.Client{Timeout: patience, Transport: &http.Transport{
		MaxIdleConnsPerHost: 2, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext,
	}}}
}

func (s *session) close() { s.http.CloseIdleConnections() }

func (s *session) send(ctx context.Context, body []byte) *answer { return s.ask(ctx, body, true, "") }

// ask sends a query. What only reads is answered from the state that the node has, unless
// strict is set; the key makes a repeat harmless.
func (s *session) ask(ctx context.Context, body []byte, strict bool, key string) *answer {
	return s.askNode(ctx, s.pick(), body, strict, key)
}

func (s *session) askNode(ctx context.Context, node int, body []byte, strict bool, key string) *answer {
	a := &answer{}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.urls[node], bytes.NewReader(body))
	if err != nil {
		a.text = err.Error()
		return a
	}
	req.SetBasicAuth(s.secret, "")
	req.Header.Set("X-FaunaDB-API-Version", "4")
	if strict {
		req.Header.Set("X-Linearized", "true")
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	s.mu.Lock()
	if s.seen > 0 {
		req.Header.Set("X-Last-Seen-Txn", strconv.FormatInt(s.seen, 10))
	}
	s.mu.Unlock()
	resp, err := s.http.Do(req)
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" { // nothing was sent
		return &answer{status: http.StatusServiceUnavailable, code: "unavailable", text: err.Error()}
	}
	if err != nil {
		a.text = err.Error()
		return a
	}
	defer resp.Body.Close()
	var parsed struct {
		Resource json.RawMessage
		Errors   []struct {
			Code, Description string
			Cause             []struct{ Code, Description string }
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&parsed); err != nil {
		a.text = err.Error()
		return a
	}
	a.status, a.resource = resp.StatusCode, parsed.Resource
	a.ts, _ = strconv.ParseInt(resp.Header.Get("X-Txn-Time"), 10, 64)
	a.retries, _ = strconv.Atoi(resp.Header.Get("X-Txn-Retries"))
	if len(parsed.Errors) > 0 {
		e := parsed.Errors[0]
		a.code, a.text = e.Code, e.Description
		for _, c := range e.Cause {
			a.text += ": " + c.Description
		}
	}
	s.note(a.ts)
	return a
}

// newest is the newest time that the client has seen.
func (s *session) newest() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

func (s *session) note(ts int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = max(s.seen, ts)
}
