package eval

import (
	"seriatim/catalog"
	"seriatim/value"
)

// resourceOf returns what privileges name for a document or a native collection.
func resourceOf(ref value.Ref) value.Ref {
	switch {
	case ref.IsNative():
		return ref
	case ref.Collection < value.FirstUserCollection:
		ref.ID = value.Native
		return ref
	}
	return value.Ref{Database: ref.Database, Collection: value.Collections, ID: int64(ref.Collection)}
}

// decide asks the caller's rights about a resource.
func (c *context) decide(action string, resource value.Ref) (bool, []*catalog.Predicate) {
	if c.Rights == nil {
		return true, nil
	}
	return c.Rights.Decide(action, resource)
}

// may asks about a resource, with the argument that predicates get.
func (c *context) may(action string, resource value.Ref, arg value.Value) bool {
	allowed, when := c.decide(action, resource)
	return allowed || len(when) > 0 && c.anyHolds(when, func(int) value.Value { return arg })
}

// mayRead tells whether a document or a native collection may be read.
func (c *context) mayRead(ref value.Ref) bool {
	allowed, when := c.decide("read", resourceOf(ref))
	switch {
	case allowed, c.owns(ref):
		return true
	case len(when) == 0:
		return false
	}
	return c.anyHolds(when, func(int) value.Value { return ref })
}

// owns tells whether ref is a token or credentials of the caller's own document.
func (c *context) owns(ref value.Ref) bool {
	if ref.Collection != value.Tokens && ref.Collection != value.Credentials || ref.Database != 0 || ref.IsNative() {
		return false
	}
	owner, ok := c.Rights.Owner()
	if !ok {
		return false
	}
	doc, err := c.View.Get(ref, 0)
	if err != nil {
		c.stop(err)
	}
	if doc == nil {
		return false
	}
	of, _ := doc.Body().Get("instance")
	return of == owner
}

// mayCreate tells whether a document with these params may be made in a
// collection, whose resource is given.
func (c *context) mayCreate(resource value.Ref, params *value.Object) bool {
	return c.may("create", resource, params)
}

// mayCreateWithID is mayCreate with an identity. Who may create documents and
// write history may do this too.
func (c *context) mayCreateWithID(ref value.Ref, params *value.Object) bool {
	allowed, when := c.decide("create_with_id", resourceOf(ref))
	if allowed || len(when) > 0 && c.anyHolds(when, func(arity int) value.Value {
		if arity == 1 {
			return params
		}
		return value.Array{params, ref}
	}) {
		return true
	}
	event := eventTarget{ref: ref, ts: c.Clock, action: "create"}
	return c.mayCreate(resourceOf(ref), params) && c.mayInsert(event, params)
}

// mayInsert tells whether an event may be put into, or taken out of, a history.
func (c *context) mayInsert(t eventTarget, params *value.Object) bool {
	allowed, when := c.decide("history_write", resourceOf(t.ref))
	return allowed || len(when) > 0 && c.anyHolds(when, func(int) value.Value {
		return value.Array{t.ref, value.TimeOfMicros(t.ts), value.String(t.action), params}
	})
}

// mayRemove is mayInsert for an event that is there, whose data it shows.
func (c *context) mayRemove(t eventTarget) bool {
	params := &value.Object{}
	if allowed, when := c.decide("history_write", resourceOf(t.ref)); allowed || len(when) == 0 {
		return allowed
	}
	if doc, err := c.View.Get(t.ref, t.ts); err == nil && doc != nil {
		params = doc.Body()
	}
	return c.mayInsert(t, params)
}

// writeArgs are the arguments of predicates of "write": the document before and
// after, and on demand its reference.
func writeArgs(doc *value.Document, params *value.Object) func(arity int) value.Value {
	return func(arity int) value.Value {
		args := value.Array{doc.Body(), catalog.Merge(doc.Body(), params)}
		if arity == 3 {
			args = append(args, doc.Ref)
		}
		return args
	}
}

// deleteArgs are the arguments of predicates of "delete".
func deleteArgs(doc *value.Document, _ *value.Object) func(arity int) value.Value {
	return func(int) value.Value { return doc.Ref }
}

// anyHolds tells whether one of the predicates is true of its arguments, which
// depend on how many it takes.
func (c *context) anyHolds(when []*catalog.Predicate, args func(arity int) value.Value) bool {
	for _, p := range when {
		if c.holds(p, args) {
			return true
		}
		if c.cause != nil {
			return false
		}
	}
	return false
}

// predicates names, in errors that nobody sees, where a predicate runs.
const predicates = "auth predicates"

// holds evaluates one predicate, now and with rights of its own: it may read what
// it likes, call functions and write nothing. All but true is no, errors too.
func (c *context) holds(p *catalog.Predicate, args func(arity int) value.Value) bool {
	fn, f := predicateCode(p)
	if f != nil {
		return false
	}
	rights, version, outer := c.Rights, c.Version, *c
	c.Rights, c.Version = insider{}, fn.lambda.Version
	c.at, c.limit, c.allowed = 0, predicates, effectRead
	v, f := c.apply(fn, args(len(fn.lambda.Params)))
	c.Rights, c.Version = rights, version
	c.at, c.limit, c.allowed = outer.at, outer.limit, outer.allowed
	c.version, c.depth, c.nesting, c.stack = outer.version, outer.depth, outer.nesting, c.stack[:len(outer.stack)]
	return f == nil && v == value.Bool(true)
}

// predicateCode returns the parsed predicate, parsing it once for all transactions
// of the process.
func predicateCode(p *catalog.Predicate) (closure, *fault) {
	if fn, ok := p.Code.Load().(closure); ok {
		return fn, nil
	}
	fn, f := code(p.Lambda)
	if f == nil {
		p.Code.Store(fn)
	}
	return fn, f
}

// insider is the rights of predicates.
type insider struct{}

func (insider) Decide(action string, resource value.Ref) (bool, []*catalog.Predicate) {
	switch action {
	case "read", "unrestricted_read", "call":
	default:
		return false, nil
	}
	switch resource.Collection {
	case value.Databases, value.Keys, value.Roles, value.AccessProviders:
		return false, nil
	}
	return true, nil
}

func (insider) Owner() (value.Ref, bool) { return value.Ref{}, false }

// Holds evaluates a predicate of a role's membership, or of an access provider, on
// arg. It counts against the evaluation's budget; Cause tells when a lower room
// failed.
func Holds(env *Env, p *catalog.Predicate, arg value.Value) bool {
	c := &context{Env: env, version: env.Version}
	return c.holds(p, func(int) value.Value { return arg })
}
