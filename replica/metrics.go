package replica

import "sync/atomic"

// counts are what a replica has seen since it was opened, replay included.
type counts struct {
	blocks, repeats, bytes      atomic.Uint64
	applied, conflicts, refused atomic.Uint64
	doomed, unknown, flushes    atomic.Uint64
}

func (c *counts) note(a *applied, bytes int) {
	c.blocks.Add(1)
	c.bytes.Add(uint64(bytes))
	if a.repeat {
		c.repeats.Add(1)
	}
	for i := range a.outcomes {
		switch a.outcomes[i].Status {
		case Applied:
			c.applied.Add(1)
		case Conflict:
			c.conflicts.Add(1)
		case Refused:
			c.refused.Add(1)
		}
	}
}

// Metrics are counts since the replica was opened, replay included.
type Metrics struct {
	Position uint64 // of the last published block
	TS       int64  // of the last published entry, microseconds
	Blocks   uint64 // applied, repeats included
	Repeats  uint64 // blocks dropped because they had been applied or were void
	Bytes    uint64 // of blocks

	Applied, Conflicts, Refused uint64 // entries by outcome

	Doomed  uint64 // entries of this node dropped as conflicts before the log
	Unknown uint64 // blocks of this node whose append ended without a definite answer
	Asked   uint64 // validations that the store had to answer
	Flushes uint64 // flushes after which the log was trimmed
}

// Metrics returns the counts as they are now.
func (r *Replica) Metrics() Metrics {
	ts, position := r.Published()
	c := &r.counts
	return Metrics{
		Position: uint64(position), TS: ts,
		Blocks: c.blocks.Load(), Repeats: c.repeats.Load(), Bytes: c.bytes.Load(),
		Applied: c.applied.Load(), Conflicts: c.conflicts.Load(), Refused: c.refused.Load(),
		Doomed: c.doomed.Load(), Unknown: c.unknown.Load(),
		Asked: r.m.asked.Load(), Flushes: c.flushes.Load(),
	}
}
