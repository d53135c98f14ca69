package catalog

import (
	"seriatim/txn"
	"seriatim/value"
)

// timeline returns every version and tombstone of a document that its history shows,
// in order, those this transaction inserted and what it wrote last among them.
func (v *View) timeline(ref value.Ref) ([]version, error) {
	tx := v.session.tx
	key := documentKey(v.db, ref.Collection, ref.ID)
	_, first, err := v.root(ref)
	if err != nil {
		return nil, err
	}
	var line []version
	h := tx.History(key, append(key[:len(key):len(key)], 0), first, tx.Clock(), false)
	defer h.Close()
	for h.Next() {
		r, err := shownVersion(h)
		if err != nil {
			return nil, err
		}
		line = append(line, r)
	}
	if err := h.Err(); err != nil {
		return nil, err
	}
	if line, err = v.trimmed(ref.Collection, line); err != nil {
		return line, err
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

// versionWalk yields the versions of a document one by one, each with the one
// before it.
type versionWalk struct {
	view     *View
	ref      value.Ref
	key      []byte
	from     int64
	start    int64 // the first time that the history shows; nothing is before it
	reverse  bool
	in       txn.VersionCursor // nil once it has ended
	held     version           // forward: the version shown last; reverse: the next to show
	holds    bool              // reverse: held is to be shown
	own      bool              // forward: own writes follow
	finished bool
}

// walkVersions prepares a walk of the versions in [from, to].
func (v *View) walkVersions(ref value.Ref, from, to int64, reverse bool) (*versionWalk, error) {
	w := &versionWalk{view: v, ref: ref, key: documentKey(v.db, ref.Collection, ref.ID), from: from, reverse: reverse}
	tx := v.session.tx
	_, start, err := v.root(ref)
	if err != nil {
		return nil, err
	}
	w.start, w.from = start, max(from, start)
	if !reverse {
		if w.held, err = w.before(); err != nil {
			return nil, err
		}
		w.own = to == txn.Pending
	} else if to == txn.Pending {
		if err := w.holdOwn(); err != nil {
			return nil, err
		}
	}
	w.in = tx.History(w.key, append(w.key[:len(w.key):len(w.key)], 0), max(w.from, 0), min(to, tx.Clock()), reverse)
	return w, nil
}

// before reads the version that is valid just before the walk.
func (w *versionWalk) before() (version, error) {
	if w.from < 1 || w.from <= w.start {
		return version{}, nil
	}
	return w.valid(w.from - 1)
}

// valid reads the version valid at a time.
func (w *versionWalk) valid(at int64) (version, error) {
	stored, ts, ok, err := w.view.session.tx.GetAt(w.key, at)
	if err != nil || !ok {
		return version{}, err
	}
	r, err := readVersion(stored, ts)
	if err != nil {
		return r, err
	}
	return w.view.settled(w.ref.Collection, r)
}

// holdOwn makes what this transaction wrote the first to show.
func (w *versionWalk) holdOwn() error {
	newest, err := w.valid(w.view.session.tx.Clock())
	if err != nil {
		return err
	}
	var line []version
	if newest.live {
		line = append(line, newest)
	}
	all, err := w.view.withOwn(w.ref, line)
	if len(all) > len(line) {
		w.held, w.holds = all[len(all)-1], true
	}
	return err
}

// pair returns the next version and its predecessor; ok is false at the end.
func (w *versionWalk) pair() (prev, next version, ok bool, err error) {
	if w.reverse {
		return w.pairBack()
	}
	next, ok, err = w.step()
	if !ok && err == nil && w.own {
		w.own = false
		var line []version
		if w.held.live || w.held.ts != 0 {
			line = append(line, w.held)
		}
		all, err := w.view.withOwn(w.ref, line)
		if err != nil || len(all) == len(line) {
			return prev, next, false, err
		}
		next, ok = all[len(all)-1], true
	}
	prev = w.held
	if ok {
		w.held = next
	}
	return prev, next, ok, err
}

func (w *versionWalk) pairBack() (prev, next version, ok bool, err error) {
	for {
		older, found, err := w.step()
		if err != nil || w.finished {
			return prev, next, false, err
		}
		if !found {
			w.finished = true
			if older, err = w.before(); err != nil || !w.holds {
				return prev, next, false, err
			}
			return older, w.held, true, nil
		}
		next, ok = w.held, w.holds
		w.held, w.holds = older, true
		if ok {
			return older, next, true, nil
		}
	}
}

// step reads one version.
func (w *versionWalk) step() (version, bool, error) {
	if w.in == nil {
		return version{}, false, nil
	}
	if !w.in.Next() {
		err := w.in.Err()
		w.in.Close()
		w.in = nil
		return version{}, false, err
	}
	r, err := shownVersion(w.in)
	return r, err == nil, err
}

func (w *versionWalk) close() error {
	if w.in == nil {
		return nil
	}
	return w.in.Close()
}
