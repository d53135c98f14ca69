package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// fault is a way in which the model store below breaks its promise.
type fault int

const (
	strict       fault = iota // none: strictly serializable
	snapshotOnly              // commits validate writes only: snapshot isolation
	staleRead                 // a transaction that only reads sometimes gets an old snapshot
	droppedAck                // some acknowledged commits are not applied
	dirtyFail                 // some transactions reported as failed are applied
	lateTS                    // some commits report a timestamp that is too small
)

// model is a store of growing lists with snapshots and optimistic validation,
// run by clients whose steps interleave as a seed decides.
type model struct {
	rng   *rand.Rand
	fault fault
	rate  float64 // of the fault, per transaction it can happen to
	now   int64   // moments for Invoke and Return
	ts    int64   // last commit
	lists map[string][]version
	next  int64 // elements are unique in the whole history
	h     History
	count int // faults that were injected
}

type version struct{ ts, elem int64 }

// client is a transaction under way.
type client struct {
	op       Op
	snapshot int64
	step     int // 0 invoke, 1 begin, 2 commit, 3 return
	process  int
}

const (
	modelClients = 12
	modelKeys    = 8 // live at once
	keyLife      = 400
)

// generate makes a history of about n transactions, and says how many faults
// are in it. At the end every key is read.
func generate(seed uint64, n int, f fault, rate float64) (History, int) {
	m := &model{rng: rand.New(rand.NewPCG(seed, 1)), fault: f, rate: rate, lists: make(map[string][]version)}
	clients := make([]client, modelClients)
	for i := range clients {
		clients[i].process = i
	}
	spare := modelClients
	for len(m.h) < n {
		c := &clients[m.rng.IntN(len(clients))]
		m.now++
		m.advance(c)
		if c.step == 0 && m.h[len(m.h)-1].Outcome == Info {
			c.process = spare
			spare++
		}
	}
	for i := range clients {
		if clients[i].step > 0 {
			m.abandon(&clients[i].op)
		}
	}
	m.finals(spare)
	return m.h, m.count
}

func (m *model) advance(c *client) {
	switch c.step {
	case 0:
		c.op = Op{ID: len(m.h), Process: c.process, Invoke: m.now, Micros: m.plan()}
	case 1:
		c.snapshot = m.ts
		if m.fault == staleRead && !c.op.writes() && m.ts > 0 && m.strike() {
			c.snapshot -= 1 + m.rng.Int64N(min(m.ts, 30))
		}
	case 2:
		m.commit(c)
	case 3:
		c.op.Return = m.now
		c.op.ID = len(m.h)
		m.h = append(m.h, c.op)
	}
	c.step = (c.step + 1) % 4
}

// abandon records a transaction whose client stops listening.
func (m *model) abandon(o *Op) {
	o.ID, o.Outcome, o.Return, o.TS = len(m.h), Info, Never, 0
	for i := range o.Micros {
		o.Micros[i].List = nil
	}
	m.h = append(m.h, *o)
}

// strike decides whether the fault happens here, and counts it.
func (m *model) strike() bool {
	if m.rng.Float64() >= m.rate {
		return false
	}
	m.count++
	return true
}

// plan chooses a few steps over the keys that are live now.
func (m *model) plan() []Micro {
	steps := make([]Micro, 1+m.rng.IntN(4))
	for i := range steps {
		key := fmt.Sprintf("k%d", len(m.h)/keyLife*modelKeys+m.rng.IntN(modelKeys))
		steps[i] = Micro{Act: Read, Key: key}
		if m.rng.IntN(2) == 0 {
			m.next++
			steps[i] = Micro{Act: Append, Key: key, Value: m.next}
		}
	}
	return steps
}

func (m *model) at(key string, ts int64) []int64 {
	var list []int64
	for _, v := range m.lists[key] {
		if v.ts > ts {
			break
		}
		list = append(list, v.elem)
	}
	return list
}

// stale reports whether a key was written after the snapshot.
func (m *model) stale(key string, snapshot int64) bool {
	list := m.lists[key]
	return len(list) > 0 && list[len(list)-1].ts > snapshot
}

// commit validates, applies and answers.
func (m *model) commit(c *client) {
	writes := c.op.writes()
	conflict := writes && slices.ContainsFunc(c.op.Micros, func(s Micro) bool {
		return (m.fault != snapshotOnly || s.Act == Append) && m.stale(s.Key, c.snapshot)
	})
	c.op.TS = c.snapshot
	if !conflict {
		m.results(c)
	}
	fate := m.rng.IntN(100)
	switch {
	case conflict:
		c.op.Outcome = Fail
	case fate == 0: // times out without effect
		c.op.Outcome = Info
	case fate == 1: // times out with effect
		c.op.Outcome = Info
		m.apply(c)
	case fate == 2: // refused by the program itself
		c.op.Outcome = Fail
		if m.fault == dirtyFail && writes && m.strike() {
			m.apply(c)
		}
	case m.fault == droppedAck && writes && m.strike():
	default:
		m.apply(c)
	}
	if m.fault == lateTS && writes && c.op.TS > 20 && m.strike() {
		c.op.TS -= 20
	}
	if c.op.Outcome != Ok {
		c.op.TS = 0
		for i := range c.op.Micros {
			c.op.Micros[i].List = nil
		}
	}
}

func (m *model) results(c *client) {
	own := make(map[string][]int64)
	for i := range c.op.Micros {
		s := &c.op.Micros[i]
		if s.Act == Append {
			own[s.Key] = append(own[s.Key], s.Value)
		} else {
			s.List = append(m.at(s.Key, c.snapshot), own[s.Key]...)
		}
	}
}

func (m *model) apply(c *client) {
	if !c.op.writes() {
		return
	}
	m.ts++
	c.op.TS = m.ts
	for i := range c.op.Micros {
		if s := &c.op.Micros[i]; s.Act == Append {
			m.lists[s.Key] = append(m.lists[s.Key], version{m.ts, s.Value})
		}
	}
}

// finals reads every key, a few at a time.
func (m *model) finals(process int) {
	var keys names
	for i := range m.h {
		for j := range m.h[i].Micros {
			keys.id(m.h[i].Micros[j].Key)
		}
	}
	for some := range slices.Chunk(keys.text, 10) {
		m.now += 2
		op := Op{ID: len(m.h), Process: process, Kind: KindFinal, Invoke: m.now, Return: m.now + 1, TS: m.ts}
		for _, key := range some {
			op.Micros = append(op.Micros, Micro{Act: Read, Key: key, List: m.at(key, m.ts)})
		}
		m.h = append(m.h, op)
	}
}
