package httpapi

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
