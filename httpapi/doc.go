// Package httpapi is the doors: the FQL v4 protocol over HTTP/1.1 and HTTP/2, its
// streams, liveness; below /uni the unis, their nodes' GraphQL over HTTP and WebSockets and
// their ledgers; and below /ui the dashboard: its files, its sessions, and the calls that
// run what a person typed. Webhooks are the one door that opens to the outside.
//
// It promises the protocol's own status, headers and error body for everything a
// client can send, and limits on all of it: size, time, headers. A secret that a
// person signed in with stays here; the browser gets a cookie that only the
// dashboard's own pages can use. What is measured and logged tells no secret, no value and
// no query's text. What the server fetches itself is bounded and leads
// nowhere inside (fetch.go).
//
// It decides nothing: it translates a request for the database and the answer back.
// The protocol's half knows no query language; the dashboard's half has package
// syntax read and print it, and the log has it name the functions of what was slow.
//
// Start reading at server.go, the routes, then query.go and stream.go; for unis
// at uni.go, uni_graph.go and uni_socket.go; for the dashboard at ui.go,
// then ui_run.go; for operators at metrics.go, metrics_collect.go and log.go.
package httpapi
