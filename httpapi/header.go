package httpapi

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"seriatim"
	"seriatim/syntax"
)

// parseHeaders reads the request headers of fql-v4 section 1.4. problem is the
// description of a 400 when one of them is wrong.
func parseHeaders(r *http.Request) (q *seriatim.Request, problem string) {
	h := r.Header
	q = &seriatim.Request{
		Authorization: h.Get("Authorization"),
		Version:       syntax.V21,
		Timeout:       seriatim.DefaultTimeout,
		MaxRetries:    seriatim.DefaultMaxRetries,
		Pretty:        pretty(h),
	}
	if s := h.Get("X-FaunaDB-API-Version"); s != "" {
		v, ok := syntax.ParseVersion(s)
		if !ok {
			return nil, fmt.Sprintf("Invalid header 'x-faunadb-api-version': Unsupported or invalid API version '%s'.", s)
		}
		q.Version = v
	}
	var n int64
	if n, problem = parseNumber(h, "x-last-seen-txn", 0, 1<<62); n > 0 {
		q.LastSeen = n
	}
	if problem != "" {
		return nil, problem
	}
	if n, problem = parseNumber(h, "x-query-timeout", 1, seriatim.MaxTimeout.Milliseconds()); problem != "" {
		return nil, problem
	} else if n > 0 {
		q.Timeout = time.Duration(n) * time.Millisecond
	}
	if problem = parseRetries(h, q); problem != "" {
		return nil, problem
	}
	if !validTags(h.Get("x-fauna-tags")) {
		return nil, "Invalid header 'x-fauna-tags': invalid tags"
	}
	return q, ""
}

// parseNumber reads an integer header; absent, it is -1.
func parseNumber(h http.Header, name string, least, most int64) (n int64, problem string) {
	s := h.Get(name)
	if s == "" {
		return -1, ""
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return -1, fmt.Sprintf("Invalid header '%s': Must be a number.", name)
	case n < least:
		return -1, fmt.Sprintf("Invalid header '%s': Must be greater than or equal to %d.", name, least)
	case n > most:
		return -1, fmt.Sprintf("Invalid header '%s': Must be less than or equal to %d.", name, most)
	}
	return n, ""
}

func parseRetries(h http.Header, q *seriatim.Request) (problem string) {
	s := h.Get("x-max-retries-on-contention")
	if s == "" {
		return ""
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > seriatim.LargestMaxRetries {
		return fmt.Sprintf("Invalid header 'x-max-retries-on-contention': Must be between 0 and %d.", seriatim.LargestMaxRetries)
	}
	q.MaxRetries = n
	return ""
}

// The bounds of x-fauna-tags.
const (
	maxTagsBytes = 3000
	maxTags      = 25
	maxTagKey    = 40
	maxTagValue  = 80
)

var tagWord = regexp.MustCompile(`^\w+$`)

func validTags(s string) bool {
	if s == "" {
		return true
	}
	pairs := strings.Split(s, ",")
	if len(s) > maxTagsBytes || len(pairs) > maxTags {
		return false
	}
	for _, p := range pairs {
		k, v, ok := strings.Cut(p, "=")
		if !ok || len(k) > maxTagKey || len(v) > maxTagValue || !tagWord.MatchString(k) || !tagWord.MatchString(v) {
			return false
		}
	}
	return true
}

// pretty tells whether the client wants an indented body.
func pretty(h http.Header) bool {
	agent := h.Get("User-Agent")
	return h.Get("x-faunadb-formatted-json") != "" || strings.Contains(agent, "curl") || strings.Contains(agent, "HTTPie")
}

// writeHeaders sets the response headers of fql-v4 section 1.5. The costs are left
// out where they would tell a stranger something: 401 and 500.
func writeHeaders(h http.Header, r *http.Request, q *seriatim.Request, resp *seriatim.Response, took time.Duration) {
	set := func(name string, n int64) { h[name] = []string{strconv.FormatInt(n, 10)} }
	if resp.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Unauthorized"`)
	}
	set("X-Txn-Time", resp.TxnTS)
	h.Set("Traceparent", traceparent(r))
	if tags := r.Header.Get("x-fauna-tags"); tags != "" {
		h.Set("X-Fauna-Tags", tags)
	}
	if resp.Status == http.StatusUnauthorized || resp.Status == http.StatusInternalServerError {
		return
	}
	c := resp.Cost
	set("X-Query-Time", took.Milliseconds())
	set("X-Compute-Ops", int64(c.ComputeOps()))
	set("X-Byte-Read-Ops", int64(c.ByteReadOps()))
	set("X-Byte-Write-Ops", int64(c.ByteWriteOps()))
	set("X-Query-Bytes-In", int64(len(q.Body)))
	set("X-Query-Bytes-Out", int64(len(resp.Body)))
	set("X-Storage-Bytes-Read", int64(c.BytesRead))
	set("X-Storage-Bytes-Write", int64(c.BytesWritten))
	set("X-Txn-Retries", int64(c.Retries))
}

var traceForm = regexp.MustCompile(`^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$`)

// traceparent returns the client's W3C trace context, or a new one.
func traceparent(r *http.Request) string {
	if s := r.Header.Get("traceparent"); traceForm.MatchString(s) {
		return s
	}
	var id [24]byte
	_, _ = rand.Read(id[:])
	return "00-" + hex.EncodeToString(id[:16]) + "-" + hex.EncodeToString(id[16:]) + "-00"
}
