package model

import (
	"strings"
	"testing"
	"time"

	"seriatim/syntax"
	"seriatim/value"
)

// shrink looks for a smaller query that the two answer differently, in a database
// with the same past.
func (s *session) shrink(t testing.TB, d *difference, past []string) *difference {
	end := time.Now().Add(20 * time.Second)
	best := d
	version := ""
	if strings.HasPrefix(d.text, "@") {
		version, _, _ = strings.Cut(d.text, " ")
		version += " "
	}
	try := func(e syntax.Expr, past []string) bool {
		body := version + syntax.Print(e)
		if _, _, _, err := parse(body); err != nil {
			return false
		}
		again := newSession(t)
		defer again.close(t)
		for _, p := range past {
			if d, _ := again.safely(t, p); d != nil {
				return false
			}
		}
		got, _ := again.safely(t, body)
		if got != nil {
			best = got
		}
		return got != nil
	}
	_, _, e, err := parse(d.text)
	if err != nil {
		return d
	}
	if try(e, nil) {
		past = nil
	} else if !try(e, past) {
		return d
	}
	for smaller := true; smaller; {
		smaller = false
		for _, c := range reductions(e) {
			if time.Now().After(end) {
				return best
			}
			if try(c, past) {
				e, smaller = c, true
				break
			}
		}
	}
	return best
}

// reductions are trees one step smaller than e: a part in place of the whole, or an
// element left out.
func reductions(e syntax.Expr) []syntax.Expr {
	var out []syntax.Expr
	switch e.(type) {
	case *syntax.Literal, *syntax.Var:
		return nil
	}
	out = append(out, parts(e)...)
	out = append(out, &syntax.Literal{Value: value.Int(1)}, &syntax.Literal{Value: value.Null{}})
	switch e := e.(type) {
	case *syntax.Array:
		for i := range e.Elems {
			out = append(out, &syntax.Array{Elems: append(append([]syntax.Expr{}, e.Elems[:i]...), e.Elems[i+1:]...)})
		}
		for i, x := range e.Elems {
			for _, r := range reductions(x) {
				c := append([]syntax.Expr{}, e.Elems...)
				c[i] = r
				out = append(out, &syntax.Array{Elems: c})
			}
		}
	case *syntax.Object:
		for i := range e.Members {
			out = append(out, &syntax.Object{Members: append(append([]syntax.Member{}, e.Members[:i]...), e.Members[i+1:]...)})
		}
		for i, m := range e.Members {
			for _, r := range reductions(m.Expr) {
				c := append([]syntax.Member{}, e.Members...)
				c[i].Expr = r
				out = append(out, &syntax.Object{Members: c})
			}
		}
	case *syntax.Let:
		for i, m := range e.Bindings {
			for _, r := range reductions(m.Expr) {
				c := append([]syntax.Member{}, e.Bindings...)
				c[i].Expr = r
				out = append(out, &syntax.Let{Bindings: c, In: e.In, ArrayForm: e.ArrayForm})
			}
		}
		for _, r := range reductions(e.In) {
			out = append(out, &syntax.Let{Bindings: e.Bindings, In: r, ArrayForm: e.ArrayForm})
		}
	case *syntax.Lambda:
		out = out[:0]
		for _, r := range reductions(e.Body) {
			out = append(out, &syntax.Lambda{Params: e.Params, Array: e.Array, Body: r, Version: e.Version})
		}
	case *syntax.Form:
		for i, a := range e.Args {
			if a == nil {
				continue
			}
			for _, r := range reductions(a) {
				c := append([]syntax.Expr{}, e.Args...)
				c[i] = r
				out = append(out, &syntax.Form{Op: e.Op, Args: c})
			}
			if syntax.FormOf(e.Op).Params[i].Optional {
				c := append([]syntax.Expr{}, e.Args...)
				c[i] = nil
				out = append(out, &syntax.Form{Op: e.Op, Args: c})
			}
		}
	}
	return out
}

// parts are the expressions directly below e that may stand in its place.
func parts(e syntax.Expr) []syntax.Expr {
	var out []syntax.Expr
	switch e := e.(type) {
	case *syntax.Array:
		out = e.Elems
	case *syntax.Object:
		for _, m := range e.Members {
			out = append(out, m.Expr)
		}
	case *syntax.Let:
		out = append(out, e.In)
		for _, m := range e.Bindings {
			out = append(out, m.Expr)
		}
	case *syntax.Form:
		for _, a := range e.Args {
			if l, ok := a.(*syntax.Lambda); ok {
				out = append(out, l.Body)
			} else if a != nil {
				out = append(out, a)
			}
		}
	}
	return out
}
