package auth

import (
	"seriatim/catalog"
	"seriatim/value"
)

// Rights decides what the caller of a query may do (fql-v4 section 4.5).
type Rights interface {
	// Decide reports whether action ("read", "write", "create", "create_with_id",
	// "delete", "history_read", "history_write", "call", "unrestricted_read") is
	// allowed on a resource: a collection, native or not, when it is about documents in it;
	// an index that is searched; a function that is called. When it is not, it is all
	// the same if one of the predicates holds.
	Decide(action string, resource value.Ref) (allowed bool, when []*catalog.Predicate)
	// Owner returns the document whose own tokens and credentials the caller may
	// read, and whose tokens it may delete.
	Owner() (document value.Ref, ok bool)
}

// Rights returns what the identity may do in the view's database, which is its own.
// holds evaluates the condition of a membership on the identity's document.
func (id Identity) Rights(v *catalog.View, holds func(when *catalog.Predicate, document value.Ref) bool) Rights {
	switch id.Kind {
	case UserRoles:
		return RolesIn(v, id.Roles)
	case Document:
		g := Granted{owner: id.Instance, owned: true}
		for _, m := range v.RolesOf(id.Instance.Collection) {
			if m.When == nil || holds(m.When, id.Instance) {
				g.roles = append(g.roles, m.Role)
			}
		}
		return g
	}
	return id.Role
}

// Granted is the rights of user-defined roles, taken together.
type Granted struct {
	roles []*catalog.Role
	owner value.Ref
	owned bool
}

// RolesIn returns the rights of the roles with these identities. What does not
// exist gives none.
func RolesIn(v *catalog.View, ids []int64) Granted {
	var g Granted
	for _, id := range ids {
		if r, ok := v.Role(id); ok {
			g.roles = append(g.roles, r)
		}
	}
	return g
}

// Decide implements Rights. Privileges are about the role's own database.
func (g Granted) Decide(action string, resource value.Ref) (bool, []*catalog.Predicate) {
	var when []*catalog.Predicate
	for _, role := range g.roles {
		for i := range role.Privileges {
			p := &role.Privileges[i]
			if p.Resource != resource {
				continue
			}
			for _, a := range p.Actions {
				switch {
				case a.Name != action:
				case a.When == nil:
					return true, nil
				default:
					when = append(when, a.When)
				}
			}
		}
	}
	return false, when
}

// Owner implements Rights.
func (g Granted) Owner() (value.Ref, bool) { return g.owner, g.owned }
