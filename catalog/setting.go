package catalog

import (
	"encoding/binary"

	"seriatim/txn"
	"seriatim/value"
)

// kindSetting is the kind of the keys of settings of the whole database, which lie in
// Global: name. They are in the database so that every replica makes the same of a
// query that it evaluates.
const kindSetting byte = 0x0c

const settingHistoryDays = "history_days"

func settingKey(name string) []byte {
	return append(appendPrefix(make([]byte, 0, prefixSize+len(name)), Global, kindSetting), name...)
}

// HistoryDays returns the history_days of new collections, KeepForever for none. It
// joins the read set.
func HistoryDays(tx *txn.Tx) (int64, error) {
	b, _, ok, err := tx.Get(settingKey(settingHistoryDays))
	if err != nil || !ok {
		return DefaultHistoryDays, err
	}
	if len(b) != 8 {
		return 0, errMalformed
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// SetHistoryDays sets the history_days of collections that are created from now on
// without any, KeepForever for none. Those that exist keep theirs.
func SetHistoryDays(tx *txn.Tx, days int64) error {
	now, err := HistoryDays(tx)
	if err != nil || now == days {
		return err
	}
	tx.Put(settingKey(settingHistoryDays), binary.BigEndian.AppendUint64(nil, uint64(days)), nil, nil)
	return tx.Err()
}

// defaultsOf returns what a new document of a collection has before its params.
func (v *View) defaultsOf(c value.CollectionID, n noun) (*value.Object, error) {
	if c != value.Collections {
		return n.defaults(), nil
	}
	days, err := HistoryDays(v.session.tx)
	if err != nil || days == KeepForever {
		return nil, err
	}
	return value.NewObject(value.Field{Name: "history_days", Value: value.Int(days)}), nil
}
