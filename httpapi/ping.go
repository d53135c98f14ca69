package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"seriatim"
	"seriatim/value"
	"seriatim/wire"
)

// maxPing bounds what a client may ask a ping to wait.
const maxPing = 30 * time.Second

// ping answers once the database serves. scope says how much must work: "node"
// this process, "read" the local store, "write" and "all" the log as well (fql-v4
// section 1.1).
func (s *Server) ping(w http.ResponseWriter, r *http.Request) {
	scope, limit := pingScope(r)
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	if scope == "write" || scope == "all" {
		err := s.db.Writable(ctx)
		if errors.Is(err, seriatim.ErrNoSpace) {
			s.fail(w, r, http.StatusServiceUnavailable, "unavailable", "The disk is full: writes are refused until there is space.")
			return
		}
		if err != nil {
			s.fail(w, r, http.StatusServiceUnavailable, "time out",
				fmt.Sprintf("Scope %s timed out after %d milliseconds", scope, limit.Milliseconds()))
			return
		}
	}
	s.reply(w, r, http.StatusOK, wire.AppendResource(nil, value.String(fmt.Sprintf("Scope %s is OK", scope)), nil))
}

// pingScope returns the scope that a ping names and how long it may take, in its
// own parameter or by the scope.
func pingScope(r *http.Request) (scope string, limit time.Duration) {
	name, _ := parameter(r, "scope")
	switch name {
	case "all":
		scope, limit = "all", 5*time.Second
	case "", "write", "global":
		scope, limit = "write", time.Second
	case "read", "local":
		scope, limit = "read", 500*time.Millisecond
	default:
		scope, limit = "node", 100*time.Millisecond
	}
	text, _ := parameter(r, "timeout")
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		limit = time.Duration(max(0, min(n, maxPing.Milliseconds()))) * time.Millisecond
	}
	return scope, limit
}
