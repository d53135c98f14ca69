package catalog

import (
	"fmt"
	"strings"

	"seriatim/value"
)

// uniStatement does one statement about unis:
//
//	define NAME NODE,... SCHEMA        as NODE                 uni
//	row-create COLLECTION [ID] DATA [acl=LIST] [uuid=UUID]     changes
//	row-update|row-replace REF DATA [acl=LIST]                 unis
//	row-delete REF                     node-key NODE NAME      delete-uni NAME
//	move NAME into DATABASE            ledger                  index NAME
func (r *rig) uniStatement(out *strings.Builder, v *View, p *reading, verb string) error {
	switch verb {
	case "define":
		u := &Uni{Name: p.word()}
		for _, node := range strings.Split(p.until(" "), ",") {
			u.Nodes = append(u.Nodes, Node{Name: node, PublicKey: make([]byte, 32)})
		}
		u.Schema = []byte(strings.TrimSpace(p.text))
		if err := v.DefineUni(u); err != nil {
			return err
		}
		fmt.Fprintf(out, "version %d\n", u.Version)
	case "as":
		v.WriteAs(p.word())
	case "uni":
		if u := v.Uni(); u != nil {
			fmt.Fprintf(out, "%s: version %d, created %d, updated %d, schema %q\n", u.Name, u.Version, u.Created, u.Updated, u.Schema)
		} else {
			fmt.Fprintln(out, "none")
		}
	case "unis":
		unis, err := v.Unis()
		for _, u := range unis {
			fmt.Fprintf(out, "%s in %d\n", u.Uni().Name, u.Database())
		}
		return err
	case "row-create":
		coll, id := p.collection(), int64(0)
		if p.peek() != '{' {
			id = p.integer()
		}
		data := p.object()
		return show(out, v)(v.CreateRow(coll, id, data, p.row()))
	case "row-update":
		ref, data := p.ref(), p.object()
		return show(out, v)(v.UpdateRow(ref, data, p.row()))
	case "row-replace":
		ref, data := p.ref(), p.object()
		return show(out, v)(v.ReplaceRow(ref, data, p.row()))
	case "row-delete":
		return show(out, v)(v.DeleteRow(p.ref()))
	default:
		return r.uniDatabase(out, v, p, verb)
	}
	return nil
}

func (r *rig) uniDatabase(out *strings.Builder, v *View, p *reading, verb string) error {
	switch verb {
	case "changes":
		for _, c := range v.Changes() {
			data := value.Value(nil)
			if c.Data != nil {
				data = c.Data
			}
			fmt.Fprintf(out, "%s %s %s (entity %v, %s) %s\n", c.Action, c.Collection, c.ID, c.Entity, text(v, c.Ref), text(v, data))
		}
	case "node-key":
		node := p.word()
		secret, err := v.CreateNodeKey(node, p.word(), 0)
		fmt.Fprintf(out, "secret %s\n", secret)
		return err
	case "delete-uni":
		ref, _, _ := v.Lookup(value.Databases, p.word())
		return v.DeleteUni(ref)
	case "move":
		ref, _, _ := v.Lookup(value.Databases, p.word())
		p.word()
		_, err := v.MoveDatabase(ref, value.Ref{Collection: value.Databases, ID: p.integer()})
		return err
	case "in":
		other, err := v.In(uint64(p.integer()))
		if err != nil {
			return err
		}
		return r.run(out, other, strings.TrimSpace(p.text))
	case "index":
		if _, ok, _ := v.Lookup(value.Indexes, p.word()); !ok {
			fmt.Fprintln(out, "none")
			return nil
		}
		fmt.Fprintln(out, "there")
	default:
		return fmt.Errorf("unknown statement %q", verb)
	}
	return nil
}

// row reads what a statement says of a row beside its data.
func (p *reading) row() (row Row) {
	for p.peek() != 0 {
		switch name := p.until("="); name {
		case "acl":
			p.text = p.text[1:]
			row.ACL = p.array()
		case "uuid":
			p.text = p.text[1:]
			row.UUID = p.word()
		default:
			panic("unknown " + name)
		}
	}
	return row
}
