package httpapi

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"seriatim"
)

const (
	// maxLetters bounds the dead letters that wait for one address; the oldest go.
	maxLetters = 1000
	// letterTries is how often a dead letter is tried: for about half an hour.
	letterTries = 12
)

// letterNotice is what a webhook is told of a transaction that failed (vendia section
// 1.6), in its older and newer spelling.
type letterNotice struct {
	Mutation      string `json:"mutation"`
	ID            string `json:"id"`
	TransactionID string `json:"transactionId"`
	Owner         string `json:"owner"`
	Status        string `json:"status"`
	Submitted     string `json:"submission_time"`
	SubmittedToo  string `json:"submissionTime"`
	ReasonType    string `json:"reasonType"`
	ReasonText    string `json:"reasonText"`
}

// letters are the dead letters that wait for one address.
type letters struct {
	mu     sync.Mutex
	kept   []seriatim.DeadLetter
	lost   int
	arrive chan struct{} // holds one when there may be some
}

func (q *letters) put(l seriatim.DeadLetter) {
	q.mu.Lock()
	if len(q.kept) >= maxLetters {
		q.kept, q.lost = q.kept[1:], q.lost+1
	}
	q.kept = append(q.kept, l)
	q.mu.Unlock()
	select {
	case q.arrive <- struct{}{}:
	default:
	}
}

// take returns the oldest, and how many were lost before it.
func (q *letters) take() (l seriatim.DeadLetter, lost int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.kept) == 0 {
		return l, 0, false
	}
	l, lost = q.kept[0], q.lost
	q.kept, q.lost = q.kept[1:], 0
	return l, lost, true
}

// DeadLetter notes a transaction that failed, for the addresses of its node. It does not
// wait.
func (h *Webhooks) DeadLetter(l *seriatim.DeadLetter) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for t, q := range h.letters {
		if t.identity == l.Identity && t.node == l.Node {
			q.put(*l)
		}
	}
}

// queue makes the place where an address's dead letters wait.
func (h *Webhooks) queue(t hookTarget) *letters {
	q := &letters{arrive: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.letters[t] = q
	return q
}

// forget drops what is kept for an address that the settings no longer name.
func (h *Webhooks) forget(t hookTarget) {
	if !t.letters {
		h.places.forget(t)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.letters, t)
}

// sendLetters delivers dead letters as they come.
func (h *Webhooks) sendLetters(ctx context.Context, t hookTarget, q *letters) {
	for {
		l, lost, ok := q.take()
		if !ok {
			select {
			case <-q.arrive:
				continue
			case <-ctx.Done():
				return
			}
		}
		if lost > 0 {
			h.options.Logger.Warn("dead letters were dropped because too many waited", "url", t.url, "uni", t.identity, "count", lost)
		}
		body, err := json.Marshal(noticeOf(&l))
		if err != nil {
			continue // strings do not fail
		}
		h.deliver(ctx, t, "dead-letter", l.TransactionID, body, func(tries int) bool { return tries >= letterTries })
	}
}

func noticeOf(l *seriatim.DeadLetter) *letterNotice {
	submitted := time.UnixMicro(l.Submitted).UTC().Format(time.RFC3339Nano)
	return &letterNotice{
		Mutation: l.Mutation, ID: l.TransactionID, TransactionID: l.TransactionID, Owner: l.Node, Status: "Failed",
		Submitted: submitted, SubmittedToo: submitted, ReasonType: "NON_RETRYABLE", ReasonText: l.Reason,
	}
}
