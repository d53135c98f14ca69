package sim_test

import (
	"time"

	"seriatim/txlog"
)

// rowsKnown is the coverage list: what must have happened somewhere in a campaign for
// it to say anything, with a line on what it is. The rest of what the fault matrix
// names is of the kinds that need real processes.
var rowsKnown = map[string]string{}

func knownRows(names ...string) {
	for _, name := range names {
		rowsKnown[name] = name
	}
}

// harm is one kind of fault: it does something and undoes it after a while.
type harm struct {
	name string
	do   func(w *world)
}

var harms = []harm{
	{"one node crashes", func(w *world) { w.crashSome(1) }},
	{"a minority crashes", func(w *world) { w.crashSome((len(w.members) - 1) / 2) }},
	{"a majority crashes", func(w *world) { w.crashSome(len(w.members)/2 + 1) }},
	{"all nodes crash", func(w *world) { w.crashSome(len(w.members)) }},
	{"a node crashes again and again", func(w *world) {
		m := w.members[w.r.IntN(len(w.members))]
		for i := range 3 {
			w.after(time.Duration(i)*w.between(300*time.Millisecond, time.Second), m.crashAndOpen)
		}
	}},
	{"a disk is lost", (*world).wipe},
	{"a node restarts in order", func(w *world) { w.members[w.r.IntN(len(w.members))].restart() }},
	{"a rolling restart", func(w *world) {
		for i, m := range w.members {
			w.after(time.Duration(i)*w.between(500*time.Millisecond, time.Second), m.restart)
		}
	}},
	{"a node is cut off", func(w *world) { w.cutSome(1, true, true) }},
	{"a node cannot send", func(w *world) { w.cutSome(1, true, false) }},
	{"a node cannot hear", func(w *world) { w.cutSome(1, false, true) }},
	{"a minority is cut off", func(w *world) { w.cutSome((len(w.members)-1)/2, true, true) }},
	{"links flap", func(w *world) {
		m := w.members[w.r.IntN(len(w.members))]
		for i := range 6 {
			on := i%2 == 0
			w.after(time.Duration(i)*w.between(100*time.Millisecond, 600*time.Millisecond), func() { w.cut(m, on, on) })
		}
	}},
	{"there is no majority", func(w *world) {
		w.noMajority = true
		w.after(w.between(time.Second, 8*time.Second), func() { w.noMajority = false; w.catchUp() })
	}},
	{"the leader moves", func(w *world) {
		w.noMajority = true
		w.after(w.between(100*time.Millisecond, 1200*time.Millisecond), func() { w.noMajority = false; w.catchUp() })
	}},
	{"the quota is used up", func(w *world) {
		w.full = true
		w.after(w.between(200*time.Millisecond, 2*time.Second), func() { w.full = false })
	}},
	{"a replica lags", func(w *world) {
		m := w.members[w.r.IntN(len(w.members))]
		m.lag = w.between(200*time.Millisecond, 4*time.Second)
		w.after(w.between(2*time.Second, 6*time.Second), func() { m.lag = 0; w.deliver(m) })
	}},
	{"the log is trimmed beyond a node", (*world).trimBeyond},
	{"a clock jumps ahead", func(w *world) { w.jump(w.between(time.Second, 300*time.Second)) }},
	{"a clock jumps back", func(w *world) { w.jump(-w.between(time.Second, 300*time.Second)) }},
	{"a clock is an hour off", func(w *world) { w.jump(time.Hour - 2*time.Hour*time.Duration(w.r.IntN(2))) }},
	{"a clock drifts", func(w *world) { w.members[w.r.IntN(len(w.members))].drift.Store(w.r.Int64N(200_000) - 100_000) }},
	{"a clock jumps to and fro", func(w *world) {
		m := w.members[w.r.IntN(len(w.members))]
		for i := range 20 {
			w.after(time.Duration(i)*w.between(4*time.Millisecond, 250*time.Millisecond), func() { m.offset.Store(w.r.Int64N(20e6) - 10e6) })
		}
	}},
	{"distances change", func(w *world) {
		for _, m := range w.members {
			m.distance = roundTrip << w.r.IntN(7)
		}
	}},
}

func init() {
	for _, h := range harms {
		knownRows(h.name)
	}
	knownRows("two faults at a time",
		"the log is full", "a block is refused for lack of a majority", "a block is late", "a block is lost on its way",
		"a block is in the log twice", "the answer to a block is lost", "a block in doubt is found in the log",
		"a block that is void is offered again", "blocks land in another order than offered", "a block lands after its node has given up",
		"a question for the head is refused", "a node cannot start for lack of a majority", "a node starts behind the trim",
		"the log is trimmed past a node", "the log is trimmed", "a node rejoins from a checkpoint", "garbage is collected meanwhile",
		"a read on /linearized", "a session goes to another node", "a node is behind the session it serves",
		"an answer to a client is lost", "a request is sent to two nodes", "a definite refusal", "an unknown outcome",
		"an unknown outcome is repeated with its key", "a page follows at another node's time",
		"a stream opens", "ledgers verify", "a stream tells a transaction", "a repeat with a key gets the answer")
}

// plague lets faults happen until stop says otherwise.
func (w *world) plague(stop func() bool) {
	w.after(w.between(100*time.Millisecond, 2*time.Second), func() {
		if stop() {
			return
		}
		n := 1
		if w.oneIn(4) {
			n = 2
			w.hit("two faults at a time")
		}
		for range n {
			h := harms[w.r.IntN(len(harms))]
			w.note("fault: %s", h.name)
			w.hit(h.name)
			h.do(w)
		}
		w.plague(stop)
	})
}

// tend trims the log behind what the nodes have flushed, as a cluster does.
func (w *world) tend(stop func() bool) {
	w.after(w.between(500*time.Millisecond, 2*time.Second), func() {
		if stop() {
			return
		}
		lowest := w.sequence.head()
		for _, m := range w.members {
			lowest = min(lowest, txlog.Position(m.flushed.Load()))
		}
		if lowest > 0 && lowest > w.sequence.last() {
			w.sequence.trim(lowest)
			w.hit("the log is trimmed")
		}
		w.tend(stop)
	})
}

func (q *sequence) last() txlog.Position {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.trimmed
}

// draw returns n members in random order.
func (w *world) draw(n int) []*member {
	var all []*member
	for _, i := range w.r.Perm(len(w.members))[:n] {
		all = append(all, w.members[i])
	}
	return all
}

func (w *world) crashSome(n int) {
	for _, m := range w.draw(n) {
		m.crashAndOpen()
	}
}

// crashAndOpen takes a node's power away and gives it back after a while.
func (m *member) crashAndOpen() {
	if m.state == down || m.w.over { // whoever made it so starts it again
		return
	}
	m.crash()
	m.later(m.w.between(0, 3*time.Second), m.open)
}

// wipe loses the disk of a node; one that has everything is left.
func (w *world) wipe() {
	m := w.someone(func(m *member) bool { return m.state == up })
	if m == nil || w.someone(func(o *member) bool { return o != m && w.whole(o) }) == nil {
		return
	}
	m.crash()
	m.later(w.between(0, time.Second), m.rejoin)
}

func (w *world) cut(m *member, out, in bool) {
	if w.over {
		return
	}
	w.note("node %d: out %v, in %v", m.n, !out, !in)
	m.setCut(out, in)
	if !in {
		w.deliver(m)
	}
}

func (w *world) cutSome(n int, out, in bool) {
	for _, m := range w.draw(max(n, 1)) {
		w.cut(m, out, in)
		w.after(w.between(500*time.Millisecond, 10*time.Second), func() { w.cut(m, false, false) })
	}
}

// catchUp shows all nodes the log.
func (w *world) catchUp() {
	for _, m := range w.members {
		w.deliver(m)
	}
}

// whole reports whether a node could start again from its disk.
func (w *world) whole(m *member) bool {
	return m.state == up && txlog.Position(m.flushed.Load()) >= w.sequence.last()
}

// trimBeyond holds a node back, or ends it, and trims the log past it, behind what all
// others have flushed.
func (w *world) trimBeyond() {
	m := w.someone(func(m *member) bool { return m.state == up })
	if m == nil {
		return
	}
	if w.oneIn(2) {
		m.crash()
		m.later(4*time.Second, m.open)
	} else {
		w.cut(m, true, true)
		w.after(w.between(3*time.Second, 4*time.Second), func() { w.cut(m, false, false) })
	}
	w.after(w.between(time.Second, 3*time.Second), func() {
		lowest, left := w.sequence.head(), len(w.members)-1
		for _, o := range w.members {
			if o == m || o.state != up {
				continue
			}
			at, _ := o.db.Digest()
			st, life := o.store, o.life
			w.begin("flush", st.Flush, func(err error) {
				if err != nil || o.life != life || o.state != up {
					return
				}
				o.flushed.Store(max(o.flushed.Load(), uint64(at)))
				if lowest, left = min(lowest, at), left-1; left == 0 {
					w.sequence.trim(lowest)
				}
			})
		}
	})
}

func (w *world) jump(d time.Duration) {
	w.members[w.r.IntN(len(w.members))].offset.Add(d.Microseconds())
}
