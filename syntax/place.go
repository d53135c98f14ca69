package syntax

// span is where a node is written: the bytes from start up to end.
type span struct{ start, end int }

// mark notes where e is written. A node inside parentheses keeps its own place, and
// nodes that many places share have none.
func (p *parser) mark(e Expr, start int) {
	if e == undefined || e == quotedNull {
		return
	}
	if _, marked := p.spans[e]; !marked {
		p.spans[e] = span{start, p.tokens[p.at-1].end}
	}
}

// Locate returns where the part of the query at a wire position, as errors tell
// it (fql-v4 section 1.10), begins in the text that was parsed. Where the position
// leads to what has no place of its own, such as the array that the arguments of
// Add become, it is the place of the innermost call or literal around it.
func (q *Query) Locate(position []any) Pos {
	from, _ := q.Span(position)
	return posAt(q.source, from)
}

// Span is Locate for both ends: the bytes of the parsed text from the first up to
// the end of what Locate finds.
func (q *Query) Span(position []any) (from, to int) {
	at, e := span{q.Pos.Offset, q.Pos.Offset + len(q.Text)}, q.Expr
	for e != nil {
		if s, ok := q.spans[e]; ok {
			at = s
		}
		e, position = descend(e, position)
	}
	return at.start, at.end
}

// descend takes the steps of position that lead from e to a node directly below
// it; nil when there is none.
func descend(e Expr, position []any) (Expr, []any) {
	if len(position) == 0 {
		return nil, nil
	}
	switch e := e.(type) {
	case *Array:
		if i, ok := position[0].(int); ok && 0 <= i && i < len(e.Elems) {
			return e.Elems[i], position[1:]
		}
	case *Object:
		if position[0] == "object" && len(position) > 1 {
			return memberCalled(e.Members, position[1]), position[2:]
		}
	case *Let:
		return descendLet(e, position)
	case *Lambda:
		if position[0] == "expr" {
			return e.Body, position[1:]
		}
	case *Form:
		for i, p := range FormOf(e.Op).Params {
			if p.Key == position[0] && i < len(e.Args) {
				return e.Args[i], position[1:]
			}
		}
	}
	return nil, nil
}

// descendLet is descend for a Let: "in", or "let", the index in the array form,
// and the name.
func descendLet(e *Let, position []any) (Expr, []any) {
	if position[0] == "in" {
		return e.In, position[1:]
	}
	if position[0] != "let" || len(position) < 2 {
		return nil, nil
	}
	i, ok := position[1].(int)
	switch {
	case !ok:
		return memberCalled(e.Bindings, position[1]), position[2:]
	case 0 <= i && i < len(e.Bindings) && len(position) > 2:
		return e.Bindings[i].Expr, position[3:]
	}
	return nil, nil
}

func memberCalled(members []Member, name any) Expr {
	for _, m := range members {
		if m.Name == name {
			return m.Expr
		}
	}
	return nil
}
