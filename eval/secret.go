package eval

import (
	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// evalKeyFromSecret gives the key or token that a secret belongs to, if it lives in
// the query's database or beneath and the caller may read it.
func evalKeyFromSecret(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	secret, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	if auth.IsSigned(secret) {
		return c.databaseOfToken(secret)
	}
	found, db, ok, err := catalog.Secret(c.View.Tx(), auth.HashSecret(secret), catalog.Options{})
	if err != nil {
		return nil, c.stop(err)
	}
	if ok {
		_, ok = c.View.DatabasePath(db)
	}
	if !ok {
		return nil, noKey(secret)
	}
	ref := value.Ref{Database: c.foreign(db), Collection: found.Ref.Collection, ID: found.Ref.ID}
	if !c.mayRead(ref) {
		return nil, noKey(secret)
	}
	doc, f := c.getDocument(ref, c.at)
	if f == nil && doc == nil {
		f = noKey(secret)
	}
	if f != nil {
		return nil, f
	}
	return doc, nil
}

// databaseOfToken gives the database that a signed token opens.
func (c *context) databaseOfToken(token string) (value.Value, *fault) {
	if c.Signed == nil {
		return nil, noKey(token)
	}
	db, ok, err := c.Signed.DatabaseOf(token)
	if err != nil {
		return nil, c.stop(err)
	}
	if ok {
		_, ok = c.View.DatabasePath(db)
	}
	if !ok || db == c.View.Database() {
		return nil, noKey(token) // its own document lies above
	}
	opened, f := c.viewIn(db)
	if f != nil {
		return nil, f
	}
	ref := value.Ref{Database: c.foreign(opened.Parent()), Collection: value.Databases, ID: int64(db)}
	if !c.mayRead(ref) {
		return nil, permissionDenied()
	}
	return value.NewObject(value.Field{Name: "database", Value: ref}), nil
}

// noKey is the error of a secret that is nobody's, whose status is not that of its
// code (fql-v4 section 1.6).
func noKey(secret string) *fault {
	f := fail("instance not found", "No key found for secret "+secret+".")
	f.errs[0].Class = wire.ClassPlain
	return f
}
