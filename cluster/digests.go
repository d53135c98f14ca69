package cluster

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"seriatim/txlog"
)

const (
	// judgeTries is how often a node asks for the others' digests, a second apart, before it
	// decides without those that do not answer.
	judgeTries = 5
)

// check is what a node still has to compare.
type check struct {
	due map[string]stateAt // by node; only the task that looks around uses it
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
	due := n.check.due
	if due == nil {
		due = map[string]stateAt{}
		n.check.due = due
	}
	for name, p := range n.view.live() {
		if _, waits := due[name]; !waits && p.report.Known && p.report.Fenced == "" {
			due[name] = stateAt{p.report.DigestAt, p.report.Digest}
		}
	}
	own := n.report()
	for name, s := range due {
		if s.at > own.Position {
			continue
		}
		delete(due, name)
		if mine, ok := n.digestAt(txlog.Position(s.at)); ok && mine != s.digest {
			n.logger.Error("the states of two nodes differ", "node", n.config.Name, "other", name, "position", s.at)
			n.judge(ctx, s.at, mine)
		}
	}
}

// judge asks all nodes what their state was at a position, and fences this one unless most
// of those that know have the same as it.
func (n *Node) judge(ctx context.Context, at, mine uint64) {
	digests := map[string]uint64{n.config.Name: mine}
	for try := range judgeTries {
		if missing := n.ask(ctx, at, digests); missing == 0 || try+1 == judgeTries || pause(ctx, time.Second) != nil {
			break
		}
	}
	same := 0
	for _, d := range digests {
		if d == mine {
			same++
		}
	}
	if 2*same > len(digests) {
		n.logger.Error("this node has the state of most nodes; another one differs and is to stop", "position", at, "same", same, "of", len(digests))
		return
	}
	why := fmt.Errorf("%w: at position %d, %d of %d nodes have this one's", ErrDiverged, at, same, len(digests))
	if err := writeFile(filepath.Join(n.dir, fencedFile), []byte(why.Error()+"\n")); err != nil {
		n.logger.Error("the node cannot note that its store must not be used again", "error", err)
	}
	n.fence(why)
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
