package httpapi

import (
	"io"
	"net"
)

// Answer makes s take its GraphQL answers from g. It comes before the first request.
func Answer(s *Server, g graphs) { s.graphs = g }

// CountOperations tells how many operations the body of a GraphQL request holds, or why
// it is none.
func CountOperations(body []byte) (n int, problem string) {
	operations, _, problem := parseGraph(body)
	if problem != "" {
		return 0, problem
	}
	return len(operations), ""
}

// Frames returns the reader of a WebSocket's connection, of which early came with the
// request.
func Frames(conn net.Conn, early []byte) io.Reader { return &frames{Conn: conn, early: early} }
