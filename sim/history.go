package sim

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// Outcome is what a client knows about its transaction after the answer, or
// after giving up on one.
type Outcome uint8

const (
	// Ok: the database answered that the transaction committed. All results
	// are recorded.
	Ok Outcome = iota
	// Fail: the database answered that the transaction did not and will not
	// happen (an abort, a conflict, a refusal before it was proposed). Any later
	// sight of its writes is an anomaly.
	Fail
	// Info: nobody told the client (a timeout, a lost connection, an error
	// after the proposal). The transaction may happen at any time after its
	// invocation, or never. The client must go on as another process.
	Info
)

// Never is the Return of an operation that got no answer.
const Never = int64(math.MaxInt64)

// KindFinal is the Kind of reads made after all other operations ended and
// every fault was healed: what was acknowledged must be in them.
const KindFinal = "final"

// KindAudit is the Kind of bank operations that read every account.
const KindAudit = "audit"

// Act is the verb of a Micro.
type Act uint8

const (
	Append Act = iota // append Value to the list Key
	Read              // read the list Key, or all holders of the unique key Key: List
	Set               // overwrite the register Key with Value
	Get               // read the register, account or counter Key: Value, or None
	Cas               // set the register Key to Value if it holds Old
	Add               // add Value, which may be negative, to the number Key
	Insert            // create the document Value under the unique key Key
	Delete            // remove the document Value from the unique key Key
	actCount
)

var actNames = [actCount]string{"append", "read", "set", "get", "cas", "add", "insert", "delete"}

// Micro is one step of a transaction, with its result. Which fields count is
// said at each Act. Results (List of Read; Value and None of Get; Refused)
// mean something only if the operation's Outcome is Ok.
type Micro struct {
	Act   Act
	Key   string
	Value int64
	Old   int64
	List  []int64
	// None: a Get found nothing.
	None bool
	// Refused: a Cas, Insert or Delete was answered with a definite no, because
	// the register held something else, the key had a holder, or the document
	// was not there. This is a result that must be true, unlike Outcome Fail,
	// which says nothing.
	Refused bool
	// Via names the way a Get or Read went, such as an index; empty is the
	// document itself.
	Via string
	// At is the timestamp a temporal Get asked for; 0 is the transaction's own.
	At int64
}

// Op is one transaction as its client saw it.
type Op struct {
	// ID names the operation in explanations; unique in a history.
	ID int
	// Process is a client that does one thing at a time.
	Process int
	// Kind is the workload's own word for the operation; KindFinal and
	// KindAudit have a meaning here.
	Kind string
	// Invoke and Return are the moments before the request and after the
	// answer, in nanoseconds of one monotonic clock for the whole history.
	// Return is ignored if Outcome is Info.
	Invoke, Return int64
	Outcome        Outcome
	// TS is the timestamp the database gave to the transaction, 0 if unknown.
	TS int64
	// Session marks an operation that promises its own session's order only,
	// such as a read served by a nearby replica: it takes part in no real-time
	// check. What it wrote and was acknowledged must still be in final reads.
	Session bool
	Micros  []Micro
	// Note is free text for the reader, an error message for instance.
	Note string
}

// History is a list of operations in any order. Checkers never change it.
type History []Op

// Anomaly is one proven contradiction in a history.
type Anomaly struct {
	// Class names the phenomenon, "G1a" for example; each checker lists its own.
	Class string
	// Explanation says in a few lines which operations contradict each other
	// and why.
	Explanation string
}

// String gives the class, a colon and the explanation.
func (a Anomaly) String() string { return a.Class + ": " + a.Explanation }

// end is the moment after which the operation has surely taken effect.
func (o *Op) end() int64 {
	if o.Outcome == Info {
		return Never
	}
	return o.Return
}

// before reports whether real time orders a before b. Intervals are closed: a
// return and an invocation with the same stamp are concurrent.
func before(a, b *Op) bool {
	return !a.Session && !b.Session && a.Outcome != Info && a.Return < b.Invoke
}

func (o *Op) name() string { return fmt.Sprintf("T%d", o.ID) }

// refused reports whether the step is known to have changed nothing.
func (o *Op) refused(m *Micro) bool { return m.Refused && o.Outcome == Ok }

// writes reports whether the operation's answer says that it changed something.
func (o *Op) writes() bool {
	for i := range o.Micros {
		m := &o.Micros[i]
		if m.Act != Read && m.Act != Get && !o.refused(m) {
			return true
		}
	}
	return false
}

// Tally counts the operations of a history by outcome.
func (h History) Tally() (ok, fail, info int) {
	for i := range h {
		switch h[i].Outcome {
		case Ok:
			ok++
		case Fail:
			fail++
		default:
			info++
		}
	}
	return ok, fail, info
}

// Verify returns an error if h cannot be a recording: an identifier used
// twice, a return before its invocation, a process that did two things at once
// or went on after an unknown outcome, a key the notation cannot write. A rig
// calls it once before the checkers, because a wrong recording gives wrong
// verdicts.
func (h History) Verify() error {
	seen := make(map[int]bool, len(h))
	for i := range h {
		o := &h[i]
		if seen[o.ID] {
			return fmt.Errorf("sim: verify: T%d occurs twice", o.ID)
		}
		seen[o.ID] = true
		if err := o.verify(); err != nil {
			return err
		}
	}
	for _, ops := range h.byProcess() {
		for i := 1; i < len(ops); i++ {
			a, b := &h[ops[i-1]], &h[ops[i]]
			if a.end() > b.Invoke {
				return fmt.Errorf("sim: verify: process %d invoked T%d before T%d had ended", a.Process, b.ID, a.ID)
			}
		}
	}
	return nil
}

func (o *Op) verify() error {
	if o.Outcome > Info || o.Process < 0 || o.ID < 0 {
		return fmt.Errorf("sim: verify: T%d has a field out of range", o.ID)
	}
	if o.end() < o.Invoke {
		return fmt.Errorf("sim: verify: T%d returned at %d, before its invocation at %d", o.ID, o.Return, o.Invoke)
	}
	if !plain(o.Kind) || !utf8.ValidString(o.Note) || strings.ContainsAny(o.Note, "\r\n") {
		return fmt.Errorf("sim: verify: T%d has a kind or note that cannot be written", o.ID)
	}
	for i := range o.Micros {
		m := &o.Micros[i]
		if m.Act >= actCount || m.Key == "" || !plain(m.Key) || !plain(m.Via) {
			return fmt.Errorf("sim: verify: T%d: step %d has a verb, key or way that cannot be written", o.ID, i+1)
		}
	}
	return nil
}
