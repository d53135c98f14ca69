package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Uni is a uni as the server tells it (docs/unis.md).
type Uni struct {
	Name string `json:"name"`
	// Identity names the uni in its ledger, where no other uni has it.
	Identity string `json:"identity"`
	Type     string `json:"type,omitempty"`
	Status   string `json:"status"`
	// Schema is the JSON Schema; a list of unis leaves it out.
	Schema  json.RawMessage `json:"schema,omitempty"`
	Created string          `json:"createdTime,omitempty"` // RFC 3339
	Updated string          `json:"updatedTime,omitempty"`
	Nodes   []Node          `json:"nodes"`
}

// Node is a node of a uni.
type Node struct {
	Name        string `json:"name"`
	UserID      string `json:"userId,omitempty"`
	Description string `json:"description,omitempty"`
	CSP         string `json:"csp,omitempty"`
	Region      string `json:"region,omitempty"`
	Status      string `json:"status"`
	// PublicKey verifies what the node signs: Ed25519, in base64.
	PublicKey []byte `json:"publicKey"`
	// APIKey is told once, by what makes it.
	APIKey string `json:"apiKey,omitempty"`
	// Path is where the server has the node's API, URL where clients reach it.
	Path string `json:"path"`
	// Replica names the machine of a cluster that the node lives on, Address is where that
	// is reached; both are empty where there is only one machine.
	Replica string `json:"replica,omitempty"`
	Address string `json:"address,omitempty"`
	URL     string `json:"url,omitempty"`
}

// NodeKey is an API key that was made; it is told this once.
type NodeKey struct {
	Uni    string `json:"uni"`
	Node   string `json:"node"`
	Name   string `json:"name"`
	Expiry string `json:"expiry,omitempty"` // RFC 3339
	APIKey string `json:"apiKey"`
	Path   string `json:"path"`
	URL    string `json:"url,omitempty"`
}

// CreateUni makes a uni of a registration, whose schema and initState stand inline. The
// secret is that of an admin of the database that the uni is made in, as it is for all
// that manages unis. Errors are as those of Query.
func (c *Client) CreateUni(ctx context.Context, registration []byte) (*Uni, error) {
	return c.uni(ctx, http.MethodPost, "uni", registration)
}

// Uni returns the uni of that name.
func (c *Client) Uni(ctx context.Context, name string) (*Uni, error) {
	return c.uni(ctx, http.MethodGet, uniPath(name), nil)
}

// Unis returns all unis of the database, without their schemas.
func (c *Client) Unis(ctx context.Context) ([]Uni, error) {
	var list struct {
		Unis []Uni `json:"unis"`
	}
	err := c.call(ctx, http.MethodGet, "uni", nil, &list)
	for i := range list.Unis {
		c.locate(&list.Unis[i])
	}
	return list.Unis, err
}

// EvolveUni gives a uni a new schema, a JSON Schema. indexRemoved allows it to have
// fewer indexes than the old one.
func (c *Client) EvolveUni(ctx context.Context, name string, schema []byte, indexRemoved bool) (*Uni, error) {
	asked := struct {
		Schema  json.RawMessage `json:"schema"`
		Allowed []string        `json:"allowedBreakingChanges,omitempty"`
	}{Schema: schema}
	if indexRemoved {
		asked.Allowed = []string{"INDEX_REMOVED"}
	}
	body, err := json.Marshal(&asked)
	if err != nil {
		return nil, fmt.Errorf("client: the schema: %w", err)
	}
	return c.uni(ctx, http.MethodPost, uniPath(name, "evolve"), body)
}

// DeleteUni removes a uni with its documents, its ledger and its keys.
func (c *Client) DeleteUni(ctx context.Context, name string) error {
	return c.call(ctx, http.MethodDelete, uniPath(name), nil, new(struct{}))
}

// AddNodeKey makes another API key of a node. It is good until expiry, for ever when
// that is zero.
func (c *Client) AddNodeKey(ctx context.Context, uni, node, name string, expiry time.Time) (*NodeKey, error) {
	asked := struct {
		Name   string     `json:"name"`
		Expiry *time.Time `json:"expiry,omitempty"`
	}{Name: name}
	if !expiry.IsZero() {
		asked.Expiry = &expiry
	}
	body, err := json.Marshal(&asked)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	key := new(NodeKey)
	if err := c.call(ctx, http.MethodPost, uniPath(uni, node, "api-keys"), body, key); err != nil {
		return nil, err
	}
	key.URL = c.at(key.Path)
	return key, nil
}

// Ledger opens a part of a uni's ledger as one of its nodes, whose API key the secret
// is: "checkpoint", "export", "transaction/ID", "document/ENTITY/ID", with parameters. The
// caller closes it.
func (c *Client) Ledger(ctx context.Context, uni, node, part string, parameters url.Values) (io.ReadCloser, error) {
	path := uniPath(uni, node, "ledger") + "/" + part
	if len(parameters) > 0 {
		path += "?" + parameters.Encode()
	}
	resp, err := c.open(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func (c *Client) uni(ctx context.Context, method, path string, body []byte) (*Uni, error) {
	u := new(Uni)
	if err := c.call(ctx, method, path, body, u); err != nil {
		return nil, err
	}
	c.locate(u)
	return u, nil
}

// locate fills in where the nodes are.
func (c *Client) locate(u *Uni) {
	for i := range u.Nodes {
		n := &u.Nodes[i]
		if n.URL = c.at(n.Path); n.Address != "" {
			n.URL = strings.TrimSuffix(n.Address, "/") + n.Path
		}
	}
}

func (c *Client) at(path string) string { return c.endpoint + strings.TrimPrefix(path, "/") }

// call sends a request and decodes its answer.
func (c *Client) call(ctx context.Context, method, path string, body []byte, answer any) error {
	resp, err := c.open(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return fmt.Errorf("client: the answer of %s is not the protocol's: %w", c.endpoint, err)
	}
	return nil
}

// open sends a request and returns the answer when it is a good one.
func (c *Client) open(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.endpoint+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header["Authorization"] = []string{c.auth}
	req.Header["Content-Type"] = []string{"application/json"}
	if seen := c.lastSeen.Load(); seen > 0 {
		req.Header["X-Last-Seen-Txn"] = []string{strconv.FormatInt(seen, 10)}
	}
	resp, err := c.http.Do(req)
	if handshake(err) {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConnection, err)
	}
	seen, _ := strconv.ParseInt(resp.Header.Get("X-Txn-Time"), 10, 64)
	c.see(seen)
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return resp, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConnection, err)
	}
	return nil, newError(resp.StatusCode, text)
}

// maxRefusal bounds what is read of an answer that is an error, in bytes.
const maxRefusal = 1 << 20

func uniPath(names ...string) string {
	path := "uni"
	for _, name := range names {
		path += "/" + url.PathEscape(name)
	}
	return path
}
