package graphql

import (
	"seriatim/catalog"
	"seriatim/value"
)

// singleID returns the identity of an entity's one document: of settings the
// node's own.
func (r *run) singleID(e *Entity) int64 {
	if e.Name != "Vendia_Settings" {
		return catalog.SingleID
	}
	for i := range r.View.Uni().Nodes {
		if r.View.Uni().Nodes[i].Name == r.Node {
			return catalog.SingleID + int64(i)
		}
	}
	return catalog.SingleID
}

// checkSystem checks what the schema cannot say of a system entity's input.
func (r *run) checkSystem(f *Field, e *Entity) []*Error {
	if e.Name != "Vendia_SharingPolicy" {
		return nil
	}
	r.forget(e)
	in, ok := f.Arg("input").(*value.Object)
	if !ok {
		return nil
	}
	if errs := r.onlyPolicy(f, e, in); len(errs) > 0 {
		return errs
	}
	var about *Entity
	if name, ok := in.Get("entity"); ok && name.Kind() != value.KindNull {
		text, _ := name.(value.String)
		if about = r.model.Lookup(string(text)); about == nil || about.System || !about.Guarded {
			return refusing(CodeInput, "a sharing policy needs an entity with access control lists (x-vendia-acls), not "+string(text))
		}
	}
	if list, ok := in.Get("acl"); ok {
		if given, ok := list.(value.Array); ok {
			_, errs := r.checkACL(given, about)
			return errs
		}
	}
	return nil
}

// onlyPolicy checks that no other policy is about the entity of an input: two would
// grant what either does, so anyone could widen what another narrowed.
func (r *run) onlyPolicy(f *Field, e *Entity, in *value.Object) []*Error {
	name, _ := in.Get("entity")
	if text, ok := name.(value.String); !ok || text == "" {
		return nil
	}
	var own value.Ref
	if f.Root.Action != ActionAdd {
		var err error
		if own, _, err = r.find(e, f); err != nil {
			return one(explain(err))
		}
	}
	c, err := r.collection(e)
	if err != nil {
		return one(explain(err))
	}
	rows := r.View.Documents(c, catalog.Range{})
	defer rows.Close()
	for rows.Next() {
		row, err := r.row(e, rows.Ref(), 0)
		if err != nil {
			return one(explain(err))
		}
		if about := present(row.stored, "entity"); rows.Ref() != own && about != nil && about.Decode() == name {
			return refusing(CodeExists, "there is a sharing policy of "+string(about.Text())+" already")
		}
	}
	if err := rows.Err(); err != nil {
		return one(explain(err))
	}
	return nil
}
