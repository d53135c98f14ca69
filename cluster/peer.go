package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"seriatim/txlog/etcdlog"
)

// maxMessage bounds what nodes say to each other, in bytes, checkpoints apart.
const maxMessage = 1 << 20

// busyError is an answer of a door that may be another one in a while.
type busyError struct{ text string }

func (e *busyError) Error() string { return "cluster: not now: " + e.text }

// tls returns what both sides of a connection between nodes are set up with. The node's
// certificate is read for each connection, so that it can be renewed while the node runs; the
// authority is read once.
func (c *Config) tls() (*tls.Config, error) {
	text, err := os.ReadFile(c.Identity.Authority)
	if err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("cluster: there is no certificate in %s", c.Identity.Authority)
	}
	pair := func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(c.Identity.Certificate, c.Identity.Key)
		if err != nil {
			return nil, fmt.Errorf("cluster: the node's certificate: %w", err)
		}
		return &pair, nil
	}
	if _, err := pair(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, RootCAs: pool, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
		GetCertificate:       func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair() },
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return pair() },
	}, nil
}

// client returns what the node calls other nodes' doors with. It uses the environment's
// proxies.
func (c *Config) client() (*http.Client, error) {
	t := &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 5 * time.Second}).DialContext, TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: joinWait,
	}
	if c.Identity != (etcdlog.Identity{}) {
		var err error
		if t.TLSClientConfig, err = c.tls(); err != nil {
			return nil, err
		}
	}
	return &http.Client{Transport: t}, nil
}

// call asks a door something and decodes the answer. A question of nil is a GET. The error of
// a door that said no wraps ErrRefused or is a *busyError.
func call(ctx context.Context, client *http.Client, url string, question, answer any) error {
	method, body := http.MethodGet, io.Reader(nil)
	if question != nil {
		text, err := json.Marshal(question)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		method, body = http.MethodPost, bytes.NewReader(text)
	}
	q, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	resp, err := client.Do(q)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxMessage))
	switch {
	case err != nil:
		return fmt.Errorf("cluster: %w", err)
	case resp.StatusCode == http.StatusServiceUnavailable:
		return &busyError{strings.TrimSpace(string(text))}
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%w by %s: %.500s", ErrRefused, q.URL.Host, strings.TrimSpace(string(text)))
	case answer == nil:
		return nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("cluster: the answer of %s: %w", q.URL.Host, err)
	}
	return nil
}

// transient reports whether an error may go away by itself.
func transient(err error) bool {
	var busy *busyError
	return errors.As(err, &busy) || !errors.Is(err, ErrRefused) && !errors.Is(err, ErrUnknown)
}
