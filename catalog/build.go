package catalog

import (
	"errors"
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

const (
	// maxBuild is how many versions an index is filled from within the transaction
	// that creates it, unless Options say otherwise.
	maxBuild = 200_000
	// buildReserve is what the entries of a new index leave of what a transaction
	// may write.
	buildReserve = 1 << 20
)

// errLargeBuild says that an index is too large to be filled by the transaction that
// creates it: a job does it.
var errLargeBuild = errors.New("catalog: the index is filled in the background")

// builder makes the entries of an index from the versions that its sources already
// have, each at its own timestamp, so that reads of the past find them there
// (section 4.4).
type builder struct {
	view     *View
	index    *Index
	versions int // taken in so far, not those that garbage collection may have removed
	limit    int // how many may be
	room     int // bytes that may still be written
	unique   map[string]value.Ref
	writes   []entryStep // what is to be written for committed versions
}

// entryStep is how one entry changes at a committed version.
type entryStep struct {
	key  []byte
	kind txn.Kind
	ttl  int64
	ts   int64
}

// newBuilder returns a builder that fills x within the transaction.
func (v *View) newBuilder(x *Index) *builder {
	limit := v.session.options.MaxBuild
	if limit == 0 {
		limit = maxBuild
	}
	_, bytes := v.session.tx.Written()
	return &builder{view: v, index: x, limit: limit, room: txn.MaxBytes - buildReserve - bytes, unique: make(map[string]value.Ref)}
}

// gather works out what committed versions give. Everything read joins the read set:
// a document written meanwhile, without knowing of the index, conflicts. It returns
// errLargeBuild when that is too much for one transaction, or not to be seen by it.
func (b *builder) gather() error {
	if len(b.view.session.spliced) > 0 {
		return errLargeBuild // history that this transaction changes is not there to be read yet
	}
	sources, err := b.view.sourcesOf(b.index)
	if err != nil {
		return err
	}
	for _, c := range sources {
		if err := b.count(c); err != nil {
			return err
		}
	}
	b.versions = 0
	for _, c := range sources {
		lo, hi := documentRange(b.view.db, c)
		if err := b.committed(c, lo, hi); err != nil {
			return err
		}
	}
	return nil
}

// count counts the versions that a collection's history shows, which is much less
// work than making their entries. It returns errLargeBuild when they are too many.
func (b *builder) count(c value.CollectionID) error {
	horizon, err := b.view.horizon(c)
	if err != nil {
		return err
	}
	lo, hi := documentRange(b.view.db, c)
	tx := b.view.session.tx
	h := tx.History(lo, hi, 0, tx.Snapshot(), false)
	defer h.Close()
	root := 0 // 1 when the version that the document's history begins with counts
	var id int64
	for h.Next() {
		if at := decodeID(h.Key()[len(lo):]); at != id {
			b.versions += root
			id, root = at, 0
		}
		switch {
		case h.TS() > horizon:
			b.versions++
		case h.Deleted():
			root = 0
		default:
			r, err := readVersion(h.Value(), h.TS())
			if err != nil {
				return err
			}
			if root = 1; r.expired(horizon) {
				root = 0
			}
		}
		if b.versions > b.limit {
			return errLargeBuild
		}
	}
	if b.versions += root; b.versions > b.limit {
		return errLargeBuild
	}
	return h.Err()
}

// sourcesOf returns every collection that an index has entries of, in order.
func (v *View) sourcesOf(x *Index) ([]value.CollectionID, error) {
	s, err := v.schema()
	if err != nil {
		return nil, err
	}
	sources := slices.DeleteFunc(x.Sources(), func(c value.CollectionID) bool {
		return c >= value.FirstUserCollection && s.collections[c] == nil
	})
	if x.Wildcard() {
		sources = append(sources, sortedKeys(s.collections)...)
	}
	slices.Sort(sources)
	return slices.Compact(sources), nil
}

// documentRange returns the range of the keys of a collection's documents.
func documentRange(db uint64, c value.CollectionID) (lo, hi []byte) {
	lo = appendCollection(appendPrefix(make([]byte, 0, documentSize), db, kindDocument), c)
	return lo, after(append([]byte(nil), lo...))
}

// write writes what was gathered, and then what this transaction wrote itself before
// it created the index.
func (b *builder) write() error {
	tx := b.view.session.tx
	for i := range b.writes {
		b.writes[i].write(tx)
	}
	b.writes = nil
	sources, err := b.view.sourcesOf(b.index)
	if err != nil {
		return err
	}
	for _, c := range sources {
		lo, hi := documentRange(b.view.db, c)
		if err := b.own(c, lo, hi); err != nil {
			return err
		}
	}
	return tx.Err()
}

func (s *entryStep) write(tx *txn.Tx) {
	switch {
	case s.ts == txn.Pending:
		tx.Delete(s.key)
	case s.kind == txn.Delete:
		tx.DeleteAt(s.key, s.ts)
	default:
		tx.PutAt(s.key, appendTTL(nil, s.ttl), s.ts)
	}
}

// committed takes in the committed versions of a collection, deleted documents' too.
func (b *builder) committed(c value.CollectionID, lo, hi []byte) error {
	horizon, err := b.view.horizon(c)
	if err != nil {
		return err
	}
	tx := b.view.session.tx
	h := tx.History(lo, hi, 0, tx.Snapshot(), false)
	defer h.Close()
	line := lineBuilder{builder: b, horizon: horizon}
	for h.Next() {
		ref := value.Ref{Collection: c, ID: decodeID(h.Key()[len(lo):])}
		if ref != line.ref {
			if err := b.finish(&line); err != nil {
				return err
			}
			line.begin(ref)
		}
		next, err := shownVersion(h)
		if err != nil {
			return err
		}
		if err := line.add(next); err != nil {
			return err
		}
		if b.versions > b.limit || b.room < 0 {
			return errLargeBuild
		}
	}
	if err := h.Err(); err != nil {
		return err
	}
	if err := b.finish(&line); err != nil {
		return err
	}
	if b.versions > b.limit || b.room < 0 {
		return errLargeBuild
	}
	return nil
}

// lineBuilder makes the entries of one document from its versions in order. Of those
// up to the horizon of its collection only the last counts.
type lineBuilder struct {
	*builder
	horizon int64
	ref     value.Ref
	prev    version
	old     []entryKey // of prev
	held    version    // the newest version up to the horizon
	holds   bool
}

// begin begins with another document.
func (l *lineBuilder) begin(ref value.Ref) {
	l.ref, l.prev, l.old, l.holds = ref, version{}, nil, false
}

// add takes in the next version.
func (l *lineBuilder) add(next version) error {
	if next.ts <= l.horizon {
		l.held, l.holds = next, true
		return nil
	}
	if err := l.settle(); err != nil {
		return err
	}
	return l.step(next)
}

// settle takes in the version that was held.
func (l *lineBuilder) settle() error {
	if !l.holds {
		return nil
	}
	l.holds = false
	root, err := l.view.settled(l.ref.Collection, l.held)
	root.ts = l.held.ts
	if err != nil || !root.live && !l.prev.live {
		l.prev = version{ts: root.ts}
		return err
	}
	return l.step(root)
}

// step notes how the entries of the document change at a version.
func (l *lineBuilder) step(next version) error {
	fresh, err := l.entriesOf(l.ref, next)
	if err != nil {
		return err
	}
	for _, e := range l.old {
		if _, kept := findEntry(fresh, e.key); !kept {
			l.note(entryStep{key: e.key, kind: txn.Delete, ts: next.ts})
		}
	}
	for _, e := range fresh {
		if _, kept := findEntry(l.old, e.key); !kept || l.prev.ttl != next.ttl || l.prev.expired(next.ts) {
			l.note(entryStep{key: e.key, kind: txn.Put, ttl: next.ttl, ts: next.ts})
		}
	}
	l.prev, l.old = next, fresh
	l.versions++
	return nil
}

func (b *builder) entriesOf(ref value.Ref, r version) ([]entryKey, error) {
	if !r.live {
		return nil, nil
	}
	return b.view.entries(b.index, r.asWritten(ref), r.ts)
}

func (b *builder) note(s entryStep) {
	b.writes = append(b.writes, s)
	b.room -= len(s.key) + 16
}

// finish takes in what is left of a document, and checks its newest version or
// removes its entries when this transaction deleted it.
func (b *builder) finish(l *lineBuilder) error {
	if err := l.settle(); err != nil || !l.prev.live {
		return err
	}
	_, ts, ok, err := b.view.session.tx.Peek(documentKey(b.view.db, l.ref.Collection, l.ref.ID))
	switch {
	case err != nil:
		return err
	case !ok:
		for _, e := range l.old {
			b.note(entryStep{key: e.key, kind: txn.Delete, ts: txn.Pending})
		}
		return nil
	case ts == txn.Pending:
		return nil // own looks at it
	}
	return b.checkUnique(l.ref, l.prev, l.old)
}

func (b *builder) checkUnique(ref value.Ref, newest version, entries []entryKey) error {
	if !b.index.Unique || !newest.visible(b.view.session.tx.Clock()) {
		return nil
	}
	for _, e := range entries {
		stem := string(e.key[:e.stem])
		if other, taken := b.unique[stem]; taken && other != ref {
			return &NotUnique{Index: b.index.Ref(), Ref: ref, Existing: other}
		}
		b.unique[stem] = ref
	}
	return nil
}

// own indexes what this transaction wrote before it created the index.
func (b *builder) own(c value.CollectionID, lo, hi []byte) error {
	tx := b.view.session.tx
	if n, _ := tx.Written(); n == 0 {
		return nil
	}
	scan := tx.PeekScan(lo, hi, false)
	defer scan.Close()
	for scan.Next() {
		if scan.TS() != txn.Pending {
			continue
		}
		ref := value.Ref{Collection: c, ID: decodeID(scan.Key()[len(lo):])}
		next, err := readVersion(append([]byte(nil), scan.Value()...), txn.Pending)
		if err != nil {
			return err
		}
		if err := b.ownVersion(ref, scan.Key(), next); err != nil {
			return err
		}
	}
	return scan.Err()
}

func (b *builder) ownVersion(ref value.Ref, key []byte, next version) error {
	tx := b.view.session.tx
	var prev version
	stored, ts, ok, err := tx.GetAt(key, tx.Snapshot())
	if err == nil && ok {
		if prev, err = readVersion(stored, ts); err == nil {
			prev, err = b.view.settled(ref.Collection, prev)
		}
	}
	if err != nil {
		return err
	}
	old, err := b.entriesOf(ref, prev)
	if err != nil {
		return err
	}
	fresh, err := b.entriesOf(ref, next)
	if err != nil {
		return err
	}
	for _, e := range old {
		if _, kept := findEntry(fresh, e.key); !kept {
			tx.Delete(e.key)
		}
	}
	for _, e := range fresh {
		if _, kept := findEntry(old, e.key); !kept || prev.ttl != next.ttl || prev.expired(tx.Clock()) {
			tx.Put(e.key, appendTTL(nil, next.ttl), txnSlots(e.slots), nil)
		}
	}
	return b.checkUnique(ref, next, fresh)
}
