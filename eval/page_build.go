package eval

import (
	"slices"

	"seriatim/value"
)

// pageBuilder collects the elements of a page as they come.
type pageBuilder struct {
	r       *reading
	data    value.Array
	places  []element // what the cursor of each element is made of
	next    value.Value
	hasMore bool
}

// commonPage is the room made at once for the elements of a page.
const commonPage = 64

func newPage(r *reading) *pageBuilder {
	n := max(0, min(r.size, commonPage))
	return &pageBuilder{r: r, data: make(value.Array, 0, n), places: make([]element, 0, n)}
}

func (b *pageBuilder) add(e *element) {
	v := e.value()
	if b.r.sources {
		v = &value.Sourced{Value: v, Sources: e.sources}
	}
	b.data = append(b.data, v)
	b.places = append(b.places, element{values: e.values, ref: e.ref, event: e.event})
}

// more notes the element behind the last one of the page.
func (b *pageBuilder) more(e *element) {
	b.hasMore = true
	if !b.r.back {
		b.next = b.r.shape.cursor(e)
	}
}

// page puts the elements in the order of the set and adds the cursors: the one
// given is echoed on the side it came from, and the other side tells where to go
// on.
func (b *pageBuilder) page() *value.Page {
	p := &value.Page{Data: b.data}
	var echo value.Value
	if b.r.from != nil {
		echo = b.r.from.echo
	}
	switch last := len(b.places) - 1; {
	case b.r.size == 0:
		b.next = echo
	case b.hasMore && b.r.back && last >= 0:
		b.next = b.r.shape.cursor(&b.places[last])
	}
	places, shape := b.places, b.r.shape
	p.Before, p.After = echo, b.next
	if b.r.back {
		slices.Reverse(p.Data)
		slices.Reverse(places)
		p.Before, p.After = b.next, echo
	}
	p.Cursors = func(i int) (value.Value, bool) {
		if i < 0 || i >= len(places) {
			return nil, false
		}
		return shape.cursor(&places[i]), true
	}
	return p
}

// cursor returns the place of an element as pages show it. A reversed set
// without values shows its reference twice, as the core does.
func (s shape) cursor(e *element) value.Value {
	switch {
	case e.event != nil:
		return e.event
	case s.refReverse && len(s.reverse) == 0 && len(e.values) == 0:
		return value.Array{e.ref, e.ref}
	}
	return value.Array(e.tuple())
}
