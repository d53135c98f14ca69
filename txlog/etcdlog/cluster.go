package etcdlog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
)

// Times of connections and requests to a cluster.
const (
	dialTimeout    = 5 * time.Second
	aliveInterval  = 5 * time.Second // etcd's servers take no shorter one
	aliveTimeout   = 3 * time.Second
	requestTimeout = 5 * time.Second
)

// maxSendBytes bounds one request from here: a part, or a block in one piece, and some KiB.
const maxSendBytes = 4 << 20

// Cluster is an etcd cluster as this process reaches it: through a member of its own or over connections. It names
// nothing of etcd, so that who keeps a log needs to know none of it. All methods may be called from any goroutine, and
// every request is bounded in time, besides by its context. Errors wrap txlog.ErrUnavailable if the cluster did not
// answer; whether a change was made is then not known, and all changes may be repeated.
type Cluster struct {
	client *clientv3.Client
	member *Member // of this process, nil for none
}

// Cluster returns the cluster that m is a member of. It ends with the member.
func (m *Member) Cluster() *Cluster { return &Cluster{client: m.client, member: m} }

// DialOptions says where the members of a cluster are and how to know each other.
type DialOptions struct {
	// Endpoints are the client URLs of members.
	Endpoints []string
	// Identity is shown to them, and its authority must have signed theirs. The zero value speaks in the clear.
	Identity Identity
}

// Dial returns a cluster that is reached over connections. It does not wait for one; the first request does. Proxies
// of the environment are used. The caller ends it with Close.
func Dial(o DialOptions) (*Cluster, error) {
	if len(o.Endpoints) == 0 {
		return nil, errors.New("etcdlog: no endpoint of the etcd cluster is known")
	}
	var secure *tls.Config
	if o.Identity != (Identity{}) {
		var err error
		if secure, err = o.Identity.tls().ClientConfig(); err != nil {
			return nil, fmt.Errorf("etcdlog: %w", err)
		}
	}
	client, err := clientv3.New(clientv3.Config{
		Endpoints: o.Endpoints, TLS: secure, Logger: zap.NewNop(), MaxCallSendMsgSize: maxSendBytes,
		DialTimeout: dialTimeout, DialKeepAliveTime: aliveInterval, DialKeepAliveTimeout: aliveTimeout, PermitWithoutStream: true,
		DialOptions: []grpc.DialOption{grpc.WithContextDialer(dial)},
	})
	if err != nil {
		return nil, fmt.Errorf("etcdlog: %w", err)
	}
	return &Cluster{client: client}, nil
}

// Reach replaces the endpoints of a dialled cluster, if they differ. Of a member's own it changes nothing.
func (c *Cluster) Reach(endpoints []string) {
	if c.member == nil && len(endpoints) > 0 {
		c.client.SetEndpoints(endpoints...)
	}
}

// Log opens the log in the cluster like Open does.
func (c *Cluster) Log(ctx context.Context, o Options) (*Log, error) { return Open(ctx, c.client, o) }

// Close ends the connections, after the logs that use them. A member's own cluster ends with the member instead.
func (c *Cluster) Close() error {
	if c.member != nil {
		return nil
	}
	if err := c.client.Close(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("etcdlog: %w", err)
	}
	return nil
}

// bound returns a context for one request.
func bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, requestTimeout)
}
