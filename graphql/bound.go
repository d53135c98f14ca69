package graphql

import (
	"seriatim/catalog"
	"seriatim/value"
)

// bound is the range of one property's values outside of which a filter cannot
// hold. A nil lo or hi is open.
type bound struct {
	lo, hi         value.Value
	loOpen, hiOpen bool // leave out the value itself
}

// exact reports whether the bound is one value.
func (b *bound) exact() bool {
	return b.lo != nil && b.hi != nil && !b.loOpen && !b.hiOpen && compareScalars(b.lo, b.hi) == 0
}

// rangeOf returns the part of an index that the bound is; nil is all of it.
func (b *bound) rangeOf() catalog.Range {
	var g catalog.Range
	if b == nil {
		return g
	}
	if b.lo != nil {
		g.From, g.FromExclusive = []value.Value{b.lo}, b.loOpen
	}
	if b.hi != nil {
		g.To, g.ToExclusive = []value.Value{b.hi}, b.hiOpen
	}
	return g
}

// bound returns what the filter says of a property wherever it holds, nil for
// nothing.
func (f *filter) bound(name string) *bound {
	if f == nil {
		return nil
	}
	switch f.kind {
	case filterAll:
		var b *bound
		for _, sub := range f.subs {
			b = b.meet(sub.bound(name))
		}
		return b
	case filterMember:
		if sub := f.subs[0]; f.name == name && sub.kind == filterTest && sub.form == formPlain {
			var b *bound
			for i := range sub.tests {
				b = b.meet(sub.tests[i].bound())
			}
			return b
		}
	}
	return nil
}

func (t *test) bound() *bound {
	if t.operand.Kind() == value.KindNull {
		return nil
	}
	switch t.op {
	case "eq":
		return &bound{lo: t.operand, hi: t.operand}
	case "lt":
		return &bound{hi: t.operand, hiOpen: true}
	case "le":
		return &bound{hi: t.operand}
	case "gt":
		return &bound{lo: t.operand, loOpen: true}
	case "ge":
		return &bound{lo: t.operand}
	case "between":
		return &bound{lo: t.lo, hi: t.hi}
	}
	return nil
}

// meet returns the range within both bounds.
func (b *bound) meet(o *bound) *bound {
	if b == nil || o == nil {
		if b == nil {
			return o
		}
		return b
	}
	m := *b
	if o.lo != nil && (m.lo == nil || compareScalars(o.lo, m.lo) > 0 || compareScalars(o.lo, m.lo) == 0 && o.loOpen) {
		m.lo, m.loOpen = o.lo, o.loOpen
	}
	if o.hi != nil && (m.hi == nil || compareScalars(o.hi, m.hi) < 0 || compareScalars(o.hi, m.hi) == 0 && o.hiOpen) {
		m.hi, m.hiOpen = o.hi, o.hiOpen
	}
	return &m
}
