package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"seriatim/httpapi"
)

// watchFlags are the flags of a server about being watched.
type watchFlags struct {
	metricsListen string
	slowQuery     time.Duration
}

func (f *watchFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.metricsListen, "metrics-listen", "", "`host:port` of a door inside, where whoever reaches it gets GET /metrics; elsewhere that takes the secret of an admin of the root database")
	c.Flags().DurationVar(&f.slowQuery, "slow-query", time.Second, "how long a query takes that the log tells of, by its functions and a hash of its form; 0 is none")
}

// slow is Options.SlowQuery of the flag.
func (f *watchFlags) slow() time.Duration {
	if f.slowQuery <= 0 {
		return -1
	}
	return f.slowQuery
}

// inside is the port inside, closed when there is none.
type inside struct {
	listener net.Listener
	server   *http.Server
	done     chan error
	once     sync.Once
	err      error
}

// listen opens the port inside, before anything is started.
func (f *watchFlags) listen() (*inside, error) {
	if f.metricsListen == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", f.metricsListen)
	if err != nil {
		return nil, fmt.Errorf("--metrics-listen: %w", err)
	}
	return &inside{listener: l, done: make(chan error, 1)}, nil
}

// serve answers until close.
func (i *inside) serve(server *httpapi.Server, logger *slog.Logger) {
	if i == nil {
		return
	}
	i.server = &http.Server{
		Handler: server.Metrics(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	logger.Info("metrics", "address", "http://"+i.listener.Addr().String()+"/metrics")
	go func() { i.done <- i.server.Serve(i.listener) }()
}

// close closes the port and waits a moment for who is being answered. It comes before the
// database is closed; more than once is allowed.
func (i *inside) close() error {
	if i == nil {
		return nil
	}
	i.once.Do(func() { i.err = i.end() })
	return i.err
}

func (i *inside) end() error {
	if i.server == nil {
		return i.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if i.server.Shutdown(ctx) != nil {
		_ = i.server.Close()
	}
	if err := <-i.done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
