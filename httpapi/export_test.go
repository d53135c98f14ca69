package httpapi

// Answer makes s take its GraphQL answers from g. It comes before the first request.
func Answer(s *Server, g graphs) { s.graphs = g }
