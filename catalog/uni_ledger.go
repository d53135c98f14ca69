package catalog

import (
	"seriatim/txn"
)

// LedgerPrefix returns what the keys of the ledger of a database begin with. What
// follows is the ledger's, and nothing here writes below it.
func LedgerPrefix(db uint64) []byte {
	return appendPrefix(make([]byte, 0, prefixSize), db, kindLedger)
}

// LedgerGet returns the value under a key of the view's ledger, by what follows its
// prefix, as of the snapshot. It does not join the read set: a ledger never changes
// what it says, it grows.
func (v *View) LedgerGet(suffix []byte) (stored []byte, ok bool, err error) {
	stored, _, ok, err = v.session.tx.Peek(append(LedgerPrefix(v.db), suffix...))
	return stored, ok, err
}

// LedgerScan walks the keys of the view's ledger from lo to below hi, or backwards, as
// of the snapshot and outside the read set. A nil hi is the end.
func (v *View) LedgerScan(lo, hi []byte, reverse bool) *LedgerCursor {
	from := append(LedgerPrefix(v.db), lo...)
	to := append(LedgerPrefix(v.db), hi...)
	if hi == nil {
		to = after(to)
	}
	return &LedgerCursor{v.session.tx.PeekScan(from, to, reverse)}
}

// LedgerCursor walks keys of a ledger. It starts before the first one.
type LedgerCursor struct{ in txn.Cursor }

// Next shows the next key. After false, Err tells an end from a failure.
func (c *LedgerCursor) Next() bool { return c.in.Next() }

// Key returns what follows the prefix in the key shown, valid up to Next.
func (c *LedgerCursor) Key() []byte { return c.in.Key()[prefixSize:] }

// Value returns the value shown, valid up to Next.
func (c *LedgerCursor) Value() []byte { return c.in.Value() }

// Err returns why Next returned false.
func (c *LedgerCursor) Err() error { return c.in.Err() }

// Close ends the walk.
func (c *LedgerCursor) Close() error { return c.in.Close() }
