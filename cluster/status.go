package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"seriatim"
	"seriatim/txlog/etcdlog"
)

// statusWait bounds what Status asks of others.
const statusWait = 2 * time.Second

// Status says how the cluster looks from here. It does not fail because others do not answer:
// without a majority it says what is known. It takes at most a few seconds.
func (n *Node) Status(ctx context.Context) (*seriatim.ClusterStatus, error) {
	if n.open.Load() == nil {
		return nil, fmt.Errorf("cluster: node %s is starting", n.config.Name)
	}
	ctx, cancel := context.WithTimeout(ctx, statusWait)
	defer cancel()
	s := &seriatim.ClusterStatus{Self: n.config.Name}
	leader := n.leader()
	for name, k := range n.known(ctx) {
		status := k.status()
		status.Leader = k.record.Member != 0 && k.record.Member == leader
		if status.Leader {
			s.Leader = name
		}
		s.Nodes = append(s.Nodes, status)
	}
	slices.SortFunc(s.Nodes, func(a, b seriatim.NodeStatus) int { return strings.Compare(a.Name, b.Name) })
	s.Log = n.logStatus(ctx)
	for _, node := range s.Nodes {
		s.Log.Head = max(s.Log.Head, node.Position)
	}
	for i := range s.Nodes {
		s.Nodes[i].Lag = s.Log.Head - s.Nodes[i].Position
	}
	return s, nil
}

// known is what is known of a node.
type known struct {
	record record
	report report
	live   bool
}

// known gathers records and reports: this node's own, those of the doors that answer, and
// what the registry keeps of the others.
func (n *Node) known(ctx context.Context) map[string]known {
	n.view.mu.Lock()
	all, last := maps.Clone(n.view.records), maps.Clone(n.view.pings)
	n.view.mu.Unlock()
	if texts, err := n.registry.Recall(ctx, keyNode); err == nil {
		if now, err := decodeAll[record](texts); err == nil && len(now) > 0 {
			all = now
			n.view.setRecords(maps.Clone(now))
		}
	}
	if all[n.config.Name].Name == "" {
		all[n.config.Name] = n.Config().newRecord()
	}
	kept, _ := n.registry.Recall(ctx, keyLive) // without, the doors' answers are what is known
	out := make(map[string]known, len(all))
	for name, r := range all {
		k := known{record: r}
		_ = json.Unmarshal([]byte(kept[name]), &k.report)
		p, met := last[name]
		if met && p.report.Clock >= k.report.Clock {
			k.report = p.report
		}
		_, leased := kept[name]
		k.live = p.live() || !met && leased // one that has just come is not met yet
		if name == n.config.Name {
			k.report, k.live = n.report(), true
		}
		out[name] = k
	}
	return out
}

func (k known) status() seriatim.NodeStatus {
	r, p := k.record, k.report
	if p.RoundTrips == nil {
		p.RoundTrips = map[string]int64{}
	}
	digest := ""
	if p.Known && p.DigestAt == p.Position {
		digest = fmt.Sprintf("%016x", p.Digest)
	}
	return seriatim.NodeStatus{
		Name: r.Name, Region: r.Region, Role: r.Role, Address: r.Public, Version: p.Release, Fenced: p.Fenced,
		Number: r.Number, Position: p.Position, Flushed: p.Flushed, Digest: digest, Live: k.live,
		RoundTrips: p.RoundTrips, ClockOffset: p.Offset, TS: p.TS,
	}
}

// leader returns the member that leads the log, as this node's sees it or else the nearest
// voter's; 0 if none is known.
func (n *Node) leader() uint64 {
	if m := n.member(); m != nil {
		return m.Leader()
	}
	return n.nearest().Leader
}

// size is what the log takes on this voter's disk, or else on the nearest one's.
func (n *Node) size(ctx context.Context) (etcdlog.Size, error) {
	if m := n.member(); m != nil {
		return m.Size(ctx)
	}
	if len(n.config.External) > 0 {
		return n.link.cluster.Size(ctx)
	}
	return n.nearest().Log, nil
}

// nearest is the report of the nearest voter that sees a leader.
func (n *Node) nearest() (r report) {
	best := time.Duration(-1)
	for _, p := range n.view.live() {
		if p.report.Leader != 0 && (best < 0 || p.round < best) {
			r, best = p.report, p.round
		}
	}
	return r
}

// logStatus says what can be learnt of the log; what cannot stays 0.
func (n *Node) logStatus(ctx context.Context) seriatim.LogStatus {
	base, _ := n.log.Base()
	s := seriatim.LogStatus{Base: uint64(base), Oldest: uint64(base) + 1}
	if size, err := n.size(ctx); err == nil {
		s.Bytes, s.QuotaBytes, s.Alarm = size.Bytes, size.Quota, size.Alarm
	}
	if gone, err := n.registry.Recall(ctx, keyTrimmed); err == nil {
		var through uint64
		_ = json.Unmarshal([]byte(gone[""]), &through) // nothing is there before the first trim
		s.Oldest = max(s.Oldest, through+1)
	}
	if head, err := n.log.Head(ctx); err == nil {
		s.Head = uint64(head)
	}
	return s
}
