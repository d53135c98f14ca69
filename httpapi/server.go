package httpapi

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"seriatim"
	"seriatim/dashboard"
)

// Options says how a Server behaves.
type Options struct {
	// CORSOrigins are the origins that browsers may call from; others get no
	// CORS headers.
	CORSOrigins []string
	// Dev allows every loopback origin and refuses a Host that is not loopback, so
	// that a page elsewhere cannot reach a development server by rebinding a name.
	Dev bool
	// TLS, when not nil, is offered with ALPN for h2 and http/1.1.
	TLS *tls.Config
	// Build is sent in X-FaunaDB-Build; programs that look for it want any value.
	Build string
	// Limits bounds connections and requests; the zero value is good.
	Limits Limits
	// Dashboard is the web application below /ui/; nil is the one that this program
	// was built with.
	Dashboard *dashboard.Files
	// Logger gets one record for each internal error, slow query, refused secret and act of
	// an administrator; nil discards.
	Logger *slog.Logger
	// SlowQuery is how long a query may take before the log tells of it; zero is 1 s, and a
	// negative one never.
	SlowQuery time.Duration
	// Cluster tells how the cluster is; nil is a node that is in none. It must be safe for
	// concurrent use.
	Cluster func(context.Context) (*seriatim.ClusterStatus, error)
	// Archive tells how far the archive of the log is; nil is a server without one. It must be
	// safe for concurrent use.
	Archive func() ArchiveStatus
	// Checkpoints gives out state images, as package checkpoint does; nil gives out none.
	// It is asked only for those who operate the server.
	Checkpoints http.Handler
}

// Server answers the protocol for one database.
type Server struct {
	db      *seriatim.DB
	options Options
	build   []string // the header's value, shared by all answers
	http    *http.Server
	pending atomic.Int64 // bytes of large bodies that are in memory
	closing context.Context
	close   context.CancelFunc // ends the streams

	graphs  graphs
	sockets gate // the open WebSockets, which the HTTP server knows nothing of
	exports gate // the exports of ledgers that run

	meter       meter
	history     history
	clusterView clusterView
	registry    *prometheus.Registry
	exposition  http.Handler
	refusals    atomic.Uint64
	refusalRate rate
	watching    sync.Once

	sessions    *sessions
	calls       map[string]map[string]http.HandlerFunc // of the dashboard
	crossOrigin *http.CrossOriginProtection
}

// New returns a server for db. It speaks HTTP/1.1 and HTTP/2 on one port, with
// prior knowledge on cleartext and by ALPN on TLS.
func New(db *seriatim.DB, o Options) *Server {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Limits = o.Limits.withDefaults()
	orElse(&o.SlowQuery, time.Second)
	if o.Dashboard == nil {
		o.Dashboard = dashboard.Embedded()
	}
	s := &Server{db: db, graphs: db, options: o, build: []string{o.Build}, sessions: newSessions(), crossOrigin: http.NewCrossOriginProtection()}
	s.closing, s.close = context.WithCancel(context.Background())
	s.calls = s.uiRoutes()
	s.registry = s.newRegistry()
	s.exposition = s.newExposition()
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	s.http = &http.Server{
		Handler:   s.Handler(),
		TLSConfig: o.TLS,
		Protocols: protocols,
		ErrorLog:  slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
	}
	o.Limits.apply(s.http)
	return s
}

// Handler returns the routes, for tests and for embedding. Routing comes before
// authentication: an unknown path is 404 even without a secret.
func (s *Server) Handler() http.Handler {
	routes := map[string]route{
		"/":           {methods: []string{"GET", "HEAD", "POST"}, serve: s.root},
		"/linearized": {methods: []string{"POST"}, serve: s.linearized},
		"/ping":       {methods: []string{"GET", "HEAD"}, serve: s.ping},
		"/stream":     {methods: []string{"POST"}, serve: s.stream},
		"/metrics":    {methods: []string{"GET", "HEAD"}, serve: s.operating(s.showMetrics)},
		"/cluster":    {methods: []string{"GET", "HEAD"}, serve: s.operating(s.showCluster)},
	}
	return http.HandlerFunc(func(bare http.ResponseWriter, r *http.Request) {
		d := doorOf(r.URL.Path)
		w := s.meter.begin(d, bare)
		defer s.end(d, w, r)
		defer s.recover(w, r)
		w.Header()["X-Faunadb-Build"] = s.build
		unread(w, r)
		if !s.hostAllowed(r) {
			s.fail(w, r, http.StatusMisdirectedRequest, "bad request", "This development server answers loopback names only.")
			return
		}
		if r.URL.Path == "/ui" || strings.HasPrefix(r.URL.Path, "/ui/") {
			s.ui(w, r)
			return
		}
		if isDocs(r.URL.Path) {
			s.docs(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, checkpointPath) {
			s.checkpoint(w, r)
			return
		}
		if s.cors(w, r) {
			return
		}
		if isUni(r.URL.Path) {
			s.uni(w, r)
			return
		}
		rt, ok := routes[r.URL.Path]
		if !ok {
			s.fail(w, r, http.StatusNotFound, "not found", "Not Found")
			return
		}
		s.serve(rt, w, r)
	})
}

// end counts a request that has ended, and tells of one that was refused.
func (s *Server) end(d door, w *metered, r *http.Request) {
	s.meter.end(d, w)
	if w.status == http.StatusUnauthorized || w.status == http.StatusForbidden {
		s.logRefusal(requestID(w, r), r.RemoteAddr, d, w.status)
	}
}

// recover turns a fault of ours into a 500: one query must not end the others on
// its connection, and its cause belongs in the log.
func (s *Server) recover(w http.ResponseWriter, r *http.Request) {
	fault := recover()
	if fault == nil {
		return
	}
	if fault == http.ErrAbortHandler {
		panic(fault)
	}
	s.options.Logger.Error("query failed", "request", requestID(w, r), "fault", fault, "stack", string(debug.Stack()))
	s.fail(w, r, http.StatusInternalServerError, "internal server error", "An internal error occurred.")
}

// Serve answers connections of l until Shutdown; it returns http.ErrServerClosed
// then. It closes l.
func (s *Server) Serve(l net.Listener) error {
	defer s.startWatch()()
	if s.options.TLS != nil {
		return s.http.ServeTLS(l, "", "")
	}
	return s.http.Serve(l)
}

// startWatch begins to take samples, the first time it is called, and returns what ends
// that: nothing looks at the database after Serve has returned.
func (s *Server) startWatch() (stop func()) {
	stop = func() {}
	s.watching.Do(func() {
		ctx, cancel := context.WithCancel(s.closing)
		// All that Serve answers comes after the first sample.
		if one, err := s.counted(); err == nil {
			s.history.add(one)
		}
		var running sync.WaitGroup
		running.Go(func() { s.watch(ctx) })
		stop = func() {
			cancel()
			running.Wait()
		}
	})
	return stop
}

// Shutdown ends the streams and the WebSockets, stops taking connections and waits for
// running queries until ctx ends, when it cuts them off.
func (s *Server) Shutdown(ctx context.Context) error {
	s.close()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	_ = s.sockets.wait(ctx) // what is cut off ends with the process
	return err
}
