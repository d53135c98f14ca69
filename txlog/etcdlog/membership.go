package etcdlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"go.etcd.io/etcd/client/v3"
)

// Peer is a member of the cluster as the cluster sees it.
type Peer struct {
	ID      uint64
	Name    string   // "" until it has started for the first time
	Peers   []string // URLs for other members
	Clients []string // URLs for clients, none until it has started
	Learner bool     // it has no vote yet
	Leader  bool     // as this process's member sees it
}

// ErrNoMember says that the cluster has no member of that identity.
var ErrNoMember = errors.New("etcdlog: no such member")

// ID returns the identity of this process's member, 0 for none.
func (c *Cluster) ID() uint64 {
	if c.member == nil {
		return 0
	}
	return uint64(c.member.etcd.Server.MemberID())
}

// Learns reports whether this process's member has no vote yet.
func (c *Cluster) Learns() bool {
	if c.member == nil {
		return false
	}
	// A member that was removed is in nobody's list, its own included.
	server := c.member.etcd.Server
	m := server.Cluster().Member(server.MemberID())
	return m != nil && m.IsLearner
}

// Members lists the members, as a majority knows them.
func (c *Cluster) Members(ctx context.Context) ([]Peer, error) {
	ctx, cancel := bound(ctx)
	defer cancel()
	resp, err := c.client.MemberList(ctx)
	if err != nil {
		return nil, unavailable(err)
	}
	leader := c.Leader()
	all := make([]Peer, 0, len(resp.Members))
	for _, m := range resp.Members {
		all = append(all, Peer{ID: m.ID, Name: m.Name, Peers: m.PeerURLs, Clients: m.ClientURLs, Learner: m.IsLearner, Leader: m.ID == leader})
	}
	return all, nil
}

// AddLearner adds a member without a vote that others will reach at the URL peer, and returns its identity and the
// names and URLs of all other members, for MemberOptions.Cluster; one that never started has its identity for a name. A
// member at that URL that never started
// counts as the same one. While the cluster does not feel well enough for a change it tries again, until ctx ends.
func (c *Cluster) AddLearner(ctx context.Context, peer string) (uint64, map[string]string, error) {
	id, err := c.learnerAt(ctx, peer)
	if err != nil {
		return 0, nil, err
	}
	if id == 0 {
		err := c.change(ctx, func(ctx context.Context) error {
			resp, err := c.client.MemberAddAsLearner(ctx, []string{peer})
			if err == nil {
				id = resp.Member.ID
			}
			return err
		})
		if is(err, rpctypes.ErrMemberExist) || is(err, rpctypes.ErrPeerURLExist) {
			id, err = c.learnerAt(ctx, peer)
		}
		if err != nil {
			return 0, nil, err
		}
	}
	members, err := c.Members(ctx)
	if err != nil {
		return 0, nil, err
	}
	return id, Names(members, id), nil
}

// Names returns the names and the peer URLs of all members but one, for MemberOptions.Cluster. One that never started
// has its identity for a name.
func Names(members []Peer, but uint64) map[string]string {
	named := map[string]string{}
	for _, m := range members {
		if m.ID != but && len(m.Peers) > 0 {
			named[cmp.Or(m.Name, strconv.FormatUint(m.ID, 16))] = m.Peers[0]
		}
	}
	return named
}

// learnerAt returns the identity of a member at a URL that has not started yet, 0 for none.
func (c *Cluster) learnerAt(ctx context.Context, peer string) (uint64, error) {
	members, err := c.Members(ctx)
	if err != nil {
		return 0, err
	}
	for _, m := range members {
		if !slices.Contains(m.Peers, peer) {
			continue
		}
		if m.Name != "" || !m.Learner {
			return 0, fmt.Errorf("etcdlog: member %s is at %s already", m.Name, peer)
		}
		return m.ID, nil
	}
	return 0, nil
}

// Promote gives the learner a vote, trying until it is in sync with the leader or ctx ends. One that has a vote is
// left alone.
func (c *Cluster) Promote(ctx context.Context, id uint64) error {
	err := c.change(ctx, func(ctx context.Context) error {
		_, err := c.client.MemberPromote(ctx, id)
		return err
	})
	if is(err, rpctypes.ErrMemberNotLearner) {
		return nil
	}
	return err
}

// Remove ends the membership, for good: neither the identity nor the member's data may be used again. One that is no
// member is left alone.
func (c *Cluster) Remove(ctx context.Context, id uint64) error {
	err := c.change(ctx, func(ctx context.Context) error {
		_, err := c.client.MemberRemove(ctx, id)
		return err
	})
	if errors.Is(err, ErrNoMember) {
		return nil
	}
	return err
}

// Relocate makes peer the URL at which other members reach one, if it is another.
func (c *Cluster) Relocate(ctx context.Context, id uint64, peer string) error {
	members, err := c.Members(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID == id && !slices.Equal(m.Peers, []string{peer}) {
			return c.change(ctx, func(ctx context.Context) error {
				_, err := c.client.MemberUpdate(ctx, id, []string{peer})
				return err
			})
		}
	}
	return nil
}

// MoveLeader lets another member lead. Only the leader itself can do so.
func (c *Cluster) MoveLeader(ctx context.Context, id uint64) error {
	if c.member == nil || !c.member.Leads() {
		return errors.New("etcdlog: only the member that leads can name another leader")
	}
	ctx, cancel := bound(ctx)
	defer cancel()
	if _, err := c.client.MoveLeader(ctx, id); err != nil {
		return fmt.Errorf("etcdlog: move the leader: %w", err)
	}
	return nil
}

// change makes one change of the membership, again and again while the cluster says that it is not the time for it.
func (c *Cluster) change(ctx context.Context, do func(context.Context) error) error {
	for rest := newRest(); ; {
		once, cancel := bound(ctx)
		err := do(once)
		late := once.Err() != nil
		cancel()
		switch {
		case err == nil:
			return nil
		case is(err, rpctypes.ErrMemberNotFound):
			return fmt.Errorf("%w: %w", ErrNoMember, err)
		case !late && !passing(err):
			return fmt.Errorf("etcdlog: change of the members: %w", err)
		}
		if ended := rest.pause(ctx, c.client.Ctx()); ended != nil {
			return fmt.Errorf("etcdlog: change of the members: %w; at last: %w", ended, unavailable(err))
		}
	}
}

// passing reports whether a change may succeed later.
func passing(err error) bool {
	return slices.ContainsFunc([]error{
		rpctypes.ErrUnhealthy, rpctypes.ErrMemberNotEnoughStarted, rpctypes.ErrMemberLearnerNotReady, rpctypes.ErrTooManyLearners,
		rpctypes.ErrNoLeader, rpctypes.ErrNotLeader, rpctypes.ErrLeaderChanged, rpctypes.ErrTimeout,
		rpctypes.ErrTimeoutDueToLeaderFail, rpctypes.ErrTimeoutDueToConnectionLost, rpctypes.ErrStopped, clientv3.ErrNoAvailableEndpoints,
	}, func(known error) bool { return is(err, known) })
}
