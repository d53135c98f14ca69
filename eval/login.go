package eval

import (
	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
)

// argIdentified evaluates an argument that is a document, or a set whose first
// element's document is meant; nil is that of an empty set. Sets are read now, never
// in the past: a password that was changed opens nothing any more.
func (c *context) argIdentified(e *syntax.Form, i int, s *scope) (*value.Ref, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return nil, f
	}
	if ref, ok := v.(value.Ref); ok && !ref.IsNative() {
		return &ref, nil
	}
	set, f := setOf(v, "Ref", "Set")
	if f != nil {
		return nil, f.at(key(e, i))
	}
	outer := c.at
	c.at = 0
	first, f := c.firstRef(set)
	c.at = outer
	return first, atIf(f, key(e, i))
}

// evalIdentify tells whether a document has this password.
func evalIdentify(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	ref, f := c.argIdentified(e, 0, s)
	if f != nil {
		return nil, f
	}
	password, f := c.argString(e, 1, s)
	if f != nil || ref == nil {
		return value.Bool(false), f
	}
	ok, f := c.authentic(*ref, password)
	return value.Bool(ok), f
}

// authentic compares a document's password. A document that has none, or is not
// there, takes as long as a wrong password does, so that the time tells neither.
func (c *context) authentic(ref value.Ref, password string) (bool, *fault) {
	doc, f := c.credentialsOf(ref)
	if f != nil {
		return false, f
	}
	if doc != nil {
		if _, has := doc.Body().Get("hashed_password"); has {
			return c.knows(password, doc.Body())
		}
	}
	if f := c.slow(); f != nil {
		return false, f
	}
	auth.MatchesNone(password)
	return false, nil
}

// evalLogin makes a token for a document whose password is given.
func evalLogin(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	ref, f := c.argIdentified(e, 0, s)
	if f != nil {
		return nil, f
	}
	params, f := c.argParams(e, 1, s)
	if f != nil {
		return nil, f
	}
	if f := checkRefs(params); f != nil {
		return nil, f
	}
	given, ok := params.Get("password")
	if !ok || ref == nil {
		return nil, unauthentic()
	}
	password, ok := given.(value.String)
	if !ok {
		return nil, invalidDocument([]catalog.Failure{catalog.WrongType(given, "String", "password")})
	}
	if f := unscoped(*ref); f != nil {
		return nil, f.at("login")
	}
	if ok, f = c.authentic(*ref, string(password)); f != nil {
		return nil, f
	}
	if !ok {
		return nil, unauthentic()
	}
	if f := c.writable(); f != nil {
		return nil, f
	}
	doc, err := c.View.Create(value.Tokens, 0, dropMembers(params, "secret", "hashed_secret").With("instance", *ref))
	if err != nil {
		return nil, c.writeFault(err, value.Ref{Collection: value.Tokens})
	}
	return doc, nil
}

// unauthentic is the error of a login that fails, which does not tell why.
func unauthentic() *fault {
	return fail("authentication failed", "The document was not found or provided password was incorrect.")
}

// evalLogout removes the caller's token or, on demand, all tokens of its document.
// It is false for a caller without.
func evalLogout(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	all, f := c.argBool(e, 0, s)
	if f != nil {
		return nil, f
	}
	if all {
		if c.who().Kind != auth.Document {
			return value.Bool(false), nil
		}
		if err := c.View.RemoveTokens(c.who().Instance); err != nil {
			return nil, c.writeFault(err, c.who().Key)
		}
		return value.Bool(true), nil
	}
	if !c.who().IsToken() {
		return value.Bool(false), nil
	}
	if _, err := c.View.Delete(c.who().Key); err != nil && err != catalog.ErrNotFound {
		return nil, c.writeFault(err, c.who().Key)
	}
	return value.Bool(true), nil
}
