package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

func makeCerts(t *testing.T, dir certDir, now time.Time, args ...string) (string, error) {
	t.Helper()
	nodes, err := certNodes(args)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = (&program{out: &out}).clusterCert(dir, nodes, now, 30)
	return out.String(), err
}

// TestCertsTalk: nodes by one authority talk to each other, and to nobody else.
func TestCertsTalk(t *testing.T) {
	ours, theirs := certDir(t.TempDir()), certDir(t.TempDir())
	for _, dir := range []certDir{ours, theirs} {
		if _, err := makeCerts(t, dir, time.Now(), "a=a.example,10.0.0.1", "b"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		from certDir
		host string
		want string // "" for success
	}{
		{ours, "a.example", ""},
		{ours, "10.0.0.1", ""},
		{ours, "b.example", "not b.example"},
		{ours, "localhost", "not localhost"},
		{theirs, "a.example", "unknown authority"},
	} {
		err := talk(t, endpoint{ours, "a"}, endpoint{c.from, "b"}, c.host)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.host, err, c.want)
		}
	}
}

// endpoint is one end of a conversation: a node with the certificates it has.
type endpoint struct {
	dir  certDir
	name string
}

func (s endpoint) config(t *testing.T) *tls.Config {
	cert, err := tls.LoadX509KeyPair(s.dir.file(s.name+".pem"), s.dir.file(s.name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(s.dir.file("ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: pool, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
}

func talk(t *testing.T, server, client endpoint, host string) error {
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		c := tls.Server(far, server.config(t))
		_, _ = io.WriteString(c, "x")
		_ = c.Close()
	}()
	config := client.config(t)
	config.ServerName = host
	c := tls.Client(near, config)
	_, err := io.ReadFull(c, make([]byte, 1))
	return err
}

// TestCertsAgain: a later run adds and keeps, and replaces nothing.
func TestCertsAgain(t *testing.T) {
	dir, now := certDir(t.TempDir()), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	first, err := makeCerts(t, dir, now, "a", "b=b.example")
	if err != nil || strings.Count(first, "made") != 3 {
		t.Fatal(err, first)
	}
	before := files(t, dir)
	second, err := makeCerts(t, dir, now, "a", "b=b.example", "c")
	if err != nil || strings.Count(second, "kept") != 3 || strings.Count(second, "made") != 1 {
		t.Fatal(err, second)
	}
	after := files(t, dir)
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s was written over", name)
		}
	}
	for _, c := range []struct {
		when time.Time
		arg  string
		want string
	}{
		{now, "b=other.example", "b.pem is for [b.example], not for other.example"},
		{now.AddDate(0, 2, 0), "b", "b.pem has expired on 2026-01-31"},
	} {
		if out, err := makeCerts(t, dir, c.when, c.arg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %s", c.arg, err, out)
		}
	}
}

// TestCertsRenew: a certificate that was moved away is made again for the same key.
func TestCertsRenew(t *testing.T) {
	dir := certDir(t.TempDir())
	if _, err := makeCerts(t, dir, time.Now(), "a"); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	os.Remove(dir.file("a.pem"))
	out, err := makeCerts(t, dir, time.Now(), "a")
	after := files(t, dir)
	if err != nil || before["a.key"] != after["a.key"] || before["a.pem"] == after["a.pem"] {
		t.Fatal(err, out)
	}
}

// TestCertsBroken: what does not fit together is named.
func TestCertsBroken(t *testing.T) {
	for _, c := range []struct {
		damage func(certDir)
		want   string
	}{
		{func(d certDir) { os.Remove(d.file("ca.key")) }, "ca.pem is there without ca.key"},
		{func(d certDir) { os.Rename(d.file("a.key"), d.file("ca.key")) }, "ca.key do not belong together"},
		{func(d certDir) { os.Remove(d.file("a.key")) }, "a.pem is there without a.key"},
		{func(d certDir) { os.Rename(d.file("b.key"), d.file("a.key")) }, "a.key do not belong together"},
		{func(d certDir) { os.WriteFile(d.file("a.pem"), nil, 0o600) }, "a.pem is not PEM"},
		{func(d certDir) { os.WriteFile(d.file("a.key"), nil, 0o600) }, "a.key is not PEM"},
		{func(d certDir) { os.Rename(d.file("a.pem"), d.file("ca.pem")) }, "ca.pem is not an authority"},
	} {
		dir := certDir(t.TempDir())
		if _, err := makeCerts(t, dir, time.Now(), "a", "b"); err != nil {
			t.Fatal(err)
		}
		c.damage(dir)
		if _, err := makeCerts(t, dir, time.Now(), "a"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

func files(t *testing.T, dir certDir) map[string]string {
	entries, err := os.ReadDir(string(dir))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(dir.file(e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(text)
	}
	return all
}
