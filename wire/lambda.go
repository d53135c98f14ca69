package wire

import (
	"seriatim/syntax"
	"seriatim/value"
)

// isLambda reports whether node i is an object of exactly lambda and expr.
func (d *decoder) isLambda(i int) bool {
	return d.nodes[i].kind == kindObject && d.nodes[i].size == 2 &&
		d.lookup(i, "lambda") > 0 && d.lookup(i, "expr") > 0
}

// lambdaSlot decodes node i where a function takes a lambda literal.
func (d *decoder) lambdaSlot(i int) *syntax.Lambda {
	if d.isLambda(i) {
		return d.lambda(i)
	}
	if d.nodes[i].kind == kindObject {
		d.failForm(i)
	} else {
		d.failType("Lambda", i)
	}
	return nil
}

// lambda decodes the lambda literal i at the decoder's version.
func (d *decoder) lambda(i int) *syntax.Lambda {
	l := &syntax.Lambda{Version: max(d.version, syntax.V212)}
	pattern, body := d.lookup(i, "lambda"), d.lookup(i, "expr")
	d.enter(pattern)
	d.pattern(pattern, l)
	d.leave()
	d.enter(body)
	l.Body = d.expr(body)
	d.leave()
	return l
}

// pattern decodes a lambda's parameters: one name, or an array of names.
func (d *decoder) pattern(i int, l *syntax.Lambda) {
	switch n := &d.nodes[i]; n.kind {
	case kindString, kindEscaped:
		l.Params = []string{d.string(i)}
	case kindArray:
		l.Array = true
		l.Params = make([]string, n.size)
		j := i + 1
		for k := range l.Params {
			if !d.isString(j) {
				d.enterIndex(k)
				d.failType("String", j)
				d.leave()
			}
			l.Params[k] = d.string(j)
			j = d.after(j)
		}
	default:
		d.failType("String or Array", i)
	}
}

// closedLambda decodes the lambda i given as data: it may name the API version
// under which it parses, otherwise v, and has no variables from outside. Nil
// means that errors were added.
func (d *decoder) closedLambda(i int, v syntax.Version) *syntax.Lambda {
	if d.nodes[i].kind != kindObject {
		d.fail("Invalid lambda.")
		return nil
	}
	size := 2
	if j := d.lookup(i, "api_version"); j > 0 {
		size = 3
		var ok bool
		if v, ok = syntax.ParseVersion(d.string(j)); !ok {
			d.fail("Invalid lambda.")
			return nil
		}
	}
	if int(d.nodes[i].size) != size || d.lookup(i, "lambda") == 0 || d.lookup(i, "expr") == 0 {
		d.fail("Invalid lambda.")
		return nil
	}
	outer, failed := d.version, d.failed
	d.version = v
	l := d.lambda(i)
	d.version = outer
	if d.failed > failed {
		return nil
	}
	if len(syntax.Resolve(l, nil)) > 0 {
		d.fail("Invalid lambda.")
		return nil
	}
	return l
}

// query decodes the payload i of an @query into a lambda value. Its Code is the
// *syntax.Lambda, resolved.
func (d *decoder) query(i int) syntax.Expr {
	l := d.closedLambda(i, syntax.V212)
	if l == nil {
		return nil
	}
	v := LambdaOf(l)
	if d.sources += len(v.Source); d.sources > maxSources {
		d.fail("Invalid lambda.")
		return nil
	}
	return d.tree.literal(v)
}

// maxSources bounds the bytes of all lambda sources of one request: a lambda
// inside a lambda is written again with each one around it.
const maxSources = 32 << 20

// LambdaOf returns l, which has no unbound variables and is resolved, as a
// value: its Source is canonical and its Code is l.
func LambdaOf(l *syntax.Lambda) *value.Lambda {
	return &value.Lambda{Version: l.Version.String(), Source: AppendLambda(nil, l), Code: l}
}
