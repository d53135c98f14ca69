package graphql

import (
	"strconv"

	"seriatim/value"
)

// maxVersions bounds how many versions of one document are walked to find one.
const maxVersions = MaxScanned

// versions appends a page of the versions of a row, oldest first. Ordinals count
// from 1 and a removal is a version too.
func (r *run) versions(dst []byte, f *Field, e *Entity) ([]byte, error) {
	limit, refusal := f.pageSize()
	if refusal != nil {
		return dst, refusal
	}
	from, err := f.position()
	if err != nil {
		return dst, err
	}
	ref, ok, err := r.find(e, f)
	if err != nil {
		return dst, err
	}
	if row, err := r.row(e, ref, 0); err != nil {
		return dst, err
	} else if row != nil && !r.shows(row) {
		ok = false
	}
	after := int64(0)
	if from != nil {
		after = from.ref.ID
	}
	p := &page{}
	var shown []version
	if ok {
		err = r.eachVersion(ref, func(v version) bool {
			if v.ordinal > after && len(shown) == limit {
				p.next = f.token(position{ref: value.Ref{ID: shown[limit-1].ordinal}})
				return false
			}
			if v.ordinal > after {
				shown = append(shown, v)
			}
			return true
		})
		if err != nil {
			return dst, err
		}
	}
	p.rows = make([]*row, len(shown))
	return r.appendVersions(dst, f, p, shown)
}

// version is one step in the history of a document.
type version struct {
	ordinal int64
	ts      int64
	live    bool
}

// eachVersion shows the versions of a document, oldest first, until f returns false.
func (r *run) eachVersion(ref value.Ref, f func(version) bool) error {
	events := r.View.DocumentHistory(ref, 0, r.View.Tx().Snapshot(), false)
	defer events.Close()
	n := int64(0)
	for events.Next() {
		n++
		if r.scanned++; r.scanned > maxVersions {
			return errBudget
		}
		if err := r.interrupted(); err != nil {
			return err
		}
		if e := events.Event(); !f(version{n, e.TS, e.Action != "delete"}) {
			return nil
		}
	}
	return events.Err()
}

// versionTime returns the timestamp of a version of a document; false when there is
// none or it is the document's removal.
func (r *run) versionTime(ref value.Ref, ordinal int64) (ts int64, ok bool, err error) {
	err = r.eachVersion(ref, func(v version) bool {
		if v.ordinal == ordinal {
			ts, ok = v.ts, v.live
		}
		return v.ordinal < ordinal
	})
	return ts, ok, err
}

// appendVersions appends a Vendia_Version_Connection_.
func (r *run) appendVersions(dst []byte, f *Field, p *page, shown []version) ([]byte, error) {
	var failed error
	dst = appendPage(dst, f.Fields, p, func(dst []byte, item *Field, i int) []byte {
		o, err := r.versionObject(shown[i])
		if err != nil {
			failed = err
		}
		enc, _ := value.Encode(o)
		return appendFields(dst, item.Fields, enc)
	})
	return dst, failed
}

// versionObject returns a Vendia_Version: the ordinal, and the block and transaction
// that the ledger has at its timestamp.
func (r *run) versionObject(v version) (*value.Object, error) {
	o := value.NewObject(value.Field{Name: "ordinal", Value: value.Int(v.ordinal)})
	t, err := r.ledgerTransaction(v.ts)
	if err != nil {
		return nil, err
	}
	if t == nil { // a state that came with no ledger, as of a database that became a uni
		return o.With("block", value.String("")).With("transactions", value.Array{}), nil
	}
	return o.With("block", value.String(t.block)).With("transactions", value.Array{value.NewObject(
		value.Field{Name: "_id", Value: value.String(t.ID)},
		value.Field{Name: "_owner", Value: value.String(t.Owner)},
		value.Field{Name: "submissionTime", Value: value.String(formatMicros(t.Submitted))})}), nil
}

// formatMicros writes microseconds since 1970 as RFC 3339 with six digits.
func formatMicros(us int64) string {
	dst := value.AppendTime(nil, value.TimeOfMicros(us-us%1_000_000))
	fraction := strconv.FormatInt(1_000_000+((us%1_000_000)+1_000_000)%1_000_000, 10)[1:]
	return string(dst[:len(dst)-1]) + "." + fraction + "Z"
}
