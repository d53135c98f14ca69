// Package replica is the state machine: it takes the blocks of the log one by
// one, decides each entry's outcome and writes its effects into the store.
//
// It promises that what happens to an entry is a pure function of the store and
// the log up to it: every replica, with any batching and any number of
// restarts, reaches the same outcomes, the same timestamps and the same state.
// Position and effects go into the store together. Outside this package only
// published state exists, and only durable blocks are applied, so nothing a
// caller ever sees can be undone. A proposer learns its outcome exactly once.
//
// It knows nothing of documents or of the language: keys and values are bytes,
// and expression entries are evaluated by a function given at Open.
//
// Start reading at replica.go for the life of a replica and at apply.go for the
// pure function; recent.go and generation.go are how a conflict is found.
package replica
