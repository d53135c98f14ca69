// Package sim judges what clients of a database saw.
//
// What it is: histories and their checkers. A history is the list of
// transactions that clients invoked, with the answers they got and the moments
// at which they asked and heard. A checker reads a history and returns the
// anomalies it can prove; no anomaly means that it found none, not that there
// is none.
//
//   - CheckAppend: lists that only grow. Finds cycles between transactions,
//     reads of aborted or unfinished writes, lost appends.
//   - CheckAssign: the same search for registers that are overwritten, with
//     weaker inference.
//   - CheckRegister: linearizability of each register.
//   - CheckBank: money is neither made nor lost in any read.
//   - CheckUnique: a key of a unique index has one holder at a time.
//   - CheckMonotonic: counters and timestamps never run backwards.
//   - CheckStream: a stream tells what happened, all of it, once and in order.
//
// What it promises: every reported anomaly is a contradiction in the history
// itself, explained by the transactions that make it, written in the notation
// that ParseHistory reads. A transaction with an unknown outcome is allowed to
// have happened at any later time or never. Results depend on the history only:
// the same history gives the same anomalies in the same order. The one
// exception is the time limit on linearizability, which yields the class
// "undecided" and never silence.
//
// What it does not know: the database. It imports no other room, opens no
// connection and reads no clock. Whoever records a history decides what an
// answer means (see Outcome) and owns the honesty of the stamps.
//
// The tests of this folder are also the campaigns against the database itself:
// docs/verification.md says what each does and how it is run.
//
// Where to start reading: history.go for the words, testdata/elle for small
// histories with their verdicts, elle.go for the search; of the campaigns,
// play_test.go and work_test.go.
package sim
