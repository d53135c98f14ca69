package eval

import (
	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// A lambda that becomes a value is closed: what it uses from outside is bound by a
// let around its body, so its source says all there is to know (fql-v4 section 3.0).

// lambdaValue makes a value of a closure. Its source is closed; evaluation goes on
// to use the closure itself, so that errors inside it keep their places.
func (c *context) lambdaValue(fn closure) (*value.Lambda, *fault) {
	l := &value.Lambda{Version: fn.lambda.Version.String()}
	captured := freeVars(fn.lambda)
	if len(captured) == 0 {
		l.Source, l.Code = wire.AppendLambda(nil, fn.lambda), closure{lambda: fn.lambda}
		return l, nil
	}
	source, f := c.close(fn, captured)
	l.Source, l.Code = source, fn
	return l, f
}

// close returns the source of fn with its captured variables bound by a let.
func (c *context) close(fn closure, captured []*syntax.Var) ([]byte, *fault) {
	members := make([]syntax.Member, len(captured))
	for i, v := range captured {
		bound := fn.scope.lookup(v.Depth)
		if f := c.spendCapture(bound); f != nil {
			return nil, f
		}
		x, f := c.quoteValue(bound)
		if f != nil {
			return nil, f
		}
		members[i] = syntax.Member{Name: v.Name, Expr: x}
	}
	closed := *fn.lambda
	closed.Body = &syntax.Let{Bindings: members, In: fn.lambda.Body}
	source := wire.AppendLambda(nil, &closed)
	return source, c.spendSource(len(source))
}

// spendCapture charges for writing a value into a lambda's source, which may take
// many times what the value itself does.
func (c *context) spendCapture(v value.Value) *fault {
	bytes, _ := value.Extent(v, bytesPerQuote, maxHeld)
	c.hold(bytes)
	return c.spend(bytes / extentPerStep)
}

// spendSource charges for a source of n bytes. While it was written it took as much
// again.
func (c *context) spendSource(n int) *fault {
	c.hold(2 * n)
	return c.spend(n / extentPerStep)
}

// bytesPerQuote is what a part of a value takes as a tree and in a source.
const bytesPerQuote = 384

// closedLambda returns a lambda value as a literal, which its source is.
func closedLambda(l *value.Lambda) (*syntax.Lambda, *fault) {
	fn, f := code(&value.Lambda{Version: l.Version, Source: l.Source})
	return fn.lambda, f
}

// code returns the closure of a lambda value, parsing its source on first use.
func code(l *value.Lambda) (closure, *fault) {
	switch code := l.Code.(type) {
	case closure:
		return code, nil
	case *syntax.Lambda:
		return closure{lambda: code}, nil
	}
	version, ok := syntax.ParseVersion(l.Version)
	if !ok {
		version = syntax.V212
	}
	parsed, f := parseLambda(l.Source, version)
	if f != nil {
		return closure{}, f
	}
	return closure{lambda: parsed}, nil
}

// parseLambda decodes the source of a lambda value.
func parseLambda(source []byte, version syntax.Version) (*syntax.Lambda, *fault) {
	l, errs := wire.DecodeLambda(source, version)
	if errs != nil {
		return nil, fail("invalid expression", "Invalid lambda.")
	}
	return l, nil
}

// freeVars returns one use of every variable of l that l does not bind, its
// Depth counted from the scope around l.
func freeVars(l *syntax.Lambda) []*syntax.Var {
	w := freeWalk{seen: map[string]bool{}}
	w.expr(l, 0)
	return w.free
}

type freeWalk struct {
	free []*syntax.Var
	seen map[string]bool
}

// expr walks e, inside which local bindings are in scope.
func (w *freeWalk) expr(e syntax.Expr, local int) {
	switch e := e.(type) {
	case *syntax.Var:
		if e.Depth >= local && !w.seen[e.Name] {
			w.seen[e.Name] = true
			w.free = append(w.free, &syntax.Var{Name: e.Name, Depth: e.Depth - local})
		}
	case *syntax.Let:
		for i := range e.Bindings {
			w.expr(e.Bindings[i].Expr, local+i)
		}
		w.expr(e.In, local+len(e.Bindings))
	case *syntax.Lambda:
		for _, p := range e.Params {
			if p != "_" {
				local++
			}
		}
		w.expr(e.Body, local)
	case *syntax.Form:
		for _, a := range e.Args {
			if a != nil {
				w.expr(a, local)
			}
		}
	case *syntax.Array:
		for _, x := range e.Elems {
			w.expr(x, local)
		}
	case *syntax.Object:
		for i := range e.Members {
			w.expr(e.Members[i].Expr, local)
		}
	}
}
