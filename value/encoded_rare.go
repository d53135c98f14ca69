package value

import "encoding/binary"

// Flags of a stored unresolved reference.
const (
	unresolvedScoped byte = 1 << iota
	unresolvedHasID
)

func (w *encoder) unresolved(u *UnresolvedRef) {
	slot := len(w.slots)
	start := w.open(tagUnresolved)
	var flags byte
	if u.Scope != nil {
		flags |= unresolvedScoped
	}
	if u.HasID {
		flags |= unresolvedHasID
	}
	w.b = append(w.b, flags)
	w.b = binary.AppendUvarint(w.b, uint64(u.Collection))
	w.b = binary.BigEndian.AppendUint64(w.b, u.Database)
	w.b = binary.BigEndian.AppendUint64(w.b, uint64(u.ID))
	w.text(u.Name)
	if u.Scope != nil {
		w.unresolved(u.Scope)
	}
	w.close(start, slot)
}

// Flags of a stored set: which of its optional parts follow.
const (
	setHasFrom byte = 1 << iota
	setHasTo
	setHasLambda
	setHasRef
)

func (w *encoder) set(s *Set) {
	slot := len(w.slots)
	start := w.open(tagSet)
	w.b = append(w.b, byte(s.Op), s.flags())
	if s.Ref != (Ref{}) {
		w.ref(s.Ref)
	}
	if s.From != nil {
		w.value(s.From)
	}
	if s.To != nil {
		w.value(s.To)
	}
	if s.Lambda != nil {
		w.lambda(s.Lambda)
	}
	w.b = binary.AppendUvarint(w.b, uint64(len(s.Terms)))
	for _, t := range s.Terms {
		w.value(t)
	}
	for _, of := range s.Of {
		w.set(of)
	}
	w.close(start, slot)
}

// flags tells which optional parts s has.
func (s *Set) flags() byte {
	var f byte
	if s.From != nil {
		f |= setHasFrom
	}
	if s.To != nil {
		f |= setHasTo
	}
	if s.Lambda != nil {
		f |= setHasLambda
	}
	if s.Ref != (Ref{}) {
		f |= setHasRef
	}
	return f
}

func (w *encoder) lambda(l *Lambda) {
	start := w.open(tagLambda)
	w.b = binary.AppendUvarint(w.b, uint64(len(l.Version)))
	w.b = append(w.b, l.Version...)
	w.b = append(w.b, l.Source...)
	w.close(start, len(w.slots))
}
