package cluster

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"seriatim"
	"seriatim/checkpoint"
	"seriatim/txlog"
	"seriatim/txlog/etcdlog"
)

// door is HTTP between nodes, over mTLS unless the whole cluster is on loopback addresses:
//
//	GET  /status?digest=P   a report, with the digest at position P if given
//	GET  /node/NAME         the record of a node
//	POST /join              a joinRequest, answered by a joinReply
//	POST /promote           this node becomes a voter
//	POST /key               a keyRequest: this node makes the key of a uni's node
//	GET  /cluster           a seriatim.ClusterStatus, for operators
//	POST /change/WHAT/NAME  promote or remove the node of that name, for operators
//	GET  /checkpoint/…      checkpoints of this node, as of package checkpoint
//
// 503 says that it may be otherwise in a while.
type door struct {
	server *http.Server
	images *checkpoint.Server
	ended  chan struct{}
}

// openDoor listens and answers from now on.
func (n *Node) openDoor() error {
	listener, err := net.Listen("tcp", n.config.Node.Listen)
	if err != nil {
		return fmt.Errorf("cluster: the node door: %w", err)
	}
	if n.config.Identity != (etcdlog.Identity{}) {
		secure, err := n.config.tls()
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		listener = tls.NewListener(listener, secure)
	}
	images := checkpoint.NewServer(checkpoint.SourceFunc(n.image), filepath.Join(n.dir, scratchFolder))
	images.BytesPerSecond, images.Logger = n.o.CheckpointBytesPerSecond, n.logger
	d := &door{images: images, ended: make(chan struct{})}
	d.server = &http.Server{
		Handler: n.routes(images), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(n.logger.Handler(), slog.LevelDebug),
	}
	n.door = d
	go func() {
		defer close(d.ended)
		_ = d.server.Serve(listener)
	}()
	return nil
}

func (d *door) close() error {
	if d == nil {
		return nil
	}
	err := d.server.Close()
	<-d.ended
	return errors.Join(err, d.images.Close())
}

func (n *Node) routes(images http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", n.serveStatus)
	mux.Handle("GET /checkpoint/", http.StripPrefix("/checkpoint", images))
	mux.HandleFunc("POST /join", func(w http.ResponseWriter, r *http.Request) {
		var q joinRequest
		if !question(w, r, &q) {
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), joinWait)
		defer cancel()
		reply, err := n.admit(ctx, q)
		respond(w, reply, err)
	})
	mux.HandleFunc("GET /node/{name}", func(w http.ResponseWriter, r *http.Request) {
		if !n.up.Load() {
			respond(w, nil, &busyError{"this node is starting"})
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), pingWait)
		defer cancel()
		known, _, err := n.recorded(ctx, r.PathValue("name"))
		respond(w, known, err)
	})
	n.serveOperators(mux)
	mux.HandleFunc("POST /promote", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), promoteWait)
		defer cancel()
		respond(w, struct{}{}, n.becomeVoter(ctx))
	})
	mux.HandleFunc("POST /key", n.serveKey)
	if n.config.Identity == (etcdlog.Identity{}) {
		return local(mux)
	}
	return mux
}

// local refuses what a browser sends on behalf of a page, where no certificate is asked for.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil || host != "localhost" && !net.ParseIP(host).IsLoopback() || r.Header.Get("Origin") != "" {
			http.Error(w, "only nodes on this machine are answered", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// question reads what a node is asked.
func question(w http.ResponseWriter, r *http.Request, q any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMessage)).Decode(q)
	if err != nil {
		http.Error(w, "not a request that this door knows: "+err.Error(), http.StatusBadRequest)
	}
	return err == nil
}

// respond writes an answer or why there is none.
func respond(w http.ResponseWriter, answer any, err error) {
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(answer)
	case transient(err):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	default:
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func (n *Node) serveStatus(w http.ResponseWriter, r *http.Request) {
	answer := n.report()
	if text := r.URL.Query().Get("digest"); text != "" {
		at, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			http.Error(w, "digest is a position", http.StatusBadRequest)
			return
		}
		answer.DigestAt = at
		answer.Digest, answer.Known = n.digestAt(txlog.Position(at))
	}
	respond(w, answer, nil)
}

// image makes a checkpoint of this node for others.
func (n *Node) image(dir string) (uint64, int64, uint64, error) {
	db := n.open.Load()
	switch {
	case db == nil:
		return 0, 0, 0, errors.New("cluster: this node has not caught up itself")
	case n.fenced() != "":
		return 0, 0, 0, errors.New("cluster: this node is fenced")
	}
	i, err := db.Checkpoint(dir)
	return uint64(i.Position), i.TS, i.Digest, err
}

// opened is the database once it is open.
type opened = atomic.Pointer[seriatim.DB]
