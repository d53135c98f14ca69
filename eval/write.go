package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// argParams evaluates the content of a write, empty when it is absent.
func (c *context) argParams(e *syntax.Form, i int, s *scope) (*value.Object, *fault) {
	if i >= len(e.Args) || e.Args[i] == nil {
		return &value.Object{}, nil
	}
	return c.argObject(e, i, s)
}

// writable refuses a write whose valid time is not now.
func (c *context) writable() *fault {
	if c.at != 0 {
		return wrongTime()
	}
	return nil
}

// wrongTime is the error of writes at a time that is not the query's.
func wrongTime() *fault { return fail("invalid write time", "Cannot write outside of snapshot time.") }

// unscoped refuses to write in another database than the query's own.
func unscoped(ref value.Ref) *fault {
	if ref.Database != 0 {
		return invalidArgument("Cannot write a scoped ref.")
	}
	return nil
}

// evalCreate makes a document in a collection, given by reference or name, or at
// an explicit identity.
func evalCreate(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	switch v := v.(type) {
	case value.Ref, value.String:
	case *value.UnresolvedRef:
		return nil, invalidRef(v).at("create")
	default:
		return nil, wrongType(v, "Identifier").at("create")
	}
	params, f := c.argParams(e, 1, s)
	if f != nil {
		return nil, f
	}
	if f := checkRefs(params); f != nil {
		return nil, f
	}
	ref, f := c.creatable(v)
	if f != nil {
		return nil, f.at("create")
	}
	doc, f := c.create(ref, params)
	if f != nil {
		return nil, f.at("create")
	}
	return doc, nil
}

// creatable returns where a document is to be made.
func (c *context) creatable(v value.Value) (value.Ref, *fault) {
	if name, ok := v.(value.String); ok {
		found, f := c.collectionCalled(string(name))
		if f != nil {
			return value.Ref{}, f
		}
		v = found
	}
	switch v := v.(type) {
	case value.Ref:
		return v, unscoped(v)
	case *value.UnresolvedRef:
		return value.Ref{}, invalidRef(v)
	}
	return value.Ref{}, wrongType(v, "Identifier")
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
	if !c.mayCreateWithID(ref, params) {
		return nil, permissionDenied()
	}
	if f := c.settled(ref.Collection); f != nil {
		return nil, f
	}
	if f := c.refuseCostly(ref.Collection); f != nil {
		return nil, f
	}
	return made(c.store(ref, nil, params, false, func(params *value.Object) (*value.Document, error) {
		return c.View.CreateWithID(ref.Collection, ref.ID, params)
	}))
}

// made makes a value of a document, so that none stays none.
func made(doc *value.Document, f *fault) (value.Value, *fault) {
	if f != nil {
		return nil, f
	}
	return doc, nil
}

func (c *context) createIn(coll value.CollectionID, params *value.Object, about value.Ref) (value.Value, *fault) {
	if !c.mayCreate(resourceOf(about), params) {
		return nil, permissionDenied()
	}
	if f := c.settled(coll); f != nil {
		return nil, f
	}
	if f := c.refuseCostly(coll); f != nil {
		return nil, f
	}
	return made(c.store(value.Ref{Collection: coll}, nil, params, false, func(params *value.Object) (*value.Document, error) {
		return c.View.Create(coll, 0, params)
	}))
}

// refuseCostly keeps off a log position what makes a secret, which must not follow
// from what stands in the log, and the building of an index, which is too much work
// to hold everybody up.
func (c *context) refuseCostly(coll value.CollectionID) *fault {
	switch coll {
	case value.Keys, value.Tokens, value.Indexes:
		return c.refuseOrdered()
	}
	return nil
}

// settled refuses, from API version 5 on, to make a document in a collection that
// the same transaction made.
func (c *context) settled(coll value.CollectionID) *fault {
	if c.Version < syntax.V5 || coll < value.FirstUserCollection {
		return nil
	}
	ref := value.Ref{Collection: value.Collections, ID: int64(coll)}
	doc, err := c.View.Get(ref, 0)
	if err != nil {
		return c.writeFault(err, ref)
	}
	if doc == nil || !doc.Unresolved {
		return nil
	}
	before := c.View.DocumentHistory(ref, 0, c.Snapshot, true)
	defer before.Close()
	if before.Next() && before.Event().Action != "delete" {
		return nil
	}
	if err := before.Err(); err != nil {
		return c.stop(err)
	}
	return invalidArgument("Cannot create a collection and a document in it in the same transaction.")
}

// creator returns the function that makes a definition.
func creator(coll value.CollectionID) function {
	return function{effect: effectWrite, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		params, f := c.argParams(e, 0, s)
		if f != nil {
			return nil, f
		}
		if f := checkRefs(params); f != nil {
			return nil, f
		}
		doc, f := c.create(value.Ref{Collection: coll, ID: value.Native}, params)
		if f != nil {
			return nil, f.at(key(e, 0))
		}
		return doc, nil
	}}
}

var writeFuncs = family{
	syntax.OpCreate:               {eval: evalCreate, effect: effectWrite},
	syntax.OpUpdate:               {eval: evalChange, effect: effectWrite},
	syntax.OpReplace:              {eval: evalChange, effect: effectWrite},
	syntax.OpDelete:               {eval: evalDelete, effect: effectWrite},
	syntax.OpInsert:               {eval: evalInsert, effect: effectWrite},
	syntax.OpRemove:               {eval: evalRemove, effect: effectWrite},
	syntax.OpCreateCollection:     creator(value.Collections),
	syntax.OpCreateClass:          creator(value.Collections),
	syntax.OpCreateDatabase:       creator(value.Databases),
	syntax.OpCreateIndex:          creator(value.Indexes),
	syntax.OpCreateKey:            creator(value.Keys),
	syntax.OpCreateFunction:       creator(value.Functions),
	syntax.OpCreateRole:           creator(value.Roles),
	syntax.OpCreateAccessProvider: creator(value.AccessProviders),
	syntax.OpMoveDatabase:         {eval: evalMoveDatabase, effect: effectWrite},
}
