package sim_test

import (
	"errors"
	"fmt"
	"testing/synctest"
	"time"

	"seriatim/txlog"
)

// What a block meets between its node and the majority. Each way takes a random
// time; a message may be lost, or late, or delivered twice. A block in doubt is
// settled as the log on etcd settles it: once the node can ask, it learns where the
// block is, or that its attempts are void, and then offers it again or gives up.

const (
	roundTrip   = 2 * time.Millisecond // of the nearest node, at least
	doubtAfter  = 400 * time.Millisecond
	refuseAfter = 3 * time.Second // the longest a write waits for a majority
)

var errNoAnswer = errors.New("no answer")

// way is how long a message between the node and the majority takes.
func (w *world) way(m *member) time.Duration {
	return w.between(m.distance/2, m.distance)
}

// out reports whether nothing gets from the node to the majority.
func (w *world) out(m *member) bool { return m.cutOut || w.noMajority }

// in reports whether nothing gets from the majority to the node.
func (w *world) in(m *member) bool { return m.cutIn || w.noMajority }

// offered takes a new block from a node.
func (w *world) offered(o *offer) {
	m := o.s.m
	o.number = m.offers
	m.offers++
	if w.full {
		w.after(w.way(m), func() {
			if o.answer(0, fmt.Errorf("%w: the quota is used up", txlog.ErrDiskFull)) {
				w.hit("the log is full")
			}
		})
		return
	}
	if w.out(m) && w.oneIn(2) {
		w.after(w.between(0, refuseAfter), func() { w.refuse(o) })
		return
	}
	w.send(o)
}

// refuse tells the node that the block is not in the log and never will be.
func (w *world) refuse(o *offer) {
	if o.answer(0, fmt.Errorf("%w: %w", txlog.ErrUnavailable, errNoAnswer)) {
		w.hit("a block is refused for lack of a majority")
		w.note("node %d: block %d is refused", o.s.m.n, o.number)
	}
}

// send lets one attempt leave the node.
func (w *world) send(o *offer) {
	m := o.s.m
	o.leaves()
	o.tries++
	a := &attempt{}
	o.attempt = a
	m.attempts = append(m.attempts, a)
	d := w.way(m)
	if w.oneIn(60) {
		d = w.between(0, 2*doubtAfter)
		w.hit("a block is late")
	}
	w.after(d, func() { w.arrive(o, a) })
	w.after(m.distance+doubtAfter, func() { w.doubt(o, a) })
}

// arrive is the moment at which an attempt reaches the majority, if it does.
func (w *world) arrive(o *offer, a *attempt) {
	m := o.s.m
	if a.void {
		return
	}
	if w.out(m) || w.oneIn(80) {
		a.void = true
		w.hit("a block is lost on its way")
		return
	}
	w.land(o)
	if w.oneIn(50) { // it is delivered once more, perhaps after the node's next life began
		w.after(w.between(0, 2*time.Second), func() {
			at := w.publish(o.s.m, o.block)
			w.hit("a block is in the log twice")
			w.note("node %d: block %d again at %d", m.n, o.number, at)
		})
	}
	w.after(w.way(m), func() {
		if w.in(m) || w.oneIn(60) {
			w.hit("the answer to a block is lost")
			return
		}
		if o.answer(o.at, nil) {
			w.note("node %d: block %d is at %d", m.n, o.number, o.at)
		}
	})
}

// land puts the block into the log.
func (w *world) land(o *offer) {
	m := o.s.m
	if o.number < m.newest && m.strand == o.s {
		w.hit("blocks land in another order than offered")
	}
	if !o.waits() {
		w.hit("a block lands after its node has given up")
	}
	m.newest = max(m.newest, o.number)
	o.at = w.publish(m, o.block)
	w.note("node %d: block %d lands at %d", m.n, o.number, o.at)
}

// publish adds a block to the sequence and lets all nodes hear of it.
func (w *world) publish(from *member, block []byte) txlog.Position {
	at := w.sequence.add(block)
	for _, m := range w.members {
		w.after(w.way(m)+m.lag, func() { w.deliver(m) })
	}
	return at
}

// deliver shows the node the log as it is now, block by block: who waits for one goes
// on before the next comes.
func (w *world) deliver(m *member) {
	s := m.strand
	if s == nil || w.in(m) {
		return
	}
	for at, head := s.shown+1, w.sequence.head(); at <= head; at++ {
		s.show(at)
		synctest.Wait()
	}
}

// doubt finds out how an attempt ended that has not been answered.
func (w *world) doubt(o *offer, a *attempt) {
	m := o.s.m
	if o.attempt != a || !o.waits() {
		return
	}
	if w.out(m) || w.in(m) {
		w.after(w.between(doubtAfter/2, doubtAfter), func() { w.doubt(o, a) })
		return
	}
	switch {
	case o.at != 0:
		if o.answer(o.at, nil) {
			w.hit("a block in doubt is found in the log")
			w.note("node %d: block %d is found at %d", m.n, o.number, o.at)
		}
	case o.tries < 4 && !w.oneIn(3):
		a.void = true
		w.hit("a block that is void is offered again")
		w.send(o)
	default:
		a.void = true
		w.refuse(o)
	}
}

// asked takes a question for the head.
func (w *world) asked(q *question) {
	m := q.s.m
	if w.out(m) && w.oneIn(2) {
		w.after(w.between(0, time.Second), func() {
			if q.answer(0, fmt.Errorf("%w: %w", txlog.ErrUnavailable, errNoAnswer)) {
				w.hit("a question for the head is refused")
			}
		})
		return
	}
	w.after(w.way(m), func() { w.askNow(q) })
}

// askNow is the moment at which the majority is asked; again later if it is not.
func (w *world) askNow(q *question) {
	m := q.s.m
	if w.out(m) || w.oneIn(100) {
		w.after(doubtAfter, func() {
			if q.waits() {
				w.askNow(q)
			}
		})
		return
	}
	head := w.sequence.head()
	w.after(w.way(m), func() {
		if w.in(m) {
			w.after(doubtAfter, func() {
				if q.waits() {
					w.askNow(q)
				}
			})
			return
		}
		if m.state == opening { // what reaches it meanwhile must not race with its start
			head = w.sequence.head()
		}
		q.answer(head, nil)
	})
}

func (q *question) answer(at txlog.Position, err error) bool {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if q.settled || q.s.ended {
		return false
	}
	q.settled = true
	q.answers <- fate{at, err}
	return true
}

func (q *question) waits() bool {
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	return !q.settled && !q.s.ended
}
