// Package tutorial is the shop: the queries that make it and use it, as text,
// and what they print. The files beside this one are numbered in the order in
// which a reader runs them.
//
// It promises nothing but the files; tests and the demonstration run them.
package tutorial

import "embed"

// Files holds the queries (NN-name.fql) and what they print (NN-name.out), in which
// <id>, <ts> and <time> stand for what differs from run to run.
//
//go:embed *.fql *.out
var Files embed.FS
