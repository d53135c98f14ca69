package catalog

import (
	"seriatim/txn"
	"seriatim/value"
)

// nameBefore returns the name that the definition r had before the transaction that
// wrote a version at ts, txn.Pending being this one; for a definition which that
// transaction made, the name it got. An index entry that shows a name must stay what
// it was made as, or it could not be found when its document changes; the history of
// definitions is kept for good, for this reason.
func (v *View) nameBefore(r value.Ref, ts int64) (name string, ok bool) {
	other, err := v.In(r.Database)
	if err != nil {
		return "", false
	}
	before := v.session.tx.Snapshot()
	if ts != txn.Pending {
		before = ts - 1
	}
	if name, ok = other.storedName(r, before); ok {
		return name, ok
	}
	if ts == txn.Pending {
		return v.Name(r)
	}
	return other.storedName(r, ts)
}

// storedName reads the name of a definition as of a timestamp.
func (v *View) storedName(r value.Ref, at int64) (name string, ok bool) {
	stored, ts, ok, err := v.session.tx.GetAt(documentKey(v.db, r.Collection, r.ID), at)
	if err != nil || !ok {
		return "", false
	}
	d, err := decodeVersion(r, stored, ts)
	if err != nil {
		return "", false
	}
	name = nameOf(d.Body())
	return name, name != ""
}
