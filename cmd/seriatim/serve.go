package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"seriatim"
	"seriatim/httpapi"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	data, listen, secretFile string
	tlsCert, tlsKey          string
	origins                  []string
	dev, json                bool
	allowPrivateFetch        bool
	historyDays              historyDays
	watch                    watchFlags

	cluster, newSecret, withStdin bool
	node                          memberFlags
	archive                       archiveFlags
}

const (
	defaultData   = "./seriatim-data"
	defaultListen = "127.0.0.1:8443"
	// shutdownGrace is how long running queries may take after a stop is asked.
	shutdownGrace = 10 * time.Second
)

func (p *program) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: "Run the server over a data directory.\n\nThe root secret is read from a file, which is made with a random secret on the first start.\n" +
			"With --dev the secret is \"secret\" and only loopback addresses are served.\n\n" +
			"With --cluster the data directory is that of a node of a cluster. Its first start makes the cluster, or joins one\n" +
			"with --join; a single node's directory becomes the first node. Later starts need no more than --cluster and --data.\n" +
			"See 'seriatim cluster --help'.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.serve(c.Context(), &f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.data, "data", defaultData, "data `directory`")
	fl.StringVar(&f.listen, "listen", defaultListen, "`host:port` to listen on")
	fl.StringVar(&f.secretFile, "secret-file", "", "`file` with the root secret (default: root-secret in the data directory)")
	fl.StringVar(&f.tlsCert, "tls-cert", "", "certificate `file`, PEM; with --tls-key turns TLS on")
	fl.StringVar(&f.tlsKey, "tls-key", "", "private key `file`, PEM")
	fl.StringArrayVar(&f.origins, "cors-origin", nil, "`origin` that browsers may call from (repeatable)")
	fl.BoolVar(&f.dev, "dev", false, "development: loopback only, root secret \"secret\"")
	fl.Var(&f.historyDays, "history-days", "`days` that new collections keep history unless they say otherwise, or \"forever\" (at first 30; the database remembers it)")
	fl.BoolVar(&f.allowPrivateFetch, "allow-private-fetch", false, "let addresses in databases (jwks_uri, webhooks) lead to this machine, to inside networks and through HTTPS_PROXY")
	f.watch.add(c)
	fl.BoolVar(&f.json, "log-json", false, "write the log as JSON")
	fl.BoolVar(&f.withStdin, "with-stdin", false, "end when standard input does, as that of a child does with its parent")
	fl.BoolVar(&f.cluster, "cluster", false, "be a node of a cluster")
	fl.BoolVar(&f.newSecret, "new-root-secret", false, "the secret in the file becomes that of the whole cluster, at each node's next start")
	f.node.add(c)
	f.archive.add(c)
	return c
}

func (p *program) serve(ctx context.Context, f *serveFlags) error {
	logger := p.logger(f.json)
	tlsConfig, err := f.tls()
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return fail(exitUsage, "serve: %v", err)
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("%w; --listen takes another address", err)
		}
		return fail(exitQuery, "serve: %v", err)
	}
	defer listener.Close()
	metrics, err := f.watch.listen()
	if err != nil {
		return fail(exitQuery, "serve: %v", err)
	}
	defer metrics.close()
	ctx, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	if f.withStdin {
		p.endWithStdin(halt)
	}
	hooks := f.webhooks(logger)
	o, err := p.open(ctx, f, logger, func(err error) { halt(&halted{err}) }, hooks.DeadLetter)
	if err != nil {
		return opening(ctx, err)
	}
	if err := hooks.Start(o.db); err != nil {
		return fail(exitQuery, "serve: %v", errors.Join(err, o.close()))
	}
	images, err := newImages(f.data, o.db, logger)
	if err != nil {
		return fail(exitQuery, "serve: %v", errors.Join(err, hooks.Close(), o.close()))
	}
	server := httpapi.New(o.db, httpapi.Options{
		Checkpoints: images, Cluster: o.cluster, Archive: o.archive,
		CORSOrigins: f.origins, Dev: f.dev, TLS: tlsConfig, Build: "seriatim-" + Version, Logger: logger, SlowQuery: f.watch.slow(),
	})
	metrics.serve(server, logger)
	address := f.url(listener)
	logger.Info("serving", "address", address, "dashboard", dashboardAt(address), "data", f.data, "release", Version)
	p.greet(f, address)
	p.tellSupervisor(ctx, logger)
	if err := errors.Join(serveUntil(ctx, server, listener), metrics.close()); err != nil {
		return fail(exitQuery, "serve: %v", errors.Join(err, images.Close(), hooks.Close(), o.close()))
	}
	logger.Info("stopping")
	err = errors.Join(images.Close(), hooks.Close(), o.close())
	if h := new(halted); errors.As(context.Cause(ctx), &h) {
		err = h
	}
	if err != nil {
		return fail(exitQuery, "serve: %v", err)
	}
	return nil
}

// check refuses flags that cannot be, or do not go together.
func (f *serveFlags) check() error {
	for _, origin := range f.origins {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			return fmt.Errorf("--cors-origin is what browsers send, such as https://shop.example, not %q", origin)
		}
	}
	for _, address := range []string{f.listen, f.watch.metricsListen} {
		if f.dev && address != "" && !loopback(address) {
			return fmt.Errorf("--dev listens on loopback addresses only, not %s", address)
		}
	}
	return f.checkCluster()
}

// halted is why a server ended that nobody asked to.
type halted struct{ error }

func (h *halted) Error() string { return "the database cannot go on: " + h.error.Error() }

// serveUntil serves until ctx ends and then lets running queries finish.
func serveUntil(ctx context.Context, server *httpapi.Server, l net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("queries that still ran %s after the stop was asked were cut off", shutdownGrace)
	} else if err != nil {
		return err
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (p *program) logger(json bool) *slog.Logger {
	if json {
		return slog.New(slog.NewJSONHandler(p.err, nil))
	}
	return slog.New(slog.NewTextHandler(p.err, nil))
}

// opened is what is served: a single database or the one of a node.
type opened struct {
	db      *seriatim.DB
	cluster func(context.Context) (*seriatim.ClusterStatus, error) // nil for a single one
	archive func() httpapi.ArchiveStatus                           // nil without one
	close   func() error
}

// opening is how an opening ended that a stop did not ask for, nil if one did.
func opening(ctx context.Context, err error) error {
	if h := new(halted); ctx.Err() != nil && !errors.As(context.Cause(ctx), &h) {
		return nil
	}
	if u := new(usage); errors.As(err, &u) {
		return fail(exitUsage, "serve: %v", err)
	}
	return fail(exitQuery, "serve: %v", err)
}

// open opens the database. A root secret that has to be made is written only when
// the directory turned out to be one to write to.
func (p *program) open(ctx context.Context, f *serveFlags, logger *slog.Logger, onStop func(error), onDeadLetter func(*seriatim.DeadLetter)) (*opened, error) {
	secret, file := devSecret, ""
	if f.dev {
		fmt.Fprintln(p.err, "DEVELOPMENT SERVER: the root secret is \"secret\" and everybody on this machine knows it.")
	} else {
		file = f.secretPath()
		var err error
		if secret, err = readSecret(file); err != nil {
			return nil, err
		}
	}
	o := seriatim.Options{
		Dir: f.data, RootSecret: secret, Logger: logger, HistoryDays: f.historyDays.days, OnStop: onStop, FetchKeys: f.keys(), Clock: wallClock(),
		OnDeadLetter: onDeadLetter,
	}
	return f.archive.archived(f.data, o, f.cluster, func(o seriatim.Options) (*opened, error) {
		if f.cluster {
			return p.openNode(ctx, f, o, file)
		}
		return p.openSingle(o, file)
	})
}

// openSingle opens the database of a single node.
func (p *program) openSingle(o seriatim.Options, file string) (*opened, error) {
	made := o.RootSecret == ""
	if o.RootSecret == "" {
		o.RootSecret = newSecret()
	}
	db, err := seriatim.Open(o)
	if err != nil {
		return nil, err
	}
	if made {
		if err := p.keepMade(file, o.RootSecret); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return &opened{db: db, close: db.Close}, nil
}

// keepMade keeps a root secret that was made.
func (p *program) keepMade(file, secret string) error {
	if err := keepSecret(file, secret); err != nil {
		return err
	}
	fmt.Fprintf(p.err, "A root secret was made: %s\n", file)
	return nil
}

// keys returns what gets the keys of access providers' issuers.
// webhooks makes what tells nodes' addresses of what happens.
func (f *serveFlags) webhooks(logger *slog.Logger) *httpapi.Webhooks {
	return httpapi.NewWebhooks(httpapi.WebhookOptions{
		Client: httpapi.NewFetchClient(httpapi.Fetching{AllowPrivate: f.allowPrivateFetch}),
		File:   filepath.Join(f.data, "webhooks.json"), Logger: logger, Build: "seriatim-" + Version,
	})
}

func (f *serveFlags) keys() seriatim.FetchKeys {
	return httpapi.NewKeyFetcher(httpapi.NewFetchClient(httpapi.Fetching{AllowPrivate: f.allowPrivateFetch}))
}

func (f *serveFlags) tls() (*tls.Config, error) {
	if f.tlsCert == "" && f.tlsKey == "" {
		return nil, nil
	}
	if f.tlsCert == "" || f.tlsKey == "" {
		return nil, errors.New("--tls-cert and --tls-key go together")
	}
	cert, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKey)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, nil
}

func (f *serveFlags) url(l net.Listener) string {
	scheme := "http://"
	if f.tlsCert != "" {
		scheme = "https://"
	}
	return scheme + l.Addr().String()
}

// greet tells a person at a terminal what to open, below a log that they may not
// read. What is printed can be clicked on.
func (p *program) greet(f *serveFlags, address string) {
	if f.json || !isTerminal(p.err) {
		return
	}
	secret := "the secret is in " + f.secretPath()
	if f.dev {
		secret = fmt.Sprintf("the secret is %q", devSecret)
	}
	fmt.Fprintf(p.err, "\nDashboard  %s (%s)\nPress Ctrl-C to end.\n\n", dashboardAt(address), secret)
}

// secretPath is the file that holds the root secret.
func (f *serveFlags) secretPath() string {
	return cmp.Or(f.secretFile, filepath.Join(f.data, "root-secret"))
}

// dashboardAt returns where a browser on this machine finds the dashboard of a server
// at url. A server that listens on every address names one that can be opened.
func dashboardAt(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server + "/ui/"
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsUnspecified() {
		u.Host = net.JoinHostPort("localhost", u.Port())
	}
	return u.JoinPath("ui", "/").String()
}

// loopback tells whether an address to listen on is this machine's own.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
