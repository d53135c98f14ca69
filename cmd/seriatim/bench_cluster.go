package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"seriatim/bench"
)

// clusterSystems starts a cluster side by side on this machine, and a single server to
// compare it with, each with the shop in it.
func (p *program) clusterSystems(ctx context.Context, f *benchFlags) (systems []*bench.System, stop func(), err error) {
	w, err := p.startNear(ctx, nodeNames(f.nodes))
	if err != nil {
		return nil, nil, fail(exitQuery, "bench: %v", err)
	}
	alone, err := p.benchServer(ctx, &benchFlags{})
	if err != nil {
		w.stop()
		return nil, nil, err
	}
	stop = func() { alone.stop(); w.stop() }
	nodes, err := w.benchSystem(ctx, f, bench.Cluster)
	if err == nil {
		var single []*bench.System
		single, err = alone.shopSystems(ctx, f)
		systems = append([]*bench.System{nodes}, single...)
	}
	if err != nil {
		stop()
		return nil, nil, err
	}
	return systems, stop, nil
}

func nodeNames(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("n%d", i+1))
	}
	return all
}

// benchSystem makes the shop and returns the cluster with it.
func (w *world) benchSystem(ctx context.Context, f *benchFlags, name string) (*bench.System, error) {
	s := &bench.System{Name: name, Ours: true}
	for _, n := range w.nodes {
		address, err := plainAddress(n.url)
		if err != nil {
			return nil, err
		}
		s.Addresses = append(s.Addresses, address)
		s.Processes = append(s.Processes, n.command.Process.Pid)
	}
	s.Dialect = bench.NewFQL(s.Addresses[0], devSecret)
	first := &benchServer{endpoint: w.nodes[0].url, address: s.Addresses[0], secret: devSecret}
	return s, first.createShop(ctx, f)
}

// farBounds are what one client may wait for in a cluster whose nodes are far from each
// other, in round trips; the last is absolute.
const (
	leaderBound, elsewhereBound = 1.3, 2.4
	sessionReadBound            = 5 * time.Millisecond
)

// benchFar measures what one client in each region waits for when its nodes are a round
// trip from each other: an order and the read of a product.
func (p *program) benchFar(ctx context.Context, f *benchFlags, report *bench.Report) error {
	w, err := p.startWorld(ctx, regionNames[:f.nodes], f.roundTrip)
	if err != nil {
		return fail(exitQuery, "bench: %v", err)
	}
	defer w.stop()
	all, err := w.benchSystem(ctx, f, bench.Cluster)
	if err != nil {
		return err
	}
	leader, err := w.leader(ctx)
	if err != nil {
		return fail(exitQuery, "bench: %v", err)
	}
	for i, n := range w.nodes {
		where, most := "elsewhere", elsewhereBound
		if n.name == leader {
			where, most = "leader's region", leaderBound
		}
		near := *all
		near.Name, near.Addresses = n.name+", "+where, all.Addresses[i:i+1]
		for _, o := range []bench.Operation{bench.Order, bench.Read} {
			point, err := bench.Run(ctx, bench.Load{System: &near, Operation: o, Clients: 1, WarmUp: f.warmUp, Duration: f.duration,
				Shop: bench.Shop{Products: f.products, Customers: f.customers}, Seed: f.seed})
			if err != nil {
				return fail(exitConnection, "%v", err)
			}
			report.Points = append(report.Points, point)
			b := bench.Bound{System: near.Name, Operation: point.Operation, P50Micros: point.P50Micros, RoundTrips: point.P50Micros / float64(f.roundTrip.Microseconds())}
			if b.Most = most * float64(f.roundTrip.Microseconds()); o == bench.Read {
				b.Most = float64(sessionReadBound.Microseconds())
			}
			report.Bounds = append(report.Bounds, b)
			fmt.Fprintf(p.err, "%s, %s, 1 client: p50 %.1f ms\n", near.Name, point.Operation, point.P50Micros/1e3)
		}
	}
	return nil
}

// leader is the name of the node that leads the log.
func (w *world) leader(ctx context.Context) (string, error) {
	var said []string
	for begun := time.Now(); time.Since(begun) < nodeStart; time.Sleep(100 * time.Millisecond) {
		status, err := w.status(ctx, w.nodes[0].name)
		if err == nil && status.Leader != "" {
			return status.Leader, nil
		}
		said = append(said, fmt.Sprint(err))
	}
	return "", fmt.Errorf("nobody leads the cluster: %s", strings.Join(said[max(0, len(said)-1):], ""))
}
