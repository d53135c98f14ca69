package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// evalChange is Update and Replace.
func evalChange(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	verb := key(e, 0)
	ref, f := c.argRef(e, 0, s, "Ref")
	if f != nil {
		return nil, f
	}
	params, f := c.argParams(e, 1, s)
	if f != nil {
		return nil, f
	}
	if f := atIf(unscoped(ref), verb).join(checkRefs(params)); f != nil {
		return nil, f
	}
	if ref.IsNative() {
		return nil, invalidArgument("Cannot update a schema meta collection.").at(verb)
	}
	doc, f := c.change(ref, params, e.Op == syntax.OpReplace)
	if f != nil && f.isMissing() {
		f.at(verb)
	}
	return made(doc, f)
}

// change updates a document or replaces its whole content.
func (c *context) change(ref value.Ref, params *value.Object, whole bool) (*value.Document, *fault) {
	if f := c.changeable("write", ref, params, writeArgs); f != nil {
		return nil, f
	}
	var prev *value.Document
	switch ref.Collection {
	case value.Tokens:
		if whole { // it may make a secret
			if f := c.refuseOrdered(); f != nil {
				return nil, f
			}
		}
	case value.Credentials:
		var err error
		if prev, err = c.View.Get(ref, 0); err != nil {
			return nil, c.writeFault(err, ref)
		}
	}
	return c.store(ref, prev, params, whole, func(params *value.Object) (*value.Document, error) {
		if whole {
			return c.View.Replace(ref, params)
		}
		return c.View.Update(ref, params)
	})
}

// isMissing tells the error of a document that is not there.
func (f *fault) isMissing() bool { return len(f.errs) == 1 && f.errs[0].Code == "instance not found" }

// changeable checks that a document may be changed now; args makes the arguments of
// predicates. That the document is not there is told first, and by the write itself
// when nothing else is wrong.
func (c *context) changeable(action string, ref value.Ref, params *value.Object, args argsOf) *fault {
	allowed, when := c.decide(action, resourceOf(ref))
	if allowed && c.at == 0 {
		return nil
	}
	doc, err := c.View.Get(ref, 0)
	switch {
	case err != nil:
		return c.writeFault(err, ref)
	case doc == nil:
		return notFound(ref)
	}
	allowed = allowed || len(when) > 0 && c.anyHolds(when, args(doc, params)) ||
		action == "delete" && ref.Collection == value.Tokens && c.owns(ref)
	if !allowed {
		return permissionDenied()
	}
	return c.writable()
}

// argsOf makes the arguments of predicates from a document and the params of the
// write; they depend on how many a predicate takes.
type argsOf func(doc *value.Document, params *value.Object) func(arity int) value.Value

// evalDelete removes a document and gives it as it was.
func evalDelete(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	ref, f := c.argRef(e, 0, s, "Ref")
	if f != nil {
		return nil, f
	}
	if f := unscoped(ref); f != nil {
		return nil, f.at("delete")
	}
	if ref.IsNative() {
		// A native collection has no document of its own.
		return nil, notFound(value.Ref{Collection: value.Collections})
	}
	if f := c.changeable("delete", ref, nil, deleteArgs); f != nil {
		return nil, f
	}
	doc, err := c.View.Delete(ref)
	if err != nil {
		return nil, c.writeFault(err, ref)
	}
	return doc, nil
}
