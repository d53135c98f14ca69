package eval

import (
	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// StreamTarget evaluates a resolved tree and returns what a stream of its result
// follows (fql-v4 section 6): the Ref of a document of a user collection, or the *Set
// of an index or of the documents of a user collection. Errors are those of Run.
func StreamTarget(env *Env, e syntax.Expr) (value.Value, []wire.Error) {
	v, errs := Run(env, e)
	if errs != nil || env.cause != nil {
		return nil, errs
	}
	target, f := streamable(v)
	if f != nil {
		return nil, inWordsOf(env.Version, f.errors())
	}
	return target, nil
}

func streamable(v value.Value) (value.Value, *fault) {
	switch v := v.(type) {
	case value.Ref:
		if v.Collection >= value.FirstUserCollection && !v.IsNative() {
			return v, nil
		}
	case *value.Document:
		if v.Ref.Collection >= value.FirstUserCollection {
			return v.Ref, nil
		}
	case *value.Set:
		if v.Op == value.SetMatch || v.Op == value.SetDocuments && !v.Ref.IsNative() {
			return v, nil
		}
	case *value.UnresolvedRef:
		return nil, invalidRef(v)
	}
	return nil, invalidArgument("Expected a Document Ref or Version, or a Set Ref, got %s.", typeName(v))
}

// MayFollow tells whether the caller may know of an event about a document in a
// stream of target: the document's own events need the right to read it, or its
// history when that was rewritten; those of a set the right to read all of the set,
// or the index and the document. Cause tells when a lower room failed.
func MayFollow(env *Env, target value.Value, document value.Ref, rewritten bool) bool {
	c := &context{Env: env, version: env.Version}
	if set, ok := target.(*value.Set); ok {
		allowed, restricted := c.allowedSet(set)
		return allowed != nil && (!restricted || c.mayRead(document))
	}
	if rewritten {
		return c.may("history_read", resourceOf(document), document)
	}
	return c.mayRead(document)
}

// DocumentAbroad returns a document of the database db as another one sees it; 0 is
// the query's own.
func DocumentAbroad(d *value.Document, db uint64) *value.Document {
	if db == 0 || d == nil {
		return d
	}
	return documentAbroad(d, db)
}

// ValuesAbroad is DocumentAbroad for the values of an index.
func ValuesAbroad(values []value.Value, db uint64) []value.Value {
	if db == 0 {
		return values
	}
	return valuesAbroad(values, db)
}
