package eval

import (
	"errors"

	"seriatim/syntax"
	"seriatim/value"
)

// errNoValue says that an index binding has no value for a document.
var errNoValue = errors.New("eval: the binding fails for this document")

// Binding evaluates an index binding for one version of a document
// (catalog.Options). It sees nothing but the document. Any error counts as a
// missing value.
func Binding(l *value.Lambda, doc *value.Document) (value.Value, error) {
	v, _, err := binding(l, doc)
	return v, err
}

// Binding is the function Binding for an index that the evaluation writes to or
// makes: what it takes counts. When the evaluation may take no more, it ends (Cause),
// and every further binding fails at once.
func (e *Env) Binding(l *value.Lambda, doc *value.Document) (value.Value, error) {
	if e.cause != nil {
		return nil, errNoValue
	}
	v, steps, err := binding(l, doc)
	c := context{Env: e}
	if c.spend(steps) != nil {
		return nil, errNoValue
	}
	return v, err
}

// binding also tells how many steps it took.
func binding(l *value.Lambda, doc *value.Document) (v value.Value, steps int, err error) {
	fn, f := code(l)
	if f != nil {
		return nil, 0, errNoValue
	}
	c := &context{
		Env:     &Env{Version: fn.lambda.Version, MaxSteps: maxBindingSteps, Stable: true},
		version: fn.lambda.Version, limit: "index bindings", allowed: effectPure,
	}
	v, f = c.apply(fn, doc)
	if f != nil {
		return nil, c.steps, errNoValue
	}
	return v, c.steps, nil
}

// maxBindingSteps bounds the evaluation of one binding for one document.
const maxBindingSteps = 100000

// Pure reports whether a lambda may be an index binding: it has one parameter and
// its result follows from the argument alone (catalog.Options).
func Pure(l *value.Lambda) bool {
	fn, f := code(l)
	if f != nil || len(fn.lambda.Params) != 1 {
		return false
	}
	pure := true
	syntax.Walk(fn.lambda.Body, func(e syntax.Expr) bool {
		switch e := e.(type) {
		case *syntax.Form:
			fn := &funcs[e.Op]
			pure = pure && fn.effect == effectPure && !fn.unstable && !usesSnapshot(e.Op)
		case *syntax.RefLiteral:
			pure = false
		}
		return pure
	})
	return pure
}

// Arity returns how many parameters a lambda has; one that names none takes any
// argument (catalog.Options).
func Arity(l *value.Lambda) (n int, any bool) {
	fn, f := code(l)
	if f != nil {
		return 0, false
	}
	return len(fn.lambda.Params), !fn.lambda.Array && fn.lambda.Params[0] == "_"
}

// usesSnapshot tells pure forms whose result follows from the definitions or the
// time of the snapshot as well, which an index entry could not follow.
func usesSnapshot(op syntax.Op) bool {
	switch op {
	case syntax.OpNow, syntax.OpMatch, syntax.OpDatabaseOf, syntax.OpIndexOf, syntax.OpClassOf, syntax.OpCollectionOf,
		syntax.OpFunctionOf, syntax.OpRoleOf, syntax.OpAccessProviderOf:
		return true
	}
	return false
}
