package httpapi

import (
	"net/http"
	"strings"

	"seriatim/auth"
)

// sessionAnswer tells a browser who it is.
type sessionAnswer struct {
	Build string `json:"build"`
	// Scoped tells that the secret was given with a database or role after it.
	Scoped bool `json:"scoped"`
	// Admin tells that the secret may make and act in child databases.
	Admin bool `json:"admin"`
	// Operator tells that the secret is an admin's of the root database, who may see the
	// server's numbers and its cluster.
	Operator bool `json:"operator"`
}

// signIn begins a session for a secret. One that the browser had is ended.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Secret string `json:"secret"`
	}
	if !s.uiRead(w, r, &in) {
		return
	}
	secret, ok := auth.ParseAuthorization("Bearer " + in.Secret)
	if !ok {
		s.uiFail(w, refused)
		return
	}
	answer, p := s.identify(r, secret)
	if p != nil {
		s.uiFail(w, p)
		return
	}
	s.sessions.drop(token(r))
	s.logAct(w, r, doorDashboard, "sign in", "admin", answer.Admin, "operator", answer.Operator)
	http.SetCookie(w, cookie(r, s.sessions.add(secret).token))
	s.uiAnswer(w, answer)
}

// showSession tells what signIn told, if the secret still names somebody.
func (s *Server) showSession(w http.ResponseWriter, r *http.Request, one *session) {
	answer, p := s.identify(r, one.secret)
	if p != nil {
		s.turnAway(w, one, p)
		return
	}
	s.uiAnswer(w, answer)
}

// signOut ends the session, if there is one, and the browser's cookie.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	s.sessions.drop(token(r))
	gone := cookie(r, "")
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// identify asks the database who has the secret.
func (s *Server) identify(r *http.Request, secret auth.Credential) (*sessionAnswer, *problem) {
	answer := &sessionAnswer{Build: s.options.Build, Scoped: authorization(secret, nil) != "Bearer "+secret.Secret}
	if p := s.probe(r, authorization(secret, nil)); p != nil {
		return nil, p
	}
	if mayBeAdmin(secret) {
		answer.Admin = s.probe(r, authorization(asAdmin(secret), nil)) == nil
	}
	answer.Operator = answer.Admin && s.operates(r, authorization(secret, nil)) == nil
	return answer, nil
}

// turnAway answers with p; when the secret is refused, its session ends with it.
func (s *Server) turnAway(w http.ResponseWriter, one *session, p *problem) {
	if p.status == http.StatusUnauthorized {
		s.sessions.drop(one.token)
	}
	s.uiFail(w, p)
}

// refused is the problem of a secret that names nobody, or nobody any more.
var refused = &problem{http.StatusUnauthorized, "unauthorized", "The secret names nobody, or claims more than it has."}

// authorization spells a secret, and a path below its own database, as the header.
// A path needs a secret with the role of an admin.
func authorization(secret auth.Credential, below []string) string {
	path := strings.Join(append(secret.Path[:len(secret.Path):len(secret.Path)], below...), "/")
	suffix := ""
	switch {
	case secret.UserRole != "":
		suffix = "@role/" + secret.UserRole
	case secret.Document != "":
		suffix = "@doc/" + secret.Document
	case secret.Role != "":
		suffix = secret.Role
	case path != "":
		suffix = auth.Admin.String()
	default:
		return "Bearer " + secret.Secret
	}
	if path != "" {
		suffix = path + ":" + suffix
	}
	return "Bearer " + secret.Secret + ":" + suffix
}

// mayBeAdmin tells whether the secret does not give up the role of an admin.
func mayBeAdmin(secret auth.Credential) bool {
	return secret.UserRole == "" && secret.Document == "" && (secret.Role == "" || secret.Role == auth.Admin.String())
}

// asAdmin returns the secret with the role that only an admin's may claim.
func asAdmin(secret auth.Credential) auth.Credential {
	secret.Role = auth.Admin.String()
	return secret
}
