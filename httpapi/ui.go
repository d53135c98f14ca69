package httpapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seriatim/dashboard"
	"seriatim/wire"
)

// maxUIBytes bounds the body of a dashboard's request: what a person types.
const maxUIBytes = 1 << 20

// ui answers everything below /ui: the dashboard's files, and what its pages ask
// for. It comes before CORS, so that no other origin is ever let in, whatever the
// options allow for queries.
func (s *Server) ui(w http.ResponseWriter, r *http.Request) {
	dashboard.SecurityHeaders(w.Header())
	if err := s.crossOrigin.Check(r); err != nil {
		s.uiFail(w, &problem{http.StatusForbidden, "permission denied", "The request comes from another origin than the dashboard's."})
		return
	}
	switch path := r.URL.Path; {
	case path == "/ui":
		seeOther(w, "/ui/")
	case path == "/ui/api" || strings.HasPrefix(path, "/ui/api/"):
		s.uiCall(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		s.uiNotAllowed(w, []string{http.MethodGet, http.MethodHead})
	default:
		s.writeDeadline(w)
		if !s.options.Dashboard.Serve(w, r, strings.TrimPrefix(path, "/ui/")) {
			s.uiFail(w, &problem{http.StatusNotFound, "not found", "Not Found"})
		}
	}
}

// uiRoutes are the calls below /ui/api, by path and method.
func (s *Server) uiRoutes() map[string]map[string]http.HandlerFunc {
	return map[string]map[string]http.HandlerFunc{
		"/ui/api/session": {
			http.MethodGet:    s.signedIn(s.showSession),
			http.MethodPost:   s.signIn,
			http.MethodDelete: s.signOut,
		},
		"/ui/api/metrics":  {http.MethodGet: s.uiOperating(s.uiMetrics)},
		"/ui/api/cluster":  {http.MethodGet: s.uiOperating(s.uiCluster)},
		"/ui/api/docs":     {http.MethodGet: s.uiDocs},
		"/ui/api/language": {http.MethodGet: s.signedIn(s.language)},
		"/ui/api/help":     {http.MethodGet: s.signedIn(s.help)},
		"/ui/api/complete": {http.MethodPost: s.signedIn(s.complete)},
		"/ui/api/run":      {http.MethodPost: s.signedIn(s.runScripts)},
		"/ui/api/explain":  {http.MethodPost: s.signedIn(s.explainRights)},
		"/ui/api/unis": {
			http.MethodGet:    s.signedIn(s.uiUnis),
			http.MethodPost:   s.signedIn(s.uiManaged(s.createUni)),
			http.MethodDelete: s.signedIn(s.uiManaged(s.deleteUni)),
		},
		"/ui/api/unis/review": {http.MethodPost: s.signedIn(s.uiManaged(s.reviewUni))},
		"/ui/api/unis/evolve": {http.MethodPost: s.signedIn(s.uiManaged(s.evolveUni))},
		"/ui/api/unis/keys":   {http.MethodPost: s.signedIn(s.uiManaged(s.addNodeKey))},
		"/ui/api/graphql": {
			http.MethodGet:  s.signedIn(s.uiSocket),
			http.MethodPost: s.signedIn(s.uiGraph),
		},
		"/ui/api/ledger/blocks":      {http.MethodGet: s.signedIn(s.uiLedger((*ledgerDoor).blocks))},
		"/ui/api/ledger/block":       {http.MethodGet: s.signedIn(s.uiLedger((*ledgerDoor).block))},
		"/ui/api/ledger/checkpoint":  {http.MethodGet: s.signedIn(s.uiLedger((*ledgerDoor).checkpoint))},
		"/ui/api/ledger/export":      {http.MethodGet: s.signedIn(s.uiLedger((*ledgerDoor).export))},
		"/ui/api/ledger/transaction": {http.MethodGet: s.signedIn(s.uiLedger((*ledgerDoor).transaction, "id"))},
		"/ui/api/ledger/document":    {http.MethodGet: s.signedIn(s.uiLedger((*ledgerDoor).document, "entity", "id"))},
		"/ui/api/ledger/consistency": {http.MethodGet: s.signedIn(s.uiLedger((*ledgerDoor).consistency))},
	}
}

// uiCall answers a call below /ui/api. A body must say that it is JSON, which a form
// of another site cannot.
//
// Every answer names the build of the dashboard, so that a page of another build, which
// stayed open over an upgrade, knows.
func (s *Server) uiCall(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Seriatim-Dashboard", s.options.Dashboard.Digest())
	methods, ok := s.calls[r.URL.Path]
	if !ok {
		s.uiFail(w, &problem{http.StatusNotFound, "not found", "Not Found"})
		return
	}
	serve, ok := methods[r.Method]
	if !ok {
		allowed := make([]string, 0, len(methods))
		for method := range methods {
			allowed = append(allowed, method)
		}
		slices.Sort(allowed)
		s.uiNotAllowed(w, allowed)
		return
	}
	if (r.Method == http.MethodPost || r.ContentLength != 0) && !isJSON(r) {
		s.uiFail(w, &problem{http.StatusUnsupportedMediaType, "bad request", "The content type must be application/json."})
		return
	}
	serve(w, r)
}

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// problem is an answer that is an error of the protocol's form.
type problem struct {
	status            int
	code, description string
}

// badRequest is the problem of a request that is not what its call takes.
func badRequest(description string) *problem {
	return &problem{http.StatusBadRequest, "bad request", description}
}

// uiFail answers with an error. Unlike the protocol's 401 it asks for no
// credentials, for which browsers would open a window of their own.
func (s *Server) uiFail(w http.ResponseWriter, p *problem) {
	s.uiReply(w, p.status, wire.AppendErrors(nil, []wire.Error{{Code: p.code, Description: p.description}}))
}

func (s *Server) uiNotAllowed(w http.ResponseWriter, methods []string) {
	allowed := strings.Join(methods, ", ")
	w.Header().Set("Allow", allowed)
	s.uiFail(w, &problem{http.StatusMethodNotAllowed, "method not allowed", "Allowed methods are " + allowed + "."})
}

// uiReply answers with JSON, which nobody may keep.
func (s *Server) uiReply(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = contentType
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	s.writeDeadline(w)
	w.WriteHeader(status)
	// A client that is gone takes nothing; there is nobody to tell.
	_, _ = w.Write(body)
}

// uiAnswer answers 200 with v as JSON.
func (s *Server) uiAnswer(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // v is one of this package's own structures
	}
	s.uiReply(w, http.StatusOK, body)
}

// writeDeadline bounds how long the answer may take to be taken. Where deadlines are
// not supported, as under a test's recorder, there is nothing to hold.
func (s *Server) writeDeadline(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.options.Limits.Write))
}

// uiRead reads a request's body, which is JSON, into v. It reports whether it did;
// if not, the request is answered.
func (s *Server) uiRead(w http.ResponseWriter, r *http.Request, v any) bool {
	b, err := s.readBody(w, r, maxUIBytes)
	defer b.release()
	if err != nil {
		s.uiFail(w, unreadable(err))
		return false
	}
	if err := json.Unmarshal(b.bytes, v); err != nil {
		s.uiFail(w, badRequest("The body is not the JSON that this call takes: "+jsonMistake(err)))
		return false
	}
	return true
}

// jsonMistake tells what is wrong with a body, without the names of our types.
func jsonMistake(err error) string {
	if kind := new(json.UnmarshalTypeError); errors.As(err, &kind) {
		return cmp.Or(kind.Field, "the body") + " is not what it should be but of type " + kind.Value + "."
	}
	return strings.TrimPrefix(err.Error(), "json: ") + "."
}

// seeOther sends a browser to another page of this server.
func seeOther(w http.ResponseWriter, path string) {
	h := w.Header()
	h.Set("Location", path)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", "0")
	w.WriteHeader(http.StatusFound)
}
