// Package httpapi is the doors: the FQL v4 protocol over HTTP/1.1 and HTTP/2,
// liveness, and the page a browser gets.
//
// It promises the protocol's own status, headers and error body for everything a
// client can send, and limits on all of it: size, time, headers.
//
// It knows no query language and decides nothing: it translates a request for
// the database and the answer back.
//
// Start reading at server.go, the routes, then query.go.
package httpapi
