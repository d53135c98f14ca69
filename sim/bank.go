package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// CheckBank checks accounts between which money moves: an operation of
// KindAudit reads every account (Get; nothing found counts as 0), a transfer
// is an operation with one Add for each account it changes, and Set opens an
// account. total is the sum that every audit must show, for each way (Via) it
// took. If every operation carries a timestamp, or its audits an At, each
// audit is also compared with the transfers replayed up to that timestamp;
// transfers of unknown outcome may have happened at any point, and with more
// than a dozen of them the replay is left out. Classes:
//
//	wrong-total      an audit's balances do not add up to total
//	negative         an audit shows an account below zero
//	double-account   an audit shows an account twice by one way
//	ways-differ      an audit shows different balances by two ways
//	wrong-balance    an audit differs from the replay at its timestamp
func CheckBank(h History, total int64) []Anomaly {
	b := &bank{total: total}
	for i := range h {
		if o := &h[i]; o.Outcome == Ok && o.Kind == KindAudit {
			b.audit(o)
		}
	}
	b.replay(h)
	return b.found
}

type bank struct {
	total int64
	found []Anomaly
}

func (b *bank) report(class, format string, args ...any) {
	b.found = append(b.found, Anomaly{class, fmt.Sprintf(format, args...)})
}

// balances are the accounts an audit saw by one way.
type balances map[string]int64

// audit checks one audit by itself.
func (b *bank) audit(o *Op) {
	ways := make(map[string]balances)
	for i := range o.Micros {
		m := &o.Micros[i]
		if m.Act != Get {
			continue
		}
		seen := ways[m.Via]
		if seen == nil {
			seen = make(balances)
			ways[m.Via] = seen
		}
		if _, twice := seen[m.Key]; twice {
			b.report("double-account", "%s occurs twice%s\n  %s", m.Key, by(m.Via), o.String())
		}
		seen[m.Key] = m.balance()
		if m.balance() < 0 {
			b.report("negative", "%s has %d%s\n  %s", m.Key, m.Value, by(m.Via), o.String())
		}
	}
	names := slices.Sorted(maps.Keys(ways))
	for i, via := range names {
		if sum := ways[via].sum(); sum != b.total {
			b.report("wrong-total", "the accounts add up to %d instead of %d%s\n  %s", sum, b.total, by(via), o.String())
		}
		if i > 0 && !ways[names[0]].equal(ways[via]) {
			b.report("ways-differ", "the balances%s differ from those%s\n  %s", by(via), by(names[0]), o.String())
		}
	}
}

func by(via string) string {
	if via == "" {
		return " by the documents"
	}
	return " by " + via
}

func (m *Micro) balance() int64 {
	if m.None {
		return 0
	}
	return m.Value
}

func (s balances) sum() int64 {
	var sum int64
	for _, v := range s {
		sum += v
	}
	return sum
}

// equal compares balances; an account without money may be absent.
func (s balances) equal(t balances) bool {
	for k, v := range s {
		if t[k] != v {
			return false
		}
	}
	for k, v := range t {
		if s[k] != v {
			return false
		}
	}
	return true
}

// move is a change of accounts, or an audit, at a timestamp.
type move struct {
	ts int64
	op *Op
}

// moves lists what happened, in the order of timestamps with changes first,
// and the transfers of unknown outcome. It fails if a timestamp is missing.
func moves(h History) (known []move, unknown []*Op, ok bool) {
	for i := range h {
		o := &h[i]
		audit, change := o.Kind == KindAudit && o.Outcome == Ok, o.changes()
		switch {
		case o.Outcome == Info && change:
			unknown = append(unknown, o)
		case o.Outcome == Ok && (audit || change):
			ts := o.TS
			if audit && len(o.Micros) > 0 && o.Micros[0].At != 0 {
				ts = o.Micros[0].At
			}
			if ts == 0 {
				return nil, nil, false
			}
			known = append(known, move{ts, o})
		}
	}
	slices.SortStableFunc(known, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.ts, b.ts), cmp.Compare(rank(a.op), rank(b.op)))
	})
	return known, unknown, true
}

func (o *Op) changes() bool {
	return slices.ContainsFunc(o.Micros, func(m Micro) bool { return m.Act == Add || m.Act == Set })
}

func rank(o *Op) int {
	if o.Kind == KindAudit {
		return 1
	}
	return 0
}
