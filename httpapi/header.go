package httpapi

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"seriatim"
	"seriatim/syntax"
)

// parseHeaders reads the request headers of fql-v4 section 1.4. problem is the
// description of a 400 when one of them is wrong; the first is told.
func parseHeaders(r *http.Request) (q *seriatim.Request, problem string) {
	h := r.Header
	q = &seriatim.Request{
		Authorization: h.Get("Authorization"),
		Version:       syntax.V21,
		Timeout:       seriatim.DefaultTimeout,
		MaxRetries:    seriatim.DefaultMaxRetries,
		Pretty:        pretty(h),
	}
	for _, p := range parsers {
		values := h[p.name]
		if len(values) == 0 {
			continue
		}
		if wrong := p.parse(values[0], q); wrong != "" {
			return nil, "Invalid header '" + strings.ToLower(p.name) + "': " + wrong
		}
	}
	if _, wrong := parseTags(h); wrong != "" {
		return nil, "Invalid header 'x-fauna-tags': " + wrong
	}
	return q, ""
}

// parsers read the headers, in the order in which their errors are told. Names
// are in their canonical form.
var parsers = []struct {
	name  string
	parse func(text string, q *seriatim.Request) (wrong string)
}{
	{"X-Faunadb-Api-Version", parseVersion},
	{"X-Last-Seen-Txn", parseLastSeen},
	{"X-Query-Timeout", parseTimeout},
	{"X-Max-Retries-On-Contention", parseRetries},
	{"X-Linearized", parseLinearized},
}

func parseVersion(text string, q *seriatim.Request) (wrong string) {
	v, ok := syntax.ParseVersion(text)
	if !ok {
		return fmt.Sprintf("Unsupported or invalid API version '%s'.", text)
	}
	q.Version = v
	return ""
}

// parseLastSeen reads a timestamp; one before all history asks for nothing.
func parseLastSeen(text string, q *seriatim.Request) (wrong string) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Sprintf("Invalid timestamp '%s'.", text)
	}
	q.LastSeen = max(n, 0)
	return ""
}

func parseTimeout(text string, q *seriatim.Request) (wrong string) {
	n, err := strconv.ParseInt(text, 10, 64)
	switch most := seriatim.MaxTimeout.Milliseconds(); {
	case err != nil:
		return invalidNumber(text)
	case n <= 0:
		return "Must be greater than 0."
	case n > most:
		return fmt.Sprintf("Must be less than or equal to %d.", most)
	}
	q.Timeout = time.Duration(n) * time.Millisecond
	return ""
}

func parseRetries(text string, q *seriatim.Request) (wrong string) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return invalidNumber(text)
	}
	if n < 0 || n > seriatim.LargestMaxRetries {
		return fmt.Sprintf("Must be between 0 and %d.", seriatim.LargestMaxRetries)
	}
	q.MaxRetries = int(n)
	return ""
}

func parseLinearized(text string, q *seriatim.Request) (wrong string) {
	switch strings.ToLower(text) {
	case "true":
		q.Linearized = true
	case "false":
	default:
		return "Must be a boolean value."
	}
	return ""
}

func invalidNumber(text string) string { return fmt.Sprintf("Invalid number '%s'.", text) }

// pretty tells whether the client wants an indented body.
func pretty(h http.Header) bool {
	if _, ok := h["X-Faunadb-Formatted-Json"]; ok {
		return true
	}
	agent := h.Get("User-Agent")
	return strings.Contains(agent, "curl") || strings.Contains(agent, "HTTPie")
}
