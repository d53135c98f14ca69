package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// The sizes of pages (fql-v4 section 3.13).
const (
	defaultPageSize = 64
	maxPageSize     = 100000
)

// The parameters of Paginate, in the order of its form.
const (
	paginateSet = iota
	paginateTS
	paginateSize
	paginateEvents
	paginateSources
	paginateAfter
	paginateBefore
	paginateCursor
)

// reading is a page that was asked for.
type reading struct {
	set     *value.Set
	shape   shape
	from    *pageStart // nil is the end of the set at which reading begins
	back    bool
	size    int
	sources bool
}

// evalPaginate reads one page of a set or of its history.
func evalPaginate(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	r, at, f := c.argReading(e, s)
	if f != nil {
		return nil, f
	}
	outer := c.at
	c.at = at
	defer func() { c.at = outer }()
	page, f := c.page(r, "paginate")
	if f != nil {
		return nil, f
	}
	return page, nil
}

// argReading evaluates the arguments of Paginate.
func (c *context) argReading(e *syntax.Form, s *scope) (r *reading, at int64, f *fault) {
	v, f := c.arg(e, paginateSet, s)
	if f != nil {
		return nil, 0, f
	}
	set, f := identified(v)
	if f != nil {
		return nil, 0, f.at("paginate")
	}
	if at, f = c.argTxnTime(e, paginateTS, s); f != nil {
		return nil, 0, f
	}
	r = &reading{set: set}
	size, f := c.argIntOr(e, paginateSize, s, defaultPageSize)
	if f != nil {
		return nil, 0, f
	}
	r.size = int(min(size, maxPageSize))
	events, f := c.argFlag(e, paginateEvents, s)
	if f != nil {
		return nil, 0, f
	}
	if r.sources, f = c.argFlag(e, paginateSources, s); f != nil {
		return nil, 0, f
	}
	if r.shape = c.shapeOf(set); events && !r.shape.history {
		r.set = historyOf(v, set)
		r.shape.history = true
	}
	return r, at, c.argPageStart(r, e, s)
}

// identified returns what a reference or set gives when it is paginated: a
// document is a set of its own.
func identified(v value.Value) (*value.Set, *fault) {
	if ref, ok := v.(value.Ref); ok && !ref.IsNative() {
		return &value.Set{Op: value.SetSingleton, Ref: ref}, nil
	}
	return setOf(v, "Ref", "Set")
}

// historyOf returns the events of v, which set is as a set.
func historyOf(v value.Value, set *value.Set) *value.Set {
	if ref, ok := v.(value.Ref); ok && !ref.IsNative() {
		return &value.Set{Op: value.SetEvents, Ref: ref}
	}
	return &value.Set{Op: value.SetEvents, Of: []*value.Set{set}}
}

// argFlag evaluates an optional boolean, false when it is absent.
func (c *context) argFlag(e *syntax.Form, i int, s *scope) (bool, *fault) {
	if i >= len(e.Args) || e.Args[i] == nil {
		return false, nil
	}
	return c.argBool(e, i, s)
}

// page reads one page. Every element that is looked at joins the read set: those
// of the page and the one behind it, which tells whether there is more.
func (c *context) page(r *reading, verb string) (*value.Page, *fault) {
	set, restricted, f := c.readable(r.set)
	if f != nil {
		return nil, atVerb(f, verb)
	}
	w, f := c.scanner(r.sources).start(set, r.span())
	if f != nil {
		return nil, atVerb(f, verb)
	}
	defer w.close()
	b := newPage(r)
	for len(b.data) <= r.size {
		e, f := w.next()
		if f != nil {
			return nil, atVerb(f, verb)
		}
		if e == nil {
			break
		}
		if restricted && !c.mayRead(e.document()) {
			continue
		}
		if len(b.data) == r.size {
			b.more(e)
			break
		}
		b.add(e)
		c.holdElement(e)
	}
	return b.page(), nil
}

// holdElement counts the memory of an element that is kept with its place.
func (c *context) holdElement(e *element) {
	c.hold(heldPlace)
	for _, v := range e.values {
		c.holdParts(v)
	}
}

// span is the part of the set that the page lies in.
func (r *reading) span() span {
	p := span{back: r.back}
	if r.from == nil {
		return p
	}
	return p.from(&r.from.cut)
}
