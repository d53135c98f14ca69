package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// argParams evaluates the content of a write and checks the references in it.
func (c *context) argParams(e *syntax.Form, i int, s *scope) (*value.Object, *fault) {
	if i >= len(e.Args) || e.Args[i] == nil {
		return &value.Object{}, nil
	}
	params, f := c.argObject(e, i, s)
	if f != nil {
		return nil, f
	}
	if failures := badRefs(params, nil, nil); failures != nil {
		return nil, invalidDocument(failures)
	}
	return params, nil
}

// writable refuses a write whose valid time is not now.
func (c *context) writable() *fault {
	if c.at != 0 {
		return fail("invalid write time", "Cannot write outside of snapshot time.")
	}
	return nil
}

// target checks that ref may be written here: in the query's own database, at
// the present time.
func (c *context) target(v value.Value) (value.Ref, *fault) {
	switch v := v.(type) {
	case value.Ref:
		if v.Database != 0 {
			return v, invalidArgument("Cannot write a scoped ref.")
		}
		return v, nil
	case *value.UnresolvedRef:
		return value.Ref{}, invalidRef(v)
	}
	return value.Ref{}, wrongType(v, "Ref")
}

// evalCreate makes a document in a collection, given by reference or name, or at
// an explicit identity.
func evalCreate(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	params, f := c.argParams(e, 1, s)
	if f != nil {
		return nil, f
	}
	if name, ok := v.(value.String); ok {
		if v, f = c.collectionCalled(string(name)); f != nil {
			return nil, f.at("create")
		}
	}
	ref, f := c.target(v)
	if f != nil {
		if _, isRef := v.(*value.UnresolvedRef); !isRef {
			if _, isRef := v.(value.Ref); !isRef {
				f = wrongType(v, "Identifier")
			}
		}
		return nil, f.at("create")
	}
	doc, f := c.create(ref, params)
	if f != nil {
		return nil, f.at("create")
	}
	return doc, nil
}

// collectionCalled finds a collection, or a native one, by name.
func (c *context) collectionCalled(name string) (value.Value, *fault) {
	v, f := c.lookup(value.Collections, name, 0)
	if _, missing := v.(*value.UnresolvedRef); f == nil && missing {
		if coll, ok := natives[name]; ok {
			return value.Ref{Collection: coll, ID: value.Native}, nil
		}
	}
	return v, f
}

// create makes a document where ref says: a fresh one in a collection, or the one
// with that identity.
func (c *context) create(ref value.Ref, params *value.Object) (value.Value, *fault) {
	if f := c.writable(); f != nil {
		return nil, f
	}
	switch {
	case ref.IsNative():
		return c.createIn(ref.Collection, params, ref)
	case ref.Collection == value.Collections:
		coll := value.CollectionID(ref.ID)
		return c.createIn(coll, params, value.Ref{Collection: coll})
	case ref.IsSchema():
		if named(ref.Collection) {
			return nil, fail("instance already exists", instanceNoun(ref)+" already exists.")
		}
	}
	if !c.allows("create_with_id", ref) {
		return nil, permissionDenied()
	}
	doc, err := c.View.CreateWithID(ref.Collection, ref.ID, params)
	if err != nil {
		return nil, c.writeFault(err, ref)
	}
	return doc, nil
}

func (c *context) createIn(coll value.CollectionID, params *value.Object, about value.Ref) (value.Value, *fault) {
	if !c.allows("create", about) {
		return nil, permissionDenied()
	}
	doc, err := c.View.Create(coll, 0, params)
	if err != nil {
		return nil, c.writeFault(err, value.Ref{Collection: coll})
	}
	return doc, nil
}

// creator returns the function that makes a definition.
func creator(coll value.CollectionID, unstable bool) function {
	return function{effect: effectWrite, unstable: unstable, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		params, f := c.argParams(e, 0, s)
		if f != nil {
			return nil, f
		}
		doc, f := c.create(value.Ref{Collection: coll, ID: value.Native}, params)
		if f != nil {
			return nil, f.at(key(e, 0))
		}
		return doc, nil
	}}
}

// changer returns Update or Replace.
func changer(change func(c *context, ref value.Ref, params *value.Object) (*value.Document, error)) function {
	return function{effect: effectWrite, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		v, f := c.arg(e, 0, s)
		if f != nil {
			return nil, f
		}
		params, f := c.argParams(e, 1, s)
		if f != nil {
			return nil, f
		}
		ref, f := c.target(v)
		if f == nil {
			f = c.writable()
		}
		if f == nil && ref.IsNative() {
			f = invalidArgument("Cannot update a schema meta collection.")
		}
		if f == nil && !c.allows("write", ref) {
			f = permissionDenied()
		}
		if f != nil {
			return nil, f.at(key(e, 0))
		}
		doc, err := change(c, ref, params)
		if err != nil {
			return nil, c.writeFault(err, ref).at(key(e, 0))
		}
		return doc, nil
	}}
}

// evalDelete removes a document and gives it as it was.
func evalDelete(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	ref, f := c.target(v)
	if f == nil && ref.IsNative() {
		f = invalidArgument("Cannot delete a schema meta collection.")
	}
	if f != nil {
		return nil, f.at("delete")
	}
	if f = c.writable(); f == nil && !c.allows("delete", ref) {
		f = permissionDenied()
	}
	if f != nil {
		return nil, f
	}
	doc, err := c.View.Delete(ref)
	if err != nil {
		return nil, c.writeFault(err, ref)
	}
	return doc, nil
}

var writeFuncs = family{
	syntax.OpCreate: {eval: evalCreate, effect: effectWrite},
	syntax.OpUpdate: changer(func(c *context, ref value.Ref, params *value.Object) (*value.Document, error) {
		return c.View.Update(ref, params)
	}),
	syntax.OpReplace: changer(func(c *context, ref value.Ref, params *value.Object) (*value.Document, error) {
		return c.View.Replace(ref, params)
	}),
	syntax.OpDelete:               {eval: evalDelete, effect: effectWrite},
	syntax.OpCreateCollection:     creator(value.Collections, false),
	syntax.OpCreateClass:          creator(value.Collections, false),
	syntax.OpCreateDatabase:       creator(value.Databases, false),
	syntax.OpCreateIndex:          creator(value.Indexes, false),
	syntax.OpCreateKey:            creator(value.Keys, true),
	syntax.OpCreateFunction:       creator(value.Functions, false),
	syntax.OpCreateRole:           creator(value.Roles, false),
	syntax.OpCreateAccessProvider: creator(value.AccessProviders, false),
}
