package replica

// merging is what the walks over the store and an overlay have in common: own is
// what the overlay adds, in order, and ahead tells that the store's cursor stands
// on what has not been used yet.
type merging[T any] struct {
	r       *overlayReader
	own     []T
	reverse bool

	ahead, baseDone bool
	key, value      []byte
	ts              int64
	err             error
}

func (m *merging[T]) Key() []byte   { return m.key }
func (m *merging[T]) Value() []byte { return m.value }
func (m *merging[T]) TS() int64     { return m.ts }
func (m *merging[T]) Err() error    { return m.err }

// more moves base on when its last element was used, and reports whether there is
// anything left on either side.
func (m *merging[T]) more(base interface {
	Next() bool
	Err() error
}) bool {
	if m.err != nil {
		return false
	}
	if !m.ahead && !m.baseDone {
		m.ahead = base.Next()
		m.baseDone = !m.ahead
		if m.err = m.r.noted(base.Err()); m.err != nil {
			return false
		}
	}
	return m.ahead || len(m.own) > 0
}

// next returns the next of own, which is not empty: the first, or in reverse the
// last.
func (m *merging[T]) next() T {
	if m.reverse {
		return m.own[len(m.own)-1]
	}
	return m.own[0]
}

// take is next and removes it.
func (m *merging[T]) take() T {
	v := m.next()
	if m.reverse {
		m.own = m.own[:len(m.own)-1]
	} else {
		m.own = m.own[1:]
	}
	return v
}
