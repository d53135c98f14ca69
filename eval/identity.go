package eval

import (
	"seriatim/auth"
	"seriatim/syntax"
	"seriatim/value"
)

// identity returns the document that the caller is, or the subject of its signed
// token.
func (c *context) identity() (value.Value, *fault) {
	switch c.who().Kind {
	case auth.Document:
		return c.who().Instance, nil
	case auth.Bearer:
		if subject, ok := c.who().Claims.Object.Get("sub"); ok {
			return subject, nil
		}
	}
	return nil, fail("missing identity", "Authentication does not contain an identity")
}

// token returns the key or token that the caller presented, if it lives in the
// query's own database, or what its signed token says.
func (c *context) token() (value.Value, *fault) {
	if c.who().Kind == auth.Bearer {
		return c.who().Claims.Object, nil
	}
	if c.who().KeyDatabase != 0 && c.who().KeyDatabase == c.who().Database {
		return c.who().Key, nil
	}
	return nil, fail("invalid token", "Token metadata is not accessible.")
}

// who returns the caller, which may be nobody.
func (c *context) who() *auth.Identity {
	if c.Who == nil {
		return &nobody
	}
	return c.Who
}

var nobody auth.Identity

// about returns the form that gives something about the caller, and has the one
// that tells whether there is such a thing.
func about(find func(*context) (value.Value, *fault)) function {
	return function{effect: effectRead, eval: func(c *context, _ *syntax.Form, _ *scope) (value.Value, *fault) {
		return find(c)
	}}
}

func has(find func(*context) (value.Value, *fault)) function {
	return function{effect: effectRead, eval: func(c *context, _ *syntax.Form, _ *scope) (value.Value, *fault) {
		_, f := find(c)
		return value.Bool(f == nil), nil
	}}
}

// self resolves a reference with the id "self": the caller's token, its
// credentials, or the document that it is, by the collection that is asked for.
func (c *context) self(coll value.Value) (value.Value, *fault) {
	ref, ok := coll.(value.Ref)
	switch {
	case !ok || ref.Database != 0:
	case ref.IsNative() && ref.Collection == value.Tokens && c.who().IsToken():
		return c.who().Key, nil
	case ref.IsNative() && ref.Collection == value.Credentials && c.who().IsToken():
		found, f := c.credentialsOf(c.who().Instance)
		if f != nil || found != nil {
			return found.Ref, f
		}
	case c.who().Kind == auth.Document && ref == resourceOf(c.who().Instance):
		return c.who().Instance, nil
	}
	if u, missing := coll.(*value.UnresolvedRef); missing {
		return u, nil
	}
	u := &value.UnresolvedRef{Collection: ref.Collection, Name: "self", Database: ref.Database}
	if name, ok := c.View.Name(ref); ok && !ref.IsNative() {
		u.Name = name
	}
	return u, nil
}

// credentialsOf reads the credentials of a document, whoever asks.
func (c *context) credentialsOf(of value.Ref) (*value.Document, *fault) {
	if c.View == nil {
		return nil, notAllowed(effectRead, c.limit)
	}
	doc, err := c.View.CredentialsOf(of)
	if err != nil {
		return nil, c.stop(err)
	}
	return doc, nil
}

var identityFuncs = family{
	syntax.OpLogin:              {eval: evalLogin, effect: effectWrite, unstable: true},
	syntax.OpLogout:             {eval: evalLogout, effect: effectWrite},
	syntax.OpIdentify:           {eval: evalIdentify, effect: effectRead, unstable: true},
	syntax.OpCurrentIdentity:    about((*context).identity),
	syntax.OpIdentity:           about((*context).identity),
	syntax.OpHasCurrentIdentity: has((*context).identity),
	syntax.OpHasIdentity:        has((*context).identity),
	syntax.OpCurrentToken:       about((*context).token),
	syntax.OpHasCurrentToken:    has((*context).token),
}
