package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seriatim/txlog/etcdlog"
)

// TestConfig: what an operator leaves out is filled in, and what cannot be is refused in
// words.
func TestConfig(t *testing.T) {
	files := etcdlog.Identity{Certificate: "a.crt", Key: "a.key", Authority: "ca.crt"}
	good := Config{
		Name: "eu-1", Node: Address{Listen: ":7000", Advertise: "eu.example:7000"}, Peer: Address{Advertise: "10.0.0.1:7001"},
		Etcd: Address{Listen: "[::]:7002", Advertise: "eu.example:7002"}, Identity: files,
	}
	for _, c := range []struct {
		what   string
		change func(*Config)
		want   string
	}{
		{"whole", func(*Config) {}, ""},
		{"no name", func(c *Config) { c.Name = "" }, "no name"},
		{"a name of a path", func(c *Config) { c.Name = "../x" }, "no name"},
		{"upper case", func(c *Config) { c.Name = "EU" }, "no name"},
		{"another role", func(c *Config) { c.Role = "leader" }, "the role of a node"},
		{"a voter over external etcd", func(c *Config) { c.Role, c.External = Voter, []string{"http://x:1"} }, "external"},
		{"external etcd", func(c *Config) { c.External = []string{"http://x:1"} }, ""},
		{"no door", func(c *Config) { c.Node = Address{} }, "node door is missing"},
		{"a voter without addresses", func(c *Config) { c.Peer = Address{} }, "a voter needs"},
		{"a replica without addresses", func(c *Config) { c.Role, c.Peer, c.Etcd = Replica, Address{}, Address{} }, ""},
		{"nothing to reach it by", func(c *Config) { c.Node.Advertise = "" }, "cannot reach"},
		{"all addresses", func(c *Config) { c.Node.Advertise = "0.0.0.0:7000" }, "cannot reach"},
		{"no port", func(c *Config) { c.Peer.Advertise = "10.0.0.1" }, "missing port"},
		{"no certificates", func(c *Config) { c.Identity = etcdlog.Identity{} }, "certificates"},
		{"half an identity", func(c *Config) { c.Identity.Key = "" }, "all three"},
		{"in the clear", func(c *Config) { c.Identity, c.Insecure = etcdlog.Identity{}, true }, "loopback"},
	} {
		t.Run(c.what, func(t *testing.T) {
			got := good
			c.change(&got)
			err := got.settle()
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			case err == nil && (got.Node.Listen != "0.0.0.0:7000" || got.url(got.Node.Advertise) != "https://eu.example:7000"):
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestNoNode: directories that are not a node's are told apart.
func TestNoNode(t *testing.T) {
	if _, err := Read(t.TempDir()); !errors.Is(err, ErrNoNode) {
		t.Errorf("got %v", err)
	}
	if _, err := Open(t.Context(), t.TempDir(), Options{}); !errors.Is(err, ErrNoNode) {
		t.Errorf("got %v", err)
	}
}

// TestOtherMember: the data of a member of a log, which an earlier node left, is neither removed nor gone on from.
func TestOtherMember(t *testing.T) {
	for what, make := range map[string]func(dir string, c Config) error{
		"init": Init,
		"join": func(dir string, c Config) error { return Join(t.Context(), dir, c, "127.0.0.1:1", nil) },
	} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, etcdFolder, "member"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := make(dir, config(t, "a")); err == nil || !strings.Contains(err.Error(), "another node's member") {
			t.Errorf("%s: %v", what, err)
		}
		if !present(dir, filepath.Join(etcdFolder, "member")) || present(dir, File) {
			t.Errorf("%s has changed the folder", what)
		}
	}
}

// TestUnreachableNames: a name that means nothing here is refused before the cluster counts on the node.
func TestUnreachableNames(t *testing.T) {
	c := config(t, "a")
	if err := c.resolvable(t.Context()); err != nil {
		t.Errorf("loopback: %v", err)
	}
	c.Peer.Advertise = "a..b:8445"
	if err := c.resolvable(t.Context()); err == nil || !strings.Contains(err.Error(), "a..b:8445, a name that every machine must know") {
		t.Errorf("got %v", err)
	}
}

// TestStranger: what has a certificate of others is told apart from what cannot be reached.
func TestStranger(t *testing.T) {
	err := stranger(fmt.Errorf("cluster: %w", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}))
	if !strings.Contains(err.Error(), "port 8444") {
		t.Errorf("got %v", err)
	}
	if err := errors.New("no route"); stranger(err) != err {
		t.Error("another error is changed")
	}
}
