package catalog

import (
	"fmt"

	"seriatim/value"
)

// roleNoun is user-defined roles.
type roleNoun struct{}

var roleMask = []string{"name", "privileges", "membership", "data"}

func (roleNoun) mask() []string { return roleMask }

func (roleNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (roleNoun) defaults() *value.Object { return nil }

func (roleNoun) kept(prev *value.Object) *value.Object { return mask(prev, []string{"name"}) }

func (roleNoun) prepare(v *View, id int64, _, next *value.Object) (*value.Object, error) {
	k := roleChecker{arity: v.session.options.Arity}
	k.checkData(next)
	k.checkName(next)
	next = k.each(next, "privileges", k.privilege)
	next = k.each(next, "membership", k.membership)
	if err := v.checkRefs(&k.checker, next); err != nil {
		return nil, err
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	if err := v.checkMembers(&k.checker, id, next); err != nil {
		return nil, err
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	return next, v.reserve(value.Roles, id, next)
}

func (roleNoun) saved(v *View, id int64, prev, next *value.Object) error {
	v.rename(value.Roles, id, prev, next)
	return v.define(value.Roles, id, next)
}

// checkMembers checks that no collection is a member of too many roles.
func (v *View) checkMembers(k *checker, id int64, next *value.Object) error {
	s, err := v.schema()
	if err != nil {
		return err
	}
	for _, m := range parseRole(id, next).Membership {
		others := map[int64]bool{}
		for _, held := range s.members[m.Collection] {
			others[held.Role.ID] = held.Role.ID != id
		}
		delete(others, id)
		if len(others) >= maxRolesOfCollection {
			k.fail("resources exceeded", fmt.Sprintf(
				"Maximum number of roles per membership class exceeded. Maximum allowed: %d.", maxRolesOfCollection), "membership")
			return nil
		}
	}
	return nil
}

// roleChecker checks the parts of a role.
type roleChecker struct {
	checker
	arity func(*value.Lambda) (n int, any bool)
}

// each checks a member that is an object or an array of objects, and returns o with
// what check leaves of them.
func (k *roleChecker) each(o *value.Object, name string, check func(o *value.Object, single bool, path []any) *value.Object) *value.Object {
	m, ok := o.Get(name)
	if !ok {
		return o
	}
	switch m := m.(type) {
	case *value.Object:
		return o.With(name, check(m, true, []any{name}))
	case value.Array:
		list := make(value.Array, len(m))
		for i, e := range m {
			list[i] = e
			if part, ok := e.(*value.Object); ok {
				list[i] = check(part, false, []any{name, i})
			} else {
				k.wrongType(e, "Map", name, i)
			}
		}
		return o.With(name, list)
	}
	k.wrongType(m, "Array", name)
	return o
}

// privilege checks one privilege and leaves out actions that do not exist.
func (k *roleChecker) privilege(o *value.Object, single bool, path []any) *value.Object {
	switch resource, ok := o.Get("resource"); resource.(type) {
	case value.Ref:
	default:
		k.reference(resource, ok, "Ref", path)
	}
	actions, ok := o.Get("actions")
	if !ok {
		return mask(o, []string{"resource"})
	}
	given, ok := actions.(*value.Object)
	if !ok {
		k.wrongType(actions, "Map", append(path, "actions")...)
		return o
	}
	kept := &value.Object{}
	for _, f := range given.Fields {
		if arity, known := actionArity[f.Name]; known {
			kept.Fields = append(kept.Fields, f)
			k.action(f.Value, arity, single, append(path[:len(path):len(path)], "actions", f.Name))
		}
	}
	return mask(o, []string{"resource", "actions"}).With("actions", kept)
}

// action checks what an action has for a value.
func (k *roleChecker) action(v value.Value, arity int, single bool, path []any) {
	switch v := v.(type) {
	case value.Bool:
	case *value.Lambda:
		if single {
			k.lambda(v, arity, path)
		}
	case value.String:
		k.wrongType(v, "Query", path...)
	default:
		k.wrongType(v, "RoleAction", path...)
	}
}

func (k *roleChecker) lambda(l *value.Lambda, arity int, path []any) {
	if k.arity == nil {
		return
	}
	if n, any := k.arity(l); !any && n != arity {
		k.fail("invalid arity", fmt.Sprintf("Found lambda with arity %d expected %d", n, arity), path...)
	}
}

// membership checks one collection of members.
func (k *roleChecker) membership(o *value.Object, single bool, path []any) *value.Object {
	resource, ok := o.Get("resource")
	if _, isCollection := collectionNamed(resource); !isCollection {
		k.reference(resource, ok, "Collection Ref", path)
	}
	switch when, ok := o.Get("predicate"); when := when.(type) {
	case *value.Lambda:
		if single {
			k.lambda(when, 1, append(path[:len(path):len(path)], "predicate"))
		}
	default:
		if ok {
			k.wrongType(when, "Query", append(path[:len(path):len(path)], "predicate")...)
		}
	}
	return mask(o, []string{"resource", "predicate"})
}

// reference fails for a resource that is absent or no reference.
func (k *roleChecker) reference(v value.Value, given bool, expected string, path []any) {
	path = append(path[:len(path):len(path)], "resource")
	if !given {
		k.required(path...)
		return
	}
	k.wrongType(v, expected, path...)
}
