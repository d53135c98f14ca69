package graphql

import (
	"seriatim/catalog"
	"seriatim/value"
)

// WrittenAt returns the timestamp, in microseconds, of the transaction that wrote the
// present version of a row, by its id, or of the one document of an entity. ok is false
// when there is none that the node sees.
func (m *Model) WrittenAt(s *Scope, entity, id string) (ts int64, ok bool, err error) {
	e := m.Lookup(entity)
	if e == nil || e.System {
		return 0, false, nil
	}
	r := &run{Scope: s, model: m}
	c, err := r.collection(e)
	if err != nil {
		return 0, false, err
	}
	ref := value.Ref{Collection: c, ID: catalog.SingleID}
	if !e.Kind.Single() {
		if ref, ok, err = r.byUUID(e, c, id); err != nil || !ok {
			return 0, false, err
		}
	}
	doc, err := s.View.Get(ref, 0)
	if err != nil || doc == nil {
		return 0, false, err
	}
	return doc.TS, true, nil
}
