package value

// Members steps through the members of an encoded object without allocating:
//
//	for m := e.Members(); m.Next(); {
//		use(m.Name(), m.Value())
//	}
type Members struct {
	rest  decoder
	count int
	name  []byte
	value Encoded
}

// Members returns a cursor before the first member of e, which must be a
// KindObject, in the order in which they were stored.
func (e Encoded) Members() Members {
	in, n := e.open()
	return Members{rest: in, count: n}
}

// Next steps to the next member and reports whether there is one.
func (m *Members) Next() bool {
	if m.count == 0 {
		return false
	}
	m.count--
	m.name = m.rest.take(m.rest.uvarint())
	m.value = m.rest.next()
	return true
}

// Name returns the name of the member, a part of the encoded object.
func (m *Members) Name() []byte { return m.name }

// Value returns the value of the member, a part of the encoded object.
func (m *Members) Value() Encoded { return m.value }

// Elems steps through the elements of an encoded array, as Members does.
type Elems struct {
	rest  decoder
	count int
	value Encoded
}

// Elems returns a cursor before the first element of e, which must be a KindArray.
func (e Encoded) Elems() Elems {
	in, n := e.open()
	return Elems{rest: in, count: n}
}

// Next steps to the next element and reports whether there is one.
func (l *Elems) Next() bool {
	if l.count == 0 {
		return false
	}
	l.count--
	l.value = l.rest.next()
	return true
}

// Value returns the element, a part of the encoded array.
func (l *Elems) Value() Encoded { return l.value }

// next takes the bytes of one value.
func (d *decoder) next() Encoded {
	all := d.b
	d.skip()
	n := len(all) - len(d.b)
	return Encoded(all[:n:n])
}

// open returns the content of an array or object after its count.
func (e Encoded) open() (decoder, int) {
	d := decoder{e[1:]}
	in := d.body()
	n := in.uvarint()
	return in, int(n)
}

// Len returns the number of elements of a KindArray or members of a KindObject.
func (e Encoded) Len() int {
	_, n := e.open()
	return n
}

// Field returns the member of e called name, a part of e. It is false when e is
// not an object or has no such member.
func (e Encoded) Field(name string) (Encoded, bool) {
	if len(e) == 0 || e[0] != tagObject {
		return nil, false
	}
	in, n := e.open()
	for range n {
		found := string(in.take(in.uvarint())) == name
		if found {
			return in.next(), true
		}
		in.skip()
	}
	return nil, false
}

// Elem returns element i of e, a part of e. It is false when e is not an array or
// has no such element.
func (e Encoded) Elem(i int) (Encoded, bool) {
	if len(e) == 0 || e[0] != tagArray || i < 0 {
		return nil, false
	}
	in, n := e.open()
	if i >= n {
		return nil, false
	}
	for range i {
		in.skip()
	}
	return in.next(), true
}
