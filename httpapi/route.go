package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"seriatim/wire"
)

// route is one path and the methods it answers.
type route struct {
	methods []string
	serve   http.HandlerFunc
}

func (rt route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !slices.Contains(rt.methods, r.Method) {
		w.Header().Set("Allow", strings.Join(rt.methods, ", "))
		writeProtocolError(w, http.StatusMethodNotAllowed, "method not allowed",
			fmt.Sprintf("Allowed methods are %s.", strings.Join(rt.methods, ", ")))
		return
	}
	rt.serve(w, r)
}

const contentType = "application/json;charset=utf-8"

// writeProtocolError answers with an error that has no position in a query.
func writeProtocolError(w http.ResponseWriter, status int, code, description string) {
	body := wire.AppendErrors(nil, []wire.Error{{Code: code, Description: description}})
	writeBody(w, status, body)
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	// A client that is gone takes nothing; there is nobody to tell.
	_, _ = w.Write(body)
}
