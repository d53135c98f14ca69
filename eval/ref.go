package eval

import (
	"strconv"

	"seriatim/syntax"
	"seriatim/value"
)

// evalRef makes a reference to a document of a collection; nothing is read. What is
// wrong with several of its arguments is told at once.
func evalRef(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	var args [3]value.Value
	for i := range args {
		v, f := c.arg(e, i, s)
		if f != nil {
			return nil, f
		}
		args[i] = v
	}
	id, wrongID := documentID(args[1])
	v, wrong := refIn(args[0], id)
	if wrong != nil {
		wrong.at("ref")
	}
	if wrongID != nil {
		wrong = wrong.join(wrongID.at("id"))
	}
	db, ok := args[2].(value.Ref)
	if ok = ok && db.Collection == value.Databases && !db.IsNative(); !ok && args[2] != nil {
		wrong = wrong.join(wrongType(args[2], "Database Ref").at("scope"))
	}
	if wrong != nil {
		return nil, wrong
	}
	if ref, resolved := v.(value.Ref); ok && resolved {
		// As in the core it is the database that holds the definition of the named one.
		ref.Database = db.Database
		return ref, nil
	}
	return v, nil
}

// refIn returns the reference to document id of the collection that coll refers to.
func refIn(coll value.Value, id int64) (value.Value, *fault) {
	switch coll := coll.(type) {
	case value.Ref:
		switch {
		case coll.IsNative() && named(coll.Collection):
			return nil, invalidArgument("Regular Class Ref expected, Schema Class Ref provided.")
		case coll.IsNative():
			return value.Ref{Database: coll.Database, Collection: coll.Collection, ID: id}, nil
		case coll.Collection == value.Collections:
			return value.Ref{Database: coll.Database, Collection: value.CollectionID(coll.ID), ID: id}, nil
		}
	case *value.UnresolvedRef:
		if coll.Collection == value.Collections && !coll.HasID {
			u := *coll
			u.ID, u.HasID = id, true
			return &u, nil
		}
	}
	return nil, wrongType(coll, "Collection Ref")
}

// named tells the native collections whose definitions are known by name.
func named(c value.CollectionID) bool {
	switch c {
	case value.Keys, value.Tokens, value.Credentials:
		return false
	}
	return true
}

// documentID takes an identity as a number or as a string of digits. One is kept
// for native collections themselves, and no document has it.
func documentID(v value.Value) (int64, *fault) {
	switch v := v.(type) {
	case value.Int:
		if int64(v) == value.Native {
			return 0, reservedID()
		}
		return int64(v), nil
	case value.String:
		id, err := strconv.ParseInt(string(v), 10, 64)
		switch {
		case err == nil && id == value.Native:
			return 0, reservedID()
		case err == nil:
			return id, nil
		case onlyDigits(string(v)):
			return 0, invalidArgument("The id provided is too large: '%s'", v)
		}
		return 0, invalidArgument("Number or numeric String expected, non-numeric '%s' provided.", v)
	}
	return 0, wrongType(v, "String", "Number")
}

func reservedID() *fault {
	return invalidArgument("The id %d is reserved: no document can have it.", value.Native)
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// byName returns the function that finds a definition by name, in the query's
// database or a child of it.
func byName(native value.CollectionID) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		name, f := c.argString(e, 0, s)
		if f != nil {
			return nil, f
		}
		db, missing, f := c.argDatabase(e, 1, s)
		if f != nil {
			return nil, f
		}
		if missing != nil {
			return &value.UnresolvedRef{Collection: native, Name: name, Scope: missing}, nil
		}
		return c.lookup(native, name, db)
	}}
}

// argDatabase evaluates an optional database argument. missing is set for one
// whose name nothing has.
func (c *context) argDatabase(e *syntax.Form, i int, s *scope) (db uint64, missing *value.UnresolvedRef, f *fault) {
	v, f := c.arg(e, i, s)
	if f != nil || v == nil {
		return 0, nil, f
	}
	switch v := v.(type) {
	case value.Null:
		return 0, nil, nil
	case value.Ref:
		if v.Collection == value.Databases && !v.IsNative() {
			return uint64(v.ID), nil, nil
		}
	case *value.UnresolvedRef:
		if v.Collection == value.Databases && !v.HasID {
			return 0, v, nil
		}
	}
	return 0, nil, wrongType(v, "Database Ref").at(key(e, i))
}

// lookup resolves a name in a database, zero being the query's own.
func (c *context) lookup(native value.CollectionID, name string, db uint64) (value.Value, *fault) {
	view, f := c.viewIn(db)
	if f != nil {
		return nil, f
	}
	ref, ok, err := view.Lookup(native, name)
	if err != nil {
		return nil, c.stop(err)
	}
	if !ok {
		return &value.UnresolvedRef{Collection: native, Name: name, Database: db}, nil
	}
	ref.Database = c.foreign(db)
	return ref, nil
}

// foreign returns how a reference spells the database db: zero for the query's own.
func (c *context) foreign(db uint64) uint64 {
	if db == 0 || c.View != nil && db == c.View.Database() {
		return 0
	}
	return db
}

// native returns the function that names a native collection.
func native(coll value.CollectionID) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		db, missing, f := c.argDatabase(e, 0, s)
		if f != nil {
			return nil, f
		}
		if missing != nil {
			return nil, invalidRef(missing).at("scope")
		}
		return value.Ref{Database: c.foreign(db), Collection: coll, ID: value.Native}, nil
	}}
}

func evalNewID(c *context, _ *syntax.Form, _ *scope) (value.Value, *fault) {
	return value.String(strconv.FormatInt(c.NewID(), 10)), nil
}

// natives are the native collections by the name that a reference spells.
var natives = map[string]value.CollectionID{
	"databases": value.Databases, "collections": value.Collections, "classes": value.Collections,
	"indexes": value.Indexes, "functions": value.Functions, "roles": value.Roles, "keys": value.Keys,
	"tokens": value.Tokens, "credentials": value.Credentials, "access_providers": value.AccessProviders,
}

// refLiteral resolves an @ref written in the query.
func (c *context) refLiteral(e *syntax.RefLiteral) (value.Value, *fault) {
	db, missing, f := c.literalDatabase(e.Database)
	if f != nil {
		return nil, f
	}
	if e.Collection == nil {
		coll, ok := natives[e.ID]
		if !ok {
			return nil, fail("invalid ref", "Valid native collection name expected, '"+e.ID+"' provided.")
		}
		if missing != nil {
			return missing, nil
		}
		return value.Ref{Database: c.foreign(db), Collection: coll, ID: value.Native}, nil
	}
	coll, f := c.refLiteral(e.Collection)
	if f != nil {
		return nil, f
	}
	if r, ok := coll.(value.Ref); ok && r.IsNative() && named(r.Collection) {
		if missing != nil {
			return &value.UnresolvedRef{Collection: r.Collection, Name: e.ID, Scope: missing}, nil
		}
		if db == 0 {
			db = r.Database
		}
		return c.lookup(r.Collection, e.ID, db)
	}
	if e.ID == "self" && !e.Numeric {
		return c.self(coll)
	}
	id, f := documentID(value.String(e.ID))
	if f != nil {
		return nil, fail("invalid expression", "Invalid ref.")
	}
	return refIn(coll, id)
}

func (c *context) literalDatabase(e *syntax.RefLiteral) (db uint64, missing *value.UnresolvedRef, f *fault) {
	if e == nil {
		return 0, nil, nil
	}
	v, f := c.refLiteral(e)
	if f != nil {
		return 0, nil, f
	}
	switch v := v.(type) {
	case value.Ref:
		if v.Collection == value.Databases && !v.IsNative() {
			return uint64(v.ID), nil, nil
		}
	case *value.UnresolvedRef:
		return 0, v, nil
	}
	return 0, nil, fail("invalid expression", "Invalid ref.")
}

var refFuncs = family{
	syntax.OpRef:              {eval: evalRef},
	syntax.OpDatabaseOf:       byName(value.Databases),
	syntax.OpIndexOf:          byName(value.Indexes),
	syntax.OpClassOf:          byName(value.Collections),
	syntax.OpCollectionOf:     byName(value.Collections),
	syntax.OpFunctionOf:       byName(value.Functions),
	syntax.OpRoleOf:           byName(value.Roles),
	syntax.OpAccessProviderOf: byName(value.AccessProviders),
	syntax.OpNewID:            {eval: evalNewID, effect: effectWrite},
	syntax.OpNextID:           {eval: evalNewID, effect: effectWrite},
	syntax.OpDatabases:        native(value.Databases),
	syntax.OpIndexes:          native(value.Indexes),
	syntax.OpClasses:          native(value.Collections),
	syntax.OpCollections:      native(value.Collections),
	syntax.OpKeys:             native(value.Keys),
	syntax.OpTokens:           native(value.Tokens),
	syntax.OpCredentials:      native(value.Credentials),
	syntax.OpFunctions:        native(value.Functions),
	syntax.OpRoles:            native(value.Roles),
	syntax.OpAccessProviders:  native(value.AccessProviders),
}
