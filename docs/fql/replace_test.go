package fql_test

import (
	"seriatim/syntax"
	"seriatim/value"
)

// replace returns a copy of e in which by stands for every node that it returns
// something for; its arguments are replaced too.
func replace(e syntax.Expr, by func(syntax.Expr) syntax.Expr) syntax.Expr {
	if e == nil {
		return nil
	}
	below := below(e, by)
	if _, ok := e.(*syntax.Lambda); ok && by(e) != nil {
		// Only a Lambda can stand in the place of one: null is its body's.
		l := *below.(*syntax.Lambda)
		l.Body = &syntax.Literal{Value: value.Null{}}
		return &l
	}
	if other := by(below); other != nil {
		return other
	}
	return below
}

// below copies e and replaces what is below it.
func below(e syntax.Expr, by func(syntax.Expr) syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.Array:
		return &syntax.Array{Elems: replaceAll(e.Elems, by)}
	case *syntax.Object:
		return &syntax.Object{Members: replaceMembers(e.Members, by)}
	case *syntax.Let:
		return &syntax.Let{Bindings: replaceMembers(e.Bindings, by), In: replace(e.In, by), ArrayForm: e.ArrayForm}
	case *syntax.Lambda:
		l := *e
		l.Body = replace(e.Body, by)
		return &l
	case *syntax.Form:
		return &syntax.Form{Op: e.Op, Args: replaceAll(e.Args, by)}
	}
	return e
}

func replaceAll(list []syntax.Expr, by func(syntax.Expr) syntax.Expr) []syntax.Expr {
	out := make([]syntax.Expr, len(list))
	for i, e := range list {
		out[i] = replace(e, by)
	}
	return out
}

func replaceMembers(list []syntax.Member, by func(syntax.Expr) syntax.Expr) []syntax.Member {
	out := make([]syntax.Member, len(list))
	for i, m := range list {
		out[i] = syntax.Member{Name: m.Name, Expr: replace(m.Expr, by)}
	}
	return out
}
