package seriatim

import (
	"sync"
	"time"

	"seriatim/txn"
)

// hot remembers the keys that transactions lately conflicted on. A query that
// read one of them would likely conflict too, so it is ordered first.
type hot struct {
	mu    sync.Mutex
	until map[string]time.Time
	count map[string]int
}

const (
	// hotAfter conflicts within hotFor make a key hot.
	hotAfter = 3
	hotFor   = 250 * time.Millisecond
	// maxHot bounds the keys that are remembered.
	maxHot = 4096
)

// note records a conflict on key.
func (h *hot) note(key []byte) {
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.until == nil || len(h.until) >= maxHot {
		h.until, h.count = map[string]time.Time{}, map[string]int{}
	}
	k := string(key)
	if now.After(h.until[k]) {
		h.count[k] = 0
	}
	h.count[k]++
	h.until[k] = now.Add(hotFor)
}

// touches reports whether the proposal read a hot key.
func (h *hot) touches(p *txn.Proposal) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.until) == 0 {
		return false
	}
	now := time.Now()
	for _, k := range p.Reads {
		if h.count[string(k)] >= hotAfter && now.Before(h.until[string(k)]) {
			return true
		}
	}
	return false
}
