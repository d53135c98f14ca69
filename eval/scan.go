package eval

import (
	"errors"

	"seriatim/catalog"
	"seriatim/value"
)

// walk yields the elements of a set one by one. Nothing is read ahead, so that
// exactly what was looked at joins the read set.
type walk interface {
	// next returns the next element; nil without a fault is the end. The element
	// is the caller's until the following call.
	next() (*element, *fault)
	// close ends the walk; it may be called at any time.
	close()
	// seeks tells that opening the set anew in the middle is cheap.
	seeks() bool
}

// scanner opens sets for one reading.
type scanner struct {
	*context
	// sources asks for the sets that elements came from.
	sources bool
	// walks counts the open walks over entries and documents.
	walks *int
}

// scanner returns a scanner for one reading.
func (c *context) scanner(sources bool) scanner { return scanner{c, sources, new(int)} }

// start starts a walk over the part p of a set or, when its elements are events,
// of its history.
func (c scanner) start(set *value.Set, p span) (walk, *fault) {
	if c.shapeOf(set).history {
		return c.openHistory(set, p)
	}
	if p.hi != nil && len(p.hi.tuple) == 0 && !p.hi.after {
		return emptyWalk{}, nil // before everything
	}
	return c.open(set, p)
}

// open starts a walk over the part p of a set whose elements are no events.
func (c scanner) open(set *value.Set, p span) (walk, *fault) {
	if f := c.charge(); f != nil {
		return nil, f
	}
	switch set.Op {
	case value.SetMatch:
		return c.openMatch(set, p)
	case value.SetDocuments:
		return c.openDocuments(set, p)
	case value.SetSingleton:
		return c.openSingleton(set, p)
	case value.SetUnion, value.SetIntersection, value.SetDifference:
		return c.openMerge(set, p)
	case value.SetDistinct:
		return c.openDistinct(set, p)
	case value.SetReverse:
		return c.open(set.Of[0], p.turned())
	case value.SetRange:
		return c.openRange(set, p)
	case value.SetFilter:
		return c.openFilter(set, p)
	case value.SetJoin:
		return c.openJoin(set, p)
	}
	return nil, noHistory()
}

// emptyWalk is the walk of a set without elements.
type emptyWalk struct{}

func (emptyWalk) next() (*element, *fault) { return nil, nil }
func (emptyWalk) close()                   {}
func (emptyWalk) seeks() bool              { return true }

// entryWalk is a walk over the entries of an index.
type entryWalk struct {
	c       scanner
	in      *catalog.EntryCursor
	foreign uint64 // the database of the entries, 0 for the query's own
	steps   int
	closed  bool
	element element
}

func (c scanner) openMatch(set *value.Set, p span) (walk, *fault) {
	view, f := c.viewOf(set.Ref)
	if f != nil {
		return nil, f
	}
	x, ok := view.Index(set.Ref.ID)
	if !ok {
		return nil, notFound(set.Ref)
	}
	*c.walks++
	w := &entryWalk{c: c, in: view.Entries(x, set.Terms, c.catalogRange(p)), foreign: set.Ref.Database}
	w.element.sources = c.origin(set)
	return w, nil
}

// origin is the sources of the elements of a set that is made of no others.
func (c scanner) origin(set *value.Set) []*value.Set {
	if c.sources {
		return []*value.Set{set}
	}
	return nil
}

func (w *entryWalk) next() (*element, *fault) {
	if f := w.c.step(&w.steps); f != nil {
		return nil, f
	}
	if !w.in.Next() {
		return nil, w.c.failed(w.in.Err())
	}
	e := w.in.Entry()
	w.element.values, w.element.ref = e.Values, e.Ref
	if w.foreign != 0 {
		w.element.ref.Database = w.foreign
		w.element.values = valuesAbroad(e.Values, w.foreign)
	}
	return &w.element, nil
}

func (w *entryWalk) close() {
	if !w.closed {
		w.closed = true
		w.c.release(w.in.Close)
	}
}

func (w *entryWalk) seeks() bool { return true }

// refWalk is a walk over the documents of a collection.
type refWalk struct {
	c       scanner
	in      *catalog.RefCursor
	foreign uint64
	steps   int
	closed  bool
	element element
}

func (c scanner) openDocuments(set *value.Set, p span) (walk, *fault) {
	view, f := c.viewOf(set.Ref)
	if f != nil {
		return nil, f
	}
	*c.walks++
	w := &refWalk{c: c, in: view.Documents(collectionOf(set.Ref), c.catalogRange(p)), foreign: set.Ref.Database}
	w.element.sources = c.origin(set)
	return w, nil
}

// collectionOf returns the collection that a reference to one, or to a native one,
// means.
func collectionOf(ref value.Ref) value.CollectionID {
	if ref.IsNative() {
		return ref.Collection
	}
	return value.CollectionID(ref.ID)
}

func (w *refWalk) next() (*element, *fault) {
	if f := w.c.step(&w.steps); f != nil {
		return nil, f
	}
	if !w.in.Next() {
		return nil, w.c.failed(w.in.Err())
	}
	w.element.ref = w.in.Ref()
	w.element.ref.Database = w.foreign
	return &w.element, nil
}

func (w *refWalk) close() {
	if !w.closed {
		w.closed = true
		w.c.release(w.in.Close)
	}
}

func (w *refWalk) seeks() bool { return true }

// onceWalk yields at most one element.
type onceWalk struct{ element *element }

func (w *onceWalk) next() (*element, *fault) {
	e := w.element
	w.element = nil
	return e, nil
}

func (w *onceWalk) close()      {}
func (w *onceWalk) seeks() bool { return true }

func (c scanner) openSingleton(set *value.Set, p span) (walk, *fault) {
	e := &element{ref: set.Ref, sources: c.origin(set)}
	if !p.holds(e, shape{}) {
		return emptyWalk{}, nil
	}
	view, f := c.viewOf(set.Ref)
	if f != nil {
		return nil, f
	}
	doc, err := view.Get(set.Ref, c.at)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return nil, c.stop(err)
	}
	if doc == nil {
		return emptyWalk{}, nil
	}
	return &onceWalk{e}, nil
}

// step charges for walking: one step for a number of elements, because reading is
// bounded by limits of its own.
func (c scanner) step(n *int) *fault {
	if *n++; *n%elementsPerStep == 0 {
		return c.charge()
	}
	return nil
}

// failed is the fault of an error met on the way, or of none.
func (c scanner) failed(err error) *fault {
	if err == nil {
		return nil
	}
	return c.stop(err)
}

// release ends a walk whose cursor close closes.
func (c scanner) release(close func() error) {
	*c.walks--
	if err := close(); err != nil {
		c.stop(err)
	}
}

// firstRef returns the document of the first element of a set, or nil.
func (c *context) firstRef(set *value.Set) (*value.Ref, *fault) {
	set, _, f := c.readable(set)
	if f != nil {
		return nil, f
	}
	w, f := c.scanner(false).start(set, span{})
	if f != nil {
		return nil, f
	}
	defer w.close()
	e, f := w.next()
	if f != nil || e == nil {
		return nil, f
	}
	ref := e.ref
	return &ref, nil
}

// scanSet calls visit with every element of a set, or of a native collection, in
// order, until visit returns false or fails.
func (c *context) scanSet(v value.Value, visit func(value.Value) (more bool, f *fault)) *fault {
	set, f := setOf(v, "Set")
	if f != nil {
		return f
	}
	return c.each(set, false, func(e *element) (bool, *fault) { return visit(e.value()) })
}

// each calls visit with the elements of a set that the caller may read.
func (c *context) each(set *value.Set, back bool, visit func(*element) (bool, *fault)) *fault {
	set, restricted, f := c.readable(set)
	if f != nil {
		return f
	}
	w, f := c.scanner(false).start(set, span{back: back})
	if f != nil {
		return f
	}
	defer w.close()
	for {
		e, f := w.next()
		if f != nil || e == nil {
			return f
		}
		if restricted && !c.allows("read", e.ref) {
			continue
		}
		if more, f := visit(e); f != nil || !more {
			return f
		}
	}
}
