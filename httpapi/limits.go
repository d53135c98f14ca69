package httpapi

import (
	"net/http"
	"time"

	"seriatim"
)

// Limits bounds what one client can hold up. Zero fields take their defaults.
type Limits struct {
	// Header is how long a request's headers may take to arrive; 5 s.
	Header time.Duration
	// Body is how long a request may take to arrive whole; 60 s.
	Body time.Duration
	// Write is how long an answer may take to be taken; 60 s.
	Write time.Duration
	// Idle is how long a connection without a request is kept; 2 min.
	Idle time.Duration
	// HeaderBytes bounds the request line and the headers; 16 KiB.
	HeaderBytes int
	// Streams bounds the requests that run at once on one HTTP/2 connection; 250.
	Streams int
	// PendingBytes bounds the large bodies of all requests that run at once, in
	// bytes; 64 MiB. What does not fit is answered 429.
	PendingBytes int64
	// Sockets bounds the WebSockets that are open at once; 10,000.
	Sockets int
	// Operations bounds what runs at once on one WebSocket; 100.
	Operations int
	// Init is how long the client of a WebSocket may take to say who it is; 10 s.
	Init time.Duration
	// SocketPing is how often a WebSocket is asked for a sign of life, and how long
	// that may take; 30 s.
	SocketPing time.Duration
}

func (l Limits) withDefaults() Limits {
	orElse(&l.Header, 5*time.Second)
	orElse(&l.Body, time.Minute)
	orElse(&l.Write, time.Minute)
	orElse(&l.Idle, 2*time.Minute)
	orElse(&l.HeaderBytes, 16<<10)
	orElse(&l.Streams, 250)
	orElse(&l.PendingBytes, 64<<20)
	orElse(&l.Sockets, 10_000)
	orElse(&l.Operations, 100)
	orElse(&l.Init, 10*time.Second)
	orElse(&l.SocketPing, 30*time.Second)
	return l
}

// orElse sets *field to value when it is zero.
func orElse[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// apply sets what the HTTP server itself enforces. The read timeout is lifted for
// a request once its body is here, because it would cancel a query that runs
// longer; the write timeout starts with the request and covers the longest query,
// and is shortened when an answer is ready.
func (l Limits) apply(s *http.Server) {
	s.ReadHeaderTimeout = l.Header
	s.ReadTimeout = l.Body
	s.WriteTimeout = seriatim.MaxTimeout + l.Body + l.Write
	s.IdleTimeout = l.Idle
	s.MaxHeaderBytes = l.HeaderBytes
	s.HTTP2 = &http.HTTP2Config{
		MaxConcurrentStreams: l.Streams,
		// A peer that vanished without a word is noticed by these.
		SendPingTimeout: l.Idle,
		PingTimeout:     l.Header,
		// A peer that stopped reading holds the connection's buffers.
		WriteByteTimeout: l.Write,
	}
}
