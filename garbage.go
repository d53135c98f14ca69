package seriatim

import (
	"context"

	"seriatim/catalog"
	"seriatim/txn"
)

// CollectGarbage removes from the store what nobody can read any more: history that is
// older than its collection keeps, expired documents and answers to idempotency keys,
// and whatever deleted databases, collections and indexes left behind. No answer
// changes. The server does it by itself now and then; this does it at once, and
// returns how many versions went.
func (db *DB) CollectGarbage(ctx context.Context) (removed int, err error) {
	for next := []byte{}; next != nil && err == nil; err = ctx.Err() {
		var n int
		if next, n, err = db.collect(next); err != nil {
			return removed, err
		}
		removed += n
	}
	return removed, err
}

// collectStep is how many versions are looked at between two pauses.
const collectStep = 2000

// collect goes on with the collection at the key from, and returns the one to go on
// with then, nil at the end.
func (db *DB) collect(from []byte) (next []byte, removed int, err error) {
	floor := db.replica.Horizon()
	reader, ts := db.replica.Snapshot()
	tx := txn.Begin(reader, ts, ts)
	defer tx.Close()
	g := catalog.NewGarbage(tx, floor, catalog.Options{Cache: db.schemas, Model: compileModel})
	next, removed, err = db.replica.CollectGarbage(g.At(), from, nil, g, collectStep)
	if err == nil {
		err = g.Err()
	}
	return next, removed, err
}
