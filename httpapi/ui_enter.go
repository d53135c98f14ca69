package httpapi

import (
	"net/http"
	"strings"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// enter returns the header that acts in a database, a path below that of the
// session's secret, or why it cannot be entered. The database itself is asked, each
// time: a key that was deleted ends what is done with it at once.
func (s *Server) enter(r *http.Request, one *session, database string) (header string, p *problem) {
	if database == "" {
		header = authorization(one.secret, nil)
		return header, s.probe(r, header)
	}
	path := strings.Split(database, "/")
	for _, name := range path {
		// A colon would end the path and begin a role.
		if name == "" || strings.Contains(name, ":") {
			return "", badRequest("A database is a path of names, joined by slashes.")
		}
	}
	if mayBeAdmin(one.secret) {
		header = authorization(one.secret, path)
		if p = s.probe(r, header); p == nil || p.status != http.StatusUnauthorized {
			return header, p
		}
	}
	return "", s.outside(r, one, database)
}

// outside finds out why a session cannot enter a child database.
func (s *Server) outside(r *http.Request, one *session, database string) *problem {
	if p := s.probe(r, authorization(one.secret, nil)); p != nil {
		return p
	}
	if mayBeAdmin(one.secret) && s.probe(r, authorization(asAdmin(one.secret), nil)) == nil {
		return &problem{http.StatusNotFound, "not found", "There is no database " + database + "."}
	}
	return &problem{http.StatusForbidden, "permission denied", "Only an admin secret may act in a child database."}
}

// probe asks the database whether it lets the header in.
func (s *Server) probe(r *http.Request, header string) *problem {
	resp := s.db.Query(r.Context(), &seriatim.Request{Authorization: header, Body: []byte("1"), Version: syntax.V4})
	switch resp.Status {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		return refused
	case http.StatusInternalServerError:
		s.options.Logger.Error("query failed", "door", doorNames[doorOf(r.URL.Path)], "err", resp.Err)
	}
	p := &problem{resp.Status, "internal server error", "An internal error occurred."}
	if errs, err := wire.DecodeErrors(resp.Body); err == nil && len(errs) > 0 {
		p.code, p.description = errs[0].Code, errs[0].Description
	}
	return p
}
