package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"seriatim"
	"seriatim/wire"
)

// What a page of a uni asks for stands in the URL's query: database, uni and node. The
// session's secret is presented with every call, so that nobody does here what the
// same secret could not do at the other doors.

// uniEntry is a call of the dashboard about unis, let into its database.
type uniEntry struct {
	authorization string // as the FQL door takes it
	uni, node     string
}

// uniEnter lets a call in, or answers why not.
func (s *Server) uniEnter(w http.ResponseWriter, r *http.Request, one *session) (*uniEntry, bool) {
	database, _ := parameter(r, "database")
	header, p := s.enter(r, one, database)
	if p != nil {
		s.turnAway(w, one, p)
		return nil, false
	}
	e := &uniEntry{authorization: header}
	e.uni, _ = parameter(r, "uni")
	e.node, _ = parameter(r, "node")
	return e, true
}

// seenUni is a uni as the dashboard shows it.
type seenUni struct {
	*shownUni
	Local []string `json:"local"` // the nodes whose keys are on this machine
}

// uiUnis lists what unis the secret may see, or shows the one of a name.
func (s *Server) uiUnis(w http.ResponseWriter, r *http.Request, one *session) {
	e, ok := s.uniEnter(w, r, one)
	if !ok {
		return
	}
	seen, err := s.db.SeeUnis(r.Context(), e.authorization)
	if err != nil {
		s.uiRefuse(w, one, err)
		return
	}
	unis := make([]seenUni, 0, len(seen.Unis))
	for _, u := range seen.Unis {
		if e.uni != "" && u.Name != e.uni {
			continue
		}
		shown := seenUni{showUni(u.Uni), append([]string{}, u.Local...)}
		if e.uni == "" {
			shown.Schema = nil
		}
		unis = append(unis, shown)
	}
	if e.uni != "" && len(unis) == 0 {
		s.uiFail(w, &problem{http.StatusNotFound, "not found", fmt.Sprintf("There is no uni called %s.", e.uni)})
		return
	}
	s.uiAnswer(w, struct {
		Unis   []seenUni `json:"unis"`
		Node   string    `json:"node,omitempty"`
		Inside bool      `json:"inside"`
	}{unis, seen.Node, seen.Inside})
}

// uiManaged is a call of the management of unis for a session.
func (s *Server) uiManaged(call managed) func(http.ResponseWriter, *http.Request, *session) {
	return func(w http.ResponseWriter, r *http.Request, one *session) {
		e, ok := s.uniEnter(w, r, one)
		if !ok {
			return
		}
		b, err := s.readBody(w, r, seriatim.MaxRequestBytes)
		defer b.release()
		if err != nil {
			s.uiFail(w, unreadable(err))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), seriatim.DefaultTimeout)
		defer cancel()
		c := &managementCall{e.authorization, b.bytes, http.StatusOK}
		answer, err := call(ctx, c, e.uni, e.node)
		if err != nil {
			s.uiRefuse(w, one, err)
			return
		}
		one.see(s.db.Time())
		if r.Method != http.MethodGet {
			s.logAct(w, r, doorDashboard, r.Method+" "+r.URL.Path, "uni", e.uni, "node", e.node, "status", c.status)
		}
		body, err := json.Marshal(answer)
		if err != nil {
			s.uiRefuse(w, one, err)
			return
		}
		s.uiReply(w, c.status, body)
	}
}

// reviewUni tells what a schema would take from a uni.
func (s *Server) reviewUni(ctx context.Context, c *managementCall, names ...string) (any, error) {
	var asked struct {
		Schema json.RawMessage `json:"schema"`
	}
	if err := c.decode(&asked, true); err != nil {
		return nil, err
	}
	review, err := s.db.ReviewUni(ctx, c.authorization, names[0], asked.Schema)
	if err != nil {
		return nil, err
	}
	type change struct {
		Kind    string `json:"kind"`
		Pointer string `json:"pointer"`
		Reason  string `json:"reason"`
	}
	breaking := make([]change, len(review.Breaking))
	for i, b := range review.Breaking {
		breaking[i] = change{b.Kind, b.Pointer, b.Reason}
	}
	return struct {
		Breaking     []change `json:"breaking"`
		IndexRemoved bool     `json:"indexRemoved"`
	}{breaking, review.IndexRemoved}, nil
}

// uiRefuse answers with what went wrong.
func (s *Server) uiRefuse(w http.ResponseWriter, one *session, err error) {
	resp := &seriatim.Response{TxnTS: s.db.Time()}
	refusedCall(resp, err)
	s.uiRefused(w, one, resp, resp.Body)
}

// uiRefuseGraph answers with the errors of a GraphQL response that refuses the request
// itself, in the form that all calls of the dashboard have.
func (s *Server) uiRefuseGraph(w http.ResponseWriter, one *session, resp *seriatim.Response) {
	var said struct {
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	_ = json.Unmarshal(resp.Body, &said) // without errors the status has to do
	errs := []wire.Error{{Code: "refused", Description: http.StatusText(resp.Status)}}
	for i, e := range said.Errors {
		errs = append(errs[:i], wire.Error{Code: e.Extensions.Code, Description: e.Message})
	}
	s.uiRefused(w, one, resp, wire.AppendErrors(nil, errs))
}

// uiRefused answers as resp does, but for the body. When the secret is refused, its session ends.
func (s *Server) uiRefused(w http.ResponseWriter, one *session, resp *seriatim.Response, body []byte) {
	s.logFailure(resp)
	if resp.Status == http.StatusUnauthorized {
		s.turnAway(w, one, refused)
		return
	}
	s.uiReply(w, resp.Status, body)
}
