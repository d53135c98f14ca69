package httpapi

import (
	"encoding/json"
	"net/http"
	"time"

	"seriatim"
)

// The codes of errors that the GraphQL doors make themselves.
const (
	codeRequest  = "BAD_REQUEST"
	codeTooLarge = "REQUEST_TOO_LARGE"
	codeBusy     = "TOO_MANY_REQUESTS"
	codeNotFound = "NOT_FOUND"
	codeInternal = "INTERNAL_SERVER_ERROR"
)

// graphProblem is an answer to what is no GraphQL request.
type graphProblem struct {
	status        int
	code, message string
}

// forbidden is the body of every refused credential (vendia section 1.6): it says
// nothing about why.
var forbidden = []byte(`{"message":"Forbidden"}`)

// graphFail answers with one error in GraphQL's form.
func (s *Server) graphFail(w http.ResponseWriter, r *http.Request, p *graphProblem) {
	s.answer(w, r, &seriatim.Response{Status: p.status, Body: graphErrors(p.code, p.message), TxnTS: s.db.Time()}, 0, 0)
}

// failGraph answers with a problem in GraphQL's form, which is what clients of a node
// understand; so are paths below /uni that are nothing answered.
func (s *Server) failGraph(w http.ResponseWriter, r *http.Request, p *problem) {
	s.graphFail(w, r, graphForm(p))
}

// graphErrors is a result that holds one error and no data.
func graphErrors(code, message string) []byte {
	type extensions struct {
		Code string `json:"code"`
	}
	type graphError struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	body, _ := json.Marshal(struct { // strings cannot fail
		Errors []graphError `json:"errors"`
	}{[]graphError{{message, extensions{code}}}})
	return body
}

// graphAnswer sends what the database answered. A refused credential is 403 whatever is
// wrong with it: 401 would make browsers ask for a password.
func (s *Server) graphAnswer(w http.ResponseWriter, r *http.Request, resp *seriatim.Response, in int, took time.Duration) {
	s.logFailureOf(w, r, resp)
	if stranger(resp) {
		resp.Status, resp.Body = http.StatusForbidden, forbidden
	}
	s.answer(w, r, resp, in, took)
}

// stranger tells whether an answer refuses the credential.
func stranger(resp *seriatim.Response) bool {
	return resp.Status == http.StatusUnauthorized || resp.Status == http.StatusForbidden
}

// graphForm is a problem as the GraphQL doors tell it.
func graphForm(p *problem) *graphProblem {
	code := codeRequest
	switch p.status {
	case http.StatusRequestEntityTooLarge:
		code = codeTooLarge
	case http.StatusTooManyRequests:
		code = codeBusy
	case http.StatusNotFound:
		code = codeNotFound
	}
	return &graphProblem{p.status, code, p.description}
}
