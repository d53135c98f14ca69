// Package shell is the interactive shell: it takes queries and dot commands from
// a person or a stream, sends the queries through a client and prints what came
// back.
//
// It promises that each query is a transaction of its own, that the first one to
// fail ends its entry and is named, that every cause of an error is told with
// the place in the text that it is about, and that everything but the line editor
// works without a terminal: entries in, text out.
//
// It knows no flags, environment or signals, and nothing of what a query means.
//
// Start reading at shell.go, which runs a text; then session.go, the loop over
// entries; lines.go and terminal.go are where entries come from.
package shell
