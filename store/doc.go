// Package store keeps versions of keys at timestamps: multi-version storage over Pebble.
//
// What it is. Keys and values are opaque bytes, timestamps are int64 microseconds above zero. A
// version is a value or a tombstone of a key at a timestamp; a touch marks that a key was written
// at a timestamp without giving it a value there. A few named, unversioned values (the meta) stand
// beside the versions.
//
// What it promises. A batch is applied whole or not at all, batches in the order they were
// written, and after a crash the store holds a prefix of them: everything up to some flush. There
// is no write-ahead log in here; the ordered log above is the only one. It writes its position
// into the meta of the same batch as the effects, and after a restart replays from the position it
// finds. Reads at a timestamp are exact for everything whose Write returned. A disk that runs full
// is ErrDiskFull, not a hang.
//
// What it does not know. Documents, indexes, transactions, the log, clocks: nothing here asks for
// the time to decide a result.
//
// Where to start reading. key.go is the layout on disk, Write in write.go and Reader.Get in
// reader.go are the two paths that matter, newest.go is the memory in front of them.
package store
