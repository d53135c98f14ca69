package eval

import (
	"errors"

	"seriatim/catalog"
	"seriatim/value"
)

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
