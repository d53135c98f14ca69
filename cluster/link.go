package cluster

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"

	"seriatim/txlog/etcdlog"
)

// link is a node's way to the log's cluster: a member of its own, or connections.
type link struct {
	member  *etcdlog.Member // nil for connections
	cluster *etcdlog.Cluster
}

// start starts the node's member. It waits for a majority of the log's members until ctx
// ends. onStop is told when the member stops by itself.
func (c *Config) start(ctx context.Context, dir string, logger *slog.Logger, onStop func(error)) (*link, error) {
	peer := c.url(c.Peer.Advertise)
	members := maps.Clone(c.Made.Members)
	if members != nil {
		members[c.Name] = peer
	}
	o := etcdlog.MemberOptions{
		Dir: filepath.Join(dir, etcdFolder), Name: c.Name, Token: c.Made.Cluster, Cluster: members, Join: len(members) > 0,
		Peer: peer, PeerListen: c.url(c.Peer.Listen),
		Client: c.url(c.Etcd.Advertise), ClientListen: c.url(c.Etcd.Listen),
		PeerIdentity: c.Identity, ClientIdentity: c.Identity,
		Heartbeat: c.heartbeat(), QuotaBytes: c.QuotaBytes, Logger: logger, OnStop: onStop,
	}
	m, err := etcdlog.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	return &link{m, m.Cluster()}, nil
}

// dial reaches members over connections.
func (c *Config) dial(endpoints []string) (*link, error) {
	identity := c.Identity
	if len(c.External) > 0 {
		identity = cmp.Or(c.ExternalIdentity, c.Identity)
	}
	cluster, err := etcdlog.Dial(etcdlog.DialOptions{Endpoints: endpoints, Identity: identity})
	if err != nil {
		return nil, err
	}
	return &link{cluster: cluster}, nil
}

func (l *link) close() error {
	if l == nil {
		return nil
	}
	err := l.cluster.Close()
	if l.member != nil {
		err = errors.Join(err, l.member.Close())
	}
	return err
}
