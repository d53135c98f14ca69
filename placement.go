package seriatim

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/txlog"
)

// Placement knows, in a cluster, on which machines the nodes of unis live. A node's
// private key is made on its machine and never leaves it, so the machine that makes a
// uni has the others make theirs. Its methods may be called from any goroutine and end
// with their context.
type Placement interface {
	// Self is the name of this machine in the cluster.
	Self() string
	// Place returns the name of the machine for a uni's node that asks for one by its
	// name or by its region; both are empty when it asks for none. An error says what
	// there is not.
	Place(ctx context.Context, replica, region string) (string, error)
	// NewKey has a machine make the key of a uni's node, which is a database and a name,
	// and returns its public half. Asked again it returns the same.
	NewKey(ctx context.Context, replica string, uni uint64, node string) (ed25519.PublicKey, error)
	// Address is where clients reach a machine, a URL; "" when that is not known.
	Address(replica string) string
	// Await waits until the machines of those names have published a position of the log,
	// and returns the names of those that had not when it had waited long enough or ctx
	// ended, in order.
	Await(ctx context.Context, replicas []string, at txlog.Position) (behind []string)
}

// NewNodeKey makes the key of a node of a uni that is about to be, on this machine, and
// returns its public half; when there is one already, that one's. Others of the cluster
// call it through Placement.
func (db *DB) NewNodeKey(uni uint64, node string) (ed25519.PublicKey, error) {
	if !nodeWord.MatchString(node) || len(node) > maxUniName {
		return nil, fmt.Errorf("seriatim: %q is no name of a node", node)
	}
	name := nodeName{uni, node}
	key, err := db.nodeKeys.of(name)
	if errors.Is(err, errForeignNode) {
		if _, key, err = ed25519.GenerateKey(nil); err == nil {
			err = db.nodeKeys.keep(name, key)
		}
	}
	if err != nil {
		return nil, err
	}
	return key.Public().(ed25519.PublicKey), nil
}

// placed decides where the nodes of a new uni live and has their keys made there. One of
// them must live on this machine, since somebody has to sign the genesis.
func (db *DB) placed(ctx context.Context, r *Registration, id uint64) ([]catalog.Node, error) {
	nodes := make([]catalog.Node, len(r.Nodes))
	for i, n := range r.Nodes {
		settings, err := settingsOf(n.Settings)
		if err != nil {
			return nil, uniError(statusBadRequest, "invalid_registration", "nodes[%d].settings: %v", i, err)
		}
		replica, err := db.place(ctx, &n)
		if err != nil {
			return nil, uniError(statusBadRequest, "invalid_registration", "nodes[%d]: %v", i, err)
		}
		nodes[i] = catalog.Node{
			Name: n.Name, UserID: n.UserID, Description: n.Description, CSP: n.CSP, Region: n.Region,
			Status: "RUNNING", Replica: replica, Settings: settings,
		}
	}
	for i := range nodes {
		var err error
		if nodes[i].PublicKey, err = db.newKeyAt(ctx, nodes[i].Replica, id, nodes[i].Name); err != nil {
			return nil, uniError(statusUnavailable, "unavailable", "The key of node %s could not be made on %s: %v. Nothing was written.", nodes[i].Name, nodes[i].Replica, err)
		}
	}
	return nodes, nil
}

// place returns the machine for a node, "" for the only one there is.
func (db *DB) place(ctx context.Context, n *NodeRegistration) (string, error) {
	p := db.options.Shared.placement()
	if p == nil {
		if n.Replica != "" {
			return "", fmt.Errorf("there is no cluster with a replica %q", n.Replica)
		}
		return "", nil
	}
	return p.Place(ctx, n.Replica, n.Region)
}

func (db *DB) newKeyAt(ctx context.Context, replica string, uni uint64, node string) (ed25519.PublicKey, error) {
	p := db.options.Shared.placement()
	if p == nil || replica == p.Self() {
		return db.NewNodeKey(uni, node)
	}
	return p.NewKey(ctx, replica, uni, node)
}

// everywhere waits, for a mutation whose syncMode is UNI_LEDGERED, until what was done is
// on the machines of all nodes of the uni. The error says on which it is not yet; all of
// it is committed all the same.
func (g *graph) everywhere(ctx context.Context, done []*graphql.Mutated) *graphql.Error {
	p := g.db.options.Shared.placement()
	if p == nil || g.op.Level < graphql.LevelUniLedgered || g.nodes == nil {
		return nil
	}
	if !slices.ContainsFunc(done, func(m *graphql.Mutated) bool { return !m.Failed }) {
		return nil
	}
	at, _ := g.db.Position()
	var machines []string
	for _, n := range g.nodes {
		if n.Replica != "" && n.Replica != p.Self() && !slices.Contains(machines, n.Replica) {
			machines = append(machines, n.Replica)
		}
	}
	behind := p.Await(ctx, machines, at)
	if len(behind) == 0 {
		return nil
	}
	return refuseGraph("NOT_EVERYWHERE", "Committed, and not yet on "+strings.Join(behind, ", ")+", which will have it when they answer again.")
}

// foreignNode says that the key of a uni's node, which must sign, is on another machine.
type foreignNode struct{ node, replica, address string }

// foreign explains errForeignNode of a node of the view's uni.
func (db *DB) foreign(v *catalog.View, node string) error {
	e := &foreignNode{node: node}
	if n, ok := v.Uni().Node(node); ok {
		e.replica = n.Replica
	}
	if p := db.options.Shared.placement(); p != nil && e.replica != "" {
		e.address = p.Address(e.replica)
	}
	return e
}

// Error says where to go.
func (e *foreignNode) Error() string {
	switch {
	case e.replica == "":
		return fmt.Sprintf("The private key of node %s is not on this machine, and it must sign.", e.node)
	case e.address == "":
		return fmt.Sprintf("Node %s lives on %s, which must sign: write there.", e.node, e.replica)
	}
	return fmt.Sprintf("Node %s lives on %s, which must sign: write at %s.", e.node, e.replica, e.address)
}

// Is reports whether target is errForeignNode.
func (e *foreignNode) Is(target error) bool { return target == errForeignNode }
