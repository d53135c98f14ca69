package httpapi

import (
	"net/http"

	"seriatim"
	"seriatim/docs/fql"
	"seriatim/syntax"
	"seriatim/wire"
)

// uiFunction is a function of the language as a browser is told.
type uiFunction struct {
	Name      string `json:"name"`
	Signature string `json:"signature"`
	Summary   string `json:"summary"`
}

// language tells all functions, in a line each.
func (s *Server) language(w http.ResponseWriter, _ *http.Request, _ *session) {
	var out struct {
		Functions []uiFunction `json:"functions"`
	}
	for _, p := range fql.Pages() {
		out.Functions = append(out.Functions, uiFunction{p.Name, p.Signature(), p.Summary()})
	}
	s.uiAnswer(w, out)
}

// help tells all that the reference says of the function in the parameter "name".
func (s *Server) help(w http.ResponseWriter, r *http.Request, _ *session) {
	page := fql.Lookup(r.URL.Query().Get("name"))
	if page == nil {
		s.uiFail(w, &problem{http.StatusNotFound, "not found", "There is no function of that name."})
		return
	}
	s.uiAnswer(w, page)
}

// completion is what may stand at a cursor.
type completion struct {
	// From is the offset, in UTF-16 code units, from which a match replaces the text.
	From    int       `json:"from"`
	Matches []uiMatch `json:"matches"`
}

type uiMatch struct {
	Label  string      `json:"label"`
	Kind   syntax.Kind `json:"kind"`
	Detail string      `json:"detail,omitempty"`
}

// complete tells what may stand at the cursor. It reads the names of definitions
// when they are what is wanted, and only that kind.
func (s *Server) complete(w http.ResponseWriter, r *http.Request, one *session) {
	var in struct {
		Database string `json:"database"`
		Before   string `json:"before"`
	}
	if !s.uiRead(w, r, &in) {
		return
	}
	header, p := s.enter(r, one, in.Database)
	if p != nil {
		s.turnAway(w, one, p)
		return
	}
	var names syntax.Names
	kind, wanted := names.Wanted(in.Before)
	for _, l := range names.Listings() {
		if l.Names == wanted {
			*wanted = s.listing(r, one, header, l.Query)
		}
	}
	from, texts := syntax.Complete(in.Before, names)
	out := completion{From: newUnits(in.Before).at(from), Matches: make([]uiMatch, len(texts))}
	for i, text := range texts {
		out.Matches[i] = uiMatch{Label: text, Kind: kind}
		if f, _ := syntax.Lookup(text); kind == syntax.KindFunction && f != nil {
			out.Matches[i].Detail = f.Signature
		}
	}
	s.uiAnswer(w, out)
}

// listing returns the ids of the page of refs that query gives, none where the
// secret may not list them.
func (s *Server) listing(r *http.Request, one *session, header, query string) []string {
	e, err := syntax.Parse(query)
	if err != nil {
		panic(err) // it is one of the language's own
	}
	resp := s.db.Query(r.Context(), &seriatim.Request{
		Authorization: header, Body: wire.AppendExpr(nil, e), Version: syntax.V4, LastSeen: one.seen.Load(),
	})
	one.see(resp.TxnTS)
	if resp.Status != http.StatusOK {
		return nil
	}
	body, err := wire.Resource(resp.Body)
	if err != nil {
		return nil
	}
	page, err := wire.DecodeData(body)
	if err != nil {
		return nil
	}
	return syntax.RefIDs(page)
}
