package eval

import (
	"seriatim/auth"
	"seriatim/syntax"
	"seriatim/value"
)

// identity returns the document that the caller is, or the subject of its signed
// token.
func (c *context) identity() (value.Value, *fault) {
	switch c.Who.Kind {
	case auth.Document:
		return c.Who.Instance, nil
	case auth.Bearer:
		if subject, ok := c.Who.Claims.Object.Get("sub"); ok {
			return subject, nil
		}
	}
	return nil, fail("missing identity", "Authentication does not contain an identity")
}

// token returns the key or token that the caller presented, if it lives in the
// query's own database, or what its signed token says.
func (c *context) token() (value.Value, *fault) {
	if c.Who.Kind == auth.Bearer {
		return c.Who.Claims.Object, nil
	}
	if c.Who.KeyDatabase != 0 && c.Who.KeyDatabase == c.Who.Database {
		return c.Who.Key, nil
	}
	return nil, fail("invalid token", "Token metadata is not accessible.")
}

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
	case ref.IsNative() && ref.Collection == value.Tokens && c.Who.IsToken():
		return c.Who.Key, nil
	case ref.IsNative() && ref.Collection == value.Credentials && c.Who.IsToken():
		found, f := c.credentialsOf(c.Who.Instance)
		if f != nil || found != nil {
			return found.Ref, f
		}
	case c.Who.Kind == auth.Document && ref == resourceOf(c.Who.Instance):
		return c.Who.Instance, nil
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
