package syntax

// Unbound is one use of a variable that nothing in scope binds.
type Unbound struct {
	Name string
	// Position is the wire path from the root to the use, as error positions
	// show it (fql-v4 section 1.10): form keys and object names are string, array
	// indexes are int.
	Position []any
}

// Resolve sets the Depth of every Var in e and returns the unbound ones in the
// order in which they are written, nil when there are none; their Depth is -1.
//
// Depth counts bindings outwards from the use. A Let adds one binding for each
// of its members, each in scope of the members after it and of In. A Lambda adds
// one for each parameter in order, except "_", which binds nothing. free names
// bindings that are already in scope at the root, outermost first: after the
// tree's own bindings, depth 0 is the last of them.
//
// The lambdas inside an @set literal are closed: they see only their own
// bindings, never those around the literal.
//
// No more than 1,000 are reported, so that a hostile query cannot make its
// errors much larger than itself.
//
// Resolve changes e in place; a tree that evaluations already share must not be
// resolved again.
func Resolve(e Expr, free []string) []Unbound {
	r := resolver{scope: free[:len(free):len(free)]}
	r.expr(e)
	for _, u := range r.unbound {
		reverse(u.Position)
	}
	return r.unbound
}

// maxUnbound bounds the unbound uses that are reported.
const maxUnbound = 1000

// resolver walks a tree with the names in scope, innermost last. A position is
// built backwards while the walk unwinds from an unbound variable, so a tree
// without any pays nothing for positions.
type resolver struct {
	scope   []string
	unbound []Unbound
}

func (r *resolver) expr(e Expr) {
	switch e := e.(type) {
	case nil:
	case *Var:
		r.use(e)
	case *Array:
		for i, elem := range e.Elems {
			n := len(r.unbound)
			r.expr(elem)
			if len(r.unbound) > n {
				r.under(n, i)
			}
		}
	case *Object:
		for _, m := range e.Members {
			r.at(m.Expr, m.Name, "object")
		}
	case *Let:
		r.let(e)
	case *Lambda:
		r.lambda(e)
	case *Form:
		r.form(e)
	case *SetLiteral:
		r.closed(e)
	}
}

func (r *resolver) use(v *Var) {
	for depth := 0; depth < len(r.scope); depth++ {
		if r.scope[len(r.scope)-1-depth] == v.Name {
			v.Depth = depth
			return
		}
	}
	v.Depth = -1
	if len(r.unbound) < maxUnbound {
		r.unbound = append(r.unbound, Unbound{Name: v.Name})
	}
}

func (r *resolver) let(e *Let) {
	outer := r.scope
	for i, b := range e.Bindings {
		n := len(r.unbound)
		r.expr(b.Expr)
		if len(r.unbound) > n {
			if e.ArrayForm {
				r.under(n, b.Name, i, "let")
			} else {
				r.under(n, b.Name, "let")
			}
		}
		r.bind(b.Name)
	}
	r.at(e.In, "in")
	r.scope = outer
}

func (r *resolver) lambda(e *Lambda) {
	outer := r.scope
	for _, p := range e.Params {
		if p != "_" {
			r.bind(p)
		}
	}
	r.at(e.Body, "expr")
	r.scope = outer
}

func (r *resolver) form(e *Form) {
	params := FormOf(e.Op).Params
	for i, arg := range e.Args {
		if arg != nil {
			r.at(arg, params[i].Key)
		}
	}
}

func (r *resolver) closed(e *SetLiteral) {
	outer := r.scope
	r.scope = nil
	r.at(e.Form, "@set")
	r.scope = outer
}

// bind puts name in scope. Leaving a scope only shortens the slice, so its room
// is used again by the next one.
func (r *resolver) bind(name string) { r.scope = append(r.scope, name) }

// at resolves e and puts keys, innermost first, around what it left unbound.
func (r *resolver) at(e Expr, keys ...string) {
	n := len(r.unbound)
	r.expr(e)
	for i := n; i < len(r.unbound); i++ {
		for _, k := range keys {
			r.unbound[i].Position = append(r.unbound[i].Position, k)
		}
	}
}

// under puts keys, innermost first, around every unbound use from the nth on.
func (r *resolver) under(n int, keys ...any) {
	for i := n; i < len(r.unbound); i++ {
		r.unbound[i].Position = append(r.unbound[i].Position, keys...)
	}
}

func reverse(p []any) {
	for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
		p[i], p[j] = p[j], p[i]
	}
}
