package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"seriatim"
	"seriatim/auth"
	"seriatim/syntax"
	"seriatim/wire"
)

// actor is as whom something is done: by default the session's own secret, otherwise one
// of these.
type actor struct {
	BuiltIn  string `json:"builtIn"`  // a built-in role
	Role     string `json:"role"`     // a user-defined role
	Document string `json:"document"` // "collection/id"
	Secret   string `json:"secret"`   // a key's or token's
}

// enterAs returns the header that acts as somebody in a database that the session's
// secret may enter, or why not.
func (s *Server) enterAs(r *http.Request, one *session, database string, as actor) (string, *problem) {
	header, p := s.enter(r, one, database)
	if p != nil || as == (actor{}) {
		return header, p
	}
	if as.Secret != "" {
		return s.enterWith(r, as.Secret)
	}
	if !mayBeAdmin(one.secret) {
		return "", &problem{http.StatusForbidden, "permission denied", "This session's secret has been narrowed already and cannot act as somebody else."}
	}
	secret := one.secret
	secret.Role, secret.UserRole, secret.Document = as.BuiltIn, as.Role, as.Document
	if strings.ContainsAny(as.BuiltIn+as.Role+as.Document, ",()&=:") {
		return "", badRequest("A role or document is named without the characters , ( ) & = and :")
	}
	var path []string
	if database != "" {
		path = strings.Split(database, "/")
	}
	header = authorization(secret, path)
	if p = s.probe(r, header); p != nil && p.status == http.StatusUnauthorized {
		return "", &problem{http.StatusForbidden, "permission denied", as.told() + " is not there, or this session's secret may not act as it."}
	}
	return header, p
}

func (a actor) told() string {
	switch {
	case a.Role != "":
		return "The role " + a.Role
	case a.Document != "":
		return "The document " + a.Document
	}
	return "The role " + a.BuiltIn
}

// enterWith returns the header of another secret. That it is refused does not end the
// session.
func (s *Server) enterWith(r *http.Request, secret string) (string, *problem) {
	c, ok := auth.ParseAuthorization("Bearer " + secret)
	if !ok {
		return "", badRequest("This is no secret.")
	}
	header := authorization(c, nil)
	p := s.probe(r, header)
	if p != nil && p.status == http.StatusUnauthorized {
		p = &problem{http.StatusForbidden, "permission denied", "The secret to act with names nobody."}
	}
	return header, p
}

// pastOf reads an instant, ISO text or microseconds since 1970, as the wire has it;
// "" is now.
func pastOf(text string) (string, *problem) {
	if text == "" {
		return "", nil
	}
	if micros, err := strconv.ParseInt(text, 10, 64); err == nil {
		return strconv.FormatInt(micros, 10), nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return "", badRequest("The time to read at is neither ISO text, such as 2026-01-31T12:00:00Z, nor microseconds.")
	}
	return `{"@ts":"` + at.UTC().Format(time.RFC3339Nano) + `"}`, nil
}

// atPast is a query that reads at an instant.
func atPast(past string, query []byte) []byte {
	return append(append([]byte(`{"at":`+past+`,"expr":`), query...), '}')
}

// unwrapped are the errors of a query that atPast made, with positions in the query.
func unwrapped(errs []wire.Error) []wire.Error {
	for i := range errs {
		if position := errs[i].Position; len(position) > 0 && position[0] == "expr" {
			errs[i].Position = position[1:]
		}
	}
	return errs
}

// explainRights answers who may do what, and which rule said so.
func (s *Server) explainRights(w http.ResponseWriter, r *http.Request, one *session) {
	var in struct {
		Database string `json:"database"`
		As       actor  `json:"as"`
		Action   string `json:"action"`
		On       string `json:"on"`
		With     string `json:"with"`
	}
	if !s.uiRead(w, r, &in) {
		return
	}
	asker, p := s.enter(r, one, in.Database)
	if p != nil {
		s.turnAway(w, one, p)
		return
	}
	as, p := s.enterAs(r, one, in.Database, in.As)
	if p != nil {
		s.uiFail(w, p)
		return
	}
	ask := &seriatim.Question{Asker: asker, As: as, Action: in.Action}
	var err error
	if ask.On, err = oneQuery("on", in.On); err == nil && strings.TrimSpace(in.With) != "" {
		ask.With, err = oneQuery("with", in.With)
	}
	var j *seriatim.Judgement
	if err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), seriatim.DefaultTimeout)
		defer cancel()
		j, err = s.db.Explain(ctx, ask)
	}
	if err != nil {
		s.unexplained(w, one, err)
		return
	}
	s.uiAnswer(w, judgementOf(j))
}

// oneQuery reads a text that is one query, as the wire has it.
func oneQuery(field, text string) ([]byte, error) {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		return nil, &seriatim.ExplainError{Status: http.StatusBadRequest, Code: "syntax error", Message: err.Error(), Field: field}
	}
	if len(queries) != 1 {
		return nil, &seriatim.ExplainError{Status: http.StatusBadRequest, Code: "bad request", Message: "One expression is needed here.", Field: field}
	}
	return wire.AppendExpr(nil, queries[0].Expr), nil
}

// unexplained answers why there is no judgement; "field" names the part of the question
// that is wrong.
func (s *Server) unexplained(w http.ResponseWriter, one *session, err error) {
	var e *seriatim.ExplainError
	if !errors.As(err, &e) {
		s.uiRefuse(w, one, err)
		return
	}
	description := e.Message
	if e.Field != "" {
		description = e.Field + ": " + description
	}
	s.uiFail(w, &problem{e.Status, e.Code, description})
}

type judgedRole struct {
	Name string `json:"name"`
	Held bool   `json:"held"`
	When string `json:"when,omitempty"`
}

type judgedRule struct {
	Role      string `json:"role"`
	Privilege int    `json:"privilege"`
	Allows    bool   `json:"allows"`
	When      string `json:"when,omitempty"`
}

type judgement struct {
	Allowed bool         `json:"allowed"`
	BuiltIn string       `json:"builtIn,omitempty"`
	Roles   []judgedRole `json:"roles"`
	Rules   []judgedRule `json:"rules"`
}

func judgementOf(j *seriatim.Judgement) judgement {
	out := judgement{Allowed: j.Allowed, BuiltIn: j.BuiltIn, Roles: []judgedRole{}, Rules: []judgedRule{}}
	for _, r := range j.Roles {
		out.Roles = append(out.Roles, judgedRole(r))
	}
	for _, r := range j.Rules {
		out.Rules = append(out.Rules, judgedRule(r))
	}
	return out
}
