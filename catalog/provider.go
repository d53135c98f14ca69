package catalog

import (
	"slices"
	"strings"

	"seriatim/value"
)

// AccessProvider is a parsed access provider: who may issue tokens that open the
// database (section 4.3). It is shared and must not be modified.
type AccessProvider struct {
	ID     int64
	Name   string
	Issuer string
	// KeysURI is where the issuer publishes its keys.
	KeysURI string
	Roles   []ProvidedRole
	// Node is the node of a uni that its tokens speak for, "" for none. Of such a
	// provider's tokens aud has to name Audience, and all Scopes have to be granted.
	Node     string
	Audience string
	Scopes   []string
}

// ProvidedRole is a role that a token of a provider has.
type ProvidedRole struct {
	// Role is one name or reference.
	Role value.Value
	// When is the condition on the token's payload, nil when there is none.
	When *Predicate
}

// audiencePrefix begins the audience of tokens for a database; its global id follows.
const audiencePrefix = "https://db.fauna.com/db/"

// Audience returns what tokens for a database have as their audience.
func Audience(db uint64) string { return audiencePrefix + globalID(db) }

// DatabaseOfAudience returns the database that an audience means. ok is false for
// one that means none of ours.
func DatabaseOfAudience(audience string) (db uint64, ok bool) {
	text, ours := strings.CutPrefix(audience, audiencePrefix)
	if !ours || len(text) != globalIDSize {
		return 0, false
	}
	for i := range globalIDSize {
		digit := strings.IndexByte(globalIDDigits, text[i])
		switch {
		case digit < 0:
			return 0, false
		case i < globalIDSize-1:
			db = db<<5 | uint64(digit)
		default:
			db = db<<4 | uint64(digit)>>1
		}
	}
	return db, globalID(db) == text
}

// IsAudience reports whether an audience is meant for a database like ours.
func IsAudience(audience string) bool { return strings.HasPrefix(audience, audiencePrefix) }

// AccessProvider returns the definition of an access provider.
func (v *View) AccessProvider(id int64) (*AccessProvider, bool) {
	s, err := v.schema()
	if err != nil {
		return nil, false
	}
	p, ok := s.providers[id]
	return p, ok
}

// ProviderOf returns the access provider whose tokens name this issuer. Those of nodes
// are found by NodeProviderOf only.
func (v *View) ProviderOf(issuer string) (*AccessProvider, bool) {
	s, err := v.schema()
	if err != nil {
		return nil, false
	}
	for _, p := range s.providers {
		if p.Issuer == issuer && p.Node == "" {
			return p, true
		}
	}
	return nil, false
}

func parseProvider(id int64, body *value.Object) *AccessProvider {
	text := func(name string) string {
		m, _ := body.Get(name)
		s, _ := m.(value.String)
		return string(s)
	}
	p := &AccessProvider{ID: id, Name: nameOf(body), Issuer: text("issuer"), KeysURI: text("jwks_uri"), Node: text("node"), Audience: text("audience")}
	scopes, _ := body.Get("scopes")
	p.Scopes = texts(scopes)
	roles, _ := body.Get("roles")
	list, ok := roles.(value.Array)
	if !ok && roles != nil {
		list = value.Array{roles}
	}
	for _, m := range list {
		if o, ok := m.(*value.Object); ok {
			role, _ := o.Get("role")
			when, _ := o.Get("predicate")
			if predicate := predicateOf(when); predicate != nil {
				p.Roles = append(p.Roles, ProvidedRole{role, predicate})
			}
			continue
		}
		p.Roles = append(p.Roles, ProvidedRole{m, nil})
	}
	return p
}

// providerNoun is access providers.
type providerNoun struct{}

var providerMask = []string{"name", "issuer", "jwks_uri", "roles", "data", "node", "audience", "scopes"}

func (providerNoun) mask() []string { return providerMask }

func (providerNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (providerNoun) defaults() *value.Object { return nil }

func (providerNoun) kept(prev *value.Object) *value.Object {
	return mask(prev, []string{"name", "issuer", "jwks_uri", "roles", "node", "audience", "scopes"})
}

func (providerNoun) prepare(v *View, id int64, _, next *value.Object) (*value.Object, error) {
	var k checker
	k.checkData(next)
	k.checkName(next)
	next = v.checkProviderNode(&k, next)
	v.checkIssuer(&k, id, next)
	k.checkURI(next)
	if err := v.checkProvided(&k, next); err != nil {
		return nil, err
	}
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	return next, v.reserve(value.AccessProviders, id, next)
}

// checkProviderNode checks the node that a provider's tokens speak for. One without
// has the audience of its database and no scopes.
func (v *View) checkProviderNode(k *checker, next *value.Object) *value.Object {
	if _, ok := next.Get("node"); !ok {
		return without(next, "scopes").With("audience", value.String(Audience(v.db)))
	}
	if node, ok := optional[value.String](k, next, "node", "String"); ok {
		v.checkNodeName(k, node)
	}
	if _, ok := next.Get("audience"); !ok {
		k.required("audience")
	}
	if audience, ok := optional[value.String](k, next, "audience", "String"); ok && (audience == "" || IsAudience(string(audience))) {
		k.fail("invalid value", "The audience of a node's tokens is a text that does not begin with "+audiencePrefix+".", "audience")
	}
	scopes, _ := optional[value.Array](k, next, "scopes", "Array")
	for _, s := range scopes {
		if s.Kind() != value.KindString {
			k.wrongType(s, "String", "scopes")
		}
	}
	return next
}

// texts returns the elements of an array that are texts.
func texts(v value.Value) (list []string) {
	a, _ := v.(value.Array)
	for _, m := range a {
		if s, ok := m.(value.String); ok {
			list = append(list, string(s))
		}
	}
	return list
}

func (providerNoun) saved(v *View, id int64, prev, next *value.Object) error {
	v.rename(value.AccessProviders, id, prev, next)
	return v.define(value.AccessProviders, id, next)
}

// checkIssuer checks that a provider names an issuer that no other one has.
func (v *View) checkIssuer(k *checker, id int64, next *value.Object) {
	if _, ok := next.Get("issuer"); !ok {
		k.required("issuer")
		return
	}
	issuer, ok := optional[value.String](k, next, "issuer", "String")
	other, held := v.ProviderOf(string(issuer))
	if node := memberText(next, "node"); node != "" {
		other, held = v.providerOfNode(node, string(issuer), []string{memberText(next, "audience")})
	}
	if ok && held && other.ID != id {
		k.fail("duplicate value", "Value is not unique.", "issuer")
	}
}

// checkURI checks where the keys come from: over TLS only.
func (k *checker) checkURI(next *value.Object) {
	if _, ok := next.Get("jwks_uri"); !ok {
		k.required("jwks_uri")
		return
	}
	text, ok := optional[value.String](k, next, "jwks_uri", "URI")
	if ok && !isKeysURI(string(text)) {
		k.fail("invalid uri", "`"+string(text)+"` is a not valid URI", "jwks_uri")
	}
}

// checkProvided checks the roles of a provider: roles by name or reference, or
// objects with one and a predicate.
func (v *View) checkProvided(k *checker, next *value.Object) error {
	roles, ok := next.Get("roles")
	if !ok {
		return nil
	}
	list, isArray := roles.(value.Array)
	if !isArray {
		list = value.Array{roles}
	}
	for _, m := range list {
		if o, ok := m.(*value.Object); ok {
			role, given := o.Get("role")
			if !given {
				k.required("roles", "role")
				continue
			}
			if _, given := o.Get("predicate"); !given {
				k.required("roles", "predicate")
			} else if predicate, _ := o.Get("predicate"); predicateOf(predicate) == nil {
				k.wrongType(predicate, "Query", "roles", "predicate")
			}
			m = role
		}
		if err := v.checkProvidedRole(k, m); err != nil {
			return err
		}
	}
	return nil
}

func (v *View) checkProvidedRole(k *checker, role value.Value) error {
	switch role := role.(type) {
	case value.String:
		if slices.Contains(builtinRoles, string(role)) {
			k.fail("validation failure", "Builtin role `"+string(role)+"` not allowed.", "roles")
			return nil
		}
		_, ok, err := v.Lookup(value.Roles, string(role))
		if err == nil && !ok {
			k.fail("validation failure", "Role `"+string(role)+"` does not exist.", "roles")
		}
		return err
	case value.Ref:
		if role.Collection == value.Roles && !role.IsNative() {
			return nil // checkRefs tells whether it exists
		}
	}
	k.wrongType(role, "Role", "roles")
	return nil
}
