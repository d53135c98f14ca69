package catalog

import (
	"slices"
	"sync/atomic"

	"seriatim/value"
)

// Role is a parsed user-defined role (section 4.5). It is shared and must not be
// modified.
type Role struct {
	ID         int64
	Name       string
	Privileges []Privilege
	Membership []Membership
}

// Privilege is what a role may do with one resource.
type Privilege struct {
	// Resource is a collection, native or not, an index, or a function.
	Resource value.Ref
	// Actions are those that are allowed, or are under a condition.
	Actions []Action
}

// Action is one action of a privilege.
type Action struct {
	Name string
	// When is the condition, nil when there is none.
	When *Predicate
}

// Membership says which documents have a role.
type Membership struct {
	Collection value.CollectionID
	// When is the condition, nil when all documents of the collection have it.
	When *Predicate
}

// Predicate is a condition of a role. It is shared between transactions and must
// not be modified, but for Code.
type Predicate struct {
	Lambda *value.Lambda
	// Code is the evaluator's: its parsed form of Lambda, loaded and stored
	// atomically because transactions share the definition.
	Code atomic.Value
}

// Member is a role and the condition under which the documents of a collection
// have it.
type Member struct {
	Role *Role
	When *Predicate
}

// maxRolesOfCollection bounds the roles that have a collection as member.
const maxRolesOfCollection = 64

// actionArity is how many parameters a predicate of an action has. It is checked
// where the core checks it, in privileges that are one object.
var actionArity = map[string]int{
	"read": 1, "write": 2, "create": 1, "create_with_id": 2, "delete": 1, "history_write": 4, "history_read": 1,
	"unrestricted_read": 1, "call": 1,
}

// Role returns the definition of a user-defined role.
func (v *View) Role(id int64) (*Role, bool) {
	s, err := v.schema()
	if err != nil {
		return nil, false
	}
	r, ok := s.roles[id]
	return r, ok
}

// RolesOf returns the roles that have a user collection as member, in order of
// identity. The slice is shared.
func (v *View) RolesOf(c value.CollectionID) []Member {
	s, err := v.schema()
	if err != nil {
		return nil
	}
	return s.members[c]
}

// Roles returns the roles that a member "role" names: one or an array of names and
// references. What does not exist is left out.
func (v *View) Roles(member value.Value) []int64 {
	var ids []int64
	list, ok := member.(value.Array)
	if !ok {
		list = value.Array{member}
	}
	for _, m := range list {
		var id int64
		switch m := m.(type) {
		case value.String:
			if ref, ok, err := v.Lookup(value.Roles, string(m)); err == nil && ok {
				id = ref.ID
			}
		case value.Ref:
			if m.Collection == value.Roles && m.Database == 0 {
				id = m.ID
			}
		}
		if _, ok := v.Role(id); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// parseRole reads a definition, leaving out what is not well formed.
func parseRole(id int64, body *value.Object) *Role {
	r := &Role{ID: id, Name: nameOf(body)}
	for _, o := range objectsOf(body, "privileges") {
		resource, _ := o.Get("resource")
		ref, ok := resource.(value.Ref)
		actions, also := o.Get("actions")
		if o, isObject := actions.(*value.Object); ok && also && isObject {
			r.Privileges = append(r.Privileges, Privilege{ref, parseActions(o)})
		}
	}
	for _, o := range objectsOf(body, "membership") {
		resource, _ := o.Get("resource")
		if c, ok := collectionNamed(resource); ok {
			when, _ := o.Get("predicate")
			r.Membership = append(r.Membership, Membership{c, predicateOf(when)})
		}
	}
	return r
}

func parseActions(o *value.Object) []Action {
	var actions []Action
	for _, f := range o.Fields {
		when := predicateOf(f.Value)
		if when != nil || f.Value == value.Value(value.Bool(true)) {
			actions = append(actions, Action{f.Name, when})
		}
	}
	return actions
}

func predicateOf(v value.Value) *Predicate {
	if l, ok := v.(*value.Lambda); ok {
		return &Predicate{Lambda: l}
	}
	return nil
}

// objectsOf returns the objects of a member that is one or an array of them.
func objectsOf(body *value.Object, name string) []*value.Object {
	m, _ := body.Get(name)
	switch m := m.(type) {
	case *value.Object:
		return []*value.Object{m}
	case value.Array:
		var list []*value.Object
		for _, e := range m {
			if o, ok := e.(*value.Object); ok {
				list = append(list, o)
			}
		}
		return list
	}
	return nil
}

// collectionNamed returns the collection that a reference to one, or to a native
// one, means.
func collectionNamed(v value.Value) (value.CollectionID, bool) {
	ref, ok := v.(value.Ref)
	switch {
	case !ok:
		return 0, false
	case ref.IsNative():
		return ref.Collection, true
	}
	return value.CollectionID(ref.ID), ref.Collection == value.Collections
}
