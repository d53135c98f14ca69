package eval

import (
	"errors"
	"fmt"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// evalQuery makes a value of its lambda.
func evalQuery(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	fn, ok := lambdaAt(e, 0, s)
	if !ok {
		v, f := argAs[*value.Lambda](c, e, 0, s, "Lambda")
		return v, f
	}
	return c.lambdaValue(fn)
}

// evalCall calls a user function by reference or name. Errors inside it become
// the cause of one call error, with positions relative to the function's lambda.
func evalCall(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	target, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	args, f := c.arg(e, 1, s)
	if f != nil {
		return nil, f
	}
	if args == nil {
		args = value.Array{}
	}
	fn, ref, f := c.function(target)
	if f != nil {
		return nil, f.at("call")
	}
	if !c.may("call", ref, args) {
		return nil, permissionDenied()
	}
	body, f := functionCode(fn)
	if f != nil {
		return nil, f
	}
	outer := c.Rights
	if role, ok := c.roleOf(fn, ref); ok {
		c.Rights = c.Who.Guard(c.View, role)
	}
	v, f := c.apply(body, args)
	c.Rights = outer
	if f == nil {
		return v, nil
	}
	return nil, c.callFault(f)
}

// roleOf returns the rights with which a function's body runs; ok is false for one
// that runs with the caller's. Roles that do not exist give no rights. Who wrote a
// function of another database has no say in this one, where its body runs: its role
// takes rights away here and gives none.
func (c *context) roleOf(fn *catalog.Function, ref value.Ref) (role auth.Rights, ok bool) {
	if fn.Role == nil {
		return nil, false
	}
	name, _ := fn.Role.(value.String)
	r, known := auth.ParseRole(string(name))
	if ref.Database != 0 {
		if caller, builtin := auth.BuiltInOf(c.Rights); known && builtin {
			return min(r, caller), true
		}
		return auth.Client, true
	}
	if known {
		return r, true
	}
	return auth.RolesIn(c.View, c.View.Roles(fn.Role)), true
}

// functionCode returns the body of a user function, parsing it once for all
// transactions of the process.
func functionCode(fn *catalog.Function) (closure, *fault) {
	if body, ok := fn.Code.Load().(closure); ok {
		return body, nil
	}
	body, f := code(fn.Body)
	if f == nil {
		fn.Code.Store(body)
	}
	return body, f
}

// callFault wraps the errors of a function body. Running out of stack is reported
// once, not once for every call on the stack.
func (c *context) callFault(f *fault) *fault {
	if c.cause != nil {
		return f
	}
	if len(f.errs) == 1 && f.errs[0].Code == "stack overflow" {
		return fail("stack overflow", f.errs[0].Description)
	}
	return &fault{errs: []wire.Error{{
		Code: "call error", Description: "Calling the function resulted in an error.",
		HasPosition: true, Cause: f.errors(),
	}}}
}

// function finds the function that the target of a Call names.
func (c *context) function(target value.Value) (*catalog.Function, value.Ref, *fault) {
	var ref value.Ref
	switch t := target.(type) {
	case value.String:
		found, ok, err := c.View.Lookup(value.Functions, string(t))
		if err != nil {
			return nil, ref, c.stop(err)
		}
		if !ok {
			return nil, ref, invalidRef(&value.UnresolvedRef{Collection: value.Functions, Name: string(t)})
		}
		ref = found
	case value.Ref:
		if t.Collection != value.Functions || t.IsNative() {
			return nil, ref, wrongType(target, "Identifier")
		}
		ref = t
	case *value.UnresolvedRef:
		return nil, ref, invalidRef(t)
	default:
		return nil, ref, wrongType(target, "Identifier")
	}
	fn, ok, f := c.definition(ref)
	if f != nil {
		return nil, ref, f
	}
	if !ok {
		return nil, ref, fail("instance not found", "Function not found.")
	}
	return fn, ref, nil
}

// definition returns the function that ref points to, in its own database.
func (c *context) definition(ref value.Ref) (*catalog.Function, bool, *fault) {
	view, f := c.viewOf(ref)
	if f != nil {
		return nil, false, f
	}
	fn, ok := view.Function(ref.ID)
	return fn, ok, nil
}

// viewOf returns the view of the database that ref belongs to.
func (c *context) viewOf(ref value.Ref) (*catalog.View, *fault) {
	return c.viewIn(ref.Database)
}

// viewIn returns the view of a database, zero being the query's own. An index
// binding has none: it sees its document only.
func (c *context) viewIn(db uint64) (*catalog.View, *fault) {
	if c.View == nil {
		return nil, notAllowed(effectRead, c.limit)
	}
	if db == 0 {
		return c.View, nil
	}
	view, err := c.View.In(db)
	if errors.Is(err, catalog.ErrNotFound) { // it was deleted after the reference was made
		return nil, notFound(value.Ref{Collection: value.Databases})
	}
	if err != nil {
		return nil, c.stop(err)
	}
	return view, nil
}

// invalidRef is the error of using a reference by a name that nothing has.
func invalidRef(u *value.UnresolvedRef) *fault {
	for u.Scope != nil {
		u = u.Scope
	}
	return fail("invalid ref", fmt.Sprintf("Ref refers to undefined %s '%s'", definitionNoun(u.Collection), u.Name))
}

// definitionNoun names the kind of definition a native collection holds.
func definitionNoun(c value.CollectionID) string {
	switch c {
	case value.Databases:
		return "database"
	case value.Collections:
		return "collection"
	case value.Indexes:
		return "index"
	case value.Functions:
		return "function"
	case value.Roles:
		return "role"
	case value.Keys:
		return "key"
	case value.AccessProviders:
		return "access_provider"
	}
	return "collection"
}

func permissionDenied() *fault {
	return fail("permission denied", "Insufficient privileges to perform the action.")
}
