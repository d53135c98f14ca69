package syntax

// Walk calls visit for e and then, when visit returned true, for everything
// below it, in the order in which it is written; absent optional arguments are
// skipped. Let bindings come before In, and a SetLiteral's Form is walked too.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	switch e := e.(type) {
	case *Array:
		for _, elem := range e.Elems {
			Walk(elem, visit)
		}
	case *Object:
		for _, m := range e.Members {
			Walk(m.Expr, visit)
		}
	case *Let:
		for _, b := range e.Bindings {
			Walk(b.Expr, visit)
		}
		Walk(e.In, visit)
	case *Lambda:
		Walk(e.Body, visit)
	case *Form:
		for _, arg := range e.Args {
			Walk(arg, visit)
		}
	case *SetLiteral:
		Walk(e.Form, visit)
	}
}
