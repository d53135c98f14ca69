package graphql

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/catalog"
	"seriatim/ledger"
	"seriatim/txn"
	"seriatim/value"
)

// rig is a uni in a store in memory, with a ledger of a block for each transaction.
type rig struct {
	t       testing.TB
	store   *memory
	model   *Model
	options catalog.Options
	ids     int64
	txs     int
	db      uint64
}

const uniName = "test"

// newRig makes a uni of the nodes A, B and C with a schema.
func newRig(t testing.TB, schema string) *rig {
	t.Helper()
	r := &rig{t: t, store: newMemory(), db: 2}
	var err error
	if r.model, err = Compile([]byte(schema)); err != nil {
		t.Fatal(err)
	}
	r.options = catalog.Options{
		Cache:     catalog.NewCache(4),
		NewID:     func() int64 { r.ids++; return r.ids },
		Model:     func([]byte) (catalog.Model, error) { return r.model, nil },
		NewSecret: func(ref value.Ref, _ uint64) string { return fmt.Sprintf("secret%d", ref.ID) },
	}
	tx := r.begin()
	if err := catalog.Bootstrap(tx); err != nil {
		t.Fatal(err)
	}
	r.store.apply(tx.Proposal())
	tx = r.begin()
	root, err := catalog.NewView(tx, catalog.Root, r.options)
	if err != nil {
		t.Fatal(err)
	}
	d, err := root.Create(value.Databases, 0, value.NewObject(value.Field{Name: "name", Value: value.String(uniName)}))
	if err != nil {
		t.Fatal(err)
	}
	r.db = uint64(d.Ref.ID)
	child, err := root.In(r.db)
	if err != nil {
		t.Fatal(err)
	}
	uni := &catalog.Uni{Name: uniName, Type: "DEFAULT", Schema: []byte(schema), Status: "RUNNING",
		Nodes: []catalog.Node{{Name: "A", UserID: "a@x", CSP: "aws", Region: "here"}, {Name: "B"}, {Name: "C"}}}
	if err := child.DefineUni(uni); err != nil {
		t.Fatal(err)
	}
	r.store.apply(tx.Proposal())
	return r
}

func (r *rig) begin() *txn.Tx {
	return txn.Begin(reader{r.store, r.store.last}, r.store.last, r.store.last)
}

// scope opens the newest snapshot for a node.
func (r *rig) scope(node string) *Scope {
	r.t.Helper()
	o := r.options
	o.Author = node
	v, err := catalog.NewView(r.begin(), r.db, o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.txs++
	return &Scope{View: v, Node: node, Ledger: ledger.NewChain(ledgerSource{v}), Clock: r.store.last,
		TransactionID: fmt.Sprintf("00000000-0000-7000-8000-%012d", r.txs)}
}

// ledgerSource reads a ledger through a view.
type ledgerSource struct{ v *catalog.View }

func (s ledgerSource) Get(suffix []byte) ([]byte, bool, error) { return s.v.LedgerGet(suffix) }

func (s ledgerSource) Scan(lo, hi []byte, reverse bool, f func(k, v []byte) bool) error {
	c := s.v.LedgerScan(lo, hi, reverse)
	defer c.Close()
	for c.Next() {
		if !f(c.Key(), c.Value()) {
			return nil
		}
	}
	return c.Err()
}

// commit applies what a scope wrote and makes a block of its text. It returns the
// transaction, nil when nothing was written.
func (r *rig) commit(s *Scope, parts []ledger.Part) *Event {
	r.t.Helper()
	p := s.View.Tx().Proposal()
	if p == nil {
		return nil
	}
	head, err := s.Ledger.Head()
	if err != nil {
		r.t.Fatal(err)
	}
	t := &ledger.Transaction{Uni: uniName, ID: s.TransactionID, Owner: s.Node, Submitted: s.Clock, Parts: parts}
	ts := r.store.apply(p)
	block, err := ledger.Extend(head, uniName, []ledger.Stamped{{TS: ts, Data: ledger.AppendTransaction(nil, t)}})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, kv := range block.Puts {
		r.store.set(append(catalog.LedgerPrefix(r.db), kv.Key...), stamped{ts: ts, value: kv.Value})
	}
	return &Event{Transaction: t, TS: ts}
}

// run does what the facade does: one request of a node.
func (r *rig) run(node string, q *Request) ([]byte, []*Error) {
	r.t.Helper()
	op, errs := r.model.Parse(q)
	if errs != nil {
		return nil, errs
	}
	if op.Kind == ast.Query {
		res := op.Query(r.scope(node))
		return res.Data, res.Errors
	}
	var list []*Mutated
	for _, fields := range op.Groups() {
		s := r.scope(node)
		m := op.Mutate(s, fields)
		if !m.Failed {
			r.commit(s, m.Parts)
		}
		list = append(list, m)
	}
	return Merge(list)
}

// ask runs a request that must have no errors.
func (r *rig) ask(node, query string) string {
	r.t.Helper()
	data, errs := r.run(node, &Request{Query: query})
	if len(errs) > 0 {
		r.t.Fatalf("%s\n%s", query, AppendErrors(nil, errs))
	}
	return string(data)
}

// asPlaceholders writes the ids of documents as <1>, <2>.. and hashes short.
func (r *rig) asPlaceholders(text string) string {
	for id := r.ids; id > 0; id-- {
		text = strings.ReplaceAll(text, catalog.UUIDOf(id), fmt.Sprintf("<%d>", id))
	}
	return text
}

// asIDs is the inverse of asPlaceholders.
func (r *rig) asIDs(text string) string {
	for id := r.ids + 9; id > 0; id-- {
		text = strings.ReplaceAll(text, fmt.Sprintf("<%d>", id), catalog.UUIDOf(id))
	}
	return text
}

// texts returns the texts of all transactions of the ledger, as a node sees them.
func (r *rig) texts(node string) []string {
	r.t.Helper()
	s := r.scope(node)
	blocks, err := s.Ledger.Blocks(0, 1000, false)
	if err != nil {
		r.t.Fatal(err)
	}
	run := &run{Scope: s, model: r.model}
	var out []string
	for _, b := range blocks {
		for _, t := range b.Transactions {
			text, err := run.visibleText(t.Transaction, t.TS)
			if err != nil {
				r.t.Fatal(err)
			}
			out = append(out, t.Owner+": "+shortened(text))
		}
	}
	return out
}

// shortened cuts the commitments in a text.
func shortened(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if _, err := hex.DecodeString(rest[:64]); err != nil {
			return b.String() + "$${" + rest
		}
		b.WriteString("$${..}")
		text = rest[65:]
	}
}
