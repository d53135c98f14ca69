package sim

// CheckRegister checks that each register (Set, Get, Cas; other steps are
// ignored) is linearizable, using porcupine's search. Operations of Kind
// Session and temporal reads are left out, for they promise less. Classes:
//
//	not-linearizable  no order of a key's operations explains their results
//	undecided         the search for a key took too long
func CheckRegister(h History) []Anomaly {
	calls := make(map[string][]call)
	for i := range h {
		o := &h[i]
		if o.Outcome == Fail || o.Session {
			continue
		}
		for j := range o.Micros {
			m := &o.Micros[j]
			reads := m.Act == Get && m.At == 0
			if reads && o.Outcome == Ok || m.Act == Set || m.Act == Cas {
				calls[m.Key] = append(calls[m.Key], call{o, m, o.Outcome == Info})
			}
		}
	}
	return checkLinear(calls, register, linearLimit)
}

// register is the object of CheckRegister. A step with an unknown result that
// never happened is one that comes after everything else.
func register(s slot, m *Micro, unknown bool) (bool, slot) {
	switch m.Act {
	case Get:
		return s.full != m.None && (m.None || s.value == m.Value), s
	case Set:
		return true, slot{true, m.Value}
	default:
		equal := s.full && s.value == m.Old
		switch {
		case unknown && !equal, m.Refused && !equal:
			return true, s
		case m.Refused && !unknown:
			return false, s
		}
		return equal, slot{true, m.Value}
	}
}
