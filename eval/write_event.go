package eval

import (
	"errors"

	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
)

// eventTarget is where an event is inserted or removed.
type eventTarget struct {
	ref    value.Ref
	ts     int64 // microseconds
	action value.Action
}

// argEventTarget evaluates the first three arguments of Insert and Remove.
func (c *context) argEventTarget(e *syntax.Form, s *scope) (t eventTarget, f *fault) {
	if t.ref, f = c.argRef(e, 0, s, "Ref"); f != nil {
		return t, f
	}
	v, f := c.arg(e, 1, s)
	if f != nil {
		return t, f
	}
	switch v := v.(type) {
	case value.Time:
		t.ts = v.Micros()
	case value.Int:
		t.ts = int64(v)
	default:
		return t, wrongType(v, "Time").at(key(e, 1))
	}
	if v, f = c.arg(e, 2, s); f != nil {
		return t, f
	}
	switch name := actionName(v); name {
	case "create", "update", "delete":
		t.action = value.Action(name)
		return t, nil
	}
	return t, wrongAction(v).at(key(e, 2))
}

// evalInsert adds a version to the history of a document and gives the event.
func evalInsert(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	t, f := c.argEventTarget(e, s)
	if f != nil {
		return nil, f
	}
	params, f := c.argParams(e, 3, s)
	if f != nil {
		return nil, f
	}
	if t.ts > c.Clock {
		return nil, wrongTime()
	}
	if f := atIf(unscoped(t.ref), "insert").join(checkRefs(params)); f != nil {
		return nil, f
	}
	if t.ref.Collection < value.FirstUserCollection {
		return nil, invalidArgument("Cannot insert event for specified ref.")
	}
	if !c.mayInsert(t, params) {
		return nil, permissionDenied()
	}
	event, err := c.View.Insert(t.ref, t.ts, t.action, params)
	if err != nil {
		return nil, c.writeFault(err, t.ref)
	}
	return event, nil
}

// evalRemove takes a version out of the history of a document. There may be none.
func evalRemove(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	t, f := c.argEventTarget(e, s)
	if f != nil {
		return nil, f
	}
	if f := unscoped(t.ref); f != nil {
		return nil, f.at("remove")
	}
	if t.ref.Collection < value.FirstUserCollection {
		return nil, invalidArgument("Cannot remove event for specified ref.")
	}
	if !c.mayRemove(t) {
		return nil, permissionDenied()
	}
	err := c.View.Remove(t.ref, t.ts, t.action)
	if err != nil && !errors.Is(err, catalog.ErrWriteTime) {
		return nil, c.writeFault(err, t.ref)
	}
	return value.Null{}, nil
}
