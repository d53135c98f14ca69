package httpapi

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	corsMethods = "GET, POST, HEAD, OPTIONS"
	corsMaxAge  = "86400"
	corsHeaders = "Accept-Encoding, Authorization, Content-Type, Idempotency-Key, traceparent, " +
		"X-FaunaDB-API-Version, X-FaunaDB-Formatted-JSON, X-Fauna-Driver, X-Driver-Env, X-Fauna-Source, X-Fauna-Shell-Builtin, " +
		"X-Fauna-Tags, X-GO-Version, X-Last-Seen-Txn, X-Linearized, X-Max-Retries-On-Contention, X-NodeJS-Version, " +
		"X-Query-Timeout, X-Runtime-Environment, X-Runtime-Environment-OS, X-Trace"
	corsExposed = "traceparent, X-Byte-Read-Ops, X-Byte-Write-Ops, X-Compute-Ops, X-FaunaDB-Build, X-Fauna-Stream-ID, X-Fauna-Tags, X-Query-Bytes-In, " +
		"X-Query-Bytes-Out, X-Query-Time, X-Storage-Bytes-Read, X-Storage-Bytes-Write, X-Txn-Retries, X-Txn-Time"
)

// cors adds the headers that let a browser's page at an allowed origin read the
// answer, and answers preflights. It reports whether the request is answered.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if s.originAllowed(origin) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", corsExposed)
	}
	if r.Method != http.MethodOptions {
		return false
	}
	if s.originAllowed(origin) {
		methods, headers := corsMethods, corsHeaders
		if isUni(r.URL.Path) {
			methods, headers = methods+", DELETE", headers+", X-API-Key, X-Vendia-SDK" // as Vendia's client sends them
		}
		h.Set("Access-Control-Allow-Methods", methods)
		h.Set("Access-Control-Allow-Headers", headers)
		h.Set("Access-Control-Max-Age", corsMaxAge)
	}
	w.WriteHeader(http.StatusOK)
	return true
}

func (s *Server) originAllowed(origin string) bool {
	if slices.Contains(s.options.CORSOrigins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && s.options.Dev && isLoopback(u.Host)
}

// hostAllowed refuses, in development, names that are not loopback.
func (s *Server) hostAllowed(r *http.Request) bool { return !s.options.Dev || isLoopback(r.Host) }

// isLoopback tells whether host, with or without a port, names this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
