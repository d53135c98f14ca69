package seriatim

import (
	"errors"
	"fmt"
	"slices"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/txn"
)

// sign makes what a transaction of a uni leaves in its ledger: the text of what it does,
// signed by the node that does it. It is done before the log orders the transaction, so
// the record names no position; the block it comes to lie in does.
func (db *DB) sign(v *catalog.View, node string, clock int64, p *txn.Proposal, id string, text []ledger.Part) error {
	key, err := db.nodeKeys.of(nodeName{v.Database(), node})
	if errors.Is(err, errForeignNode) {
		return db.foreign(v, node)
	}
	if err != nil {
		return err
	}
	name := uniIdentity(v)
	t := &ledger.Transaction{Uni: name, ID: id, Owner: node, Submitted: clock, Parts: text}
	if slices.ContainsFunc(text, func(p ledger.Part) bool { return p.Guarded }) {
		db.entropy(t.Seed[:])
	}
	t.Sign(key)
	p.Record = txn.Record{Prefix: catalog.LedgerPrefix(v.Database()), Ledger: []byte(name), Data: ledger.AppendTransaction(nil, t)}
	return nil
}

// record signs what a query of FQL did in a uni, told as the operations of GraphQL that
// do the same.
func (x *execution) record(p *txn.Proposal) error {
	changes := x.view.Changes()
	if len(changes) == 0 {
		return nil
	}
	model, ok := x.view.Uni().Model.(*graphql.Model)
	if !ok {
		return errNoModel
	}
	id := catalog.UUIDOf(x.db.ids.next())
	return x.db.sign(x.view, x.who.Node, x.tx.Clock(), p, id, graphql.Text(changes, model))
}

// uniIdentity is what the ledger of the view's uni calls it.
func uniIdentity(v *catalog.View) string { return v.Uni().Identity }

// newUniIdentity makes the identity of a new uni: its name and a random UUID.
func (db *DB) newUniIdentity(name string) string {
	var b [16]byte
	db.entropy(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%s@%x-%x-%x-%x-%x", name, b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// compileModel makes the model of a uni of its schema (catalog.Options).
func compileModel(schema []byte) (catalog.Model, error) {
	m, err := graphql.Compile(schema)
	if err != nil {
		return nil, err
	}
	return m, nil
}
