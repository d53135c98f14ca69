package cluster

import (
	"context"
	"strconv"
	"strings"
	"time"

	"seriatim/txlog"
	"seriatim/txlog/etcdlog"
)

const (
	// idleTrim is how often a log nobody appends to is trimmed again, for the sake of what
	// the cluster keeps beside it.
	idleTrim = time.Minute
	// shrinkEvery is how often a member may be stopped to give space back.
	shrinkEvery = time.Minute
)

// trimmer keeps the log within its bounds, from one node at a time. Two at once do no harm.
type trimmer struct {
	through uint64
	at      time.Time
	shrunk  time.Time
	alarmed time.Time // since when the quota is used up; zero if it is not
}

// turn is what the trimmer of a node does every so often.
func (t *trimmer) turn(n *Node) func(context.Context) {
	return func(ctx context.Context) {
		member := n.member()
		if member == nil {
			if len(n.config.External) == 0 {
				return
			}
			member = n.link.cluster
		}
		size, err := member.Size(ctx)
		if err != nil {
			return
		}
		if n.trims(member) {
			t.trim(ctx, n, size)
		}
		if !strings.Contains(size.Alarm, "NOSPACE") {
			t.alarmed = time.Time{}
			return
		}
		if t.alarmed.IsZero() {
			t.alarmed = time.Now()
		}
		t.relieve(ctx, n, member, size)
	}
}

// trims reports whether trimming is this node's turn: when its member leads, or when the node
// of the one that does cannot, and over an external cluster, when it has the smallest number of
// those that can.
func (n *Node) trims(member *etcdlog.Cluster) bool {
	live := n.view.live()
	if len(n.config.External) == 0 {
		if member.Leads() {
			return true
		}
		leader := member.Leader()
		for _, r := range n.view.others(n.config.Name) {
			if p, ok := live[r.Name]; ok && r.Member == leader && p.serves() {
				return false
			}
		}
	}
	for _, p := range live {
		if p.report.Number < n.config.Made.Number && p.serves() && (len(n.config.External) > 0 || p.report.Leader != 0) {
			return false
		}
	}
	return n.fenced() == ""
}

// serves reports whether the node was in service when it last answered.
func (p ping) serves() bool { return p.report.Fenced == "" && p.report.Position > 0 }

// trim lets go of what the nodes need no more.
func (t *trimmer) trim(ctx context.Context, n *Node, size etcdlog.Size) {
	through, ok := n.needless(ctx, size)
	if !ok || through < t.through || through == t.through && time.Since(t.at) < idleTrim {
		return
	}
	if err := n.log.Trim(txlog.Position(through)); err != nil {
		n.logger.Warn("the log cannot be trimmed", "through", through, "error", err)
		return
	}
	// What an earlier trimmer let go of is gone, though a node that came back wants it.
	gone, err := trimmed(ctx, n.registry)
	if err != nil {
		return
	}
	// Nothing can be noted while the log is out of space. A newcomer that begins with a state
	// that is too old learns it, and takes another.
	if gone < through {
		if err := n.registry.Set(ctx, keyTrimmed, strconv.FormatUint(through, 10)); err != nil && size.Alarm == "" {
			return
		}
	}
	t.through, t.at = through, time.Now()
}

// needless returns up to which position nobody needs the log: that which all nodes have on
// their disks while the log is small, those that live while it is larger, and this one when
// it must not grow any more.
func (n *Node) needless(ctx context.Context, size etcdlog.Size) (uint64, bool) {
	own := n.report()
	noted, err := n.registry.List(ctx, keyFlushed)
	if err != nil {
		return 0, false
	}
	quota := size.Quota
	if quota <= 0 {
		quota = etcdlog.DefaultQuotaBytes
	}
	small := n.o.LogBytes
	if small <= 0 {
		small = quota / defaultLogShare
	}
	through, live := own.Flushed, n.view.live()
	if size.Used >= quota/2 {
		// A log that is full serves nobody, so an archive here that is stuck gets no more of it.
		through = max(through, n.stored.Load())
		return through, through > 0
	}
	if through == 0 {
		return 0, false
	}
	for _, r := range n.view.others(n.config.Name) {
		flushed, _ := strconv.ParseUint(noted[r.Name], 10, 64)
		p, lives := live[r.Name]
		if lives {
			flushed = max(flushed, p.report.Flushed)
		}
		if lives || flushed > 0 && size.Used < small {
			through = min(through, flushed)
		}
	}
	return through, through > 0
}

// relieve gets a log that has used up its quota going again: once the leader has had the time
// to trim it, each member makes its file smaller, which knows what is free better than the
// member does while nothing is written.
func (t *trimmer) relieve(ctx context.Context, n *Node, member *etcdlog.Cluster, size etcdlog.Size) {
	switch {
	case time.Since(t.alarmed) < 2*trimEvery:
	case size.Bytes >= size.Quota*3/4:
		if time.Since(t.shrunk) < shrinkEvery {
			return
		}
		t.shrunk = time.Now()
		n.logger.Warn("the log has used up its quota; its file is made smaller", "bytes", size.Bytes, "quota", size.Quota)
		if err := member.Shrink(); err != nil {
			n.logger.Error("the file of the log cannot be made smaller", "error", err)
		}
	case n.trims(member):
		n.logger.Warn("the log has room again and takes writes", "bytes", size.Bytes, "quota", size.Quota)
		if err := member.Refill(ctx); err != nil {
			n.logger.Error("the log still takes no writes", "error", err)
		}
	}
}
