package seriatim

import (
	"sync"
	"time"

	"seriatim/syntax"
	"seriatim/txn"
	"seriatim/value"
)

// hot remembers the keys that transactions lately conflicted on, and the
// functions whose every call read one. A query that read a hot key would likely
// conflict too, so it is ordered first; a call of such a function is ordered
// without being evaluated here at all. It is a guess that only costs time when wrong.
type hot struct {
	mu    sync.Mutex
	keys  map[string]heat
	calls map[string]int // calls in a row that read a hot key
}

// heat is how often a key was fought over, and until when that counts.
type heat struct {
	conflicts int
	until     time.Time
}

const (
	// hotAfter conflicts within hotFor make a key hot.
	hotAfter = 3
	hotFor   = 250 * time.Millisecond
	// directAfter calls in a row make a function direct; every directProbe-th call
	// is evaluated all the same, to see whether that still holds.
	directAfter = 16
	directProbe = 16
	// maxHot bounds the keys and functions that are remembered, maxHotKey the bytes
	// of a key: those of documents are short.
	maxHot    = 4096
	maxHotKey = 256
	// maxHotInRanges bounds how many keys are compared with the ranges of a query.
	maxHotInRanges = 64
)

// note records a conflict on key.
func (h *hot) note(key []byte) {
	if len(key) > maxHotKey {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.keys == nil || len(h.keys) >= maxHot {
		h.keys = map[string]heat{}
	}
	now := time.Now()
	k := h.keys[string(key)]
	if now.After(k.until) {
		k.conflicts = 0
	}
	h.keys[string(key)] = heat{k.conflicts + 1, now.Add(hotFor)}
}

// touches reports whether the proposal read a hot key. Being asked for keeps the
// key hot: queries that are ordered first no longer conflict, and without that it
// would seem to cool down.
func (h *hot) touches(p *txn.Proposal) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.keys) == 0 {
		return false
	}
	now := time.Now()
	for _, key := range p.Reads {
		// Looked up in place first: nearly no key is hot, and passing it on copies it.
		if _, known := h.keys[string(key)]; known && h.warm(string(key), now) {
			return true
		}
	}
	return h.touchesRange(p, now)
}

// warm reports whether key is hot, and keeps it so for half the time a conflict
// would, so that a key asked for rarely does cool down.
func (h *hot) warm(key string, now time.Time) bool {
	k := h.keys[key]
	if k.conflicts < hotAfter || now.After(k.until) {
		return false
	}
	if extended := now.Add(hotFor / 2); extended.After(k.until) {
		k.until = extended
		h.keys[key] = k
	}
	return true
}

// touchesRange is touches for what was walked rather than read by key. It looks
// only while few keys are remembered, because it looks at all of them.
func (h *hot) touchesRange(p *txn.Proposal, now time.Time) bool {
	if len(p.Ranges) == 0 || len(h.keys) > maxHotInRanges {
		return false
	}
	for key := range h.keys {
		for _, r := range p.Ranges {
			if r.Holds([]byte(key)) && h.warm(key, now) {
				return true
			}
		}
	}
	return false
}

// learn records whether an evaluated query read a hot key.
func (h *hot) learn(q *query, touched bool) {
	name := called(q.tree)
	if name == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !touched:
		delete(h.calls, name)
	case h.calls == nil || len(h.calls) >= maxHot:
		h.calls = map[string]int{name: 1}
	default:
		h.calls[name]++
	}
}

// direct reports whether the query should be ordered unevaluated.
func (h *hot) direct(q *query) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.calls) == 0 {
		return false
	}
	tree, errs := q.decode()
	if errs != nil {
		return false
	}
	name := called(tree)
	n := h.calls[name]
	if name == "" || n < directAfter {
		return false
	}
	h.calls[name]++
	return n%directProbe != 0
}

// called returns what names the function that the whole query calls, or "". The
// same name in two databases is two functions; that they share a guess is harmless.
func called(tree syntax.Expr) string {
	form, ok := tree.(*syntax.Form)
	if !ok || form.Op != syntax.OpCall {
		return ""
	}
	target := form.Args[0]
	if f, ok := target.(*syntax.Form); ok && f.Op == syntax.OpFunctionOf && f.Args[1] == nil {
		target = f.Args[0]
	}
	if lit, ok := target.(*syntax.Literal); ok {
		if s, ok := lit.Value.(value.String); ok {
			return string(s)
		}
	}
	if ref, ok := target.(*syntax.RefLiteral); ok {
		return ref.ID
	}
	return ""
}
