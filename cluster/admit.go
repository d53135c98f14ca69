package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"seriatim/txlog/etcdlog"
)

// admit lets a node into the cluster: it gets a number, a record and, as a voter, a member of
// the log without a vote, which it asks for when it is in sync. Asked again by the same
// attempt, it goes on where that stopped.
func (n *Node) admit(ctx context.Context, q joinRequest) (*joinReply, error) {
	if err := n.mayJoin(q); err != nil {
		return nil, err
	}
	r, err := n.enter(ctx, q.Node)
	if err != nil {
		return nil, err
	}
	reply := &joinReply{Cluster: n.config.Made.Cluster, Number: r.Number, External: len(n.config.External) > 0}
	if r.Role == Voter {
		if reply.Members, err = n.addMember(ctx, r); err != nil {
			return nil, err
		}
	}
	all, err := records(ctx, n.registry)
	if err != nil {
		return nil, err
	}
	n.view.setRecords(maps.Clone(all))
	reply.Voters, reply.Doors = places(all, r.Name)
	if reply.External {
		reply.Voters = n.config.External
	}
	return reply, nil
}

// places returns the URLs of the voters for clients of the log, and those of all doors but
// that of the node named.
func places(all map[string]record, but string) (voters, doors []string) {
	for name, r := range all {
		if name == but {
			continue
		}
		doors = append(doors, r.Door)
		if r.Client != "" {
			voters = append(voters, r.Client)
		}
	}
	slices.Sort(voters)
	slices.Sort(doors)
	return voters, doors
}

// mayJoin refuses what cannot be a node here.
func (n *Node) mayJoin(q joinRequest) error {
	r, external := q.Node, len(n.config.External) > 0
	switch {
	case !n.up.Load():
		return &busyError{"this node is not ready itself"}
	case !goodName.MatchString(r.Name) || r.Attempt == "" || r.Door == "":
		return fmt.Errorf("%w: the request is not one to join", ErrRefused)
	case r.Name == n.config.Name:
		return fmt.Errorf("%w: I am %s myself", ErrRefused, r.Name)
	case r.Role != Replica && r.Role != Voter || r.Role == Voter && (external || r.Peer == "" || r.Client == ""):
		return fmt.Errorf("%w: the role %q is not for this cluster, or its addresses are missing", ErrRefused, r.Role)
	case strings.HasPrefix(r.Door, "https:") != strings.HasPrefix(n.config.url("x"), "https:"):
		return fmt.Errorf("%w: either all nodes have certificates or none has", ErrRefused)
	}
	return nil
}

// enter claims the name for the attempt.
func (n *Node) enter(ctx context.Context, r record) (record, error) {
	old, text, err := n.recorded(ctx, r.Name)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return r, err
	}
	if err == nil {
		if old.Attempt == r.Attempt {
			return old, nil
		}
		if err := n.replaceable(ctx, old); err != nil {
			return r, err
		}
	}
	if err := n.clearMember(ctx, old.Member, r.Peer); err != nil {
		return r, err
	}
	if r.Number, err = number(ctx, n.registry); err != nil {
		return r, err
	}
	r.Member = 0
	ours, err := n.registry.Swap(ctx, keyNode+r.Name, text, r.text())
	if err == nil && !ours {
		err = &busyError{"somebody else joins as " + r.Name}
	}
	if err != nil {
		return r, err
	}
	_ = n.registry.Delete(ctx, keyFlushed+r.Name) // an old one only keeps the log longer
	n.logger.Info("a node joins", "name", r.Name, "role", r.Role, "number", r.Number, "before", old.Number)
	return r, nil
}

// recorded returns the record of a node, as it is and as it is written.
func (n *Node) recorded(ctx context.Context, name string) (record, string, error) {
	text, found, err := n.registry.Get(ctx, keyNode+name)
	if err != nil {
		return record{}, "", err
	}
	if !found {
		return record{}, "", fmt.Errorf("%w: %s", ErrUnknown, name)
	}
	all, err := decodeAll[record](map[string]string{name: text})
	return all[name], text, err
}

// replaceable refuses to give the name of a node that lives to another.
func (n *Node) replaceable(ctx context.Context, old record) error {
	_, live, err := n.registry.Get(ctx, keyLive+old.Name)
	if err == nil && live {
		err = &busyError{"a node with the name " + old.Name + " is live"}
	}
	return err
}

// clearMember removes the member that a node had before, and any that was meant to be at its
// peer URL and never started: neither may be taken up again by another disk.
func (n *Node) clearMember(ctx context.Context, old uint64, peer string) error {
	members, err := n.link.cluster.Members(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID == old || peer != "" && slices.Contains(m.Peers, peer) && m.Learner && m.Name == "" {
			if err := n.link.cluster.Remove(ctx, m.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// addMember adds the member of a new voter, unless that was done before.
func (n *Node) addMember(ctx context.Context, r record) (map[string]string, error) {
	if r.Member == 0 {
		id, _, err := n.link.cluster.AddLearner(ctx, r.Peer)
		if err != nil {
			return nil, err
		}
		old, text, err := n.recorded(ctx, r.Name)
		if err != nil {
			return nil, err
		}
		old.Member = id
		if ours, err := n.registry.Swap(ctx, keyNode+r.Name, text, old.text()); err != nil || !ours || old.Attempt != r.Attempt {
			return nil, errors.Join(err, &busyError{"somebody else changes " + r.Name})
		}
		r.Member = id
	}
	members, err := n.link.cluster.Members(ctx)
	if err != nil {
		return nil, err
	}
	return etcdlog.Names(members, r.Member), nil
}
