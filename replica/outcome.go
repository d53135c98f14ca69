package replica

// Status is what became of an entry.
type Status uint8

// The outcomes of an entry.
const (
	// Applied: the writes happened at Outcome.TS.
	Applied Status = 1 + iota
	// Conflict: something the transaction read had changed; nothing was written.
	// It may be evaluated again at a fresh snapshot.
	Conflict
	// Refused: the entry can never be applied; nothing was written.
	Refused
)

// String returns the status as a word.
func (s Status) String() string {
	switch s {
	case Applied:
		return "applied"
	case Conflict:
		return "conflict"
	case Refused:
		return "refused"
	}
	return "undecided"
}

// Outcome is what the proposer learns about its entry.
type Outcome struct {
	Status Status
	// TS is the entry's timestamp in microseconds. It is 0 for a conflict found
	// before the entry went into the log.
	TS int64
	// Reply is what Options.Evaluate returned for an expression entry.
	Reply any
	// Err says why an entry was refused.
	Err error
	// ConflictKey is a key, or the start of a range, that had changed; nil when
	// the snapshot was too old to tell.
	ConflictKey []byte
}
