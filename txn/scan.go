package txn

import "bytes"

// Scan walks the living keys of [lo, hi) in order, or backwards, own writes
// merged in. Exactly the part walked joins the read set: up to the last key
// returned, or all of it once Next returned false. Keys that the transaction
// writes first after this call are not shown.
func (t *Tx) Scan(lo, hi []byte, reverse bool) Cursor { return t.scan(lo, hi, reverse, true) }

// PeekScan is Scan that leaves the read set alone.
func (t *Tx) PeekScan(lo, hi []byte, reverse bool) Cursor { return t.scan(lo, hi, reverse, false) }

func (t *Tx) scan(lo, hi []byte, reverse, record bool) Cursor {
	own := t.writes.keysIn(lo, hi)
	return t.newCursor(t.reader.Scan(lo, hi, reverse), lo, hi, own, reverse, record)
}

// ScanAt walks a range as of an older timestamp. Of the own writes those with a valid
// time are seen. The part walked joins the read set only when at is not before the
// snapshot.
func (t *Tx) ScanAt(lo, hi []byte, at int64, reverse bool) Cursor {
	return t.scanAt(lo, hi, at, reverse, at >= t.snapshot)
}

// PeekScanAt is ScanAt that leaves the read set alone.
func (t *Tx) PeekScanAt(lo, hi []byte, at int64, reverse bool) Cursor {
	return t.scanAt(lo, hi, at, reverse, false)
}

func (t *Tx) scanAt(lo, hi []byte, at int64, reverse, record bool) Cursor {
	c := t.newCursor(t.reader.ScanAt(lo, hi, at, reverse), lo, hi, nil, reverse, record)
	if len(t.writes.past) > 0 {
		c.at, c.own = at, t.writes.datedKeysIn(lo, hi)
	}
	return c
}

// History walks the versions of a range with timestamps in [from, to], as
// Reader.History does. Of the own writes those with a valid time are seen. The part
// walked joins the read set only when to is not before the snapshot.
func (t *Tx) History(lo, hi []byte, from, to int64, reverse bool) VersionCursor {
	return t.history(lo, hi, from, to, reverse, to >= t.snapshot)
}

// PeekHistory is History that leaves the read set alone.
func (t *Tx) PeekHistory(lo, hi []byte, from, to int64, reverse bool) VersionCursor {
	return t.history(lo, hi, from, to, reverse, false)
}

func (t *Tx) history(lo, hi []byte, from, to int64, reverse, record bool) VersionCursor {
	in := t.reader.History(lo, hi, from, to, reverse)
	if own := t.datedIn(lo, hi, from, to, reverse); len(own) > 0 {
		in = &datedVersions{VersionCursor: in, own: own, reverse: reverse}
	}
	return &versions{cursor: t.newCursor(in, lo, hi, nil, reverse, record), in: in}
}

func (t *Tx) newCursor(in Cursor, lo, hi []byte, own []ownKey, reverse, record bool) *cursor {
	c := &cursor{tx: t, in: in, own: own, at: Pending, reverse: reverse, record: record}
	if record {
		c.lo, c.hi = t.arena.copy(lo), t.arena.copy(hi)
	}
	t.open = append(t.open, c)
	return c
}

// cursor merges the reader's cursor with the transaction's own keys.
type cursor struct {
	tx      *Tx
	in      Cursor
	lo, hi  []byte // set when record is
	own     []ownKey
	at      int64 // the time that dated keys are read as of
	reverse bool
	record  bool

	ahead  bool // in stands on a key not shown yet
	inDone bool
	done   bool
	closed bool

	key, value []byte
	ts         int64
	volume     int // bytes shown so far
	err        error
}

func (c *cursor) Key() []byte   { return c.key }
func (c *cursor) Value() []byte { return c.value }
func (c *cursor) TS() int64     { return c.ts }
func (c *cursor) Err() error    { return c.err }

// Next shows the next key.
func (c *cursor) Next() bool {
	for !c.done {
		if !c.ahead && !c.inDone {
			c.ahead = c.in.Next()
			c.inDone = !c.ahead
			if c.inDone && c.in.Err() != nil {
				c.err, c.done = c.in.Err(), true
				break
			}
		}
		if c.step() {
			c.tx.count(c.key, c.value)
			before := c.volume
			c.volume += len(c.key) + len(c.value)
			c.tx.ops += (c.volume+bytesPerOp-1)/bytesPerOp - (before+bytesPerOp-1)/bytesPerOp
			return true
		}
	}
	return false
}

// step consumes the next key of either side and reports whether it is shown.
func (c *cursor) step() bool {
	if len(c.own) == 0 {
		if !c.ahead {
			c.done = true
			return false
		}
		return c.showIn()
	}
	order := -1
	if c.ahead {
		order = bytes.Compare(c.nextOwn().key, c.in.Key())
		if c.reverse {
			order = -order
		}
	}
	if order > 0 {
		return c.showIn()
	}
	own := c.takeOwn()
	if own.index != dated && c.tx.writes.writes[own.index].Kind == none {
		return order == 0 && c.showIn()
	}
	if order == 0 {
		c.ahead = false
	}
	return c.showOwn(own)
}

func (c *cursor) nextOwn() ownKey {
	if c.reverse {
		return c.own[len(c.own)-1]
	}
	return c.own[0]
}

func (c *cursor) takeOwn() ownKey {
	own := c.nextOwn()
	if c.reverse {
		c.own = c.own[:len(c.own)-1]
	} else {
		c.own = c.own[1:]
	}
	return own
}

func (c *cursor) showIn() bool {
	c.key, c.value, c.ts = c.in.Key(), c.in.Value(), c.in.TS()
	c.ahead = false
	return true
}

func (c *cursor) showOwn(own ownKey) bool {
	if own.index == dated {
		value, ts, ok, err := c.tx.datedAt(own.key, c.tx.writes.past[string(own.key)], c.at)
		if err != nil {
			c.err, c.done = err, true
			return false
		}
		c.key, c.value, c.ts = own.key, value, ts
		return ok
	}
	w := &c.tx.writes.writes[own.index]
	c.key, c.value, c.ts = w.Key, w.Value, Pending
	return w.Kind == Put
}

// note adds what was walked to the read set; a cursor that goes on afterwards
// notes the longer range again.
func (c *cursor) note() {
	if !c.record || c.err != nil {
		return
	}
	switch {
	case c.done:
		c.tx.reads.addRange(Range{c.lo, c.hi})
	case c.key == nil:
	case c.reverse:
		c.tx.reads.addRange(Range{c.tx.arena.copy(c.key), c.hi})
	default:
		c.tx.reads.addRange(Range{c.lo, c.tx.arena.copy2(c.key, zero)})
	}
}

// Close ends the walk. What was walked is in the read set from here on.
func (c *cursor) Close() error {
	if c.closed {
		return nil
	}
	c.note()
	c.closed, c.done = true, true
	open := c.tx.open
	for i := len(open) - 1; i >= 0; i-- {
		if open[i] == c {
			c.tx.open = append(open[:i], open[i+1:]...)
			break
		}
	}
	return c.in.Close()
}

// versions is a cursor over history.
type versions struct {
	*cursor
	in VersionCursor
}

// Deleted reports whether the version shown is a tombstone.
func (v *versions) Deleted() bool { return v.in.Deleted() }
