package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seriatim/txlog"
	"seriatim/txlog/etcdlog"
)

const (
	// sayEvery is how often a node says what it waits for.
	sayEvery = 5 * time.Second
	// joinPatience is how long a new member tries to find the others.
	joinPatience = time.Minute
	// leavePatience is how long a node whose member has stopped asks why.
	leavePatience = 3 * time.Second
	// logRequest bounds a request to the log, so that a node without a majority learns it.
	logRequest = 3 * time.Second
)

// say logs, until the returned function is called, that the node waits for something.
func (n *Node) say(what string, with ...any) (done func()) {
	ended := make(chan struct{})
	n.tasks.Go(func() {
		t := time.NewTicker(sayEvery)
		defer t.Stop()
		for since := time.Now(); ; {
			select {
			case <-ended:
				return
			case <-n.life.Done():
				return
			case <-t.C:
				n.logger.Warn("waiting for "+what, append([]any{"node", n.config.Name, "for", time.Since(since).Round(time.Second)}, with...)...)
			}
		}
	})
	return func() { close(ended) }
}

// connect opens the node door and reaches the cluster of the log: by the node's member,
// which takes part from then on, or over connections.
func (n *Node) connect(ctx context.Context) error {
	if err := n.openDoor(); err != nil {
		return err
	}
	var err error
	if n.config.Role == Voter {
		err = n.startMember(ctx)
	} else {
		endpoints := n.config.Made.Voters
		if len(n.config.External) > 0 {
			endpoints = n.config.External
		}
		n.link, err = n.config.dial(endpoints)
	}
	if err != nil {
		return err
	}
	registry := n.link.cluster.Registry(registryPrefix)
	done := n.say("the log's cluster to answer", "voters", n.config.Made.Voters)
	defer done()
	err = n.insist(ctx, func() error {
		id, found, err := registry.Get(ctx, keyID)
		if err == nil && (!found || id != n.config.Made.Cluster) {
			err = fmt.Errorf("%w: the log there belongs to the cluster %q, this node to %s", ErrRefused, id, n.config.Made.Cluster)
		}
		return err
	})
	n.registry = registry
	n.up.Store(err == nil)
	return err
}

// startMember starts the node's member and sees to it that it has a vote.
func (n *Node) startMember(ctx context.Context) (err error) {
	done := n.say("a majority of the log's members", "members", n.config.Made.Members)
	defer done()
	onStop := func(err error) { n.stop(n.leftBy(err)) }
	if n.config.Made.Started && !present(n.dir, etcdFolder) {
		return fmt.Errorf("cluster: the folder %s of the log's member is gone; empty %s and join again as %s", etcdFolder, n.dir, n.config.Name)
	}
	if present(n.dir, etcdFolder) || len(n.config.Made.Members) == 0 {
		n.link, err = n.config.start(ctx, n.dir, n.logger, onStop)
	} else {
		n.link, err = n.firstStart(ctx, onStop)
	}
	if err != nil {
		return n.leftBy(err)
	}
	if c := *n.Config(); !c.Made.Started {
		c.Made.Started = true
		if err := n.keep(&c); err != nil {
			return err
		}
	}
	if !n.link.cluster.Learns() {
		return nil
	}
	n.logger.Info("the node's member of the log catches up, to get its vote")
	return n.link.cluster.Promote(ctx, n.link.cluster.ID())
}

// firstStart starts a member that was added to the others and has no data yet. They must be
// listed as they are now.
func (n *Node) firstStart(ctx context.Context, onStop func(error)) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, joinPatience)
	defer cancel()
	c := *n.config
	for {
		if err := n.askAgain(ctx, &c); err != nil {
			return nil, err
		}
		l, err := c.start(ctx, n.dir, n.logger, onStop)
		if err == nil {
			return l, nil
		}
		if ended := pause(ctx, time.Second); ended != nil {
			return nil, fmt.Errorf("%w; at last: %w", ended, err)
		}
		n.logger.Warn("the node's member of the log does not start yet", "error", err)
	}
}

// askAgain learns which members there are now, if a door answers.
func (n *Node) askAgain(ctx context.Context, c *Config) error {
	for _, door := range c.Made.Doors {
		reply, err := c.ask(ctx, door, nil)
		switch {
		case errors.Is(err, ErrRefused):
			return err
		case err != nil:
			continue
		case reply.Number != c.Made.Number:
			return fmt.Errorf("%w: %s has number %d now", ErrRemoved, c.Name, reply.Number)
		}
		if err := c.take(reply); err != nil {
			return err
		}
		return n.keep(c)
	}
	return nil
}

// leftBy tells a member that was removed, with its node or because another disk has joined
// under its name, from one that failed. It asks the other nodes, for a moment: the record of
// a node goes just after its member.
func (n *Node) leftBy(err error) error {
	ctx, cancel := context.WithTimeout(n.life, leavePatience)
	defer cancel()
	for {
		if errors.Is(err, ErrRemoved) || n.removed() || n.isGone(ctx) {
			return fmt.Errorf("%w: %w", ErrRemoved, err)
		}
		if pause(ctx, leavePatience/10) != nil {
			return err
		}
	}
}

// isGone reports whether another node says that this one is none.
func (n *Node) isGone(ctx context.Context) bool {
	c := n.Config()
	for _, door := range c.Made.Doors {
		var r record
		err := call(ctx, n.client, door+"/node/"+c.Name, nil, &r)
		if errors.Is(err, ErrRefused) || err == nil && r.Number != c.Made.Number {
			return true
		}
	}
	return false
}

// insist tries again what failed because a majority did not answer, until ctx ends.
func (n *Node) insist(ctx context.Context, do func() error) error {
	for {
		err := do()
		if err == nil || !errors.Is(err, txlog.ErrUnavailable) {
			return err
		}
		if ended := pause(ctx, 200*time.Millisecond); ended != nil {
			return fmt.Errorf("cluster: %w; at last: %w", ended, err)
		}
	}
}

// enlist checks that the cluster still knows the node, and tells it where the node is now: an
// operator may have edited its file.
func (n *Node) enlist(ctx context.Context) error {
	return n.insist(ctx, func() error {
		if n.link.member != nil {
			if err := n.link.cluster.Relocate(ctx, n.link.cluster.ID(), n.config.url(n.config.Peer.Advertise)); err != nil {
				return err
			}
		}
		r, text, err := n.recorded(ctx, n.config.Name)
		switch {
		case errors.Is(err, ErrUnknown):
			return ErrRemoved
		case err != nil:
			return err
		case r.Number != n.config.Made.Number:
			return fmt.Errorf("%w: number %d has joined as %s", ErrRemoved, r.Number, r.Name)
		}
		now := n.config.newRecord()
		now.Member = r.Member
		if n.link.member != nil {
			now.Member = n.link.cluster.ID()
		}
		if now.text() == text {
			return nil
		}
		_, err = n.registry.Swap(ctx, keyNode+r.Name, text, now.text())
		return err
	})
}

// openLog opens the log as this node's.
func (n *Node) openLog(ctx context.Context) (err error) {
	return n.insist(ctx, func() error {
		n.log, err = n.link.cluster.Log(ctx, etcdlog.Options{Node: n.config.Made.Number, RequestTimeout: logRequest})
		return err
	})
}
