package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"seriatim/cluster"
	"seriatim/txlog/etcdlog"
)

// The ports of a node of a cluster beside its public one.
const (
	defaultNodePort = 8444 + iota
	defaultPeerPort
	defaultEtcdPort
)

// memberFlags say which node of a cluster a directory becomes. They count once; the
// directory remembers them.
type memberFlags struct {
	name, region, role string
	public, advertise  string
	node, peer, etcd   places
	join               string
	certs              string
	insecure           bool
	external           []string
	externalCert       string
	externalKey        string
	externalAuthority  string
	heartbeat          time.Duration
	quotaGiB           int
	listen             string // of the public doors, as a default for --public
	secure             bool   // the public doors have TLS
	set                func(flag string) bool
	all                []string // names of the flags
}

func (f *memberFlags) add(c *cobra.Command) {
	fl := pflag.NewFlagSet("node", pflag.ContinueOnError)
	fl.StringVar(&f.name, "name", "", "the node's `name`, which no other has")
	fl.StringVar(&f.region, "region", "", "`label` of the place where the node is")
	fl.StringVar(&f.role, "role", "", "\"voter\" keeps the log with the other voters, \"replica\" only follows it (default voter)")
	fl.StringVar(&f.join, "join", "", "`host:port` of any node's --node address: join its cluster instead of making one")
	fl.StringVar(&f.certs, "certs", "certs", "`directory` with ca.pem, NAME.pem and NAME.key from 'seriatim cluster cert'")
	fl.StringVar(&f.advertise, "advertise", "", "`host` at which the other nodes reach this one, on the ports below")
	fl.StringVar(&f.node.at, "node", "", fmt.Sprintf("`host:port` at which nodes reach this one (default the host and %d)", defaultNodePort))
	fl.StringVar(&f.peer.at, "peer", "", fmt.Sprintf("`host:port` at which voters' logs reach this one's (default the host and %d)", defaultPeerPort))
	fl.StringVar(&f.etcd.at, "etcd-client", "", fmt.Sprintf("`host:port` at which replicas reach this voter's log (default the host and %d)", defaultEtcdPort))
	fl.StringVar(&f.node.listen, "node-listen", "", "`host:port` to listen on for nodes, if not that port of all addresses")
	fl.StringVar(&f.peer.listen, "peer-listen", "", "`host:port` to listen on for voters' logs, likewise")
	fl.StringVar(&f.etcd.listen, "etcd-client-listen", "", "`host:port` to listen on for replicas, likewise")
	fl.StringVar(&f.public, "public", "", "`URL` of the node's --listen address for people and drivers")
	fl.StringSliceVar(&f.external, "external-etcd", nil, "`URLs` of an etcd cluster of yours that keeps the log instead of the nodes")
	fl.StringVar(&f.externalCert, "external-etcd-cert", "", "certificate `file` for it, if not the node's own")
	fl.StringVar(&f.externalKey, "external-etcd-key", "", "private key `file` for it")
	fl.StringVar(&f.externalAuthority, "external-etcd-ca", "", "its authority's certificate `file`")
	fl.DurationVar(&f.heartbeat, "heartbeat", 100*time.Millisecond, "`interval` of the log's leader, the same on all voters, above half the longest round trip")
	fl.IntVar(&f.quotaGiB, "log-quota", 8, "`GiB` that the log may take on a voter's disk")
	fl.BoolVar(&f.insecure, "insecure-cluster", false, "no certificates: for trials where all addresses are this machine's own")
	fl.VisitAll(func(one *pflag.Flag) { f.all = append(f.all, one.Name) })
	c.Flags().AddFlagSet(fl)
	f.set = c.Flags().Changed
}

// unwanted names a flag of a node that was given where there is no cluster.
func (f *memberFlags) unwanted() error {
	for _, name := range f.all {
		if f.set(name) {
			return fmt.Errorf("--%s goes with --cluster", name)
		}
	}
	return nil
}

// config is what the flags say.
func (f *memberFlags) config() (cluster.Config, error) {
	c := cluster.Config{Name: f.name, Region: cmp.Or(f.region, f.name), Role: f.role, Insecure: f.insecure, External: f.external}
	if f.name == "" {
		return c, errors.New("--name is missing: every node has one of its own")
	}
	for _, a := range []struct {
		flag string
		p    places
		port int
		to   *cluster.Address
	}{{"node", f.node, defaultNodePort, &c.Node}, {"peer", f.peer, defaultPeerPort, &c.Peer}, {"etcd-client", f.etcd, defaultEtcdPort, &c.Etcd}} {
		if a.flag != "node" && (len(f.external) > 0 || f.role == cluster.Replica && f.advertise == "" && a.p == (places{})) {
			continue // it has no log of its own, and is not to have one
		}
		var err error
		if *a.to, err = f.address(a.flag, a.p, a.port); err != nil {
			return c, err
		}
	}
	if !f.insecure {
		dir := certDir(f.certs)
		c.Identity = etcdlog.Identity{Certificate: dir.file(f.name + ".pem"), Key: dir.file(f.name + ".key"), Authority: dir.file("ca.pem")}
		if err := readable(c.Identity); err != nil {
			return c, fmt.Errorf("%w; 'seriatim cluster cert %s' makes it", err, f.name)
		}
	} else if f.set("certs") {
		return c, errors.New("--certs and --insecure-cluster exclude each other")
	}
	c.ExternalIdentity = etcdlog.Identity{Certificate: f.externalCert, Key: f.externalKey, Authority: f.externalAuthority}
	if f.set("heartbeat") {
		if f.heartbeat < 10*time.Millisecond || f.heartbeat > 2*time.Second {
			return c, fmt.Errorf("--heartbeat is 10ms to 2s, not %s", f.heartbeat)
		}
		c.HeartbeatMillis = int(f.heartbeat.Milliseconds())
	}
	if f.set("log-quota") {
		if f.quotaGiB < 1 || f.quotaGiB > 64 {
			return c, fmt.Errorf("--log-quota is 1 to 64, not %d", f.quotaGiB)
		}
		c.QuotaBytes = int64(f.quotaGiB) << 30
	}
	c.Public = f.publicURL()
	return c, c.Check()
}

// readable says which file of an identity cannot be read.
func readable(i etcdlog.Identity) error {
	for _, file := range []string{i.Authority, i.Certificate, i.Key} {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		_ = f.Close()
	}
	return nil
}

// places are where others reach a node and where it listens, as far as flags say.
type places struct{ at, listen string }

// address makes them whole. A node listens on all addresses, since its certificate
// keeps strangers out, but for one that is to be reached on this machine only.
func (f *memberFlags) address(flag string, p places, port int) (a cluster.Address, err error) {
	if p.at == "" {
		if f.advertise == "" {
			return a, fmt.Errorf("--advertise HOST or --%s HOST:PORT is missing: where the other nodes reach this one", flag)
		}
		p.at = net.JoinHostPort(f.advertise, strconv.Itoa(port))
	}
	host, number, err := splitAddress(p.at)
	if err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		err = fmt.Errorf("nobody can reach a node at %q", p.at)
	}
	if err != nil {
		return a, fmt.Errorf("--%s: %w", flag, err)
	}
	if p.listen == "" {
		p.listen = net.JoinHostPort("", number)
		if loopback(p.at) {
			p.listen = p.at
		}
	}
	if _, _, err := splitAddress(p.listen); err != nil {
		return a, fmt.Errorf("--%s-listen: %w", flag, err)
	}
	return cluster.Address{Listen: p.listen, Advertise: p.at}, nil
}

func splitAddress(text string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(text)
	if err != nil {
		return "", "", fmt.Errorf("%q is not host:port", text)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", "", fmt.Errorf("%q has no port between 1 and 65535", text)
	}
	return host, port, nil
}

// publicURL is where people reach the node, as far as can be told.
func (f *memberFlags) publicURL() string {
	if f.public != "" {
		return f.public
	}
	host, port, err := net.SplitHostPort(f.listen)
	if err != nil || port == "0" {
		return ""
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = cmp.Or(f.advertise, "localhost")
	}
	scheme := "http://"
	if f.secure {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, port)
}

// door is where to join.
func (f *memberFlags) door() string {
	if strings.Contains(f.join, "://") {
		return f.join
	}
	if _, _, err := net.SplitHostPort(f.join); err != nil {
		return net.JoinHostPort(strings.Trim(f.join, "[]"), strconv.Itoa(defaultNodePort))
	}
	return f.join
}

// waits tells who watches why a node that joins has not joined yet.
func (p *program) waits(why error) { fmt.Fprintf(p.err, "The node waits to join: %v\n", why) }

// begin makes a node of dir, or finds the one that it is.
func (f *memberFlags) begin(ctx context.Context, dir string, waits func(why error)) error {
	old, err := cluster.Read(dir)
	switch {
	case err == nil && old.Made.Step == "":
		return f.same(dir, old)
	case err != nil && !errors.Is(err, cluster.ErrNoNode):
		return err
	}
	c, err := f.config()
	if err != nil {
		return &usage{err}
	}
	if f.join == "" && (old == nil || old.Made.Step != "join") {
		return cluster.Init(dir, c)
	}
	if f.join == "" {
		return &usage{fmt.Errorf("%s has begun to join a cluster: --join says which, until it has", dir)}
	}
	return cluster.Join(ctx, dir, c, f.door(), waits)
}

// same refuses the directory of another node. What else the flags say counted when the
// node was made; cluster.json is where it can be changed.
func (f *memberFlags) same(dir string, old *cluster.Config) error {
	if f.set("name") && f.name != old.Name {
		return &usage{fmt.Errorf("%s is the directory of node %s, not %s", dir, old.Name, f.name)}
	}
	return nil
}

// usage is an error that a person makes at the command line.
type usage struct{ error }

func (u *usage) Unwrap() error { return u.error }
