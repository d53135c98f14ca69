package sim

// unknownMost bounds the transfers of unknown outcome that a replay follows:
// it keeps every set of them that may have happened.
const unknownMost = 12

// replay compares each audit with the transfers up to its timestamp.
func (b *bank) replay(h History) {
	known, unknown, ok := moves(h)
	if !ok || len(unknown) > unknownMost {
		return
	}
	r := newReplay(known, unknown)
	if r == nil {
		return
	}
	for _, m := range known {
		if m.op.Kind != KindAudit {
			r.apply(m.op)
		} else if !r.explains(m.op) {
			b.report("wrong-balance", "the transfers up to timestamp %d leave %s\n  %s", m.ts, r.text(), m.op.String())
		}
	}
}

// replay is the state of the accounts after the transfers of known outcome,
// and which sets of the others may have happened besides.
type replay struct {
	names    names
	balance  []int64
	extra    [][]int64 // by set of unknown transfers: what it adds to each account
	possible []bool    // by set of unknown transfers
}

// newReplay returns nil if an operation of unknown outcome opens an account.
func newReplay(known []move, unknown []*Op) *replay {
	r := &replay{}
	for _, m := range known {
		for i := range m.op.Micros {
			r.names.id(m.op.Micros[i].Key)
		}
	}
	for _, o := range unknown {
		for i := range o.Micros {
			if o.Micros[i].Act == Set {
				return nil
			}
			r.names.id(o.Micros[i].Key)
		}
	}
	r.balance = make([]int64, len(r.names.text))
	r.extra = make([][]int64, 1<<len(unknown))
	r.possible = make([]bool, len(r.extra))
	r.possible[0] = true
	for set := range r.extra {
		r.extra[set] = make([]int64, len(r.balance))
		for i, o := range unknown {
			if set>>i&1 == 1 {
				r.change(r.extra[set], o)
			}
		}
	}
	return r
}

func (r *replay) change(balance []int64, o *Op) {
	for i := range o.Micros {
		m := &o.Micros[i]
		switch m.Act {
		case Add:
			balance[r.names.of[m.Key]] += m.Value
		case Set:
			balance[r.names.of[m.Key]] = m.Value
		}
	}
}

func (r *replay) apply(o *Op) { r.change(r.balance, o) }

// explains reports whether the audit shows the known transfers and a possible
// set of unknown ones, and keeps the sets that it allows. If none fits, the
// possible sets stay as they were.
func (r *replay) explains(o *Op) bool {
	next := make([]bool, len(r.possible))
	any := false
	for set := range r.extra {
		if r.grows(set) && r.shows(o, r.extra[set]) {
			next[set], any = true, true
		}
	}
	if any {
		r.possible = next
	}
	return any
}

// grows reports whether the set holds one that was possible before.
func (r *replay) grows(set int) bool {
	for old, ok := range r.possible {
		if ok && old&^set == 0 {
			return true
		}
	}
	return false
}

func (r *replay) shows(o *Op, extra []int64) bool {
	for i := range o.Micros {
		if m := &o.Micros[i]; m.Act == Get {
			k := r.names.of[m.Key]
			if m.balance() != r.balance[k]+extra[k] {
				return false
			}
		}
	}
	return true
}

// text writes the balances in the notation.
func (r *replay) text() string {
	var b []byte
	for k, name := range r.names.text {
		if k > 0 {
			b = append(b, ", "...)
		}
		m := Micro{Act: Get, Key: name, Value: r.balance[k]}
		b = m.text(b, 0)
	}
	return string(b)
}
