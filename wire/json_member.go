package wire

// memberSet finds repeated names of the object being scanned: by looking along
// its members while they are few, by a map from then on.
type memberSet struct {
	in    *arena
	first int
	size  int
	names map[string]struct{}
}

// fewMembers is how many members are searched one by one.
const fewMembers = 12

func (m *memberSet) has(name string) bool {
	if m.names != nil {
		_, ok := m.names[name]
		return ok
	}
	for i, n := m.first, 0; n < m.size; n++ {
		if m.in.string(i) == name {
			return true
		}
		i = m.in.after(i + 1)
	}
	return false
}

func (m *memberSet) add(name string) {
	m.size++
	if m.names != nil {
		m.names[name] = struct{}{}
		return
	}
	if m.size < fewMembers {
		return
	}
	m.names = make(map[string]struct{}, 4*fewMembers)
	for i, n := m.first, 0; n < m.size; n++ {
		m.names[m.in.string(i)] = struct{}{}
		i = m.in.after(i + 1)
	}
}
