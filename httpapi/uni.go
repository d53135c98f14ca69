package httpapi

import (
	"net/http"
	"strings"
)

// uni routes what lies below /uni/: the unis of a database and the doors of their
// nodes (docs/unis.md).
func (s *Server) uni(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(r.URL.Path, "/uni"), "/"), "/")
	rt, ok := s.uniRoute(parts)
	if !ok {
		s.failGraph(w, r, &problem{http.StatusNotFound, "not found", "Not Found"})
		return
	}
	s.serve(rt, w, r)
}

// isUni tells whether a path is one of these.
func isUni(path string) bool { return path == "/uni" || strings.HasPrefix(path, "/uni/") }

// uniRoute finds the route of a path: parts are what stands between its slashes
// after /uni.
func (s *Server) uniRoute(parts []string) (route, bool) {
	switch {
	case len(parts) == 1 && parts[0] == "":
		return s.manage(map[string]managed{"GET": s.listUnis, "POST": s.createUni}), true
	case len(parts) == 1:
		return s.manage(map[string]managed{"GET": s.getUni, "DELETE": s.deleteUni}, parts...), true
	case len(parts) == 2 && parts[1] == "evolve":
		return s.manage(map[string]managed{"POST": s.evolveUni}, parts[0]), true
	case len(parts) == 3 && parts[2] == "graphql":
		return s.graphRoute(parts[0], parts[1]), true
	case len(parts) == 3 && parts[2] == "api-keys":
		return s.manage(map[string]managed{"POST": s.addNodeKey}, parts[0], parts[1]), true
	case len(parts) == 3 && parts[2] == "webhook-secret":
		return s.secretRoute(parts[0], parts[1]), true
	case len(parts) > 3 && parts[2] == "ledger":
		return s.ledgerRoute(parts[0], parts[1], parts[3:])
	}
	return route{}, false
}

// graphRoute is where a node's API is: its queries and mutations are posted, and
// whoever wants to follow the uni opens a WebSocket.
func (s *Server) graphRoute(uni, node string) route {
	return route{methods: []string{"GET", "POST"}, fail: s.failGraph, serve: func(w http.ResponseWriter, r *http.Request) {
		d := &graphDoor{server: s, uni: uni, node: node}
		switch {
		case r.Method == http.MethodPost:
			d.post(w, r)
		case upgrades(r):
			d.socket(w, r)
		default:
			w.Header().Set("Allow", "POST")
			s.graphFail(w, r, &graphProblem{http.StatusMethodNotAllowed, codeRequest, "Queries and mutations are posted; GET opens a WebSocket and nothing else."})
		}
	}}
}

// upgrades tells whether a request asks for a WebSocket.
func upgrades(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}
