package client

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"seriatim/syntax"
	"seriatim/wire"
)

// Client is a session with one server. It is safe for concurrent use.
type Client struct {
	endpoint string
	auth     string
	http     *http.Client
	lastSeen atomic.Int64
}

// Options tunes a Client; the zero value is good.
type Options struct {
	// Connections is how many idle connections are kept; 0 is 64.
	Connections int
	// Timeout bounds one query, 0 is two and a half minutes: longer than the
	// server's own default.
	Timeout time.Duration
}

// New returns a client of the server at endpoint, such as http://127.0.0.1:8443;
// a path in it is kept, for servers behind a proxy. A secret may carry a database and role, as in "secret:shop:admin".
func New(endpoint, secret string, o Options) (*Client, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("client: endpoint %q is not an http or https URL", endpoint)
	}
	if o.Connections == 0 {
		o.Connections = 64
	}
	if o.Timeout == 0 {
		o.Timeout = 150 * time.Second
	}
	return &Client{
		endpoint: u.Scheme + "://" + u.Host + strings.TrimRight(u.Path, "/") + "/",
		auth:     "Basic " + base64.StdEncoding.EncodeToString([]byte(secret+":")),
		http: &http.Client{Timeout: o.Timeout, CheckRedirect: stay, Transport: &http.Transport{
			MaxIdleConns: o.Connections, MaxIdleConnsPerHost: o.Connections,
			DialContext:        (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			ForceAttemptHTTP2:  u.Scheme == "https",
			DisableCompression: true,
		}},
	}, nil
}

// stay follows no redirect: a query is for the server that was named, and so is
// the secret with it.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Close drops the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Result is the answer to one query.
type Result struct {
	// Body is the value as the server sent it, without the envelope.
	Body []byte
	// Status is 200, or 201 for a document that was made.
	Status int
	// TxnTime is the query's time in microseconds.
	TxnTime int64
	// Retries is how often the server ran the query again after a conflict.
	Retries int
	// ComputeOps, ReadOps and WriteOps are what the query cost.
	ComputeOps, ReadOps, WriteOps int
	// Took is the time from sending the query to having its answer.
	Took time.Duration
}

// Value decodes the result to a tree of literals.
func (r *Result) Value() (syntax.Expr, error) { return wire.DecodeData(r.Body) }

// Query sends an expression and waits for its answer. The error is an *Error for
// everything the server said, and wraps ErrConnection when it said nothing.
func (c *Client) Query(ctx context.Context, e syntax.Expr) (*Result, error) {
	return c.Send(ctx, wire.AppendExpr(nil, e))
}

// Send is Query for an expression that is wire JSON already.
func (c *Client) Send(ctx context.Context, body []byte) (*Result, error) {
	return c.send(ctx, body, "")
}

// SendOnce is Send with an idempotency key: however often it is called, the query
// happens once, and every answer is the first one.
func (c *Client) SendOnce(ctx context.Context, body []byte, key string) (*Result, error) {
	return c.send(ctx, body, key)
}

func (c *Client) send(ctx context.Context, body []byte, key string) (*Result, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header["Authorization"] = []string{c.auth}
	req.Header["X-Faunadb-Api-Version"] = []string{"4"}
	if seen := c.lastSeen.Load(); seen > 0 {
		req.Header["X-Last-Seen-Txn"] = []string{strconv.FormatInt(seen, 10)}
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	begun := time.Now()
	resp, err := c.http.Do(req)
	if handshake(err) {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConnection, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConnection, err)
	}
	r, err := c.answer(resp, data)
	if r != nil {
		r.Took = time.Since(begun)
	}
	return r, err
}

func (c *Client) answer(resp *http.Response, data []byte) (*Result, error) {
	r := &Result{Status: resp.StatusCode}
	r.TxnTime, _ = strconv.ParseInt(resp.Header.Get("X-Txn-Time"), 10, 64)
	for name, into := range map[string]*int{
		"X-Txn-Retries": &r.Retries, "X-Compute-Ops": &r.ComputeOps, "X-Byte-Read-Ops": &r.ReadOps, "X-Byte-Write-Ops": &r.WriteOps,
	} {
		*into, _ = strconv.Atoi(resp.Header.Get(name))
	}
	c.see(r.TxnTime)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return r, newError(resp.StatusCode, data)
	}
	value, err := wire.Resource(data)
	if err != nil {
		return nil, fmt.Errorf("client: the answer of %s is not the protocol's: %w", c.endpoint, err)
	}
	r.Body = value
	return r, nil
}

// see remembers the newest time this session knows of.
func (c *Client) see(ts int64) {
	for {
		last := c.lastSeen.Load()
		if ts <= last || c.lastSeen.CompareAndSwap(last, ts) {
			return
		}
	}
}

// Ping asks whether the server is ready, for writes too.
func (c *Client) Ping(ctx context.Context) error { return c.ping(ctx, "write") }

// Reach asks whether the server is there: one that cannot write at the moment is.
func (c *Client) Reach(ctx context.Context) error { return c.ping(ctx, "read") }

func (c *Client) ping(ctx context.Context, scope string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.endpoint+"ping?scope="+scope, nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConnection, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: ping answered %s", ErrConnection, resp.Status)
	}
	return nil
}

// Another returns a new session with the same server and secret, over connections
// of its own.
func (c *Client) Another() (*Client, error) {
	transport, ok := c.http.Transport.(*http.Transport)
	if !ok {
		return nil, fmt.Errorf("client: transport %T cannot be copied", c.http.Transport)
	}
	own := *c.http
	own.Transport = transport.Clone()
	return &Client{endpoint: c.endpoint, auth: c.auth, http: &own}, nil
}
