package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"seriatim/txlog/etcdlog"
)

const (
	lookEvery     = time.Second
	announceEvery = time.Second
	recordsEvery  = 3 * time.Second
	trimEvery     = 2 * time.Second
	// liveLease is how long a node's report stays in the registry when it is renewed no
	// more, and quietFor how long it stays the same while little happens.
	liveLease = 5 * time.Second
	quietFor  = 30 * time.Second
	// taskWait bounds one turn of a task.
	taskWait = 10 * time.Second
)

// watch starts what a running node does beside its database.
func (n *Node) watch() {
	n.presence = n.registry.Presence(keyLive+n.config.Name, liveLease)
	n.every(recordsEvery, n.readRecords)
	n.every(lookEvery, func(ctx context.Context) {
		n.lookAround(ctx)
		n.checkClock()
		n.checkDigests(ctx)
		n.chooseVoter()
	})
	a := &announcer{presence: n.presence}
	n.every(announceEvery, func(ctx context.Context) { n.announce(ctx, a) })
	n.every(trimEvery, (&trimmer{}).turn(n))
}

// every runs a task now and again until the node closes, each turn with a bound.
func (n *Node) every(d time.Duration, task func(context.Context)) {
	n.tasks.Go(func() {
		t := time.NewTicker(d / time.Duration(max(n.o.hurry, 1)))
		defer t.Stop()
		for {
			ctx, cancel := context.WithTimeout(n.life, taskWait)
			task(ctx)
			cancel()
			select {
			case <-t.C:
			case <-n.life.Done():
				return
			}
		}
	})
}

// readRecords learns which nodes there are, and whether this one is still one of them.
func (n *Node) readRecords(ctx context.Context) {
	all, err := records(ctx, n.registry)
	if err != nil {
		return
	}
	n.view.setRecords(all)
	if own, ok := all[n.config.Name]; !ok || own.Number != n.config.Made.Number {
		n.fence(fmt.Errorf("%w: %s", ErrRemoved, n.config.Name))
		return
	}
	n.remember(all)
}

// remember keeps where the others are, for the next start.
func (n *Node) remember(all map[string]record) {
	voters, doors := places(all, n.config.Name)
	if n.config.Role == Replica && len(voters) == 0 && len(n.config.External) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if m := &n.kept.Made; slices.Equal(m.Voters, voters) && slices.Equal(m.Doors, doors) {
		return
	}
	changed := *n.kept
	changed.Made.Voters, changed.Made.Doors = voters, doors
	if err := changed.write(n.dir); err != nil {
		n.logger.Warn("where the other nodes are cannot be noted", "error", err)
		return
	}
	n.kept = &changed
}

// announcer keeps a node's report in the registry.
type announcer struct {
	presence *etcdlog.Presence
	text     string
	since    time.Time
	position uint64
	flushed  string // as noted for good
}

// announce renews the node's report. It is written again when it has changed or every so
// often, so that an idle cluster writes little.
func (n *Node) announce(ctx context.Context, a *announcer) {
	ctx, cancel := context.WithTimeout(ctx, liveLease)
	defer cancel()
	r := n.report()
	if a.text == "" || r.Position != a.position || time.Since(a.since) > quietFor || r.Fenced != "" {
		text, _ := json.Marshal(r) // plain fields only
		a.text, a.position, a.since = string(text), r.Position, time.Now()
	}
	if err := a.presence.Renew(ctx, a.text); err != nil {
		n.logger.Debug("the node's report is not in the registry", "error", err)
		return
	}
	if flushed := strconv.FormatUint(r.Flushed, 10); r.Flushed > 0 && flushed != a.flushed {
		if err := n.registry.Set(ctx, keyFlushed+n.config.Name, flushed); err == nil {
			a.flushed = flushed
		}
	}
}

// checkClock lets the node propose nothing while its clock is far from most nodes'. Two
// nodes cannot tell whose clock is wrong.
func (n *Node) checkClock() {
	slack := DefaultClockSlack
	if n.o.ClockSlack > 0 {
		slack = n.o.ClockSlack
	}
	far, all := 0, 1
	for _, p := range n.view.live() {
		all++
		if time.Duration(max(p.offset, -p.offset))*time.Microsecond > slack {
			far++
		}
	}
	if 2*far <= all {
		if n.guard.allow() {
			n.logger.Info("the clock is near the other nodes' again; the node takes writes")
		}
		return
	}
	off, side := time.Duration(n.view.offset())*time.Microsecond, "ahead of"
	if off < 0 {
		off, side = -off, "behind"
	}
	why := fmt.Sprintf("the clock of this node, %s, is %s %s most others'", n.config.Name, off.Round(time.Millisecond), side)
	if n.guard.refuse(why) {
		n.logger.Error("the node takes no writes", "reason", why)
	}
}

// chooseVoter lets a replica follow the log at the nearest voter that answers, and at any
// while none does. One that answers is left only for one that is clearly nearer.
func (n *Node) chooseVoter() {
	if n.link.member != nil || len(n.config.External) > 0 {
		return
	}
	live, all := n.view.live(), []string(nil)
	var nearest, now time.Duration
	var choice []string
	for _, r := range n.view.others(n.config.Name) {
		if r.Client == "" {
			continue
		}
		all = append(all, r.Client)
		p, ok := live[r.Name]
		if !ok || p.report.Fenced != "" || p.report.Leader == 0 {
			continue
		}
		if choice == nil || p.round < nearest {
			choice, nearest = []string{r.Client}, p.round
		}
		if slices.Equal(n.reached, []string{r.Client}) {
			now = p.round
		}
	}
	if choice == nil {
		choice = all
		slices.Sort(choice)
	}
	if slices.Equal(choice, n.reached) || now > 0 && now < 2*nearest+2*time.Millisecond {
		return
	}
	n.reached = choice
	n.link.cluster.Reach(choice)
}

// fence takes the database out of service and ends the node.
func (n *Node) fence(why error) {
	n.mu.Lock()
	again := n.why != nil
	if !again {
		n.why = why
	}
	n.mu.Unlock()
	if again {
		return
	}
	if db := n.open.Load(); db != nil {
		db.Fence(why)
	}
	n.stop(why)
}

// fenced is why the node is out of service, "" while it is in it.
func (n *Node) fenced() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.why == nil {
		return ""
	}
	return n.why.Error()
}

// removed reports whether the node knows that it was removed.
func (n *Node) removed() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return errors.Is(n.why, ErrRemoved)
}
