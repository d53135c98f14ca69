package seriatim

import "seriatim/store"

// past is what the history of a key held around a place that was then changed. A
// stream that is behind sees only what became of it.
type past struct {
	state pastState
	// existed tells that the key may have existed just before.
	existed bool
	// next is the time of the version that followed, 0 when that is not known.
	next int64
}

// pastState is what a place in the history of a key held.
type pastState uint8

const (
	pastNothing pastState = iota
	pastTombstone
	pastVersion
)

// readPast reads the past of a key around a time; earlier are the times at which the
// block that is about to be written has changed it already. What cannot be read
// counts as nothing: the replica is about to stop then.
func readPast(st *store.Store, key []byte, at int64, earlier []int64) past {
	in := st.History(key, append(key[:len(key):len(key)], 0), at, maxTime, false)
	defer in.Close()
	var p past
	for in.Next() {
		if in.TS() > at {
			p.next = in.TS()
			break
		}
		if p.state = pastVersion; in.Deleted() {
			p.state = pastTombstone
		}
	}
	for _, t := range earlier {
		if t > at && (p.next == 0 || t < p.next) {
			p.next = t
		}
	}
	_, _, p.existed, _ = st.Get(key, at-1)
	p.existed = p.existed || len(earlier) > 0
	return p
}

// maxTime is after all timestamps.
const maxTime = 1<<63 - 2
