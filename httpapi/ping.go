package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"seriatim/value"
	"seriatim/wire"
)

// ping answers once the database serves. scope says how much must work: "read"
// the local store, "write" and "all" the log as well (fql-v4 section 1.1).
func (s *Server) ping(w http.ResponseWriter, r *http.Request) {
	scope, limit := pingScope(r.URL.Query().Get("scope"))
	if ms := r.URL.Query().Get("timeout"); ms != "" {
		n, err := strconv.Atoi(ms)
		if err != nil || n < 0 {
			writeProtocolError(w, http.StatusBadRequest, "bad request", "Invalid url parameter timeout.")
			return
		}
		limit = min(time.Duration(n)*time.Millisecond, maxPing)
	}
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	if scope == "write" || scope == "all" {
		if err := s.db.Ping(ctx); err != nil {
			writeProtocolError(w, http.StatusServiceUnavailable, "time out", "Read timed out.")
			return
		}
	}
	writeBody(w, http.StatusOK, wire.AppendResource(nil, value.String(fmt.Sprintf("Scope %s is OK", scope)), nil))
}

const maxPing = 30 * time.Second

// pingScope returns the scope that a ping names and how long it may take.
func pingScope(name string) (scope string, limit time.Duration) {
	switch name {
	case "all":
		return "all", 5 * time.Second
	case "", "write", "global":
		return "write", time.Second
	case "read", "local":
		return "read", 500 * time.Millisecond
	}
	return "node", 100 * time.Millisecond
}
