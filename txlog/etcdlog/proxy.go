package etcdlog

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// dial connects to an endpoint, through the proxy that the environment names for it. gRPC
// would do so itself, but takes endpoints behind one proxy for one, with the certificate
// of the first.
func dial(ctx context.Context, address string) (net.Conn, error) {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: address}})
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	if proxy == nil {
		return d.DialContext(ctx, "tcp", address)
	}
	conn, err := d.DialContext(ctx, "tcp", proxy.Host)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	tunnel, err := tunnel(conn, proxy, address)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("etcdlog: proxy %s: %w", proxy.Host, err)
	}
	return tunnel, nil
}

// tunnel asks the proxy at the other end of conn for a connection to an address.
func tunnel(conn net.Conn, proxy *url.URL, address string) (net.Conn, error) {
	q := &http.Request{Method: http.MethodConnect, URL: &url.URL{Host: address}, Host: address, Header: http.Header{}}
	if user := proxy.User; user != nil {
		password, _ := user.Password()
		q.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := q.Write(conn); err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, q)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("no connection to %s: %s", address, answer.Status)
	}
	return &buffered{conn, in}, nil
}

// buffered is a connection of which some may have been read already.
type buffered struct {
	net.Conn
	in *bufio.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.in.Read(p) }
