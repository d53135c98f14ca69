// Command pgpeer is the shop as an ordinary Go service over PostgreSQL, for
// comparison: net/http, encoding/json, a pool of 32 connections, prepared
// statements, and one round trip for every request. It answers the same
// operations as Seriatim with documents of the same form and size.
//
// POST /orders runs SERIALIZABLE and retries serialization failures and
// deadlocks here; POST /orders/locked runs READ COMMITTED with row locks. Both
// take rows in the order of their ids. GET /products/{id} and GET
// /products?from={id} read; GET /settings tells what the server says of its own
// durability.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"peers/shop"
)

// connections is the size of the pool: more than the cores can use, fewer than
// would make PostgreSQL's snapshots slow.
const connections = 32

// service holds a pool for each isolation level, so that no request pays a round
// trip to choose one.
type service struct {
	serializable *pgxpool.Pool
	committed    *pgxpool.Pool
	settings     map[string]string
}

func main() {
	dsn := flag.String("dsn", "", "connection `string` of PostgreSQL")
	listen := flag.String("listen", "127.0.0.1:0", "`host:port` to listen on")
	products := flag.Int("products", 10000, "`number` of products to create")
	customers := flag.Int("customers", 1000, "`number` of customers to create")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *dsn, *listen, *products, *customers); err != nil {
		log.Fatalf("pgpeer: %v", err)
	}
}

func run(ctx context.Context, dsn, listen string, products, customers int) error {
	if err := createShop(ctx, dsn, products, customers); err != nil {
		return err
	}
	s := &service{}
	var err error
	if s.serializable, err = open(ctx, dsn, "serializable"); err != nil {
		return err
	}
	defer s.serializable.Close()
	if s.committed, err = open(ctx, dsn, "read committed"); err != nil {
		return err
	}
	defer s.committed.Close()
	if s.settings, err = readSettings(ctx, s.serializable); err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s\n", l.Addr())
	for _, name := range settingNames {
		fmt.Printf("%s = %s\n", name, s.settings[name])
	}
	server := &http.Server{Handler: s.routes()}
	go func() { <-ctx.Done(); _ = server.Close() }()
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// open returns a pool whose connections begin every transaction at isolation.
func open(ctx context.Context, dsn, isolation string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.MaxConns = connections
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	config.ConnConfig.RuntimeParams["default_transaction_isolation"] = isolation
	return pgxpool.NewWithConfig(ctx, config)
}

func (s *service) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		s.order(w, r, s.serializable, "submit_order")
	})
	m.HandleFunc("POST /orders/locked", func(w http.ResponseWriter, r *http.Request) {
		s.order(w, r, s.committed, "submit_order_locked")
	})
	m.HandleFunc("GET /products/{id}", s.product)
	m.HandleFunc("GET /products", s.page)
	m.HandleFunc("GET /settings", func(w http.ResponseWriter, _ *http.Request) { shop.Reply(w, http.StatusOK, 0, s.settings) })
	return m
}

// settingNames are what a comparison has to know about the server.
var settingNames = []string{
	"server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers",
	"autovacuum", "default_transaction_isolation",
}

// readSettings asks a pooled connection, so that it tells what the orders run under.
func readSettings(ctx context.Context, pool *pgxpool.Pool) (map[string]string, error) {
	settings := map[string]string{"system": "postgresql"}
	for _, name := range settingNames {
		var value string
		if err := pool.QueryRow(ctx, "select current_setting($1)", name).Scan(&value); err != nil {
			return nil, err
		}
		settings[name] = value
	}
	return settings, nil
}
