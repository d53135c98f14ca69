// Package wire is the JSON protocol of the query language: request bytes to an
// expression tree, values and errors to response bytes, and both ways back for
// clients.
//
// It promises that integers and doubles stay apart and exact, that a malformed
// request gets the protocol's own error with its place and never a panic, and
// that decoding what was encoded gives the same tree or value.
//
// It knows nothing of evaluation, documents in storage or HTTP: names behind
// references come in through Names, and statuses are numbers.
//
// Start reading at decode.go, bytes to tree, then value.go, values to bytes.
package wire
