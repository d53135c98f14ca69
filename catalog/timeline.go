package catalog

import (
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

// spliced is what this transaction did to the history of one document: versions,
// dead ones for tombstones, and erased places, by valid time. Transactions do
// not show their own writes at older valid times in history.
type spliced map[int64]splice

type splice struct {
	version version
	erased  bool
}

// timeline returns every version and tombstone of a document in order of time:
// committed ones, those this transaction spliced in and what it wrote last.
func (v *View) timeline(ref value.Ref, from, to int64) ([]version, error) {
	tx := v.session.tx
	key := documentKey(v.db, ref.Collection, ref.ID)
	own := v.session.spliced[string(key)]
	var line []version
	h := tx.History(key, append(key[:len(key):len(key)], 0), max(from, 0), min(to, tx.Snapshot()), false)
	defer h.Close()
	for h.Next() {
		if _, replaced := own[h.TS()]; replaced {
			continue
		}
		r := version{ts: h.TS()}
		if !h.Deleted() {
			var err error
			if r, err = readVersion(append([]byte(nil), h.Value()...), h.TS()); err != nil {
				return nil, err
			}
		}
		line = append(line, r)
	}
	if err := h.Err(); err != nil {
		return nil, err
	}
	for ts, s := range own {
		if !s.erased && ts >= from && ts <= to {
			line = append(line, s.version)
		}
	}
	slices.SortFunc(line, func(a, b version) int {
		if a.ts < b.ts {
			return -1
		}
		return 1
	})
	if to < txn.Pending {
		return line, nil
	}
	return v.withOwn(ref, line)
}

// withOwn adds the version this transaction wrote, or the tombstone it left.
func (v *View) withOwn(ref value.Ref, line []version) ([]version, error) {
	if n, _ := v.session.tx.Written(); n == 0 {
		return line, nil
	}
	now, err := v.current(ref)
	if err != nil {
		return nil, err
	}
	switch {
	case now.live && now.ts == txn.Pending:
		line = append(line, now)
	case !now.live && len(line) > 0 && line[len(line)-1].live:
		line = append(line, version{ts: txn.Pending})
	}
	return line, nil
}

// versionWalk yields the versions of a document, each with the one before it.
type versionWalk struct {
	prev version
	line []version
	at   int
	back bool
}

// walkVersions prepares a walk of the versions in [from, to].
func (v *View) walkVersions(ref value.Ref, from, to int64, reverse bool) (*versionWalk, error) {
	line, err := v.timeline(ref, 0, to)
	if err != nil {
		return nil, err
	}
	w := &versionWalk{back: reverse}
	first := 0
	for first < len(line) && line[first].ts < from {
		w.prev = line[first]
		first++
	}
	w.line = line[first:]
	if reverse {
		w.at = len(w.line) - 1
	}
	return w, nil
}

// pair returns the next version and its predecessor.
func (w *versionWalk) pair() (prev, next version, ok bool, err error) {
	if w.at < 0 || w.at >= len(w.line) {
		return prev, next, false, nil
	}
	next, prev = w.line[w.at], w.prev
	if w.at > 0 {
		prev = w.line[w.at-1]
	}
	if w.back {
		w.at--
	} else {
		w.at++
	}
	return prev, next, true, nil
}

func (w *versionWalk) close() error { return nil }
