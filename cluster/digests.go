package cluster

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"seriatim/durable"
	"seriatim/txlog"
)

const (
	// judgeTries is how often a node asks for the others' digests, a second apart, before it
	// decides without those that do not answer.
	judgeTries = 5
)

// check is what a node still has to compare, and what it has. Only the task that looks around
// uses it.
type check struct {
	due     map[string]stateAt // by node
	settled map[string]bool    // nodes that differed while most had this one's state
}

// stateAt is the digest of a node's state at a position.
type stateAt struct {
	at     uint64
	digest uint64
}

// checkDigests compares this node's state with what the live ones say of theirs, at their
// positions; of those ahead of it, once it gets there.
func (n *Node) checkDigests(ctx context.Context) {
	if n.fenced() != "" {
		return
	}
	if n.check.due == nil {
		n.check = check{due: map[string]stateAt{}, settled: map[string]bool{}}
	}
	due, settled := n.check.due, n.check.settled
	for name, p := range n.view.live() {
		// One that stopped because it differs says nothing new, but may be the one that is right.
		if _, waits := due[name]; !waits && p.report.Known && (p.report.Fenced == "" || !settled[name]) {
			due[name] = stateAt{p.report.DigestAt, p.report.Digest}
		}
	}
	own := n.report()
	for name, s := range due {
		if s.at > own.Position {
			continue
		}
		delete(due, name)
		mine, ok := n.digestAt(txlog.Position(s.at))
		switch {
		case ok && mine == s.digest:
			delete(settled, name)
		case ok && !settled[name]:
			n.logger.Error("the states of two nodes differ", "node", n.config.Name, "other", name, "position", s.at)
			settled[name] = n.judge(ctx, s.at, mine)
		}
	}
}

// judge asks all nodes what their state was at a position, and reports whether most of those
// that know have the same as this one. Otherwise it fences this one.
func (n *Node) judge(ctx context.Context, at, mine uint64) bool {
	digests := map[string]uint64{n.config.Name: mine}
	for try := range judgeTries {
		if missing := n.ask(ctx, at, digests); missing == 0 || try+1 == judgeTries || pause(ctx, time.Second) != nil {
			break
		}
	}
	if n.life.Err() != nil {
		return false // who is about to close has not heard all
	}
	same := 0
	for _, d := range digests {
		if d == mine {
			same++
		}
	}
	if 2*same > len(digests) {
		n.logger.Error("this node has the state of most nodes; another one differs and is to stop", "position", at, "same", same, "of", len(digests))
		return true
	}
	why := fmt.Errorf("%w: at position %d, %d of %d nodes have this one's", ErrDiverged, at, same, len(digests))
	if err := durable.WriteFile(filepath.Join(n.dir, fencedFile), []byte(why.Error()+"\n")); err != nil {
		n.logger.Error("the node cannot note that its store must not be used again", "error", err)
	}
	n.fence(why)
	return false
}

// ask adds the digests of the nodes that have not told theirs, and returns how many live
// ones still have not.
func (n *Node) ask(ctx context.Context, at uint64, digests map[string]uint64) (missing int) {
	ctx, cancel := context.WithTimeout(ctx, pingWait)
	defer cancel()
	live := n.view.live()
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, r := range n.view.others(n.config.Name) {
		if _, told := digests[r.Name]; told {
			continue
		}
		group.Go(func() {
			p, err := n.ping(ctx, r, fmt.Sprintf("?digest=%d", at))
			mu.Lock()
			defer mu.Unlock()
			if err == nil && p.report.Known {
				digests[r.Name] = p.report.Digest
			} else if _, lives := live[r.Name]; lives {
				missing++
			}
		})
	}
	group.Wait()
	return missing
}
