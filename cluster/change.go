package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seriatim/txlog/etcdlog"
)

const (
	// changeWait bounds a change of the cluster.
	changeWait = 90 * time.Second
	// promoteWait bounds one request to become a voter; it is repeated.
	promoteWait = joinWait - 5*time.Second
)

// Promote makes a replica a voter: a member of the log starts in its process, catches up and
// gets a vote. The node must be live and have a peer and an etcd client address. A voter is
// left alone. Errors: ErrUnknown, ErrRefused, those of ctx and of the log's cluster.
func (n *Node) Promote(ctx context.Context, name string) error {
	if !n.up.Load() {
		return &busyError{"this node is starting"}
	}
	ctx, cancel := context.WithTimeout(ctx, changeWait)
	defer cancel()
	if name == n.config.Name {
		return n.becomeVoter(ctx)
	}
	r, _, err := n.recorded(ctx, name)
	if err != nil {
		return err
	}
	for {
		err := call(ctx, n.client, r.Door+"/promote", struct{}{}, nil)
		var busy *busyError
		if err == nil || !errors.As(err, &busy) {
			return err
		}
		if ended := pause(ctx, time.Second); ended != nil {
			return fmt.Errorf("cluster: promote %s: %w; at last: %w", name, ended, err)
		}
	}
}

// becomeVoter makes this node a voter while it runs. Its database goes on over connections
// until the node is opened again.
func (n *Node) becomeVoter(ctx context.Context) error {
	select {
	case n.turn <- struct{}{}:
		defer func() { <-n.turn }()
	case <-ctx.Done():
		return &busyError{"the node is becoming a voter already"}
	}
	c := *n.Config()
	switch {
	case len(c.External) > 0:
		return fmt.Errorf("%w: the log is in an external etcd cluster", ErrRefused)
	case c.Peer == (Address{}) || c.Etcd == (Address{}):
		return fmt.Errorf("%w: %s has no peer address and no etcd client address in %s", ErrRefused, c.Name, File)
	case n.open.Load() == nil:
		return &busyError{"the node is starting"}
	case n.life.Err() != nil:
		return &busyError{"the node is closing"}
	case n.link.member != nil:
		return nil
	}
	if n.promotedLink() == nil {
		if err := n.startSecond(ctx, &c); err != nil {
			return err
		}
	}
	member := n.promotedLink().cluster
	return member.Promote(ctx, member.ID())
}

// startSecond starts a member in a node that has none. Once that is noted, the node is a voter
// at its next start.
func (n *Node) startSecond(ctx context.Context, c *Config) (err error) {
	if c.Role == Replica {
		c.Role = Voter
		if c.Made.Members, err = n.becomeMember(ctx, c.newRecord()); err != nil {
			return err
		}
		if err := n.keep(c); err != nil {
			return err
		}
	}
	second, err := c.start(ctx, n.dir, n.logger, func(err error) { n.stop(n.leftBy(err)) })
	if err != nil {
		return err
	}
	n.mu.Lock()
	n.second = second
	n.mu.Unlock()
	c = n.copied()
	c.Made.Started = true
	return n.keep(c)
}

// promotedLink is the way through the member of a node that was promoted while it runs, nil for
// none.
func (n *Node) promotedLink() *link {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.second
}

// member is the cluster of the log as the member in this process sees it, nil for none.
func (n *Node) member() *etcdlog.Cluster {
	if n.link.member != nil {
		return n.link.cluster
	}
	if l := n.promotedLink(); l != nil {
		return l.cluster
	}
	return nil
}

// becomeMember adds a member for this node, as the record now says, and returns all members.
func (n *Node) becomeMember(ctx context.Context, now record) (map[string]string, error) {
	_, text, err := n.recorded(ctx, now.Name)
	if err != nil {
		return nil, err
	}
	var members map[string]string
	if now.Member, members, err = n.link.cluster.AddLearner(ctx, now.Peer); err != nil {
		return nil, err
	}
	if ours, err := n.registry.Swap(ctx, keyNode+now.Name, text, now.text()); err != nil || !ours {
		return nil, errors.Join(err, &busyError{"the record of the node changes"})
	}
	members[now.Name] = now.Peer
	return members, nil
}

// copied returns a copy of what the node knows of itself.
func (n *Node) copied() *Config {
	c := *n.Config()
	return &c
}

// keep replaces what the node knows of itself.
func (n *Node) keep(c *Config) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := c.write(n.dir); err != nil {
		return err
	}
	n.kept = c
	return nil
}

// Remove takes a node out of the cluster, for good: its member loses its vote, and the node,
// if it lives, stops. The last voter cannot be removed. Errors: ErrUnknown, ErrRefused, those
// of ctx and of the log's cluster, which lets a removal wait that would cost its majority.
func (n *Node) Remove(ctx context.Context, name string) error {
	if !n.up.Load() {
		return &busyError{"this node is starting"}
	}
	ctx, cancel := context.WithTimeout(ctx, changeWait)
	defer cancel()
	r, text, err := n.recorded(ctx, name)
	if err != nil {
		return err
	}
	if r.Member != 0 {
		if err := n.removeMember(ctx, r); err != nil {
			return err
		}
	}
	if ours, err := n.registry.Swap(ctx, keyNode+name, text, ""); err != nil || !ours {
		return errors.Join(err, &busyError{"the record of the node changes"})
	}
	n.logger.Info("a node was removed", "name", name, "number", r.Number)
	return errors.Join(n.registry.Delete(ctx, keyFlushed+name), n.registry.Delete(ctx, keyLive+name))
}

// removeMember ends the membership of a voter, unless nobody would be left.
func (n *Node) removeMember(ctx context.Context, r record) error {
	members, err := n.link.cluster.Members(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID != r.Member && !m.Learner {
			return n.link.cluster.Remove(ctx, r.Member)
		}
	}
	return fmt.Errorf("%w: %s is the last voter", ErrRefused, r.Name)
}
