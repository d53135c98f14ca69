package catalog

import (
	"encoding/binary"

	"seriatim/txn"
	"seriatim/value"
)

// Bootstrap creates the Root database in an empty store. It does nothing when
// it exists.
func Bootstrap(tx *txn.Tx) error {
	_, _, ok, err := tx.Get(schemaKey(Root))
	if err != nil || ok {
		return err
	}
	tx.Put(schemaKey(Root), encodeSchemaState(Global, false), nil, nil)
	return tx.Err()
}

// databaseNoun is databases: children of the view's database. The identity of
// the document is that of the database.
type databaseNoun struct{}

var databaseMask = []string{"name", "data", "priority", "container", "typechecked", "protected"}

func (databaseNoun) mask() []string { return databaseMask }

func (databaseNoun) fresh(v *View) (int64, error) {
	return next(v.session.tx, sequenceKey(Global, value.Databases), int64(Root)+1, 1<<62)
}

func (databaseNoun) defaults() *value.Object { return nil }

func (databaseNoun) kept(prev *value.Object) *value.Object {
	return mask(prev, []string{"name", "global_id"})
}

func (databaseNoun) prepare(v *View, id int64, prev, next *value.Object) (*value.Object, error) {
	var k checker
	k.checkData(next)
	k.checkName(next)
	optional[value.Int](&k, next, "priority", "Priority")
	container, _ := optional[value.Bool](&k, next, "container", "Boolean")
	optional[value.Bool](&k, next, "typechecked", "Boolean")
	optional[value.Bool](&k, next, "protected", "Boolean")
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	if prev != nil {
		if err := v.checkUniDatabase(id, prev, next); err != nil {
			return nil, err
		}
	}
	if container && prev != nil {
		if err := v.checkEmpty(&k, uint64(id)); err != nil {
			return nil, err
		}
	}
	if err := k.err(); err != nil {
		return nil, err
	}
	if prev == nil {
		next = next.With("global_id", value.String(globalID(uint64(id))))
	}
	return next, v.reserve(value.Databases, id, next)
}

// checkEmpty checks that a database holds nothing that a container may not.
func (v *View) checkEmpty(k *checker, db uint64) error {
	child, err := v.In(db)
	if err != nil || child.container {
		return err
	}
	s, err := child.schema()
	if err != nil {
		return err
	}
	if len(s.collections)+len(s.indexes)+len(s.functions) > 0 {
		k.fail("container candidate contains data",
			"cannot make database a container while it contains collections, indexes, or user functions")
	}
	return nil
}

// saved creates, changes or removes the database itself, which is its schema
// key. Everything beneath a removed one is out of reach, because every view
// reads the schema keys of all ancestors.
func (databaseNoun) saved(v *View, id int64, prev, next *value.Object) error {
	v.rename(value.Databases, id, prev, next)
	s, db := v.session, uint64(id)
	if next == nil {
		s.tx.Delete(schemaKey(db))
		s.forget(db)
		return nil
	}
	flag, _ := next.Get("container")
	container := flag == value.Bool(true)
	if prev == nil {
		s.tx.Put(schemaKey(db), encodeSchemaState(v.db, container), nil, nil)
		return s.tx.Err()
	}
	child, err := v.In(db)
	if err != nil || child.container == container {
		return err
	}
	if _, err := child.schema(); err != nil {
		return err
	}
	child.container = container
	child.touchSchema()
	return nil
}

// forget drops the views of a removed database and all beneath it.
func (s *session) forget(db uint64) {
	delete(s.views, db)
	for id, v := range s.views {
		for at := v; at != nil; at = s.views[at.parent] {
			if at.parent == db {
				delete(s.views, id)
				break
			}
		}
	}
}

// next gives out the next number of a sequence.
func next(tx *txn.Tx, key []byte, first, last int64) (int64, error) {
	b, _, ok, err := tx.Get(key)
	if err != nil {
		return 0, err
	}
	id := first
	if ok {
		id = int64(binary.BigEndian.Uint64(b)) + 1
	}
	if id > last {
		return 0, ErrSequence
	}
	tx.Put(key, binary.BigEndian.AppendUint64(nil, uint64(id)), nil, nil)
	return id, tx.Err()
}

// A database's identity is made public as z-base-32 of its 64 bits and one zero bit
// (core ZBase32.scala).
const (
	globalIDDigits = "ybndrfg8ejkmcpqxot1uwisza345h769"
	globalIDSize   = 13
)

// globalID is the public form of a database's identity.
func globalID(id uint64) string {
	var text [globalIDSize]byte
	for i := range globalIDSize - 1 {
		text[i] = globalIDDigits[id>>(59-5*i)&31]
	}
	text[globalIDSize-1] = globalIDDigits[id<<1&31]
	return string(text[:])
}
