package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// route is one path and the methods it answers. fail says that a method is none of
// them; nil is the protocol's own way.
type route struct {
	methods []string
	serve   http.HandlerFunc
	fail    func(http.ResponseWriter, *http.Request, *problem)
}

func (s *Server) serve(rt route, w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(rt.methods, r.Method) {
		allowed := strings.Join(rt.methods, ", ")
		w.Header().Set("Allow", allowed)
		fail := rt.fail
		if fail == nil {
			fail = s.refuse
		}
		fail(w, r, &problem{http.StatusMethodNotAllowed, "method not allowed", fmt.Sprintf("Allowed methods are %s.", allowed)})
		return
	}
	rt.serve(w, r)
}

// parameter returns one parameter of a URL's query, unescaped. Unlike package
// url it keeps semicolons, which stand in queries unescaped.
func parameter(r *http.Request, name string) (value string, ok bool) {
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		k, v, _ := strings.Cut(part, "=")
		if k == name {
			return unescape(v), true
		}
	}
	return "", false
}

// unescape undoes the escapes of a URL's query; what is not well-formed stays as
// it is and is then no query either.
func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
