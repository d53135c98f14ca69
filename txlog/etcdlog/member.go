package etcdlog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"
	"go.uber.org/zap"

	"seriatim/txlog"
)

// Defaults and fixed settings of a member, as measured with blocks of 64 to 256 KiB.
const (
	DefaultQuotaBytes = 8 << 30

	snapshotEntries = 1000    // etcd's own 10000 keep gigabytes of entries in memory
	catchUpEntries  = 500     // etcd's own 5000 likewise
	maxRequestBytes = 8 << 20 // of the server; what this room sends stays below 1 MiB and some KiB
	maxLearners     = 4       // members that join at the same time
)

// Identity names the files of one side's certificate, its key and the authority that must have signed the other's.
// All three are set, and both sides are checked, or none is and the traffic is in the clear.
type Identity struct{ Certificate, Key, Authority string }

func (i Identity) tls() transport.TLSInfo {
	if i == (Identity{}) {
		return transport.TLSInfo{}
	}
	return transport.TLSInfo{CertFile: i.Certificate, KeyFile: i.Key, TrustedCAFile: i.Authority, ClientCertAuth: true,
		SkipClientSANVerify: true, // connections may come through proxies; the authority's word is what counts
		MinVersion:          tls.VersionTLS13}
}

// MemberOptions says which member of which cluster runs in this process. Dir, Name, Peer and Client are required.
type MemberOptions struct {
	Dir    string // holds the member's data; never that of a removed member
	WALDir string // for the write-ahead log, on another device perhaps; in Dir if empty

	Name   string // of the member, unique in the cluster
	Peer   string // URL at which the other members reach this one
	Client string // URL at which clients from outside reach this one

	// PeerListen and ClientListen are the URLs where the member listens, with an IP address or localhost as the host,
	// where they differ from those that others use: behind a proxy, or on all addresses.
	PeerListen, ClientListen string

	// Cluster maps the names of all members to their Peer URLs when the cluster begins or, with Join set, as it was
	// when this member was added to it. Nil stands for a cluster of this member alone. It counts at the first start.
	Cluster map[string]string
	Token   string // tells clusters with the same addresses apart
	Join    bool   // the cluster exists already and has been told of this member

	PeerIdentity   Identity
	ClientIdentity Identity

	// Heartbeat is the interval of the leader's messages, 100 ms if 0; elections take ten times as long. It is the same
	// on all members and above half the longest round trip between them.
	Heartbeat  time.Duration
	QuotaBytes int64 // of etcd's database, DefaultQuotaBytes if 0; beyond it appends fail with ErrDiskFull
	// Logger hears of etcd's warnings and errors. Nil discards.
	Logger *slog.Logger
	// OnStop, if set, is told once, with the reason, when the member stops without Close, as one does that was removed
	// from its cluster. It must not call Close before it returns.
	OnStop func(error)
}

// Member is a member of an etcd cluster inside this process. It syncs every entry before it acknowledges; there is no
// setting that turns this off.
type Member struct {
	etcd    *embed.Etcd
	client  *clientv3.Client
	closing chan struct{}
	once    sync.Once
	ended   *atomic.Bool   // silences etcd
	watched sync.WaitGroup // the one who waits for a stop
}

// Start starts a member and waits until it takes part in its cluster or ctx ends. End it with Close, after the logs
// that use its client.
func Start(ctx context.Context, o MemberOptions) (*Member, error) {
	ended := new(atomic.Bool)
	cfg, err := o.config(ended)
	if err != nil {
		return nil, err
	}
	e, err := embed.StartEtcd(cfg)
	if err != nil {
		return nil, fmt.Errorf("etcdlog: starting member %s: %w", o.Name, err)
	}
	select {
	case <-e.Server.ReadyNotify():
		m := &Member{etcd: e, client: v3client.New(e.Server), closing: make(chan struct{}), ended: ended}
		m.watched.Go(func() { m.watch(o.OnStop) })
		return m, nil
	case err = <-e.Err():
	case <-e.Server.StopNotify():
		err = errors.New("it stopped by itself")
	case <-ctx.Done():
		err = fmt.Errorf("%w: no majority of its cluster: %w", txlog.ErrUnavailable, ctx.Err())
	}
	ended.Store(true)
	e.Close()
	return nil, fmt.Errorf("etcdlog: starting member %s: %w", o.Name, err)
}

// watch waits for the end of the member and tells of one that Close did not bring about.
func (m *Member) watch(tell func(error)) {
	var err error
	select {
	case <-m.closing:
		return
	case err = <-m.etcd.Err():
	case <-m.etcd.Server.StopNotify():
	}
	select {
	case <-m.closing:
		return
	default:
	}
	if tell == nil {
		return
	}
	if err == nil {
		err = errors.New("it stopped by itself, as a removed member does")
	}
	tell(fmt.Errorf("etcdlog: member %s: %w", m.etcd.Config().Name, err))
}

// addresses puts the listen and advertised addresses of both ports into etcd's configuration.
func (o MemberOptions) addresses(cfg *embed.Config) error {
	for _, a := range []struct {
		what, advertise, listen string
		advertised, listened    *[]url.URL
	}{
		{"peer", o.Peer, o.PeerListen, &cfg.AdvertisePeerUrls, &cfg.ListenPeerUrls},
		{"client", o.Client, o.ClientListen, &cfg.AdvertiseClientUrls, &cfg.ListenClientUrls},
	} {
		advertise, err := url.Parse(a.advertise)
		if err != nil {
			return fmt.Errorf("etcdlog: %s address: %w", a.what, err)
		}
		listen := advertise
		if a.listen != "" {
			if listen, err = url.Parse(a.listen); err != nil {
				return fmt.Errorf("etcdlog: %s address to listen at: %w", a.what, err)
			}
		}
		*a.advertised, *a.listened = []url.URL{*advertise}, []url.URL{*listen}
	}
	return nil
}

// config turns the options into etcd's. Its log falls silent when ended is set.
func (o MemberOptions) config(ended *atomic.Bool) (*embed.Config, error) {
	cfg := embed.NewConfig()
	cfg.Dir, cfg.WalDir, cfg.Name = o.Dir, o.WALDir, o.Name
	if err := o.addresses(cfg); err != nil {
		return nil, err
	}
	cfg.WarningUnaryRequestDuration = embed.DefaultWarningUnaryRequestDuration // etcd sets it for its own command only
	cfg.EnableGRPCGateway = false                                              // nobody speaks JSON to this etcd
	cfg.PeerTLSInfo, cfg.ClientTLSInfo = o.PeerIdentity.tls(), o.ClientIdentity.tls()
	cfg.InitialCluster = o.members()
	if o.Token != "" {
		cfg.InitialClusterToken = o.Token
	}
	if o.Join {
		cfg.ClusterState = embed.ClusterStateFlagExisting
	}
	if o.Heartbeat > 0 {
		cfg.TickMs = uint(max(o.Heartbeat.Milliseconds(), 1))
		cfg.ElectionMs = 10 * cfg.TickMs
	}
	cfg.QuotaBackendBytes = DefaultQuotaBytes
	if o.QuotaBytes > 0 {
		cfg.QuotaBackendBytes = o.QuotaBytes
	}
	cfg.SnapshotCount, cfg.SnapshotCatchUpEntries = snapshotEntries, catchUpEntries
	cfg.ExperimentalSnapshotCatchUpEntries = catchUpEntries
	cfg.MaxRequestBytes, cfg.MaxLearners = maxRequestBytes, maxLearners
	// After each compaction the leader compares the members' data, and raises an alarm if they differ.
	if gate, ok := cfg.ServerFeatureGate.(interface{ Set(string) error }); ok {
		if err := gate.Set("CompactHashCheck=true"); err != nil {
			return nil, fmt.Errorf("etcdlog: %w", err)
		}
	}
	cfg.ZapLoggerBuilder = embed.NewZapLoggerBuilder(zap.New(newForward(o.Logger, ended)))
	return cfg, nil
}

// members spells the cluster as etcd wants it.
func (o MemberOptions) members() string {
	if len(o.Cluster) == 0 {
		return o.Name + "=" + o.Peer
	}
	var text string
	for name, peer := range o.Cluster {
		text += name + "=" + peer + ","
	}
	return text[:len(text)-1]
}

// Client returns a client of the cluster that goes through this member, without a connection. It ends with the member.
func (m *Member) Client() *clientv3.Client { return m.client }

// Leads reports whether this member leads its cluster at the moment.
func (m *Member) Leads() bool { return m.etcd.Server.Leader() == m.etcd.Server.MemberID() }

// Close stops the member and waits until it has. What its cluster acknowledged is on its disk.
func (m *Member) Close() error {
	m.ended.Store(true)
	m.once.Do(func() { close(m.closing) })
	m.watched.Wait()
	err := m.client.Close()
	m.etcd.Close()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
