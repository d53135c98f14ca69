package archive

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"seriatim/txlog"
)

// lastClock is the largest clock that a header is believed (docs/formats.md).
const lastClock = math.MaxInt64 / 2

// advance returns the timestamp of the last entry of a block, that of the entry before it being last. A block that was
// appended twice moves no time when it is applied, which headers do not show: then what is returned is a few
// microseconds late, until the next block that is not crowded.
func advance(last int64, block []byte) (int64, error) {
	b, err := txlog.DecodeBlock(block)
	if err != nil || b.Count == 0 {
		return last, err
	}
	first := last + 1
	if b.Clock <= lastClock {
		first = max(first, b.Clock)
	}
	return first + int64(b.Count) - 1, nil
}

// slack is by how much timestamps from headers may differ from noted ones, in microseconds. Histories that part do so
// by the time that a restore takes.
const slack = 100_000

// timeAt returns the timestamp at a position in the run.
func (r *run) timeAt(ctx context.Context, at txlog.Position) (int64, error) {
	from := r.begin
	noted, err := readNotes(filepath.Join(r.dir, notesFile))
	if err != nil {
		return 0, err
	}
	for _, s := range noted {
		if s.Position <= at {
			from = s
		}
	}
	f := &finder{ctx: ctx, until: Latest, through: at}
	reached := map[txlog.Position]int64{at: from.TS}
	if at > from.Position {
		if _, err := f.walk(r, from, reached); err != nil {
			return 0, err
		}
	}
	return reached[at], nil
}

// holds reports whether the state is one that the run's database had.
func (r *run) holds(ctx context.Context, s State) (bool, error) {
	if s.Position < r.begin.Position || s.Position > r.head() {
		return false, nil
	}
	ts, err := r.timeAt(ctx, s.Position)
	if err != nil {
		return false, err
	}
	return r.agrees(s, ts)
}

// agrees reports whether the state is the run's, whose timestamp there is ts: by the digest where it was noted.
func (r *run) agrees(s State, ts int64) (bool, error) {
	if s.Position == r.begin.Position {
		return s.Digest == r.begin.Digest, nil
	}
	noted, err := readNotes(filepath.Join(r.dir, notesFile))
	if err != nil {
		return false, err
	}
	for _, n := range noted {
		if n.Position == s.Position {
			return n.Digest == s.Digest, nil
		}
	}
	return ts-s.TS <= slack && s.TS-ts <= slack, nil
}

// chain is several runs as one log, for reading.
type chain struct{ legs []leg }

// Append implements txlog.Log.
func (c *chain) Append(context.Context, []byte) (txlog.Position, error) {
	return 0, fmt.Errorf("%w: an archive is only read", txlog.ErrUnavailable)
}

// Head implements txlog.Log.
func (c *chain) Head(context.Context) (txlog.Position, error) { return end(c.legs).to, nil }

// Trim implements txlog.Log.
func (c *chain) Trim(txlog.Position) error { return nil }

// Close implements txlog.Log; the path closes the runs.
func (c *chain) Close() error { return nil }

// Read implements txlog.Log.
func (c *chain) Read(from txlog.Position) (txlog.Reader, error) {
	if from <= c.legs[0].from {
		return nil, fmt.Errorf("%w: %d, the archive begins after %d", txlog.ErrTrimmed, from, c.legs[0].from)
	}
	return &chainReader{legs: c.legs, next: from}, nil
}

type chainReader struct {
	legs []leg // those not yet read to their ends
	next txlog.Position
	open txlog.Reader // of the first of them
}

// Next implements txlog.Reader. Past the end it waits for ctx.
func (c *chainReader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	for len(c.legs) > 0 && c.next > c.legs[0].to {
		if err := c.Close(); err != nil {
			return 0, nil, err
		}
		c.legs = c.legs[1:]
	}
	if len(c.legs) == 0 {
		<-ctx.Done()
		return 0, nil, ctx.Err()
	}
	if c.open == nil {
		var err error
		if c.open, err = c.legs[0].run.log.Read(c.next); err != nil {
			return 0, nil, err
		}
	}
	at, block, err := c.open.Next(ctx)
	if err == nil {
		c.next = at + 1
	}
	return at, block, err
}

// Close implements txlog.Reader.
func (c *chainReader) Close() error {
	if c.open == nil {
		return nil
	}
	err := c.open.Close()
	c.open = nil
	return err
}
