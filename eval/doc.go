// Package eval is the meaning of the query language: it walks a tree and
// gives a value or the errors the protocol defines.
//
// It promises that the same tree over the same documents with the same Env
// gives the same result on every machine; that every evaluation ends, by
// counted limits on steps, depth, reads and bytes; and that an error says where in
// the query it happened.
//
// It knows no disk, no log, no HTTP and no clock: time, new identifiers and randomness
// come in through Env, documents through catalog.View.
//
// Start reading at eval.go, the walk, then table.go, which names the function
// behind each form; each family of functions has a file of its own.
package eval
