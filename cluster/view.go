package cluster

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// liveFor is how long a node counts as live after its last answer.
	liveFor = 4 * time.Second
	// pingWait bounds one question to another node's door.
	pingWait = 2 * time.Second
)

// view is what a node knows of the others.
type view struct {
	mu      sync.Mutex
	records map[string]record
	pings   map[string]ping
}

// ping is the last answer of a node's door.
type ping struct {
	report report
	at     time.Time
	round  time.Duration // there and back
	offset int64         // how far this node's clock is ahead of that one's, in microseconds
}

func (p ping) live() bool { return time.Since(p.at) < liveFor }

func (v *view) init() { v.records, v.pings = map[string]record{}, map[string]ping{} }

// setRecords replaces what is remembered of all nodes.
func (v *view) setRecords(all map[string]record) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.records = all
	maps.DeleteFunc(v.pings, func(name string, p ping) bool { return all[name].Number != p.report.Number })
}

// others are the records of all nodes but self.
func (v *view) others(self string) []record {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all []record
	for name, r := range v.records {
		if name != self {
			all = append(all, r)
		}
	}
	return all
}

// live are the last answers of the nodes that have answered lately.
func (v *view) live() map[string]ping {
	v.mu.Lock()
	defer v.mu.Unlock()
	all := maps.Clone(v.pings)
	maps.DeleteFunc(all, func(_ string, p ping) bool { return !p.live() })
	return all
}

// note keeps an answer. The first round trips include the making of a connection: shorter
// ones count at once, longer ones by and by.
func (v *view) note(r record, p ping) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.records[r.Name].Number != r.Number || p.report.Number != r.Number {
		return
	}
	if old, ok := v.pings[r.Name]; ok {
		p.round = min(p.round, old.round+old.round/8+time.Millisecond/10)
	}
	v.pings[r.Name] = p
}

// rounds are the round trips to live nodes in microseconds, by name.
func (v *view) rounds() map[string]int64 {
	all := map[string]int64{}
	for name, p := range v.live() {
		all[name] = p.round.Microseconds()
	}
	return all
}

// offset is how far this node's clock is ahead of the median of the live ones', in
// microseconds.
func (v *view) offset() int64 {
	var all []int64
	for _, p := range v.live() {
		all = append(all, p.offset)
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// lookAround asks all other nodes how they are, at the same time.
func (n *Node) lookAround(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, pingWait)
	defer cancel()
	var group sync.WaitGroup
	for _, r := range n.view.others(n.config.Name) {
		group.Go(func() {
			if p, err := n.ping(ctx, r, ""); err == nil {
				n.view.note(r, p)
			}
		})
	}
	group.Wait()
}

// ping asks one node how it is.
func (n *Node) ping(ctx context.Context, r record, query string) (p ping, err error) {
	begun, clock := time.Now(), n.clock()
	if err = call(ctx, n.client, r.Door+"/status"+query, nil, &p.report); err != nil {
		return p, err
	}
	p.at, p.round = time.Now(), time.Since(begun)
	if p.report.Name != r.Name {
		return p, fmt.Errorf("cluster: %s answers as %s", r.Name, p.report.Name)
	}
	p.offset = clock + p.round.Microseconds()/2 - p.report.Clock
	return p, nil
}

// report says how this node is.
func (n *Node) report() report {
	r := report{
		Name: n.config.Name, Number: n.config.Made.Number, Release: n.o.Release, Fenced: n.fenced(),
		Clock: n.clock(), RoundTrips: n.view.rounds(), Offset: n.view.offset(),
	}
	db := n.open.Load()
	if db == nil {
		return r
	}
	if m := n.member(); m != nil {
		r.Leader = m.Leader()
		r.Log, _ = m.Size(n.life) // of a member in this process it does not fail
	}
	at, ts := db.Position()
	r.Position, r.TS, r.DigestAt = uint64(at), ts, uint64(at)
	r.Digest, r.Known = db.DigestAt(at)
	if flushed, err := db.Flushed(); err == nil {
		r.Flushed = uint64(flushed)
	}
	return r
}
