package value

// MaxNesting is how deep a value may nest to be stored or answered: as deep as
// the protocol lets a request nest.
const MaxNesting = 1000

// Extent returns how many bytes v takes when every part of it is spelled out,
// counting part bytes for each besides its text, and how deep it nests. With 1 for
// part it is the least that v takes as JSON or stored. A value whose parts share memory, such as an array
// that holds one large array many times, can be vastly larger than what it took to
// make it; therefore counting stops soon after limit bytes or MaxNesting levels,
// and whoever is about to spell a value out asks first.
func Extent(v Value, part, limit int) (bytes, depth int) {
	m := measure{part: part, limit: limit}
	m.value(v, 1)
	return m.bytes, m.depth
}

// measure is one walk of Extent.
type measure struct{ part, limit, bytes, depth int }

// over reports whether there is nothing more to find out.
func (m *measure) over() bool { return m.bytes > m.limit || m.depth > MaxNesting }

func (m *measure) value(v Value, depth int) {
	if m.over() {
		return
	}
	m.bytes += m.part
	m.depth = max(m.depth, depth)
	switch v := v.(type) {
	case String:
		m.bytes += len(v)
	case Bytes:
		m.bytes += len(v)
	case Array:
		m.values(v, depth+1)
	case *Object:
		m.object(v, depth)
	case *Document:
		m.document(v, depth)
	case *Page:
		m.values(v.Data, depth+1)
		m.value(v.Before, depth+1)
		m.value(v.After, depth+1)
	case *Event:
		m.value(v.Data, depth+1)
	case *Sourced:
		m.value(v.Value, depth+1)
		m.sets(v.Sources, depth+1)
	case *Set:
		m.set(v, depth)
	case *Lambda:
		m.bytes += len(v.Source)
	}
}

func (m *measure) values(list []Value, depth int) {
	for _, v := range list {
		if m.value(v, depth); m.over() {
			return
		}
	}
}

func (m *measure) object(o *Object, depth int) {
	for i := range o.Fields {
		m.bytes += len(o.Fields[i].Name)
		if m.value(o.Fields[i].Value, depth+1); m.over() {
			return
		}
	}
}

// document counts the stored bytes, which Body would have to decode.
func (m *measure) document(d *Document, depth int) {
	if d.Stored != nil {
		m.bytes += len(d.Stored)
		return
	}
	if body := d.Body(); body != nil {
		m.object(body, depth)
	}
}

func (m *measure) sets(list []*Set, depth int) {
	for _, s := range list {
		if m.value(s, depth); m.over() {
			return
		}
	}
}

func (m *measure) set(s *Set, depth int) {
	m.sets(s.Of, depth+1)
	m.values(s.Terms, depth+1)
	m.value(s.From, depth+1)
	m.value(s.To, depth+1)
	if s.Lambda != nil {
		m.value(s.Lambda, depth+1)
	}
}
