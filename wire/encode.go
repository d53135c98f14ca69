package wire

import "seriatim/syntax"

// AppendExpr appends the wire JSON of e to dst: keys stand in the order of each
// function's parameters, absent arguments stay absent. Decoding the result as
// the version that e was written for gives e again.
//
// Literals that hold what only an evaluation can make, as captured variables
// do, are written as the expression that gives the same value. A document, event
// or page becomes its object. References by identity use a spelling that only
// DecodeLambda reads. A TxnTime has no spelling and becomes null: refuse to
// capture one.
func AppendExpr(dst []byte, e syntax.Expr) []byte {
	w := encoder{dst: dst}
	w.expr(e)
	return w.dst
}

// AppendLambda appends the canonical source of l to dst, without api_version.
// It is AppendExpr, except that a let's bindings always are an object, as the
// core returns them, unless a name repeats.
func AppendLambda(dst []byte, l *syntax.Lambda) []byte {
	w := encoder{dst: dst, canonical: true}
	w.lambda(l)
	return w.dst
}

// AppendData appends a tree that DecodeData gave to dst as it reads: in data
// position, where objects are bare.
func AppendData(dst []byte, e syntax.Expr) []byte {
	w := encoder{dst: dst}
	w.data(e)
	return w.dst
}

// encoder appends expressions to dst. With a rendering, references by identity
// are written by name.
type encoder struct {
	dst       []byte
	r         *Rendering
	canonical bool
}

func (w *encoder) text(s string) { w.dst = append(w.dst, s...) }

func (w *encoder) byte(b byte) { w.dst = append(w.dst, b) }

// key writes a separator, unless first, and a member's name.
func (w *encoder) key(first bool, name string) {
	if !first {
		w.byte(',')
	}
	w.dst = appendString(w.dst, name)
	w.byte(':')
}

func (w *encoder) expr(e syntax.Expr) {
	switch e := e.(type) {
	case nil:
		w.text("null")
	case *syntax.Literal:
		w.literal(e.Value)
	case *syntax.Array:
		w.list(e.Elems, w.expr)
	case *syntax.Object:
		w.object(e.Members)
	case *syntax.Var:
		w.text(`{"var":`)
		w.dst = appendString(w.dst, e.Name)
		w.byte('}')
	case *syntax.Let:
		w.let(e)
	case *syntax.Lambda:
		w.lambda(e)
	case *syntax.Form:
		w.form(e)
	case *syntax.RefLiteral:
		w.ref(e)
	case *syntax.SetLiteral:
		w.set(e)
	}
}

func (w *encoder) list(elems []syntax.Expr, write func(syntax.Expr)) {
	w.byte('[')
	for i, e := range elems {
		if i > 0 {
			w.byte(',')
		}
		write(e)
	}
	w.byte(']')
}

// object writes members as {"object":{…}}. One member named like an @-tag
// would read as that tag, so it gets an @obj around it.
func (w *encoder) object(members []syntax.Member) {
	tagged := len(members) == 1 && isTag(members[0].Name)
	if tagged {
		w.text(`{"object":{"@obj":`)
	} else {
		w.text(`{"object":`)
	}
	w.members(members, w.expr)
	if tagged {
		w.byte('}')
	}
	w.byte('}')
}

func (w *encoder) members(members []syntax.Member, write func(syntax.Expr)) {
	w.byte('{')
	for i := range members {
		w.key(i == 0, members[i].Name)
		write(members[i].Expr)
	}
	w.byte('}')
}

func (w *encoder) let(e *syntax.Let) {
	w.text(`{"let":`)
	switch {
	case e.ArrayForm && !w.canonical || repeats(e.Bindings):
		w.byte('[')
		for i := range e.Bindings {
			if i > 0 {
				w.byte(',')
			}
			w.members(e.Bindings[i:i+1], w.expr)
		}
		w.byte(']')
	case len(e.Bindings) == 1 && isTag(e.Bindings[0].Name):
		w.text(`{"@obj":`)
		w.members(e.Bindings, w.expr)
		w.byte('}')
	default:
		w.members(e.Bindings, w.expr)
	}
	w.text(`,"in":`)
	w.expr(e.In)
	w.byte('}')
}

// repeats reports whether a name is bound twice, which an object cannot say.
func repeats(bindings []syntax.Member) bool {
	if len(bindings) > fewMembers {
		names := make(map[string]bool, len(bindings))
		for _, b := range bindings {
			names[b.Name] = true
		}
		return len(names) < len(bindings)
	}
	for i := range bindings {
		for j := range i {
			if bindings[i].Name == bindings[j].Name {
				return true
			}
		}
	}
	return false
}

func (w *encoder) lambda(l *syntax.Lambda) {
	w.byte('{')
	w.lambdaMembers(l)
}

// lambdaMembers writes a lambda after its opening brace.
func (w *encoder) lambdaMembers(l *syntax.Lambda) {
	w.text(`"lambda":`)
	if l.Array {
		w.byte('[')
		for i, p := range l.Params {
			if i > 0 {
				w.byte(',')
			}
			w.dst = appendString(w.dst, p)
		}
		w.byte(']')
	} else {
		w.dst = appendString(w.dst, l.Params[0])
	}
	w.text(`,"expr":`)
	w.expr(l.Body)
	w.byte('}')
}

// paginateOrder is the order in which the core writes paginate's arguments.
var paginateOrder = []int{0, paginateAfter, paginateBefore, paginateCursor,
	paramOf(syntax.FormOf(syntax.OpPaginate), "ts"), paramOf(syntax.FormOf(syntax.OpPaginate), "size"),
	paramOf(syntax.FormOf(syntax.OpPaginate), "events"), paramOf(syntax.FormOf(syntax.OpPaginate), "sources")}

func (w *encoder) form(f *syntax.Form) {
	params := syntax.FormOf(f.Op).Params
	w.byte('{')
	first := true
	for i := range params {
		p := i
		if f.Op == syntax.OpPaginate {
			p = paginateOrder[i]
		}
		var arg syntax.Expr
		if p < len(f.Args) {
			arg = f.Args[p]
		}
		if arg == nil && !params[p].Null {
			continue
		}
		w.key(first, params[p].Key)
		w.expr(arg)
		first = false
	}
	w.byte('}')
}

func (w *encoder) ref(r *syntax.RefLiteral) {
	w.text(`{"@ref":{"id":`)
	if r.Numeric {
		w.text(r.ID)
	} else {
		w.dst = appendString(w.dst, r.ID)
	}
	if r.Collection != nil {
		w.text(`,"collection":`)
		w.ref(r.Collection)
	}
	if r.Database != nil {
		w.text(`,"database":`)
		w.ref(r.Database)
	}
	w.text("}}")
}

// isOpen tells an empty array, which as a bound of a range is no bound.
func isOpen(e syntax.Expr) bool {
	a, ok := e.(*syntax.Array)
	return ok && len(a.Elems) == 0
}

// set writes an @set. Its parts are data; a lambda among them names its version,
// and open sides of a range are left out.
func (w *encoder) set(s *syntax.SetLiteral) {
	w.text(`{"@set":{`)
	params := syntax.FormOf(s.Form.Op).Params
	first := true
	for i, arg := range s.Form.Args {
		if arg == nil || s.Form.Op == syntax.OpRange && isOpen(arg) {
			continue
		}
		w.key(first, params[i].Key)
		first = false
		if l, ok := arg.(*syntax.Lambda); ok {
			w.text(`{"api_version":"` + l.Version.String() + `",`)
			w.lambdaMembers(l)
			continue
		}
		w.data(arg)
	}
	w.text("}}")
}

// data writes a tree of literals in data position.
func (w *encoder) data(e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.Array:
		w.list(e.Elems, w.data)
	case *syntax.Object:
		tagged := false
		for i := range e.Members {
			tagged = tagged || isEscaped(e.Members[i].Name)
		}
		if tagged {
			w.text(`{"@obj":`)
		}
		w.members(e.Members, w.data)
		if tagged {
			w.byte('}')
		}
	case *syntax.Literal:
		w.value(e.Value)
	default:
		w.expr(e)
	}
}
