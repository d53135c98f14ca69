package graphql

import (
	"slices"
	"strings"

	"seriatim/catalog"
	"seriatim/value"
)

// aclOf reads aclInput as it is stored: nil when it is not given, empty for an
// empty list. Its nodes must be the uni's and its paths lead to properties.
func (r *run) aclOf(f *Field, e *Entity) (value.Array, []*Error) {
	in, ok := f.Arg("aclInput").(*value.Object)
	if !ok {
		return nil, nil
	}
	list, _ := in.Get("acl")
	given, ok := list.(value.Array)
	if !ok {
		return value.Array{}, nil
	}
	return r.checkACL(given, e)
}

// checkACL checks a list of entries and returns it without nulls.
func (r *run) checkACL(given value.Array, e *Entity) (value.Array, []*Error) {
	out := value.Array{}
	for _, v := range given {
		o, ok := v.(*value.Object)
		if !ok {
			continue
		}
		o = withoutNulls(o)
		enc, _ := value.Encode(value.Array{o})
		g := grantsOf(enc)[0]
		for _, node := range g.nodes {
			if _, known := r.View.Uni().Node(node); !known && node != everyNode {
				return nil, refusing(CodeInput, "the list of access names "+node+", which is no node of the uni")
			}
		}
		if e != nil && !leads(e.Type, g.path) {
			p, _ := o.Get("path")
			return nil, refusing(CodeInput, "the path "+string(shortJSON(p))+" leads to no property of "+e.Name)
		}
		out = append(out, o)
	}
	return out, nil
}

// leads reports whether a path is one of values of a type.
func leads(t *Type, p path) bool {
	for _, step := range p {
		switch {
		case t.Kind == TypeList && step == anyItem:
			t = t.Item
		case t.Kind == TypeObject && propertyOf(t, step) != nil:
			t = propertyOf(t, step).Type
		default:
			return false
		}
	}
	return true
}

// mayReplace checks that the node may put a row: update all of it and, to change
// its list, that too.
func (r *run) mayReplace(row *row, acl value.Array) []*Error {
	a, err := r.rights(row)
	if err != nil {
		return one(explain(err))
	}
	if a.whole&opUpdate == 0 {
		return refusing(CodeUnauthorized, unauthorized)
	}
	return r.mayChangeACL(row, &a, acl)
}

// mayChangeACL checks a new list of a row: only who may, and only the owner may let
// others change it who could not before.
func (r *run) mayChangeACL(row *row, a *rights, acl value.Array) []*Error {
	if acl == nil || !row.entity.Guarded || row.owner() == r.Node {
		return nil
	}
	held := present(row.stored, catalog.ACLMember)
	next, _ := value.Encode(acl)
	if held == nil && len(acl) == 0 || held != nil && value.Compare(held.Decode(), next.Decode()) == 0 {
		return nil
	}
	if a.whole&opACL == 0 {
		return refusing(CodeUnauthorized, unauthorized)
	}
	before := changers(grantsOf(held), true)
	for _, node := range changers(grantsOf(next), false) {
		if !slices.Contains(before, node) && !slices.Contains(before, everyNode) {
			return refusing(CodeUnauthorized, unauthorized)
		}
	}
	return nil
}

// changers returns the nodes that grants let change the list: those of a part of a row
// do not, which whole leaves out.
func changers(grants []grant, whole bool) []string {
	var nodes []string
	for _, g := range grants {
		if g.ops&opACL != 0 && (!whole || len(g.path) == 0) {
			nodes = append(nodes, g.nodes...)
		}
	}
	return nodes
}

// mayUpdate checks a patch of a row and returns the one to apply. Each place that it
// names must be one the node may update; of a list whose items it may update in
// part only, the patch gives just those parts, for as many items as there are, and
// they are merged.
func (r *run) mayUpdate(row *row, patch *value.Object, acl value.Array) (*value.Object, []*Error) {
	a, err := r.rights(row)
	if err != nil {
		return nil, one(explain(err))
	}
	if errs := r.mayChangeACL(row, &a, acl); len(errs) > 0 {
		return nil, errs
	}
	paths, all := a.pathsFor(opUpdate)
	if all || len(patch.Fields) == 0 && acl != nil {
		return patch, nil
	}
	if len(paths) == 0 {
		return nil, refusing(CodeUnauthorized, unauthorized)
	}
	merged, ok := within(patch, row.stored.Decode(), paths)
	if !ok {
		return nil, refusing(CodeUnauthorized, unauthorized)
	}
	return merged.(*value.Object), nil
}

// within returns a patch of held if all it changes lies on the paths.
func within(patch, held value.Value, paths []path) (value.Value, bool) {
	if reached(paths) || len(paths) == 1 && len(paths[0]) == 1 && paths[0][0] == anyItem {
		return patch, true
	}
	if len(paths) == 0 { // an empty object is a change, too
		return nil, false
	}
	switch p := patch.(type) {
	case *value.Object:
		out := &value.Object{}
		h, _ := held.(*value.Object)
		for _, f := range p.Fields {
			var now value.Value = value.Null{}
			if h != nil {
				if v, ok := h.Get(f.Name); ok {
					now = v
				}
			}
			m, ok := within(f.Value, now, below(paths, f.Name))
			if !ok {
				return nil, false
			}
			out.Fields = append(out.Fields, value.Field{Name: f.Name, Value: m})
		}
		return out, true
	case value.Array:
		h, ok := held.(value.Array)
		rest := below(paths, anyItem)
		if !ok || len(h) != len(p) || len(rest) == 0 {
			return nil, false
		}
		out := make(value.Array, len(p))
		for i := range p {
			m, ok := within(p[i], h[i], rest)
			if !ok {
				return nil, false
			}
			out[i] = overlaid(h[i], m)
		}
		return out, true
	}
	return nil, false
}

// overlaid returns base with the members of patch in it, null removing.
func overlaid(base, patch value.Value) value.Value {
	p, ok := patch.(*value.Object)
	b, also := base.(*value.Object)
	if !ok || !also {
		return patch
	}
	out := &value.Object{}
	for _, f := range b.Fields {
		v, given := p.Get(f.Name)
		switch {
		case !given:
			out.Fields = append(out.Fields, f)
		case v.Kind() != value.KindNull:
			out.Fields = append(out.Fields, value.Field{Name: f.Name, Value: overlaid(f.Value, v)})
		}
	}
	for _, f := range p.Fields {
		if _, held := b.Get(f.Name); !held && f.Value.Kind() != value.KindNull {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

// HidePart reports whether a guarded part of the text of a ledger's transaction, or any
// other with this path, is to be left out of what the node sees: the value of a place
// that it may not read in the row as it is now or, gone or another node's since, as it
// last was. ts is of the transaction.
func (m *Model) HidePart(s *Scope, ts int64, path string) (bool, error) {
	r := &run{Scope: s, model: m}
	return r.hidesPlace(path, ts, map[string]*rights{})
}

// hidesPlace is HidePart with the rights that are known already, by row, of this
// transaction. One that was refused has no ts, 0.
func (r *run) hidesPlace(text string, ts int64, known map[string]*rights) (bool, error) {
	if r.Node == "" || text == "" {
		return false, nil
	}
	name, rest, _ := strings.Cut(text, "/")
	id, pointer, _ := strings.Cut(rest, "/")
	e := r.model.Lookup(name)
	if e == nil {
		return true, nil
	}
	if e.private() {
		return id != r.Node, nil // in the place of the id stands whose the row is
	}
	a := known[name+"/"+id]
	if a == nil {
		row, err := r.rowWritten(e, id, ts)
		if err != nil {
			return true, err
		}
		a = &rights{}
		if row != nil {
			if *a, err = r.rights(row); err != nil {
				return true, err
			}
		}
		known[name+"/"+id] = a
	}
	paths, all := a.pathsFor(opGet | opList)
	return !all && !covered(paths, strings.Split(pointer, "/")), nil
}

// covered reports whether a place, list positions as numbers, lies on a path.
func covered(paths []path, place []string) bool {
	for _, p := range paths {
		if len(p) > len(place) {
			continue
		}
		on := true
		for i, step := range p {
			number := place[i] != "" && strings.Trim(place[i], "0123456789") == ""
			on = on && (step == place[i] || step == anyItem && number)
		}
		if on {
			return true
		}
	}
	return false
}

// rowWritten returns the row that a transaction was about, as it left it or, removed, as
// it was before, with the version that decides who may read that.
func (r *run) rowWritten(e *Entity, id string, ts int64) (*row, error) {
	if ts == 0 {
		return r.rowBefore(e, id, 0)
	}
	row, err := r.rowBefore(e, id, ts)
	if err == nil && row == nil {
		row, err = r.rowBefore(e, id, ts-1)
	}
	return row, err
}

// rowBefore returns a row by its id as it was at a timestamp, 0 for now, nil when there
// was none.
func (r *run) rowBefore(e *Entity, id string, at int64) (*row, error) {
	ref, ok, err := r.refAt(e, id, at)
	if err != nil || !ok {
		return nil, err
	}
	past, err := r.row(e, ref, at)
	if err == nil && past != nil && at > 0 {
		past.now, err = r.deciding(past, at)
	}
	return past, err
}

// refAt returns the document that an id was of at a timestamp.
func (r *run) refAt(e *Entity, id string, at int64) (value.Ref, bool, error) {
	c, err := r.collection(e)
	if err != nil || e.Kind.Single() {
		return value.Ref{Collection: c, ID: catalog.SingleID}, err == nil, err
	}
	if own, ours := catalog.IDOf(id); ours {
		return value.Ref{Collection: c, ID: own}, true, nil
	}
	return r.pastForeign(e, id, at)
}

// lastVersion returns a document as it is, or as it was before it went.
func (r *run) lastVersion(e *Entity, ref value.Ref) (*row, error) {
	if row, err := r.row(e, ref, 0); err != nil || row != nil {
		return row, err
	}
	events := r.View.DocumentHistory(ref, 0, r.View.Tx().Snapshot(), true)
	defer events.Close()
	for events.Next() {
		if ev := events.Event(); ev.Action != "delete" {
			return r.row(e, ref, ev.TS)
		}
	}
	return nil, events.Err()
}

// deciding returns the version whose list decides about a row as it was at a timestamp:
// the row as it is or last was. But who makes a row anew under the id of one that went
// decides nothing about that one: then it is the last version that had the same owner.
func (r *run) deciding(past *row, at int64) (*row, error) {
	last, err := r.lastVersion(past.entity, past.ref)
	if err != nil || last == nil || last.owner() == past.owner() {
		return last, err
	}
	last = past
	events := r.View.DocumentHistory(past.ref, at, r.View.Tx().Snapshot(), false)
	defer events.Close()
	for events.Next() {
		ev := events.Event()
		if ev.Action == "delete" {
			continue
		}
		next, err := r.row(past.entity, past.ref, ev.TS)
		if err != nil {
			return nil, err
		}
		if next == nil || next.owner() != past.owner() {
			break
		}
		last = next
	}
	return last, events.Err()
}

// redactPast is redact of a row as it was at a timestamp.
func (r *run) redactPast(row *row, at int64, op opSet) (err error) {
	if row.entity.Guarded && r.Node != "" {
		if row.now, err = r.deciding(row, at); err != nil {
			return err
		}
	}
	return r.redact(row, op)
}
