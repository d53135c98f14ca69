package seriatim

import (
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"seriatim/replica"
	"seriatim/store"
)

// hub tells streams what was published. It is told by the goroutine that applies, so
// it only passes on which keys were written when; what that means is worked out by
// each stream in its own time. Where nobody listens it costs one look at a number.
type hub struct {
	count atomic.Int64 // open subscriptions

	mu     sync.Mutex
	groups map[hubPrefix]*hubGroup
	all    map[*subscription]struct{}
	was    map[pastKey]past // of the block that is about to be written
	ended  string           // why there are no more streams, when there are none

	touched []*subscription // scratch: those that the block is about
}

// hubPrefix is what the keys begin with that one group of subscriptions is about:
// database, kind, and collection or index.
type hubPrefix [13]byte

// hubGroup is the subscriptions below one prefix, by all that their keys begin with.
type hubGroup struct {
	sizes  []int // the lengths of those, each once
	counts []int // and how many subscriptions have it
	by     map[string][]*subscription
}

// pastKey is a place in the history of a key.
type pastKey struct {
	key string
	at  int64
}

func newHub() *hub {
	return &hub{groups: map[hubPrefix]*hubGroup{}, all: map[*subscription]struct{}{}, was: map[pastKey]past{}}
}

// errStreamsFull says that there are as many streams as there may be.
var errStreamsFull = errors.New("seriatim: too many open streams")

// errStreamsEnded says that the hub takes no subscriptions any more.
var errStreamsEnded = errors.New("seriatim: streams have ended")

// subscribe opens a subscription to what is written below prefix from now on; one
// without a prefix hears nothing. limit bounds the open ones.
func (h *hub) subscribe(prefix []byte, limit int) (*subscription, error) {
	s := &subscription{hub: h, prefix: prefix, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended != "":
		return nil, errStreamsEnded
	case len(h.all) >= limit:
		return nil, errStreamsFull
	}
	h.all[s] = struct{}{}
	h.count.Store(int64(len(h.all)))
	if len(prefix) >= len(hubPrefix{}) {
		id := hubPrefix(prefix)
		g := h.groups[id]
		if g == nil {
			g = &hubGroup{by: map[string][]*subscription{}}
			h.groups[id] = g
		}
		g.add(s)
	}
	return s, nil
}

// leave closes a subscription. It may be called more than once.
func (h *hub) leave(s *subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, open := h.all[s]; !open {
		return
	}
	delete(h.all, s)
	h.count.Store(int64(len(h.all)))
	if len(s.prefix) < len(hubPrefix{}) {
		return
	}
	id := hubPrefix(s.prefix)
	if g := h.groups[id]; g.remove(s) {
		delete(h.groups, id)
	}
}

// end ends all streams, for a reason that their last event tells, and takes no more.
func (h *hub) end(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = why
	for s := range h.all {
		s.ring()
	}
}

// reason returns why there are no more streams; it is empty while there are.
func (h *hub) reason() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ended
}

func (g *hubGroup) add(s *subscription) {
	g.by[string(s.prefix)] = append(g.by[string(s.prefix)], s)
	i := slices.Index(g.sizes, len(s.prefix))
	if i < 0 {
		g.sizes, g.counts, i = append(g.sizes, len(s.prefix)), append(g.counts, 0), len(g.sizes)
	}
	g.counts[i]++
}

// remove takes a subscription out and reports whether it was the last.
func (g *hubGroup) remove(s *subscription) (empty bool) {
	left := slices.DeleteFunc(g.by[string(s.prefix)], func(o *subscription) bool { return o == s })
	if g.by[string(s.prefix)] = left; len(left) == 0 {
		delete(g.by, string(s.prefix))
	}
	i := slices.Index(g.sizes, len(s.prefix))
	if g.counts[i]--; g.counts[i] == 0 {
		g.sizes, g.counts = slices.Delete(g.sizes, i, i+1), slices.Delete(g.counts, i, i+1)
	}
	return len(g.sizes) == 0
}

// followers yields the subscriptions that a key is about.
func (h *hub) followers(key []byte) iter.Seq[*subscription] {
	return func(yield func(*subscription) bool) {
		if len(key) < len(hubPrefix{}) {
			return
		}
		g := h.groups[hubPrefix(key)]
		if g == nil {
			return
		}
		for _, size := range g.sizes {
			if size > len(key) {
				continue
			}
			for _, s := range g.by[string(key[:size])] {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// rewriting notes what the history that a block is about to change holds, as far as
// streams follow it: once written, nobody can tell.
func (h *hub) rewriting(st *store.Store, written iter.Seq[replica.Written]) {
	if h.count.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.was)
	earlier := map[string][]int64{} // what the block does to a key before
	for w := range written {
		for range h.followers(w.Key) {
			key := string(w.Key)
			if w.At != w.TS {
				h.was[pastKey{key, w.At}] = readPast(st, w.Key, w.At, earlier[key])
			}
			earlier[key] = append(earlier[key], w.At)
			break
		}
	}
}

// published passes on what a block wrote.
func (h *hub) published(_ int64, written iter.Seq[replica.Written]) {
	if h.count.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range written {
		var told *keyWrite
		for s := range h.followers(w.Key) {
			if told == nil {
				told = h.keyWrite(&w)
			}
			if !bugLostEvent() && s.offer(w.TS, told) {
				h.touched = append(h.touched, s)
			}
		}
	}
	for _, s := range h.touched {
		s.seal()
	}
	h.touched = h.touched[:0]
	clear(h.was)
}
