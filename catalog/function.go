package catalog

import (
	"slices"

	"seriatim/value"
)

// functionNoun is user functions.
type functionNoun struct{}

var functionMask = []string{"name", "body", "role", "data"}

func (functionNoun) mask() []string { return functionMask }

func (functionNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (functionNoun) defaults() *value.Object { return nil }

func (functionNoun) kept(prev *value.Object) *value.Object { return mask(prev, []string{"name"}) }

func (functionNoun) prepare(v *View, id int64, _, next *value.Object) (*value.Object, error) {
	var k checker
	k.checkData(next)
	k.checkName(next)
	if role, ok := next.Get("role"); ok {
		if err := v.checkRole(&k, role); err != nil {
			return nil, err
		}
	}
	if _, ok := next.Get("body"); !ok {
		k.required("body")
	} else {
		optional[*value.Lambda](&k, next, "body", "Query")
	}
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	return next, v.reserve(value.Functions, id, next)
}

func (functionNoun) saved(v *View, id int64, prev, next *value.Object) error {
	v.rename(value.Functions, id, prev, next)
	return v.define(value.Functions, id, next)
}

func parseFunction(id int64, body *value.Object) *Function {
	f := &Function{ID: id, Name: nameOf(body)}
	b, _ := body.Get("body")
	f.Body, _ = b.(*value.Lambda)
	f.Role, _ = body.Get("role")
	return f
}

// builtinRoles are the roles that always exist (section 4.5).
var builtinRoles = []string{"admin", "server", "server-readonly", "client"}

// checkRole checks a role member: a built-in role, or user roles by name or ref,
// one or an array of them.
func (v *View) checkRole(k *checker, role value.Value) error {
	switch role := role.(type) {
	case value.String:
		if slices.Contains(builtinRoles, string(role)) {
			return nil
		}
		return v.checkUserRole(k, role)
	case value.Array:
		for _, e := range role {
			if name, ok := e.(value.String); ok && slices.Contains(builtinRoles, string(name)) {
				k.wrongType(role, "Role", "role")
				return nil
			}
			if err := v.checkUserRole(k, e); err != nil {
				return err
			}
		}
		return nil
	}
	return v.checkUserRole(k, role)
}

func (v *View) checkUserRole(k *checker, role value.Value) error {
	switch role := role.(type) {
	case value.String:
		_, ok, err := v.Lookup(value.Roles, string(role))
		if err == nil && !ok {
			k.fail("validation failure", "Role name `"+string(role)+"` does not exist.", "role")
		}
		return err
	case value.Ref:
		if role.Collection == value.Roles {
			return nil // checkRefs tells whether it exists
		}
	}
	k.wrongType(role, "Role", "role")
	return nil
}

// checkRefs checks that every document a definition refers to exists.
func (v *View) checkRefs(k *checker, body *value.Object) error {
	for _, f := range body.Fields {
		if err := v.checkRef(k, f.Value, []any{f.Name}); err != nil {
			return err
		}
	}
	return nil
}

func (v *View) checkRef(k *checker, member value.Value, path []any) error {
	switch m := member.(type) {
	case value.Ref:
		if m.IsNative() {
			return nil
		}
		d, err := v.Get(m, 0)
		if err == nil && d == nil {
			k.fail("invalid reference", "Reference was not found.", append([]any(nil), path...)...)
		}
		return err
	case *value.Object:
		for _, f := range m.Fields {
			if err := v.checkRef(k, f.Value, append(path, f.Name)); err != nil {
				return err
			}
		}
	case value.Array:
		for i, e := range m {
			if err := v.checkRef(k, e, append(path, i)); err != nil {
				return err
			}
		}
	}
	return nil
}
