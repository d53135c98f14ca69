package cluster

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"seriatim"
	"seriatim/txlog"
)

// keyWait bounds the making of a key on another node.
const keyWait = 10 * time.Second

// placement spreads the nodes of unis over those of the cluster. It is what the database
// sees of the Node (seriatim.Placement).
type placement struct{ n *Node }

var _ seriatim.Placement = placement{}

// Self implements seriatim.Placement.
func (p placement) Self() string { return p.n.config.Name }

// Place implements seriatim.Placement: the node of that name, or one of that region, this
// one before others, or this one.
func (p placement) Place(_ context.Context, replica, region string) (string, error) {
	p.n.view.mu.Lock()
	defer p.n.view.mu.Unlock()
	self := p.n.config
	if replica != "" {
		if _, ok := p.n.view.records[replica]; !ok && replica != self.Name {
			return "", fmt.Errorf("the cluster has no node called %q", replica)
		}
		return replica, nil
	}
	if region == "" || region == self.Region {
		return self.Name, nil
	}
	var there []string
	for name, r := range p.n.view.records {
		if r.Region == region {
			there = append(there, name)
		}
	}
	if len(there) == 0 {
		return self.Name, nil
	}
	return slices.Min(there), nil
}

// keyRequest asks a node to make the key of a uni's node.
type keyRequest struct {
	Uni  uint64 `json:"uni"`
	Node string `json:"node"`
}

// keyReply is the public half.
type keyReply struct {
	PublicKey []byte `json:"publicKey"`
}

// NewKey implements seriatim.Placement.
func (p placement) NewKey(ctx context.Context, replica string, uni uint64, node string) (ed25519.PublicKey, error) {
	p.n.view.mu.Lock()
	r, ok := p.n.view.records[replica]
	p.n.view.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnknown, replica)
	}
	ctx, cancel := context.WithTimeout(ctx, keyWait)
	defer cancel()
	var reply keyReply
	if err := call(ctx, p.n.client, r.Door+"/key", keyRequest{uni, node}, &reply); err != nil {
		return nil, err
	}
	if len(reply.PublicKey) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("cluster: %s answers with a key of %d bytes", replica, len(reply.PublicKey))
	}
	return reply.PublicKey, nil
}

// Address implements seriatim.Placement.
func (p placement) Address(replica string) string {
	p.n.view.mu.Lock()
	defer p.n.view.mu.Unlock()
	return p.n.view.records[replica].Public
}

// everywhereWait bounds how long a caller waits for other machines.
const everywhereWait = 10 * time.Second

// Await implements seriatim.Placement: it asks the doors of the machines.
func (p placement) Await(ctx context.Context, replicas []string, at txlog.Position) []string {
	ctx, cancel := context.WithTimeout(ctx, everywhereWait)
	defer cancel()
	there := make([]bool, len(replicas))
	var all sync.WaitGroup
	for i, name := range replicas {
		all.Go(func() { there[i] = p.reaches(ctx, name, at) })
	}
	all.Wait()
	var behind []string
	for i, name := range replicas {
		if !there[i] {
			behind = append(behind, name)
		}
	}
	slices.Sort(behind)
	return behind
}

// reaches waits until a machine says that it has published a position.
func (p placement) reaches(ctx context.Context, name string, at txlog.Position) bool {
	for wait := 2 * time.Millisecond; ; wait = min(2*wait, 250*time.Millisecond) {
		p.n.view.mu.Lock()
		r, ok := p.n.view.records[name]
		p.n.view.mu.Unlock()
		if !ok { // it was removed, and will never have it
			return false
		}
		if answer, err := p.n.ping(ctx, r, ""); err == nil && answer.report.Position >= uint64(at) {
			return true
		}
		if pause(ctx, wait) != nil {
			return false
		}
	}
}

// serveKey makes the key of a uni's node on this one.
func (n *Node) serveKey(w http.ResponseWriter, r *http.Request) {
	var q keyRequest
	if !question(w, r, &q) {
		return
	}
	db := n.open.Load()
	if db == nil {
		respond(w, nil, &busyError{"this node has not caught up itself"})
		return
	}
	key, err := db.NewNodeKey(q.Uni, q.Node)
	respond(w, keyReply{key}, err)
}
