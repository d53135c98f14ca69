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
			b.report("wrong-balance", "the transfers up to timestamp %d leave %s%s\n  %s", m.ts, r.text(), r.besides(), m.op.String())
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
	next := r.grown()
	fits := false
	for set, possible := range next {
		next[set] = possible && r.shows(o, r.extra[set])
		fits = fits || next[set]
	}
	if fits {
		r.possible = next
	}
	return fits
}

// grown returns the possible sets and all that hold one of them: what happened
// stays, and more may have happened since.
func (r *replay) grown() []bool {
	next := append([]bool(nil), r.possible...)
	for bit := 1; bit < len(next); bit <<= 1 {
		for set := range next {
			if set&bit != 0 && next[set&^bit] {
				next[set] = true
			}
		}
	}
	return next
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

// besides says that the balances are not the only ones allowed.
func (r *replay) besides() string {
	if len(r.possible) == 1 {
		return ""
	}
	return ", and no choice of those with unknown outcome explains the difference"
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
