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
	versions int // looked at so far, and how many may be
	limit    int
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
		lo, hi := documentRange(b.view.db, c)
		if err := b.committed(c, lo, hi); err != nil {
			return err
		}
	}
	return nil
}

// sourcesOf returns every collection that an index has entries of.
func (v *View) sourcesOf(x *Index) ([]value.CollectionID, error) {
	sources := x.Sources()
	if x.Wildcard() {
		s, err := v.schema()
		if err != nil {
			return nil, err
		}
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

// committed takes in every committed version, deleted documents' too.
func (b *builder) committed(c value.CollectionID, lo, hi []byte) error {
	tx := b.view.session.tx
	h := tx.History(lo, hi, 0, tx.Snapshot(), false)
	defer h.Close()
	var prev version
	var ref value.Ref
	var old []entryKey
	first := true
	for h.Next() {
		id := decodeID(h.Key()[len(lo):])
		if first || id != ref.ID {
			if err := b.finish(ref, prev, old); err != nil {
				return err
			}
			ref, prev, old, first = value.Ref{Collection: c, ID: id}, version{}, nil, false
		}
		next, err := shownVersion(h)
		if err != nil {
			return err
		}
		if old, err = b.step(ref, old, prev, next); err != nil {
			return err
		}
		if prev = next; b.versions > b.limit || b.room < 0 {
			return errLargeBuild
		}
	}
	if err := h.Err(); err != nil {
		return err
	}
	return b.finish(ref, prev, old)
}

// step notes how the entries of a document, old before it, change at a committed
// version, and returns those it has then.
func (b *builder) step(ref value.Ref, old []entryKey, prev, next version) ([]entryKey, error) {
	fresh, err := b.entriesOf(ref, next)
	if err != nil {
		return nil, err
	}
	for _, e := range old {
		if _, kept := findEntry(fresh, e.key); !kept {
			b.note(entryStep{key: e.key, kind: txn.Delete, ts: next.ts})
		}
	}
	for _, e := range fresh {
		if _, kept := findEntry(old, e.key); !kept || prev.ttl != next.ttl {
			b.note(entryStep{key: e.key, kind: txn.Put, ttl: next.ttl, ts: next.ts})
		}
	}
	b.versions++
	return fresh, nil
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

// finish checks the newest version of a document, or removes its entries when
// this transaction deleted it.
func (b *builder) finish(ref value.Ref, newest version, entries []entryKey) error {
	if !newest.live {
		return nil
	}
	tx := b.view.session.tx
	_, ts, ok, err := tx.Peek(documentKey(b.view.db, ref.Collection, ref.ID))
	switch {
	case err != nil:
		return err
	case !ok:
		for _, e := range entries {
			b.note(entryStep{key: e.key, kind: txn.Delete, ts: txn.Pending})
		}
		return nil
	case ts == txn.Pending:
		return nil // own looks at it
	}
	return b.checkUnique(ref, newest, entries)
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
		prev, err = readVersion(stored, ts)
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
		if _, kept := findEntry(old, e.key); !kept || prev.ttl != next.ttl {
			tx.Put(e.key, appendTTL(nil, next.ttl), txnSlots(e.slots), nil)
		}
	}
	return b.checkUnique(ref, next, fresh)
}
