package syntax

import "seriatim/value"

// form lays out a call with its arguments in the driver's order.
func (p printer) form(e *Form) layout {
	spec := FormOf(e.Op)
	switch {
	case e.Op == OpPaginate:
		return p.paginate(e)
	case e.Op == OpMap || e.Op == OpForeach || e.Op == OpFilter:
		return callOf(spec.Name, p.expr(e.Args[1]), p.expr(e.Args[0]))
	case spec.Params[0].Variadic:
		return p.spread(spec.Name, nil, e.Args[0], e.Op == OpDo)
	case len(spec.Params) == 2 && spec.Params[1].Variadic:
		return p.trailing(spec.Name, e)
	}
	args := e.Args
	for len(args) > 0 && args[len(args)-1] == nil {
		args = args[:len(args)-1]
	}
	if e.Op == OpSelect {
		args = selectArgs(e.Args)
	}
	items := make([]layout, len(args))
	for i, arg := range args {
		items[i] = p.argument(e.Op, i, arg)
	}
	return callOf(spec.Name, items...)
}

// selectArgs puts the arguments of Select in the order of the shell, which has
// path, from and default, or all four when all is present.
func selectArgs(args []Expr) []Expr {
	switch {
	case args[2] != nil:
		return args
	case args[3] != nil:
		return []Expr{args[0], args[1], args[3]}
	}
	return args[:2]
}

// argument lays out the ith argument, keeping a null that the parser would drop.
func (p printer) argument(op Op, i int, arg Expr) layout {
	if l, ok := arg.(*Literal); ok && l.Value == (value.Null{}) {
		if param := &FormOf(op).Params[i]; param.Null || param.Optional && dropsNull(op, param) {
			return callOf("Quote", words("null"))
		}
	}
	return p.expr(arg)
}

// set lays out a set given as data. One of an index without terms is written with
// the index alone, as the driver writes it.
func (p printer) set(e *Form) layout {
	if e.Op == OpMatch && e.Args[1] == nil {
		return callOf("Match", p.expr(e.Args[0]))
	}
	return p.form(e)
}

// spread lays out variadic arguments after the items before: two or more of an
// array stand by themselves, a sole one too when always is set.
func (p printer) spread(name string, before []layout, arg Expr, always bool) layout {
	if a, ok := arg.(*Array); ok && (len(a.Elems) > 1 || always && len(a.Elems) == 1) {
		return callOf(name, append(before, p.list(a.Elems)...)...)
	}
	return callOf(name, append(before, p.expr(arg))...)
}

// trailing lays out Match, Call and Format, whose first argument is not part of
// the variadic ones.
func (p printer) trailing(name string, e *Form) layout {
	first := []layout{p.expr(e.Args[0])}
	a, isArray := e.Args[1].(*Array)
	switch {
	case isArray && len(a.Elems) == 0 && (p.pretty || e.Op == OpMatch):
		return callOf(name, first...)
	case p.pretty:
		return p.spread(name, first, e.Args[1], false)
	}
	return callOf(name, append(first, p.expr(e.Args[1]))...)
}

func (p printer) paginate(e *Form) layout {
	var options []Member
	for i, param := range FormOf(OpPaginate).Params {
		if i > 0 && e.Args[i] != nil {
			options = append(options, Member{param.Key, e.Args[i]})
		}
	}
	if options == nil {
		return callOf("Paginate", p.expr(e.Args[0]))
	}
	return callOf("Paginate", p.expr(e.Args[0]), p.object(options))
}

// refNames are the functions that build a ref to a definition, by the id of its
// native collection.
var refNames = map[string]string{
	"collections": "Collection", "classes": "Class", "databases": "Database", "indexes": "Index",
	"functions": "Function", "roles": "Role", "access_providers": "AccessProvider",
}

// ref lays out a ref as the call that builds it. The database of a document's ref
// is that of its collection.
func (p printer) ref(r *RefLiteral) layout {
	var scope []layout
	if r.Database != nil {
		scope = []layout{p.ref(r.Database)}
	}
	if r.Collection == nil {
		if op := nativeOp(r.ID); op != 0 {
			return callOf(FormOf(op).Name, scope...)
		}
		return callOf("Ref", words(quoteString(r.ID)))
	}
	if name := refNames[r.Collection.ID]; name != "" && r.Collection.Collection == nil {
		if scope == nil && r.Collection.Database != nil {
			scope = []layout{p.ref(r.Collection.Database)}
		}
		return callOf(name, append([]layout{words(quoteString(r.ID))}, scope...)...)
	}
	collection := *r.Collection
	if collection.Database == nil {
		collection.Database = r.Database
	}
	return callOf("Ref", p.ref(&collection), words(quoteString(r.ID)))
}

// Equal reports whether a and b are the same tree as Print shows it: Depth,
// ArrayForm and Version, which the text does not spell, are ignored. Literals
// are equal when their values are the same in kind and content.
func Equal(a, b Expr) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case *Literal:
		b, ok := b.(*Literal)
		return ok && sameValue(a.Value, b.Value)
	case *Array:
		b, ok := b.(*Array)
		return ok && equalList(a.Elems, b.Elems)
	case *Object:
		b, ok := b.(*Object)
		return ok && equalMembers(a.Members, b.Members)
	case *Var:
		b, ok := b.(*Var)
		return ok && a.Name == b.Name
	case *Let:
		b, ok := b.(*Let)
		return ok && equalMembers(a.Bindings, b.Bindings) && Equal(a.In, b.In)
	case *Lambda:
		b, ok := b.(*Lambda)
		return ok && a.Array == b.Array && equalNames(a.Params, b.Params) && Equal(a.Body, b.Body)
	case *Form:
		b, ok := b.(*Form)
		return ok && a.Op == b.Op && equalList(a.Args, b.Args)
	case *RefLiteral:
		b, ok := b.(*RefLiteral)
		return ok && equalRef(a, b)
	case *SetLiteral:
		b, ok := b.(*SetLiteral)
		return ok && Equal(a.Form, b.Form)
	}
	return false
}

func equalList(a, b []Expr) bool {
	for i := range min(len(a), len(b)) {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

func equalMembers(a, b []Member) bool {
	for i := range min(len(a), len(b)) {
		if a[i].Name != b[i].Name || !Equal(a[i].Expr, b[i].Expr) {
			return false
		}
	}
	return len(a) == len(b)
}

func equalNames(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

func equalRef(a, b *RefLiteral) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ID == b.ID && a.Numeric == b.Numeric && equalRef(a.Collection, b.Collection) && equalRef(a.Database, b.Database)
}

// sameValue compares literals; Equal's rules are not those of the language.
func sameValue(a, b value.Value) bool {
	return scalarKind(a) == scalarKind(b) && printed(a) == printed(b)
}

func scalarKind(v value.Value) value.Kind {
	if v == nil {
		return value.KindNull
	}
	return v.Kind()
}

func printed(v value.Value) string {
	l := printer{}.literal(v)
	return string(l.flat(nil, false))
}
