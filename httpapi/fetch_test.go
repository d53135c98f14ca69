package httpapi

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestPublic: what is an address of the internet.
func TestPublic(t *testing.T) {
	for _, c := range []struct {
		public bool
		texts  string
	}{
		{true, "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 172.15.0.1 172.32.0.1 " +
			"192.1.0.0 192.167.1.1 192.169.0.0 198.17.255.255 223.255.255.255"},
		{true, "2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 ::ffff:1.1.1.1 64:ff9b::1.1.1.1"},
		{false, "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.0.1 169.254.169.254 172.16.0.1 172.31.255.255"},
		{false, "192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255"},
		{false, ":: ::1 ::2 ::127.0.0.1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 100::1 2001:db8::1 3fff::1"},
		{false, "::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::10.0.0.1 64:ff9b:1::1 2002:a00:1::1 2001::1"},
	} {
		for text := range strings.FieldsSeq(c.texts) {
			if got := public(netip.MustParseAddr(text)); got != c.public {
				t.Errorf("%s: public is %t", text, got)
			}
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// TestFetchPrivate: nothing private is connected to, however it is spelled or
// looked up; allowed, it is.
func TestFetchPrivate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connected := &counted{Listener: l}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }))
	server.Listener.Close()
	server.Listener = connected
	server.StartTLS()
	defer server.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	inside := netip.MustParseAddr("127.0.0.1")
	guarded := Fetching{Time: 10 * time.Second, Roots: roots(server), resolver: answering(inside)}
	client := NewFetchClient(guarded)
	defer client.CloseIdleConnections()
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "[::1]", "[::]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "10.0.0.1", "169.254.169.254", "[fe80::1%25lo]",
		"localhost", // the hosts file's
		"0x7f.1",    // an address to some resolvers, a name to others
		"rebound.example",
	} {
		resp, err := client.Get("https://" + host + ":" + port + "/")
		if err == nil {
			resp.Body.Close()
		}
		if !errors.Is(err, ErrNotPublic) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if n := connected.n.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
	guarded.AllowPrivate = true
	client = NewFetchClient(guarded)
	defer client.CloseIdleConnections()
	for _, host := range []string{"127.0.0.1", "rebound.example.com"} { // both are in the certificate
		host = strings.Replace(host, "rebound.", "", 1)
		resp, err := client.Get("https://" + host + ":" + port + "/")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if resp.Body.Close(); err != nil || string(text) != "hello" {
			t.Errorf("allowed, %s: %q %v", host, text, err)
		}
	}
}

// counted counts the connections that arrive.
type counted struct {
	net.Listener
	n atomic.Int32
}

func (c *counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.n.Add(1)
	}
	return conn, err
}

// answering is a resolver whose name server says that every name is at address.
func answering(address netip.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go answerNames(ours, address)
		return theirs, nil
	}}
}

// answerNames answers queries of DNS over a connection (RFC 1035 sections 4.1 and
// 4.2.2) until it is closed.
func answerNames(c net.Conn, address netip.Addr) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		end := 12 + strings.IndexByte(string(query[12:]), 0) + 5 // after the question
		reply := append([]byte{0, 0}, query[:end]...)
		reply = append(reply[:4], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
		reply = append(reply, query[12:end]...)
		if query[end-3] == 1 { // it asks for an IPv4 address
			reply[9] = 1
			reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
			reply = append(reply, address.AsSlice()...)
		}
		binary.BigEndian.PutUint16(reply, uint16(len(reply)-2))
		if _, err := c.Write(reply); err != nil {
			return
		}
	}
}
