package eval

import (
	"errors"

	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
)

// evalGet reads a document, or the document of the first element of a set.
func evalGet(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	ref, document := v.(value.Ref)
	document = document && !ref.IsNative()
	var set *value.Set
	if !document {
		if set, f = setOf(v, "Ref", "Set"); f != nil {
			return nil, f.at("get")
		}
	}
	head, at, f := c.argReadTime(e, 1, s)
	if f != nil {
		return nil, f
	}
	if !document {
		return c.getFirst(set, head, at)
	}
	doc, f := c.getDocument(ref, at)
	if f != nil {
		return nil, f
	}
	if doc == nil {
		return nil, notFound(ref)
	}
	return doc, nil
}

// getDocument reads a document if the caller may; nil when there is none.
func (c *context) getDocument(ref value.Ref, at int64) (*value.Document, *fault) {
	if !c.mayRead(ref) {
		return nil, permissionDenied()
	}
	view, f := c.viewOf(ref)
	if f != nil {
		return nil, f
	}
	doc, err := view.Get(ref, at)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return nil, c.stop(err)
	}
	if doc != nil {
		c.hold(len(doc.Stored))
		if ref.Database != 0 {
			doc = documentAbroad(doc, ref.Database)
		}
	}
	return doc, nil
}

// getFirst reads, as of at, the document of the first element that a set has as of
// head.
func (c *context) getFirst(set *value.Set, head, at int64) (value.Value, *fault) {
	outer := c.at
	c.at = head
	defer func() { c.at = outer }()
	first, f := c.firstRef(set)
	if f != nil {
		return nil, atVerb(f, "get")
	}
	if first == nil {
		return nil, fail("instance not found", "Set not found.")
	}
	doc, f := c.getDocument(*first, at)
	if f != nil {
		return nil, f
	}
	if doc == nil {
		return nil, notFound(*first)
	}
	return doc, nil
}

// evalExists is Get without the document; what cannot be read does not exist.
func evalExists(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	_, lost := v.(*value.UnresolvedRef)
	ref, document := v.(value.Ref)
	document = document && !ref.IsNative()
	var set *value.Set
	if !lost && !document {
		if set, f = setOf(v, "Ref", "Set"); f != nil {
			return nil, f.at("exists")
		}
	}
	head, at, f := c.argReadTime(e, 1, s)
	if f != nil {
		return nil, f
	}
	if lost || document && !c.mayRead(ref) {
		return value.Bool(false), nil
	}
	if document {
		doc, f := c.getDocument(ref, at)
		return value.Bool(doc != nil), f
	}
	outer := c.at
	c.at = head
	defer func() { c.at = outer }()
	first, f := c.firstRef(set)
	if f != nil {
		return nil, atVerb(f, "exists")
	}
	if first == nil || !c.mayRead(*first) {
		return value.Bool(false), nil
	}
	doc, f := c.getDocument(*first, at)
	return value.Bool(doc != nil), f
}

// setOf returns the set that v is; a native collection acts as its documents.
func setOf(v value.Value, expected ...string) (*value.Set, *fault) {
	switch v := v.(type) {
	case *value.Set:
		return v, nil
	case value.Ref:
		if v.IsNative() {
			return &value.Set{Op: value.SetDocuments, Ref: v}, nil
		}
	case *value.UnresolvedRef:
		return nil, invalidRef(v)
	}
	return nil, wrongType(v, expected...)
}

// notFound is the error of a document that is not there.
func notFound(ref value.Ref) *fault {
	return fail("instance not found", instanceNoun(ref)+" not found.")
}

// instanceNoun names what ref points to, as errors do.
func instanceNoun(ref value.Ref) string {
	switch ref.Collection {
	case value.Databases:
		return "Database"
	case value.Collections:
		return "Collection"
	case value.Indexes:
		return "Index"
	case value.Functions:
		return "Function"
	case value.Roles:
		return "Role"
	case value.Keys:
		return "Key"
	case value.Tokens:
		return "Token"
	case value.Credentials:
		return "Credentials"
	case value.AccessProviders:
		return "AccessProvider"
	}
	return "Document"
}

var readFuncs = family{
	syntax.OpGet:           {eval: evalGet, effect: effectRead},
	syntax.OpExists:        {eval: evalExists, effect: effectRead},
	syntax.OpKeyFromSecret: {eval: evalKeyFromSecret, effect: effectRead, unstable: true},
}
