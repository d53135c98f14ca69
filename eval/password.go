package eval

import (
	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/value"
)

// Passwords are hashed, and compared, where a query arrives and never at a log
// position: what is stored travels as an effect. So the salt need not follow from
// the log, and the slow hash is computed once and not on every replica.

// stepsPerHash is what hashing a password counts for, so that the budget bounds the
// time that a query can spend on it.
const stepsPerHash = 10000

// knows compares a password with the hash that credentials have, if any.
func (c *context) knows(password string, credentials *value.Object) (bool, *fault) {
	m, _ := credentials.Get("hashed_password")
	hash, ok := m.(value.String)
	if !ok {
		return false, nil
	}
	if f := c.slow(); f != nil {
		return false, f
	}
	return auth.MatchesPassword(password, string(hash)), nil
}

// slow charges for a password hash and keeps it off log positions.
func (c *context) slow() *fault {
	c.password = true
	if f := c.refuseOrdered(); f != nil {
		return f
	}
	return c.spend(stepsPerHash)
}

// trusted tells whether the caller may set a password without knowing the one
// before it, and bring hashes along: as in the core, a server key but not an admin.
func (c *context) trusted() bool {
	role, ok := auth.BuiltInOf(c.Rights)
	return ok && (role == auth.Server || role == auth.ServerReadOnly)
}

// hashed returns the params of credentials with what they say of the password as
// hashed_password. prev are the credentials as they are, nil for new ones; at leads
// to the params in the query's.
func (c *context) hashed(params, prev *value.Object, at ...any) (*value.Object, *fault) {
	p := passwordParams{c: c, at: at}
	password, hasPassword := p.text(params, "password")
	current, hasCurrent := p.text(params, "current_password")
	hash, hasHash := p.text(params, "hashed_password")
	if p.failures != nil {
		return nil, invalidDocument(p.failures)
	}
	out := dropMembers(params, "password", "current_password", "hashed_password")
	switch {
	case hasPassword:
		if f := p.authorize(prev, current, hasCurrent); f != nil {
			return nil, f
		}
		if f := c.slow(); f != nil {
			return nil, f
		}
		made, err := auth.HashPassword(password)
		if err != nil {
			return nil, c.stop(err)
		}
		return out.With("hashed_password", value.String(made)), nil
	case !c.trusted():
		return out, nil
	case hasHash && !auth.IsPasswordHash(hash):
		p.fail("invalid password", "Invalid password at `hashed_password`.", "hashed_password")
		return nil, invalidDocument(p.failures)
	case hasHash:
		return out.With("hashed_password", value.String(hash)), nil
	case p.cleared:
		return out.With("hashed_password", value.Null{}), nil
	}
	return out, nil
}

// passwordParams reads the members that are about passwords.
type passwordParams struct {
	c        *context
	at       []any
	failures []catalog.Failure
	cleared  bool // a member was null
}

func (p *passwordParams) fail(code, text, name string) {
	p.failures = append(p.failures, catalog.Failure{Field: p.place(name), Code: code, Description: text})
}

func (p *passwordParams) place(name string) []any { return append(append([]any(nil), p.at...), name) }

// text returns a member that is a string or, as good as absent, null.
func (p *passwordParams) text(params *value.Object, name string) (string, bool) {
	m, ok := params.Get(name)
	if !ok {
		return "", false
	}
	switch m := m.(type) {
	case value.String:
		return string(m), true
	case value.Null:
		p.cleared = p.cleared || name != "current_password"
	default:
		p.failures = append(p.failures, catalog.WrongType(m, "String", p.place(name)...))
	}
	return "", false
}

// authorize checks that the caller may change the password that prev has.
func (p *passwordParams) authorize(prev *value.Object, current string, given bool) *fault {
	if prev == nil || p.c.trusted() {
		return nil
	}
	if _, has := prev.Get("hashed_password"); !has {
		return nil
	}
	ok := given
	if given {
		var f *fault
		if ok, f = p.c.knows(current, prev); f != nil {
			return f
		}
	}
	if !ok {
		p.fail("invalid password", "Invalid password at `current_password`.", "current_password")
		return invalidDocument(p.failures)
	}
	return nil
}

// dropMembers returns o without the members called names.
func dropMembers(o *value.Object, names ...string) *value.Object {
	out := &value.Object{}
	for _, f := range o.Fields {
		keep := true
		for _, name := range names {
			keep = keep && f.Name != name
		}
		if keep {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}
