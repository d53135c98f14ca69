package catalog

import (
	"net/url"
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

// ProviderOf returns the access provider whose tokens name this issuer.
func (v *View) ProviderOf(issuer string) (*AccessProvider, bool) {
	s, err := v.schema()
	if err != nil {
		return nil, false
	}
	for _, p := range s.providers {
		if p.Issuer == issuer {
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
	p := &AccessProvider{ID: id, Name: nameOf(body), Issuer: text("issuer"), KeysURI: text("jwks_uri")}
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

var providerMask = []string{"name", "issuer", "jwks_uri", "roles", "data"}

func (providerNoun) mask() []string { return providerMask }

func (providerNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (providerNoun) defaults() *value.Object { return nil }

func (providerNoun) kept(prev *value.Object) *value.Object {
	return mask(prev, []string{"name", "issuer", "jwks_uri", "roles"})
}

func (providerNoun) prepare(v *View, id int64, _, next *value.Object) (*value.Object, error) {
	var k checker
	k.checkData(next)
	k.checkName(next)
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
	return next.With("audience", value.String(Audience(v.db))), v.reserve(value.AccessProviders, id, next)
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
	if other, held := v.ProviderOf(string(issuer)); ok && held && other.ID != id {
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
	if u, err := url.Parse(string(text)); ok && (err != nil || !strings.EqualFold(u.Scheme, "https") || u.Host == "") {
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
