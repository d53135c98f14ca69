package cluster

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// joinRequest is what a new node asks a node door for.
type joinRequest struct {
	Node record `json:"node"` // without number and member
	// External says that the node knows an external etcd cluster.
	External bool `json:"external"`
}

// joinReply is what it gets.
type joinReply struct {
	Cluster string `json:"cluster"`
	Number  uint64 `json:"number"`
	// Members are the names and peer URLs of the log's other members, for a voter.
	Members map[string]string `json:"members,omitempty"`
	// Voters are URLs for clients of the log, External says whose: an operator's.
	Voters   []string `json:"voters"`
	External bool     `json:"external"`
	Doors    []string `json:"doors"`
}

// joinWait bounds how long one request to join may take: the cluster may want some seconds
// of calm between two changes of its members.
const joinWait = 30 * time.Second

// Join makes a further node in dir, which must be empty, through the node door of any node at
// via (host:port or a URL). A node whose disk was lost joins again under its name and gets a
// new number; its old member of the log is removed. The node is started with Open. After an
// error or a crash Join is called again with the same arguments. It ends with ctx. While the
// cluster cannot take the node yet, waits, if not nil, is told why, every five seconds.
func Join(ctx context.Context, dir string, c Config, via string, waits func(why error)) error {
	if err := c.settle(); err != nil {
		return err
	}
	if err := c.resolvable(ctx); err != nil {
		return err
	}
	door, err := c.door(via)
	if err != nil {
		return err
	}
	old, err := Read(dir)
	switch {
	case err == nil && (old.Made.Step != "join" || old.Name != c.Name):
		return fmt.Errorf("cluster: %s is the directory of node %s already", dir, old.Name)
	case err == nil:
		c.Made = old.Made
	case !errors.Is(err, ErrNoNode):
		return err
	case present(dir, etcdFolder):
		return otherMember(dir)
	case present(dir, formatFile) || present(dir, storeFolder) || present(dir, logFolder):
		return fmt.Errorf("cluster: %s holds a database; a node that joins begins with an empty directory", dir)
	default:
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		c.Made = Made{Attempt: rand.Text(), Step: "join"}
		if err := c.write(dir); err != nil {
			return err
		}
	}
	reply, err := c.ask(ctx, door, waits)
	if err != nil {
		return stranger(err)
	}
	c.Made.Doors = append(c.Made.Doors, door)
	if err := c.take(reply); err != nil {
		return err
	}
	c.Made.Step = ""
	return c.write(dir)
}

// resolvable finds names by which nobody could reach the node, before the cluster counts on it.
func (c *Config) resolvable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, joinWait)
	defer cancel()
	for _, a := range []Address{c.Node, c.Peer, c.Etcd} {
		host, _, err := net.SplitHostPort(a.Advertise)
		if err == nil {
			_, err = net.DefaultResolver.LookupHost(ctx, host)
		}
		if a.Advertise != "" && err != nil {
			return fmt.Errorf("cluster: the other nodes are to reach this one at %s, a name that every machine must know, this one too: %w", a.Advertise, err)
		}
	}
	return nil
}

// stranger explains that what was asked to let the node in is no node of its cluster.
func stranger(err error) error {
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return fmt.Errorf("%w: what answers there has a certificate of another ca.pem; a node joins at the --node address of another, port 8444 as a rule", err)
	}
	return err
}

// ask asks a door to let the node in. Asked again with the same attempt, it answers the same.
func (c *Config) ask(ctx context.Context, door string, waits func(why error)) (*joinReply, error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	q := joinRequest{Node: c.newRecord(), External: len(c.External) > 0}
	var reply joinReply
	for try := 1; ; try++ {
		once, cancel := context.WithTimeout(ctx, joinWait)
		err := call(once, client, door+"/join", q, &reply)
		cancel()
		var busy *busyError
		if err == nil || !errors.As(err, &busy) {
			return &reply, err
		}
		if waits != nil && try%5 == 0 {
			waits(busy)
		}
		if err := pause(ctx, time.Second); err != nil {
			return nil, fmt.Errorf("cluster: join: %w; at last: %w", err, busy)
		}
	}
}

// take notes what the cluster decided.
func (c *Config) take(reply *joinReply) error {
	if reply.External != (len(c.External) > 0) {
		if reply.External {
			return fmt.Errorf("cluster: the cluster's log is in an external etcd cluster, at %v: say so", reply.Voters)
		}
		return errors.New("cluster: the cluster's log is in its voters, not in an external etcd cluster")
	}
	m := &c.Made
	m.Cluster, m.Number, m.Members, m.Voters = reply.Cluster, reply.Number, reply.Members, reply.Voters
	if len(reply.Doors) > 0 {
		m.Doors = reply.Doors
	}
	if c.Role == Voter {
		if m.Members == nil {
			return errors.New("cluster: the answer names no members of the log")
		}
		m.Members[c.Name] = c.url(c.Peer.Advertise)
	}
	return nil
}

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
