package eval_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/graphql"
	"seriatim/syntax"
	"seriatim/txn"
	"seriatim/value"
	"seriatim/wire"
)

// TestUnis runs the scripts below testdata/uni: what FQL does in a uni, with the
// constraints of its JSON Schema and the keys of its nodes.
//
//	uni name=X nodes=(A,B)   makes or changes the uni X by the schema below, and a key for
//	                         each node, called after it
//	row node=X entity=Y id=N code=C  makes a row {code: C} through the uni's own API, with an
//	                         access control list
//	query [secret=X]         runs queries, each as a transaction, with the key of a node, the
//	                         name of a kept secret, perhaps with a suffix, or "root", the
//	                         secret of everything, by default narrowed to the last uni.
//	                         changes: shows what a ledger would say of each. keep=X: the
//	                         secret in the last result becomes known as X
func TestUnis(t *testing.T) {
	files, err := filepath.Glob("testdata/uni/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := newUniSession(t)
			datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
				switch d.Cmd {
				case "uni":
					return s.define(t, d)
				case "query":
					return s.query(t, d)
				case "row":
					return s.row(t, d)
				}
				d.Fatalf(t, "unknown directive %s", d.Cmd)
				return ""
			})
		})
	}
}

// uniSession is a script's database.
type uniSession struct {
	shelf *shelf
	ids   int64
	uni   string
	kept  map[string]string
}

func newUniSession(t *testing.T) *uniSession {
	s := &uniSession{shelf: newShelf(), ids: 100, kept: map[string]string{"root": "root"}}
	s.in(t, func(tx *txn.Tx) error { return catalog.Bootstrap(tx) })
	return s
}

func (s *uniSession) begin() *txn.Tx { return txn.Begin(s.shelf, s.shelf.last, s.shelf.last) }

// in commits what f does.
func (s *uniSession) in(t *testing.T, f func(tx *txn.Tx) error) {
	tx := s.begin()
	defer tx.Close()
	if err := f(tx); err != nil {
		t.Fatal(err)
	}
	s.shelf.apply(tx.Proposal())
}

func (s *uniSession) options() catalog.Options {
	return catalog.Options{
		NewID:   func() int64 { s.ids++; return s.ids },
		Binding: eval.Binding, Pure: eval.Pure, Arity: eval.Arity,
		NewSecret: func(ref value.Ref, db uint64) string { return fmt.Sprintf("fn%d-%d", db, ref.ID) },
		Model: func(schema []byte) (catalog.Model, error) {
			m, err := graphql.Compile(schema)
			if err != nil {
				return nil, err
			}
			return m, nil
		},
	}
}

// define makes or changes a uni.
func (s *uniSession) define(t *testing.T, d *datadriven.TestData) string {
	d.ScanArgs(t, "name", &s.uni)
	nodes, _ := d.Arg("nodes")
	u := &catalog.Uni{Name: s.uni, Schema: []byte(d.Input)}
	for _, name := range nodes.Vals {
		u.Nodes = append(u.Nodes, catalog.Node{Name: name})
	}
	tx := s.begin()
	defer tx.Close()
	v, err := catalog.NewView(tx, catalog.Root, s.options())
	if err != nil {
		return err.Error() + "\n"
	}
	out, err := s.settle(v, u)
	if err != nil {
		return err.Error() + "\n"
	}
	s.shelf.apply(tx.Proposal())
	return out
}

// row makes a row of an entity through the uni's own API.
func (s *uniSession) row(t *testing.T, d *datadriven.TestData) string {
	var node, entity, code string
	var id int64
	d.ScanArgs(t, "node", &node)
	d.ScanArgs(t, "entity", &entity)
	d.ScanArgs(t, "id", &id)
	d.ScanArgs(t, "code", &code)
	s.in(t, func(tx *txn.Tx) error {
		root, err := catalog.NewView(tx, catalog.Root, s.options())
		if err != nil {
			return err
		}
		ref, _, err := root.Lookup(value.Databases, s.uni)
		if err != nil {
			return err
		}
		v, err := root.InAs(uint64(ref.ID), node)
		if err != nil {
			return err
		}
		coll, _, err := v.Lookup(value.Collections, entity)
		if err != nil {
			return err
		}
		acl := value.Array{value.NewObject(value.Field{Name: "operations", Value: value.Array{value.String("READ")}})}
		data := value.NewObject(value.Field{Name: "code", Value: value.String(code)})
		_, err = v.CreateRow(value.CollectionID(coll.ID), id, data, catalog.Row{ACL: acl})
		return err
	})
	return "ok\n"
}

func (s *uniSession) settle(v *catalog.View, u *catalog.Uni) (string, error) {
	ref, ok, err := v.Lookup(value.Databases, u.Name)
	if err == nil && !ok {
		var doc *value.Document
		doc, err = v.Create(value.Databases, 0, value.NewObject(value.Field{Name: "name", Value: value.String(u.Name)}))
		if err == nil {
			ref = doc.Ref
		}
	}
	if err != nil {
		return "", err
	}
	child, err := v.In(uint64(ref.ID))
	if err != nil {
		return "", err
	}
	if err := child.DefineUni(u); err != nil {
		return "", err
	}
	for _, n := range u.Nodes {
		if s.kept[n.Name] != "" {
			continue
		}
		if s.kept[n.Name], err = child.CreateNodeKey(n.Name, "default", 0); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("version %d, collections %v\n", u.Version, u.Model.Collections()), nil
}

// query runs the queries of a case.
func (s *uniSession) query(t *testing.T, d *datadriven.TestData) string {
	queries, err := syntax.ParseQueries(d.Input)
	if err != nil {
		return err.Error() + "\n"
	}
	secret := "root:" + s.uni + ":admin"
	if d.HasArg("secret") {
		var name string
		d.ScanArgs(t, "secret", &name)
		known, suffix, scoped := strings.Cut(name, ":")
		if secret = s.kept[known]; scoped {
			secret += ":" + suffix
		}
	}
	var b strings.Builder
	for _, q := range queries {
		s.one(t, d, &b, secret, q.Expr)
	}
	return b.String()
}

// one runs a query and commits it unless it ends in an error.
func (s *uniSession) one(t *testing.T, d *datadriven.TestData, b *strings.Builder, secret string, tree syntax.Expr) {
	tx := s.begin()
	defer tx.Close()
	env := &eval.Env{Version: syntax.V4, Clock: tx.Clock(), Snapshot: tx.Snapshot(), NewID: s.options().NewID}
	c, _ := auth.ParseAuthorization("Bearer " + secret)
	who, view, err := auth.Identify(tx, auth.HashSecret("root"), c, nil, s.options())
	if err == nil { // as at a log position: by its bytes, and anew
		if who, _, err = auth.DecodeIdentity(who.Append(nil)); err == nil {
			who, view, err = auth.Recheck(tx, who, s.options())
		}
	}
	if err != nil {
		fmt.Fprintln(b, err)
		return
	}
	env.View, env.Who = view, &who
	if env.Rights, err = who.Rights(view, func(p *catalog.Predicate, arg value.Value) bool { return eval.Holds(env, p, arg) }); err != nil {
		fmt.Fprintln(b, err)
		return
	}
	tree, errs := wire.DecodeQuery(wire.AppendExpr(nil, tree), syntax.V4)
	v, errs2 := value.Value(nil), errs
	if errs == nil {
		v, errs2 = eval.Run(env, tree)
	}
	if env.Cause() != nil {
		fmt.Fprintln(b, env.Cause())
		return
	}
	if errs2 != nil {
		showErrors(b, errs2, "")
		return
	}
	s.show(t, d, b, view, v)
	if p := tx.Proposal(); p != nil {
		s.shelf.apply(p)
	}
}

func (s *uniSession) show(t *testing.T, d *datadriven.TestData, b *strings.Builder, view *catalog.View, v value.Value) {
	rendering := &wire.Rendering{Version: syntax.V4, Names: view, TxnTS: s.shelf.last + 10}
	e, err := wire.DecodeData(wire.AppendValue(nil, v, rendering))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(b, syntax.Inspect(e, 120))
	if d.HasArg("keep") {
		var name string
		d.ScanArgs(t, "keep", &name)
		text, _ := v.(value.String)
		s.kept[name] = string(text)
	}
	if !d.HasArg("changes") {
		return
	}
	for _, c := range view.Changes() {
		fmt.Fprintf(b, "  %s %s %s", c.Action, c.Collection, c.ID)
		if c.Data != nil {
			e, err := wire.DecodeData(wire.AppendValue(nil, c.Data, rendering))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(b, " %s", syntax.Inspect(e, 300))
		}
		fmt.Fprintln(b)
	}
}
