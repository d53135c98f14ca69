package catalog

import (
	"slices"
	"strings"

	"seriatim/value"
)

// maxNodes bounds how many nodes a uni has.
const maxNodes = 256

// DefineUni makes the view's database the uni u, or changes the uni that it is. It
// stores the definition, sets its Model, Version and times, and makes the collections
// and indexes that the model names and are not there: those of system documents, each
// entity's with endless history, UUIDIndex of those with rows, UniqueIndex and
// ValueIndex. Indexes that the model does not name any more are deleted. Whether the documents that exist satisfy the new schema is
// not asked: a change must be additive, which the caller decides; an entity that goes
// is refused here. A new index on many documents is filled by a job and cannot be read
// before (Index.Active).
//
// It needs no author. Among Changes it is one of the entity Vendia_UniInfo. The first
// time, the database must be empty and not Root. Errors: ErrUniRefused, those of Options.Model,
// NotUnique when rows that exist are equal in what has to be unique.
func (v *View) DefineUni(u *Uni) error {
	model, err := v.session.options.model(u.Schema)
	if err != nil {
		return err
	}
	s, err := v.schema()
	if err != nil {
		return err
	}
	if other := v.writing().written; other != 0 && other != v.db {
		return errTwoUnis
	}
	next := *u
	next.Model, next.refusal, next.Version = model, nil, 1
	if err := v.checkUni(s, &next); err != nil {
		return err
	}
	clock := v.session.tx.Clock()
	if next.Created == 0 {
		next.Created = clock
	}
	if next.Updated == 0 {
		next.Updated = clock
	}
	defer v.asSystem()()
	prev := s.uni
	if err := v.settle(prev, &next); err != nil {
		return err
	}
	v.session.tx.Put(uniKey(v.db), next.encode(), nil, nil)
	if s, err = v.ownSchema(); err != nil {
		return err
	}
	s.uni = &next
	v.touchSchema()
	v.authored().written = v.db
	v.noteUni(prev, &next)
	u.Model, u.Version, u.Created, u.Updated = model, next.Version, next.Created, next.Updated
	return v.session.tx.Err()
}

// checkUni checks what can be said of a definition beside its schema.
func (v *View) checkUni(s *schema, u *Uni) error {
	if s.uni != nil {
		u.Version, u.Created, u.Identity = s.uni.Version+1, s.uni.Created, s.uni.Identity
		return s.uni.checkNext(s, u)
	}
	switch {
	case v.db == Root || v.container:
		return refused("Only a database that is no container, beneath the root, can be a uni.")
	case len(s.collections)+len(s.indexes)+len(s.functions) > 0:
		return refused("A database that has collections, indexes or functions cannot become a uni.")
	}
	if err := u.checkNodes(); err != nil {
		return err
	}
	children := v.Documents(value.Databases, Range{})
	defer children.Close()
	if children.Next() {
		return refused("A database that has child databases cannot become a uni.")
	}
	return children.Err()
}

// checkNext checks a definition that follows u.
func (u *Uni) checkNext(s *schema, next *Uni) error {
	if next.Name != u.Name {
		return refused("The uni %s cannot be renamed: its ledger says its name.", u.Name)
	}
	if err := next.checkNodes(); err != nil {
		return err
	}
	if u.Model == nil {
		return nil
	}
	for _, name := range u.Model.Collections() {
		if _, stays := next.Model.Entity(name); !stays {
			return refused("The entity %s cannot be removed from the uni %s.", name, u.Name)
		}
		before, _ := u.Model.Entity(name)
		if after, _ := next.Model.Entity(name); after != before {
			return refused("The entity %s cannot get another shape.", name)
		}
	}
	for _, name := range next.Model.Collections() {
		_, known := u.Model.Entity(name)
		if _, taken := s.names[value.Collections][name]; taken && !known {
			return refused("There is a collection %s already that is no entity.", name)
		}
	}
	return nil
}

func (u *Uni) checkNodes() error {
	if len(u.Nodes) == 0 || len(u.Nodes) > maxNodes {
		return refused("A uni has 1 to %d nodes.", maxNodes)
	}
	for i := range u.Nodes {
		name := u.Nodes[i].Name
		if !isName(name) {
			return refused("%q is no name of a node: names are made of %s.", name, validName)
		}
		if first := slices.IndexFunc(u.Nodes, func(n Node) bool { return n.Name == name }); first < i {
			return refused("There are two nodes %s.", name)
		}
		if n := len(u.Nodes[i].PublicKey); n != 0 && n != 32 {
			return refused("The public key of the node %s has %d bytes instead of 32.", name, n)
		}
	}
	return nil
}

// settle makes the collections and indexes of a definition that are not there, and
// deletes the indexes that it does not have any more.
func (v *View) settle(prev, u *Uni) error {
	for _, name := range slices.Concat(SystemCollections, u.Model.Collections()) {
		if err := v.settleCollection(name); err != nil {
			return err
		}
	}
	wanted := u.indexes()
	for _, id := range sortedKeys(v.defs.indexes) {
		x := v.defs.indexes[id]
		if !strings.HasPrefix(x.Name, reservedPrefix) || prev == nil {
			continue
		}
		if !slices.ContainsFunc(wanted, func(w uniIndex) bool { return w.name == x.Name }) {
			if _, err := v.Delete(x.Ref()); err != nil {
				return err
			}
		}
	}
	for _, w := range wanted {
		if err := v.settleIndex(w); err != nil {
			return err
		}
	}
	return nil
}

func (v *View) settleCollection(name string) error {
	if _, ok, err := v.Lookup(value.Collections, name); ok || err != nil {
		return err
	}
	_, err := v.Create(value.Collections, 0, value.NewObject(
		value.Field{Name: "name", Value: value.String(name)},
		value.Field{Name: "history_days", Value: value.Null{}}))
	return err
}

// uniIndex is an index that a uni makes itself.
type uniIndex struct {
	name, entity, property string
	unique                 bool
}

// indexes returns the indexes that a uni has, in order.
func (u *Uni) indexes() []uniIndex {
	var list []uniIndex
	for _, entity := range slices.Concat(SystemCollections, u.Model.Collections()) {
		kind, ok := u.Model.Entity(entity)
		if !ok || kind.Single() {
			continue
		}
		list = append(list, uniIndex{UUIDIndex(entity), entity, UUIDMember, true})
		for _, p := range u.Model.Unique(entity) {
			list = append(list, uniIndex{UniqueIndex(entity, p), entity, p, true})
		}
		for _, p := range u.Model.Indexes(entity) {
			list = append(list, uniIndex{ValueIndex(entity, p), entity, p, false})
		}
	}
	return list
}

func (v *View) settleIndex(w uniIndex) error {
	if _, ok, err := v.Lookup(value.Indexes, w.name); ok || err != nil {
		return err
	}
	source, ok, err := v.Lookup(value.Collections, w.entity)
	if err != nil || !ok {
		return err
	}
	field := func(steps ...value.Value) value.Value {
		return value.NewObject(value.Field{Name: "field", Value: value.Array(steps)})
	}
	property := field(value.String("data"), value.String(w.property))
	def := value.NewObject(
		value.Field{Name: "name", Value: value.String(w.name)},
		value.Field{Name: "source", Value: source})
	if w.unique {
		def = def.With("unique", value.Bool(true)).With("terms", value.Array{property})
	} else {
		def = def.With("values", value.Array{property, field(value.String("ref"))})
	}
	_, err = v.Create(value.Indexes, 0, def)
	return err
}

// asSystem makes what follows a write of the uni itself, until the function returned
// is called: it may touch what FQL may not, has no author and is no change.
func (v *View) asSystem() (restore func()) {
	before := v.writing().system
	v.authored().system = true
	return func() { v.authored().system = before }
}
