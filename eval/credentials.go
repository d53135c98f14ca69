package eval

import (
	"seriatim/catalog"
	"seriatim/value"
)

// store runs the write of a document whose params may tell a password: that of
// credentials, or that of a user document, as its member credentials, which is kept
// in credentials of its own. prev is the document as it was, nil for a new one.
func (c *context) store(ref value.Ref, prev *value.Document, params *value.Object, whole bool,
	write func(params *value.Object) (*value.Document, error)) (*value.Document, *fault) {
	var hash value.Value
	var f *fault
	switch {
	case ref.Collection == value.Credentials:
		params, f = c.credentialsParams(params, prev, whole)
	case ref.Collection >= value.FirstUserCollection:
		params, hash, f = c.passwordOf(params)
	}
	if f != nil {
		return nil, f
	}
	doc, err := write(params)
	if err != nil {
		return nil, c.writeFault(err, ref)
	}
	if hash != nil {
		f = c.setPassword(doc.Ref, hash)
	}
	return doc, f
}

// credentialsParams returns the params of credentials with the password hashed.
// Who has to know the old password cannot lose it by replacing the document.
func (c *context) credentialsParams(params *value.Object, prev *value.Document, whole bool) (*value.Object, *fault) {
	var before *value.Object
	if prev != nil {
		before = prev.Body()
	}
	out, f := c.hashed(params, before)
	if f != nil || before == nil || !whole || c.trusted() {
		return out, f
	}
	if _, has := out.Get("hashed_password"); !has {
		if hash, had := before.Get("hashed_password"); had {
			out = out.With("hashed_password", hash)
		}
	}
	return out, nil
}

// passwordOf takes the member credentials out of the params of a user document and
// returns the hash of its password, nil when there is none.
func (c *context) passwordOf(params *value.Object) (rest *value.Object, hash value.Value, f *fault) {
	m, ok := params.Get("credentials")
	if !ok || m.Kind() == value.KindNull {
		return params, nil, nil
	}
	given, ok := m.(*value.Object)
	if !ok {
		return nil, nil, invalidDocument([]catalog.Failure{catalog.WrongType(m, "Map", "credentials")})
	}
	if given, f = c.hashed(given, nil, "credentials"); f != nil {
		return nil, nil, f
	}
	hash, _ = given.Get("hashed_password")
	return dropMembers(params, "credentials"), hash, nil
}

// setPassword makes hash that of a document's password, whoever asks: who may
// write the document may set it.
func (c *context) setPassword(of value.Ref, hash value.Value) *fault {
	held, f := c.credentialsOf(of)
	if f != nil {
		return f
	}
	params := value.NewObject(value.Field{Name: "hashed_password", Value: hash})
	var err error
	if held != nil {
		_, err = c.View.Update(held.Ref, params)
	} else {
		_, err = c.View.Create(value.Credentials, 0, params.With("instance", of))
	}
	if err != nil {
		return c.writeFault(err, value.Ref{Collection: value.Credentials})
	}
	return nil
}
