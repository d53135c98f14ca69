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
