package syntax

// arrowParams takes "a, b) =>" after an opening parenthesis and returns the names;
// otherwise it takes nothing.
func (p *parser) arrowParams() (params []string, ok bool) {
	params, at := p.params(p.at)
	if at < 0 || !p.tokens[at].is("=>") {
		return nil, false
	}
	p.at = at + 1
	return params, true
}

// params reads "a, b)" from the token at and returns the names and the place
// after them, or -1 when something else stands there.
func (p *parser) params(at int) ([]string, int) {
	params := []string{}
	for {
		t := &p.tokens[at]
		if t.is(")") {
			return params, at + 1
		}
		if t.kind != tokIdent {
			return nil, -1
		}
		params = append(params, t.text)
		if at++; p.tokens[at].is(",") {
			at++
		} else if !p.tokens[at].is(")") {
			return nil, -1
		}
	}
}

// functionKeyword parses "function name(a, b) { return … }" after its first word.
func (p *parser) functionKeyword() Expr {
	if p.peek().kind == tokIdent {
		p.at++
	}
	open := *p.next()
	if !open.is("(") {
		p.at--
		panic(p.unexpected(&open, "( and the parameters of the function"))
	}
	params, at := p.params(p.at)
	if at < 0 {
		p.fail(open.start, "the parameters of a function are plain names")
	}
	p.at = at
	if t := p.peek(); !t.is("{") {
		panic(p.unexpected(t, "{ return … }"))
	}
	return p.body(params)
}

// body parses a JavaScript function's body into the Lambda that the driver makes
// of it: one parameter takes the whole argument, several destructure it.
func (p *parser) body(params []string) Expr {
	outer := len(p.names)
	for _, name := range params {
		p.names = append(p.names, local{name: name})
	}
	l := &Lambda{Params: params, Array: len(params) != 1, Version: V4}
	at := p.peek().start
	if p.peek().is("{") {
		l.Body = p.block()
	} else {
		l.Body = p.expr()
	}
	p.value(l.Body, at)
	uses := [][]*Var{}
	for _, n := range p.names[outer:] {
		uses = append(uses, n.uses)
	}
	p.names = p.names[:outer]
	p.uses[l] = uses
	return l
}

// block parses "{ return … }".
func (p *parser) block() Expr {
	open := *p.next()
	if t := p.peek(); t.kind != tokIdent || t.text != "return" {
		p.fail(t.start, "a function's body is an expression or { return … }")
	}
	p.at++
	p.open = append(p.open, open)
	e := p.expr()
	if p.peek().is(";") {
		p.at++
	}
	p.close("}", "}")
	return e
}
