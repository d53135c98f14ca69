package txn

import "math"

// Pending is the timestamp that the transaction's own writes carry while it
// runs. No entry ever has it.
const Pending int64 = math.MaxInt64

// Reader is committed data as of one timestamp: a snapshot of the store, or the
// block that apply is working on. Keys and values it returns must not be
// modified. A value from Get or GetAt stays valid for good; key and value of a
// cursor stay valid until its next call to Next or Close.
//
// Ranges are half open, [lo, hi), and hi is required.
type Reader interface {
	// Get returns the newest value of key and its timestamp in microseconds;
	// ok is false when the key does not exist.
	Get(key []byte) (value []byte, ts int64, ok bool, err error)
	// GetAt is Get as of an older timestamp.
	GetAt(key []byte, at int64) (value []byte, ts int64, ok bool, err error)
	// Scan walks the living keys of a range in key order, or backwards.
	Scan(lo, hi []byte, reverse bool) Cursor
	// ScanAt is Scan as of an older timestamp.
	ScanAt(lo, hi []byte, at int64, reverse bool) Cursor
	// History walks every version and tombstone whose timestamp lies in
	// [from, to], by key and, within a key, by timestamp; both ascending, or both
	// descending with reverse.
	History(lo, hi []byte, from, to int64, reverse bool) VersionCursor
	// Close releases the snapshot.
	Close() error
}

// Cursor walks keys. It starts before the first one. After Next returned false,
// Err tells an end from a failure. Close may be called at any time and more
// than once.
type Cursor interface {
	Next() bool
	Key() []byte
	Value() []byte
	// TS is the timestamp of the version shown, or Pending.
	TS() int64
	Err() error
	Close() error
}

// VersionCursor walks versions; Deleted tells a tombstone, which has no value.
type VersionCursor interface {
	Cursor
	Deleted() bool
}
