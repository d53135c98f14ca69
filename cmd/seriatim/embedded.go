package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"

	"seriatim"
	"seriatim/httpapi"
)

// embedded is a server in this process, over a temporary directory.
type embedded struct {
	url    string
	dir    string
	db     *seriatim.DB
	server *httpapi.Server
	done   chan error
}

// startEmbedded starts a development server on a loopback address.
func (p *program) startEmbedded(listen, secret string) (*embedded, error) {
	dir, err := os.MkdirTemp("", "seriatim-")
	if err != nil {
		return nil, err
	}
	e := &embedded{dir: dir, done: make(chan error, 1)}
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	if e.db, err = seriatim.Open(seriatim.Options{Dir: dir, RootSecret: secret, Logger: logger}); err != nil {
		_ = os.RemoveAll(dir)
		return nil, err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		e.close()
		return nil, err
	}
	e.url = "http://" + l.Addr().String()
	e.server = httpapi.New(e.db, httpapi.Options{Dev: true, Build: "seriatim-" + Version, Logger: logger})
	go func() { e.done <- e.server.Serve(l) }()
	return e, nil
}

// stop ends the server and removes its directory.
func (e *embedded) stop() {
	_ = e.server.Shutdown(context.Background())
	<-e.done
	e.close()
}

func (e *embedded) close() {
	_ = e.db.Close()
	_ = os.RemoveAll(e.dir)
}
