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

// Holds evaluates the condition of a role on the document, or the payload of a
// token, that may have it.
type Holds func(when *catalog.Predicate, arg value.Value) bool

// Rights returns what the identity may do in the view's database, which is its own.
// It returns ErrUnauthorized for the bearer of a token that has no role.
func (id Identity) Rights(v *catalog.View, holds Holds) (Rights, error) {
	r, err := id.own(v, holds)
	if err != nil || id.Node == "" {
		return r, err
	}
	return id.Guard(v, r), nil
}

// own is Rights but for what a node may not do.
func (id Identity) own(v *catalog.View, holds Holds) (Rights, error) {
	switch id.Kind {
	case UserRoles:
		return RolesIn(v, id.Roles), nil
	case Bearer:
		return id.borne(v, holds)
	case Document:
		g := Granted{owner: id.Instance, owned: true}
		for _, m := range v.RolesOf(id.Instance.Collection) {
			if m.When == nil || holds(m.When, id.Instance) {
				g.roles = append(g.roles, m.Role)
			}
		}
		return g, nil
	}
	return id.Role, nil
}

// borne returns the rights of a token's bearer.
func (id Identity) borne(v *catalog.View, holds Holds) (Rights, error) {
	provider, ok := v.AccessProvider(id.Provider)
	if !ok && id.Node != "" { // who vouches for it is a row of the uni
		return Server, nil
	}
	if !ok {
		return nil, ErrUnauthorized
	}
	var roles []int64
	for _, p := range provider.Roles {
		if p.When == nil || holds(p.When, id.Claims.Object) {
			roles = append(roles, v.Roles(p.Role)...)
		}
	}
	if len(roles) == 0 && provider.Node != "" && provider.Node == id.Node {
		return Server, nil // as a node's key
	}
	if len(roles) == 0 {
		return nil, ErrUnauthorized
	}
	return RolesIn(v, roles), nil
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

// Rule is one privilege of a role that is about an action on a resource.
type Rule struct {
	Role *catalog.Role
	// Privilege is its place among the role's, from 0.
	Privilege int
	// When is the condition, nil when there is none.
	When *catalog.Predicate
}

// Roles returns the roles that the rights are of, in order.
func (g Granted) Roles() []*catalog.Role { return g.roles }

// Rules returns everything that Decide takes into account, in order.
func (g Granted) Rules(action string, resource value.Ref) []Rule {
	var rules []Rule
	for _, role := range g.roles {
		for i := range role.Privileges {
			if role.Privileges[i].Resource != resource {
				continue
			}
			for _, a := range role.Privileges[i].Actions {
				if a.Name == action {
					rules = append(rules, Rule{role, i, a.When})
				}
			}
		}
	}
	return rules
}
