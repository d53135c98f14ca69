// Package client talks to a Seriatim server, or anything that answers FQL v4,
// over HTTP.
//
// It promises that a session never reads older than what it has seen, and that
// an error of the server arrives whole: code, text, place and causes.
//
// It knows the wire and the query's form, not its meaning.
//
// Start reading at client.go.
package client
