// Package model is a second, naive reading of the query language, to test the first.
//
// What it is: an interpreter over plain Go data, written from the fact sheet of the
// language: documents are lists of versions, an index is computed anew from all
// documents whenever it is read, a set is a sorted slice of everything in it. A
// generator makes random queries over a small database, and a test asks each of the
// model and of the assembled database. All of it is test code: this file is the
// only one that is not.
//
// What it promises: it shares no code with eval, catalog or txn (a test of its own
// imports says so), so that the two err together only where both misread the facts.
// A run is repeated by its seed.
//
// What it does not know: what has no one answer (new ids, secrets, hashes), and what
// other rooms prove: rights, streams, concurrency. The list of forms that it leaves
// out stands in coverage_test.go, each with its reason.
//
// Where to start reading: model_test.go for the comparison, grammar_test.go for what
// is asked, interp_test.go for how it is answered.
package model
