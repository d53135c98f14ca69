package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// changer returns Update or Replace.
func changer(change func(c *context, ref value.Ref, params *value.Object) (*value.Document, error)) function {
	return function{effect: effectWrite, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
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
		f = c.changeable("write", ref)
		if f == nil {
			doc, err := change(c, ref, params)
			if err == nil {
				return doc, nil
			}
			f = c.writeFault(err, ref)
		}
		if f.isMissing() {
			f.at(verb)
		}
		return nil, f
	}}
}

// isMissing tells the error of a document that is not there.
func (f *fault) isMissing() bool { return len(f.errs) == 1 && f.errs[0].Code == "instance not found" }

// changeable checks that a document may be changed now. That it is not there is
// told first, and by the write itself when nothing else is wrong.
func (c *context) changeable(action string, ref value.Ref) *fault {
	allowed := c.allows(action, ref)
	if allowed && c.at == 0 {
		return nil
	}
	doc, err := c.View.Get(ref, 0)
	switch {
	case err != nil:
		return c.writeFault(err, ref)
	case doc == nil:
		return notFound(ref)
	case !allowed:
		return permissionDenied()
	}
	return c.writable()
}

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
	if f := c.changeable("delete", ref); f != nil {
		return nil, f
	}
	doc, err := c.View.Delete(ref)
	if err != nil {
		return nil, c.writeFault(err, ref)
	}
	return doc, nil
}
