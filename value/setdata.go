package value

// setMember is the only member of the object that a set compares as.
const setMember = "@set"

// setNames are the member names that tell how a set is made.
var setNames = [...]string{
	SetMatch:        "match",
	SetDocuments:    "documents",
	SetSingleton:    "singleton",
	SetEvents:       "events",
	SetUnion:        "union",
	SetIntersection: "intersection",
	SetDifference:   "difference",
	SetDistinct:     "distinct",
	SetReverse:      "reverse",
	SetRange:        "range",
	SetFilter:       "filter",
	SetJoin:         "join",
}

// data returns the object {"@set": {...}} that s is ordered and keyed as. The
// members are those of the wire, except that terms and operands always are arrays.
func (s *Set) data() *Object {
	fields := make([]Field, 0, 3)
	add := func(name string, v Value) { fields = append(fields, Field{name, v}) }
	switch s.Op {
	case SetMatch:
		add("match", s.Ref)
		if len(s.Terms) > 0 {
			add("terms", Array(s.Terms))
		}
	case SetUnion, SetIntersection, SetDifference:
		of := make(Array, len(s.Of))
		for i := range s.Of {
			of[i] = s.Of[i]
		}
		add(setNames[s.Op], of)
	case SetFilter:
		add("collection", s.source())
		if s.Lambda != nil {
			add("filter", s.Lambda)
		}
	default:
		add(setNames[s.Op], s.source())
	}
	switch {
	case s.Op == SetJoin && s.Lambda != nil:
		add("with", s.Lambda)
	case s.Op == SetJoin:
		add("with", s.Ref)
	case s.Op == SetRange && s.From != nil:
		add("from", s.From)
	}
	if s.Op == SetRange && s.To != nil {
		add("to", s.To)
	}
	return NewObject(Field{setMember, &Object{Fields: fields}})
}

// source returns the one set or reference that s is made from.
func (s *Set) source() Value {
	if len(s.Of) > 0 {
		return s.Of[0]
	}
	return s.Ref
}

// setOf is the inverse of data, given the object below "@set".
func setOf(o *Object) (*Set, bool) {
	for op, name := range setNames {
		if v, ok := o.Get(name); ok {
			s := &Set{Op: SetOp(op)}
			return s, s.fill(o, v)
		}
	}
	return nil, false
}

// fill sets the fields of s from the members of o, of which v is the one that
// names the operation. It reports whether they have the kinds they must.
func (s *Set) fill(o *Object, v Value) bool {
	ok := true
	switch s.Op {
	case SetMatch:
		s.Ref, ok = v.(Ref)
		if terms, has := o.Get("terms"); has && ok {
			var a Array
			a, ok = terms.(Array)
			s.Terms = a
		}
		return ok
	case SetUnion, SetIntersection, SetDifference:
		return s.fillOperands(v)
	case SetFilter:
		s.Lambda, ok = v.(*Lambda)
		v, _ = o.Get("collection")
	case SetJoin:
		with, _ := o.Get("with")
		switch with := with.(type) {
		case *Lambda:
			s.Lambda = with
		case Ref:
			s.Ref = with
		default:
			return false
		}
	case SetRange:
		s.From, _ = o.Get("from")
		s.To, _ = o.Get("to")
	}
	return ok && s.fillSource(v)
}

func (s *Set) fillOperands(v Value) bool {
	a, ok := v.(Array)
	for _, v := range a {
		of, isSet := v.(*Set)
		if !isSet {
			return false
		}
		s.Of = append(s.Of, of)
	}
	return ok
}

func (s *Set) fillSource(v Value) bool {
	switch v := v.(type) {
	case *Set:
		s.Of = []*Set{v}
	case Ref:
		s.Ref = v
	default:
		return false
	}
	return true
}
