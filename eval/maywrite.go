package eval

import (
	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
)

// MayWrite tells whether an evaluation of e in a database could change documents in some
// state, whatever it does in this one. It looks into the functions that are called by
// name and is true for all others, and for those that do not exist: they may by now.
func MayWrite(view *catalog.View, e syntax.Expr) bool {
	w := writing{view: view}
	return w.in(e)
}

type writing struct {
	view *catalog.View
	seen map[int64]bool // functions that were looked into
}

func (w *writing) in(e syntax.Expr) (found bool) {
	syntax.Walk(e, func(e syntax.Expr) bool {
		if form, ok := e.(*syntax.Form); ok && !found {
			found = funcs[form.Op].effect == effectWrite && (form.Op != syntax.OpCall || w.through(form))
		}
		return !found
	})
	return found
}

// through is in for what a call calls.
func (w *writing) through(call *syntax.Form) bool {
	ref, ok, err := w.view.Lookup(value.Functions, calledName(call))
	if !ok || err != nil {
		return true
	}
	if w.seen[ref.ID] {
		return false
	}
	fn, ok := w.view.Function(ref.ID)
	if !ok || fn.Body == nil {
		return true
	}
	body, f := functionCode(fn)
	if f != nil {
		return true
	}
	if w.seen == nil {
		w.seen = map[int64]bool{}
	}
	w.seen[ref.ID] = true
	return w.in(body.lambda.Body)
}

// calledName returns the name of the function of this database that a call names, "" when
// it is worked out.
func calledName(call *syntax.Form) string {
	target := call.Args[0]
	if f, ok := target.(*syntax.Form); ok && f.Op == syntax.OpFunctionOf && f.Args[1] == nil {
		target = f.Args[0]
	}
	if lit, ok := target.(*syntax.Literal); ok {
		if s, ok := lit.Value.(value.String); ok {
			return string(s)
		}
	}
	return ""
}
