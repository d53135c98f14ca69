package httpapi

import (
	"net/http"
	"strings"
)

// checkpointPath is where operators' programs get copies of the database.
const checkpointPath = "/checkpoint/"

// checkpoint gives out state images of the whole database, to an admin of the root
// database. It is for programs: a request that a browser made, whatever page asked for
// it, is refused, and no answer says that an origin may read it.
func (s *Server) checkpoint(w http.ResponseWriter, r *http.Request) {
	if s.options.Checkpoints == nil {
		s.fail(w, r, http.StatusNotFound, "not found", "Not Found")
		return
	}
	if fromBrowser(r) {
		s.fail(w, r, http.StatusForbidden, "permission denied", "Checkpoints are for programs, not for browsers.")
		return
	}
	s.operating(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/manifest") {
			s.options.Logger.Info("a backup is asked for", "remote", r.RemoteAddr)
		}
		http.StripPrefix(strings.TrimSuffix(checkpointPath, "/"), s.options.Checkpoints).ServeHTTP(w, r)
	})(w, r)
}

// fromBrowser tells whether a request has what browsers add to those of pages.
func fromBrowser(r *http.Request) bool {
	for _, name := range []string{"Origin", "Cookie", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}
