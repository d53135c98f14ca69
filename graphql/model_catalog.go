package graphql

import "seriatim/catalog"

var _ catalog.Model = (*Model)(nil)

// Entity returns the layout of a collection's documents; ok is false for a
// collection that is no entity, the system's included.
func (m *Model) Entity(collection string) (kind catalog.EntityKind, ok bool) {
	e := m.entities[collection]
	if e == nil {
		return 0, false
	}
	return e.Kind, true
}

// Unique returns the properties of a collection that x-vendia-unique names. The
// caller must not modify the list; the same holds for Indexes.
func (m *Model) Unique(collection string) []string {
	if e := m.entities[collection]; e != nil {
		return e.Unique
	}
	return nil
}

// Indexes returns the properties of a collection that x-vendia-indexes names.
func (m *Model) Indexes(collection string) []string {
	if e := m.entities[collection]; e != nil {
		return e.Indexed
	}
	return nil
}

// Guarded reports whether the rows of a collection have access lists.
func (m *Model) Guarded(collection string) bool {
	e := m.entities[collection]
	return e != nil && e.Guarded
}

// Collections returns the names of the user's entities, in order of the text.
func (m *Model) Collections() []string {
	var names []string
	for _, e := range m.Entities {
		if !e.System {
			names = append(names, e.Name)
		}
	}
	return names
}
