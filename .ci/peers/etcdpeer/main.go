// Command etcdpeer is the shop as an ordinary Go service over etcd, for comparison:
// three members of etcd's own server as processes of their own on this machine, and in
// front of each a net/http service with a client of that member. A product, a customer
// and an order are a key each, with JSON as its value.
//
// POST /orders is an optimistic transaction: it reads what the order needs, and puts
// what changes if none of it has changed since. It reads from the member at its side,
// without a round to the leader, since the comparison finds what is stale; and a
// transaction that loses brings back what is there now, so that trying again needs no
// further read. That is the least that etcd can do it with. GET /settings tells what
// runs.
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
	"slices"
	"strings"
	"syscall"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/etcdmain"

	"peers/shop"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == memberCommand {
		etcdmain.Main(slices.Delete(slices.Clone(os.Args), 1, 2))
		return
	}
	products := flag.Int("products", 10000, "`number` of products to create")
	customers := flag.Int("customers", 1000, "`number` of customers to create")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *products, *customers); err != nil {
		log.Fatalf("etcdpeer: %v", err)
	}
}

func run(ctx context.Context, products, customers int) error {
	members, err := startMembers(ctx)
	if err != nil {
		return err
	}
	defer members.stop()
	var services []*service
	for _, url := range members.clients {
		c, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, Context: ctx})
		if err != nil {
			return err
		}
		defer c.Close()
		services = append(services, &service{client: c})
	}
	if err := createShop(ctx, services[0].client, products, customers); err != nil {
		return err
	}
	return serve(ctx, services)
}

// serve answers on one address a member until ctx ends.
func serve(ctx context.Context, services []*service) error {
	var addresses []string
	failed := make(chan error, len(services))
	settings := map[string]string{"system": "etcd", "etcd": etcdVersion(), "members": fmt.Sprint(len(services)), "fsync": "on"}
	for _, s := range services {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		s.settings = settings
		addresses = append(addresses, "http://"+l.Addr().String())
		server := &http.Server{Handler: s.routes()}
		defer server.Close()
		go func() { failed <- server.Serve(l) }()
	}
	fmt.Printf("listening on %s\n", strings.Join(addresses, ","))
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	}
}

func (s *service) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /orders", s.order)
	m.HandleFunc("POST /orders/locked", s.order)
	m.HandleFunc("GET /products/{id}", s.product)
	m.HandleFunc("GET /settings", func(w http.ResponseWriter, _ *http.Request) { shop.Reply(w, http.StatusOK, 0, s.settings) })
	return m
}
