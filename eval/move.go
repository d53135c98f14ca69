package eval

import (
	"errors"
	"fmt"

	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
)

// evalMoveDatabase makes a database a child of another one.
func evalMoveDatabase(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	source, f := c.argDatabaseRef(e, 0, s)
	if f != nil {
		return nil, f
	}
	target, f := c.argDatabaseRef(e, 1, s)
	if f != nil {
		return nil, f
	}
	into, f := c.viewIn(uint64(target.ID))
	if f != nil {
		return nil, f
	}
	if into.Beneath(uint64(source.ID)) {
		return nil, c.unmoved(source, target, "Cannot move database from ancestor to descendant.")
	}
	if !c.may("delete", resourceOf(value.Ref{Collection: value.Databases}), source) {
		return nil, permissionDenied()
	}
	if f := c.writable(); f != nil {
		return nil, f
	}
	doc, err := c.View.MoveDatabase(source, target)
	switch {
	case errors.Is(err, catalog.ErrKeyClash):
		return nil, c.unmoved(source, target, "Failed to create key in the destination database.")
	case err != nil:
		return nil, c.writeFault(err, source)
	}
	if db := c.foreign(uint64(target.ID)); db != 0 {
		doc = documentAbroad(doc, db)
		doc.Created = true
	}
	return doc, nil
}

// argDatabaseRef evaluates an argument that is a database.
func (c *context) argDatabaseRef(e *syntax.Form, i int, s *scope) (value.Ref, *fault) {
	ref, f := c.argRef(e, i, s, "Database Ref")
	if f != nil {
		return ref, f
	}
	if ref.Collection != value.Databases || ref.IsNative() {
		return ref, wrongType(ref, "Database Ref").at(key(e, i))
	}
	return ref, nil
}

// unmoved is the error of a database that cannot go where it should.
func (c *context) unmoved(source, target value.Ref, why string) *fault {
	from, _ := c.View.Name(source)
	to, _ := c.View.Name(target)
	return fail("move database error", fmt.Sprintf("Cannot move database '%s' into parent '%s': %s", from, to, why))
}
