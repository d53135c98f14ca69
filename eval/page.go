package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// evalTake gives the first elements of an array or page. Of a page it moves the
// after cursor to the first element left out.
func evalTake(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	n, coll, list, f := c.argCut(e, s)
	if f != nil {
		return nil, f
	}
	taken := list[:clamp(n, len(list))]
	page, ok := coll.(*value.Page)
	if !ok {
		return taken, nil
	}
	cut := *page
	cut.Data = taken
	if cursors := page.Cursors; cursors != nil {
		cut.Cursors = func(i int) (value.Value, bool) {
			if int64(i) >= n {
				return nil, false
			}
			return cursors(i)
		}
	}
	switch next, ok := page.CursorAt(n); {
	case n < 0:
		cut.After = page.Before
	case ok:
		cut.After = next
	}
	return &cut, nil
}

// evalDrop gives what Take leaves out. Of a page it moves the before cursor to
// the first element that is left.
func evalDrop(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	n, coll, list, f := c.argCut(e, s)
	if f != nil {
		return nil, f
	}
	from := clamp(n, len(list))
	page, ok := coll.(*value.Page)
	if !ok {
		return list[from:], nil
	}
	cut := *page
	cut.Data = list[from:]
	if cursors := page.Cursors; cursors != nil && from > 0 {
		cut.Cursors = func(i int) (value.Value, bool) { return cursors(i + from) }
	}
	switch first, ok := page.CursorAt(n); {
	case n < 0:
	case ok:
		cut.Before = first
	default:
		cut.Before = page.After
	}
	return &cut, nil
}

// argCut evaluates the arguments of Take and Drop.
func (c *context) argCut(e *syntax.Form, s *scope) (n int64, coll value.Value, list value.Array, f *fault) {
	if n, f = c.argInt(e, 0, s); f != nil {
		return 0, nil, nil, f
	}
	if coll, f = c.arg(e, 1, s); f != nil {
		return 0, nil, nil, f
	}
	list, ok := data(coll)
	if !ok {
		return 0, nil, nil, wrongType(coll, aCollection).at(key(e, 1))
	}
	return n, coll, list, nil
}

// clamp returns n moved into [0, length].
func clamp(n int64, length int) int { return int(min(max(n, 0), int64(length))) }

// keptPage returns page with the elements that were kept and their cursors.
func keptPage(page *value.Page, kept value.Array, keep []bool) *value.Page {
	filtered := *page
	filtered.Data = kept
	if cursors := page.Cursors; cursors != nil && len(kept) < len(keep) {
		places := make([]int, 0, len(kept))
		for i, k := range keep {
			if k {
				places = append(places, i)
			}
		}
		filtered.Cursors = func(i int) (value.Value, bool) {
			if i < 0 || i >= len(places) {
				return nil, false
			}
			return cursors(places[i])
		}
	}
	return &filtered
}
