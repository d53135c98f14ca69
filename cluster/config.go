package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"seriatim/durable"
	"seriatim/txlog/etcdlog"
)

// The roles of a node. A voter has a member of the log inside; a replica follows the log as
// a client of the voters, and answers reads and writes like them. Over an external etcd
// cluster all nodes are replicas.
const (
	Voter   = "voter"
	Replica = "replica"
)

// File is the name of the file with a node's Config, in its data directory. A directory that
// has it belongs to a cluster.
const File = "cluster.json"

// Address is a place where a node listens and the one that others know it by, both
// host:port. One that is empty is like the other. Listen has an IP address, "localhost" or
// nothing for a host; "" stands for all addresses.
type Address struct {
	Listen    string `json:"listen,omitempty"`
	Advertise string `json:"advertise,omitempty"`
}

// Config is what a node knows of itself, kept in File. Operators decide all but Made.
type Config struct {
	// Name tells the node from others: a lower case letter or digit, then up to 62 of
	// those, dots, underscores and hyphens.
	Name string `json:"name"`
	// Region is a label, such as the place where the node is.
	Region string `json:"region,omitempty"`
	// Role is Voter or Replica; "" is Voter, or Replica over an external etcd cluster.
	Role string `json:"role"`
	// Public is the URL of the node's public doors, for people and status pages.
	Public string `json:"public,omitempty"`
	// Node is the address of the node door.
	Node Address `json:"node"`
	// Peer and Etcd are the addresses of a voter's member, for other members and for
	// clients. A replica with both can be promoted.
	Peer Address `json:"peer,omitzero"`
	Etcd Address `json:"etcdClient,omitzero"`
	// Identity names the files by which nodes know each other. Without, Insecure must be
	// set, and all addresses be loopback ones.
	Identity etcdlog.Identity `json:"identity,omitzero"`
	Insecure bool             `json:"insecure,omitempty"`
	// External are the client URLs of an etcd cluster of the operator's that carries the
	// log, and ExternalIdentity what it knows this node by, Identity if empty.
	External         []string         `json:"external,omitempty"`
	ExternalIdentity etcdlog.Identity `json:"externalIdentity,omitzero"`
	// HeartbeatMillis is that of the log's members, 100 if 0, the same on all voters: above
	// half the longest round trip between them.
	HeartbeatMillis int `json:"heartbeatMillis,omitempty"`
	// QuotaBytes bounds the log on each voter's disk; etcdlog.DefaultQuotaBytes if 0.
	QuotaBytes int64 `json:"quotaBytes,omitempty"`

	// Made is what Init and Join noted.
	Made Made `json:"made"`
}

// Made is what Init and Join found out or decided for a node. Nobody else changes it.
type Made struct {
	// Cluster is the identity of the cluster, Number the node's number in its log.
	Cluster string `json:"cluster"`
	Number  uint64 `json:"number"`
	// Step is "init" or "join" while that has not come to its end.
	Step string `json:"step,omitempty"`
	// Attempt names one Join, so that it can be repeated.
	Attempt string `json:"attempt,omitempty"`
	// Base and Previous are how the log began, for Init to be repeated.
	Base     uint64 `json:"base,omitempty"`
	Previous []byte `json:"previous,omitempty"`
	// Started says that the node's member has taken part: without its data it must never be
	// started again, because it would not remember what it has promised.
	Started bool `json:"started,omitempty"`
	// Members are the names and peer URLs of the log's other members when this one was
	// added, Voters the client URLs of voters and Doors the URLs of node doors, as last
	// known.
	Members map[string]string `json:"members,omitempty"`
	Voters  []string          `json:"voters,omitempty"`
	Doors   []string          `json:"doors,omitempty"`
}

// ErrNoNode says that a directory is not that of a node of a cluster.
var ErrNoNode = errors.New("cluster: not a node of a cluster")

// Read returns the Config of the node in dir. Errors: ErrNoNode, those of the disk.
func Read(dir string) (*Config, error) {
	text, err := os.ReadFile(filepath.Join(dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no %s in %s; init or join first", ErrNoNode, File, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	var c Config
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("cluster: %s: %w", filepath.Join(dir, File), err)
	}
	return &c, nil
}

// write keeps c in dir, whole and durably.
func (c *Config) write(dir string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return durable.WriteFile(filepath.Join(dir, File), append(text, '\n'))
}

var goodName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// Check says why nothing can be made of c, nil if it can. It looks at c alone.
func (c Config) Check() error { return c.settle() }

// settle fills in what was left out and refuses what cannot be.
func (c *Config) settle() error {
	if c.Role == "" {
		c.Role = Voter
		if len(c.External) > 0 {
			c.Role = Replica
		}
	}
	switch {
	case !goodName.MatchString(c.Name):
		return fmt.Errorf("cluster: %q is no name of a node: lower case letters, digits, and . _ - inside, at most 63", c.Name)
	case c.Role != Voter && c.Role != Replica:
		return fmt.Errorf("cluster: the role of a node is %s or %s, not %q", Voter, Replica, c.Role)
	case c.Role == Voter && len(c.External) > 0:
		return errors.New("cluster: the log is in an external etcd cluster: nodes are replicas")
	case c.Node == (Address{}):
		return errors.New("cluster: the address of the node door is missing")
	case c.Role == Voter && (c.Peer == (Address{}) || c.Etcd == (Address{})):
		return errors.New("cluster: a voter needs a peer address and an etcd client address")
	}
	for _, a := range []*Address{&c.Node, &c.Peer, &c.Etcd} {
		if err := a.settle(); err != nil {
			return err
		}
	}
	return c.settleIdentity()
}

func (c *Config) settleIdentity() error {
	if c.Identity == (etcdlog.Identity{}) {
		return c.settleInsecure()
	}
	for _, file := range []*string{
		&c.Identity.Certificate, &c.Identity.Key, &c.Identity.Authority,
		&c.ExternalIdentity.Certificate, &c.ExternalIdentity.Key, &c.ExternalIdentity.Authority,
	} {
		if *file == "" {
			continue
		}
		full, err := filepath.Abs(*file)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		*file = full
	}
	if c.Identity.Certificate == "" || c.Identity.Key == "" || c.Identity.Authority == "" {
		return errors.New("cluster: an identity is a certificate, its key and the authority, all three")
	}
	return nil
}

func (c *Config) settleInsecure() error {
	if !c.Insecure {
		return errors.New("cluster: nodes know each other by certificates; make them with `seriatim cluster cert`")
	}
	for _, a := range []Address{c.Node, c.Peer, c.Etcd} {
		for _, at := range []string{a.Listen, a.Advertise} {
			host, _, _ := net.SplitHostPort(at)
			if at != "" && host != "localhost" && !net.ParseIP(host).IsLoopback() {
				return fmt.Errorf("cluster: without certificates all addresses are loopback ones, not %s", at)
			}
		}
	}
	return nil
}

// settle makes an address whole.
func (a *Address) settle() error {
	if a.Listen == "" {
		a.Listen = a.Advertise
	}
	if a.Advertise == "" {
		a.Advertise = a.Listen
	}
	if a.Listen == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(a.Listen)
	if err != nil {
		return fmt.Errorf("cluster: address %q: %w", a.Listen, err)
	}
	if host == "" {
		a.Listen = net.JoinHostPort("0.0.0.0", port)
	}
	if host, _, err = net.SplitHostPort(a.Advertise); err != nil || host == "" || net.ParseIP(host).IsUnspecified() {
		return fmt.Errorf("cluster: others cannot reach a node at %q: a host and a port are wanted", a.Advertise)
	}
	return nil
}

// url is the address as a URL for others.
func (c *Config) url(at string) string {
	if at == "" {
		return ""
	}
	if c.Identity == (etcdlog.Identity{}) {
		return "http://" + at
	}
	return "https://" + at
}

// door returns the URL of a node door that was given as one or as host:port.
func (c *Config) door(at string) (string, error) {
	if !strings.Contains(at, "://") {
		at = c.url(at)
	}
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || u.Port() == "" {
		return "", fmt.Errorf("cluster: %q is not the address of a node door, host:port", at)
	}
	return u.Scheme + "://" + u.Host, nil
}

func (c *Config) heartbeat() time.Duration {
	return time.Duration(c.HeartbeatMillis) * time.Millisecond
}
