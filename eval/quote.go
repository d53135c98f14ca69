package eval

import (
	"strconv"

	"seriatim/syntax"
	"seriatim/value"
)

// quoteValue returns the expression that evaluates to v: how a captured value
// is written into a lambda's source.
func (c *context) quoteValue(v value.Value) (syntax.Expr, *fault) {
	switch v := v.(type) {
	case value.Array:
		elems, f := c.quoteAll(v)
		return &syntax.Array{Elems: elems}, f
	case *value.Object:
		members := make([]syntax.Member, len(v.Fields))
		for i, field := range v.Fields {
			x, f := c.quoteValue(field.Value)
			if f != nil {
				return nil, f
			}
			members[i] = syntax.Member{Name: field.Name, Expr: x}
		}
		return &syntax.Object{Members: members}, nil
	case *value.Document:
		head := []value.Field{{Name: "ref", Value: v.Ref}, {Name: "ts", Value: timestamp(v.TS, v.Unresolved)}}
		return c.quoteValue(value.NewObject(append(head, c.body(v).Fields...)...))
	case *value.Page:
		fields := []value.Field{{Name: "data", Value: v.Data}}
		if v.Before != nil {
			fields = append(fields, value.Field{Name: "before", Value: v.Before})
		}
		if v.After != nil {
			fields = append(fields, value.Field{Name: "after", Value: v.After})
		}
		return c.quoteValue(value.NewObject(fields...))
	case value.Ref:
		return c.quoteRef(v)
	case *value.Set:
		form, f := c.quoteSet(v)
		if f != nil {
			return nil, f
		}
		return &syntax.SetLiteral{Form: form}, nil
	case value.TxnTime, *value.UnresolvedRef, *value.Event, *value.Sourced:
		return nil, wrongType(v, "Any")
	}
	return &syntax.Literal{Value: v}, nil
}

func (c *context) quoteAll(values []value.Value) ([]syntax.Expr, *fault) {
	out := make([]syntax.Expr, len(values))
	for i, v := range values {
		x, f := c.quoteValue(v)
		if f != nil {
			return nil, f
		}
		out[i] = x
	}
	return out, nil
}

// quoteRef spells a reference by the names that its collection has now.
func (c *context) quoteRef(r value.Ref) (syntax.Expr, *fault) {
	if _, f := c.viewIn(0); f != nil {
		return nil, f
	}
	var db *syntax.RefLiteral
	if path, ok := c.View.DatabasePath(r.Database); ok && r.Database != 0 {
		for _, name := range path {
			db = &syntax.RefLiteral{ID: name, Collection: &syntax.RefLiteral{ID: "databases"}, Database: db}
		}
	}
	if r.IsNative() {
		return &syntax.RefLiteral{ID: nativeSpelling(r.Collection), Database: db}, nil
	}
	if r.IsSchema() && named(r.Collection) {
		name, ok := c.View.Name(r)
		if !ok {
			return nil, fail("invalid ref", "Ref refers to undefined "+definitionNoun(r.Collection)+" '"+strconv.FormatInt(r.ID, 10)+"'")
		}
		return &syntax.RefLiteral{ID: name, Collection: &syntax.RefLiteral{ID: nativeSpelling(r.Collection)}, Database: db}, nil
	}
	coll := &syntax.RefLiteral{ID: nativeSpelling(r.Collection)}
	if !r.IsSchema() {
		name, ok := c.View.CollectionName(r.Database, r.Collection)
		if !ok {
			return nil, fail("invalid ref", "Ref refers to undefined collection '"+strconv.Itoa(int(r.Collection))+"'")
		}
		coll = &syntax.RefLiteral{ID: name, Collection: &syntax.RefLiteral{ID: "collections"}, Database: db}
	}
	return &syntax.RefLiteral{ID: strconv.FormatInt(r.ID, 10), Collection: coll}, nil
}

// nativeSpelling returns what a native collection is called in a lambda's source.
func nativeSpelling(c value.CollectionID) string {
	if name := nativeName(c, syntax.V27); name != "" {
		return name
	}
	return "collections"
}

// setOps are the forms that make each kind of set.
var setOps = map[value.SetOp]syntax.Op{
	value.SetMatch: syntax.OpMatch, value.SetDocuments: syntax.OpDocuments, value.SetSingleton: syntax.OpSingleton,
	value.SetEvents: syntax.OpEvents, value.SetUnion: syntax.OpUnion, value.SetIntersection: syntax.OpIntersection,
	value.SetDifference: syntax.OpDifference, value.SetDistinct: syntax.OpDistinct, value.SetReverse: syntax.OpReverse,
	value.SetRange: syntax.OpRange, value.SetFilter: syntax.OpFilter, value.SetJoin: syntax.OpJoin,
}

// quoteSet returns the form that makes the set s.
func (c *context) quoteSet(s *value.Set) (*syntax.Form, *fault) {
	op := setOps[s.Op]
	form := &syntax.Form{Op: op, Args: make([]syntax.Expr, len(syntax.FormOf(op).Params))}
	of := make([]syntax.Expr, len(s.Of))
	for i, inner := range s.Of {
		x, f := c.quoteSet(inner)
		if f != nil {
			return nil, f
		}
		of[i] = x
	}
	switch s.Op {
	case value.SetMatch, value.SetDocuments, value.SetSingleton:
		return form, c.quoteLeaf(form, s)
	case value.SetEvents:
		if len(of) == 0 {
			return form, c.quoteLeaf(form, s)
		}
		form.Args[0] = of[0]
	case value.SetUnion, value.SetIntersection, value.SetDifference:
		form.Args[0] = &syntax.Array{Elems: of}
	case value.SetDistinct, value.SetReverse:
		form.Args[0] = of[0]
	case value.SetRange:
		form.Args[0] = of[0]
		return form, c.quoteBounds(form, s)
	case value.SetFilter:
		form.Args[1] = of[0]
		return form, c.quoteLambda(form, 0, s.Lambda)
	case value.SetJoin:
		form.Args[0] = of[0]
		if s.Lambda != nil {
			return form, c.quoteLambda(form, 1, s.Lambda)
		}
		ref, f := c.quoteRef(s.Ref)
		form.Args[1] = ref
		return form, f
	}
	return form, nil
}

// quoteLeaf fills in the reference and the terms of a set that is made of no others.
func (c *context) quoteLeaf(form *syntax.Form, s *value.Set) *fault {
	ref, f := c.quoteRef(s.Ref)
	if f != nil {
		return f
	}
	form.Args[0] = ref
	if len(s.Terms) == 0 {
		return nil
	}
	terms, f := c.quoteAll(s.Terms)
	if len(terms) == 1 {
		form.Args[1] = terms[0]
		return f
	}
	form.Args[1] = &syntax.Array{Elems: terms}
	return f
}

func (c *context) quoteBounds(form *syntax.Form, s *value.Set) *fault {
	for i, bound := range []value.Value{s.From, s.To} {
		if bound == nil {
			bound = value.Array{}
		}
		x, f := c.quoteValue(bound)
		if f != nil {
			return f
		}
		form.Args[1+i] = x
	}
	return nil
}

func (c *context) quoteLambda(form *syntax.Form, i int, l *value.Lambda) *fault {
	closed, f := closedLambda(l)
	form.Args[i] = closed
	return f
}
