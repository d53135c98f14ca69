package catalog

import (
	"errors"

	"seriatim/value"
)

var (
	// ErrCycle says that a database was to be moved beneath itself.
	ErrCycle = errors.New("catalog: a database cannot be moved beneath itself")
	// ErrKeyClash says that a key that opens a moved database has the identity of
	// another key where it would go.
	ErrKeyClash = errors.New("catalog: a key of a moved database exists at its destination")
)

// Beneath reports whether the database of the view is db or lies beneath it.
func (v *View) Beneath(db uint64) bool {
	for at := v; at != nil; at = v.session.views[at.parent] {
		if at.db == db {
			return true
		}
	}
	return false
}

// MoveDatabase makes the database that source names a child of the one that target
// names, with all that is beneath it and with the keys that open it from its old
// parent. It returns its new document, of the target. Errors: ErrNotFound, ErrCycle,
// ErrKeyClash, and Exists when the target has a child of that name.
func (v *View) MoveDatabase(source, target value.Ref) (*value.Document, error) {
	from, err := v.In(source.Database)
	if err != nil {
		return nil, err
	}
	n, ref, old, body, err := from.existing(value.Ref{Collection: value.Databases, ID: source.ID})
	if err != nil {
		return nil, err
	}
	if moved, ok, err := from.isUni(ref.ID); err != nil {
		return nil, err
	} else if ok {
		return nil, refused("The uni %s cannot be moved: its nodes are known by where it is.", moved.Uni().Name)
	}
	to, err := v.In(uint64(target.ID))
	if err != nil {
		return nil, err
	}
	if u := to.Uni(); u != nil {
		return nil, refused("The uni %s has no child databases: its ledger would not tell of them.", u.Name)
	}
	if to.Beneath(uint64(ref.ID)) {
		return nil, ErrCycle
	}
	if held, ok, err := to.named(value.Databases, nameOf(body)); err != nil || ok {
		return nil, errors.Join(err, &Exists{Ref: value.Ref{Collection: value.Databases, ID: held}})
	}
	if err := from.moveKeys(to, ref); err != nil {
		return nil, err
	}
	if _, err := from.save(ref, old, nil); err != nil {
		return nil, err
	}
	from.rename(value.Databases, ref.ID, body, nil)
	return to.adopt(n, ref, body)
}

// adopt writes the document of a database that comes from elsewhere, and makes the
// view's database its parent.
func (v *View) adopt(n noun, ref value.Ref, body *value.Object) (*value.Document, error) {
	db := uint64(ref.ID)
	moved, err := v.In(db)
	if err != nil {
		return nil, err
	}
	next, err := n.prepare(v, ref.ID, body, body)
	if err != nil {
		return nil, err
	}
	if _, err := v.save(ref, version{}, next); err != nil {
		return nil, err
	}
	v.rename(value.Databases, ref.ID, nil, next)
	moved.parent = v.db
	moved.touchSchema()
	d := written(ref, next)
	d.Created = true
	return d, v.session.tx.Err()
}

// moveKeys moves the keys that open a child of the view's database to another one.
func (v *View) moveKeys(to *View, child value.Ref) error {
	refs, err := v.keysOf(child)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := v.moveKey(to, ref); err != nil {
			return err
		}
	}
	return nil
}

// keysOf returns the keys of the view's database that open a child of it.
func (v *View) keysOf(child value.Ref) ([]value.Ref, error) {
	var refs []value.Ref
	c := v.Documents(value.Keys, Range{})
	for c.Next() {
		doc, err := v.Get(c.Ref(), 0)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		if doc == nil {
			continue
		}
		if db, _ := doc.Body().Get("database"); db == value.Value(child) {
			refs = append(refs, c.Ref())
		}
	}
	return refs, errors.Join(c.Err(), c.Close())
}

func (v *View) moveKey(to *View, ref value.Ref) error {
	_, _, old, body, err := v.existing(ref)
	if err != nil {
		return err
	}
	taken, err := to.current(ref)
	if err != nil {
		return err
	}
	if taken.live {
		return ErrKeyClash
	}
	if _, err := v.save(ref, old, nil); err != nil {
		return err
	}
	if _, err := to.save(ref, taken, body); err != nil {
		return err
	}
	if hash, ok := secretHash(body); ok {
		v.session.tx.Put(secretKey(hash), to.secretPlace(ref), nil, nil)
	}
	return v.session.tx.Err()
}
