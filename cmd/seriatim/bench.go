package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seriatim/bench"
)

// benchFlags are the flags of bench.
type benchFlags struct {
	endpoint, secret   string
	workloads          []string
	clients            []int
	duration, warmUp   time.Duration
	products           int
	customers, repeats int
	format             string
	peer               string
	pids, peerPIDs     []int
	seed               uint64
	nodes              int
	roundTrip          time.Duration
}

func (p *program) benchCommand() *cobra.Command {
	var f benchFlags
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure a server: orders, a hot product, reads and pages",
		Long: "Create a shop, load it in a closed loop over kept-alive HTTP connections, and report throughput, latency and cost.\n\n" +
			"Without --endpoint a server is started as a process of its own, over a temporary directory. With --endpoint the\n" +
			"secret must open an empty database, or one that an earlier bench has filled.\n" +
			"With --peer the same load runs in turns against the comparison's service. With --cluster a cluster on this machine is\n" +
			"measured beside a single server.\n\n" +
			"Workloads: order (three products of many, the stored function submit_order), hot (one product, always the same),\n" +
			"read (one document by its id), page (64 documents), group (two rows of a uni in one GraphQL mutation under\n" +
			"@vendia_transaction, in turns with an FQL transaction of the same writes to a database without a ledger; the secret\n" +
			"must be an admin's).\n\n" +
			"Exit code 1 means that an answer was an error; a ratio that is missed is printed and is no failure.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.bench(c.Context(), &f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.endpoint, "endpoint", "", "server `URL` (default: SERIATIM_ENDPOINT, or a server started for this)")
	fl.StringVar(&f.secret, "secret", "", "`secret` for --endpoint (default SERIATIM_SECRET)")
	fl.StringSliceVar(&f.workloads, "workload", []string{"order", "hot", "read", "page", "group"}, "what to run, `list`")
	fl.IntSliceVar(&f.clients, "clients", nil, "numbers of clients, `list` (default 1,8,64 for order and 64 for the others)")
	fl.DurationVar(&f.duration, "duration", 5*time.Second, "how long each measurement counts")
	fl.DurationVar(&f.warmUp, "warmup", time.Second, "how long each runs before it counts")
	fl.IntVar(&f.products, "products", 10000, "how many products the shop has")
	fl.IntVar(&f.customers, "customers", 1000, "how many customers the shop has")
	fl.IntVar(&f.repeats, "repeats", 1, "how often each is measured, in turns with the peer")
	fl.StringVar(&f.format, "format", "table", "report `format`: table or json")
	fl.StringVar(&f.peer, "peer", "", "`URL` of a comparison's service, see .ci/peers; several for one with several addresses")
	fl.IntSliceVar(&f.pids, "pid", nil, "server process for --endpoint, to read its CPU time and memory")
	fl.IntSliceVar(&f.peerPIDs, "peer-pid", nil, "the peer's processes, `list`")
	fl.IntVar(&f.nodes, "cluster", 0, "start a cluster of so many nodes and measure it in turns with a single server")
	fl.DurationVar(&f.roundTrip, "rtt", 0, "with --cluster: put the nodes so far from each other, and measure what one client in each region waits for")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the choices")
	return c
}

func (f *benchFlags) check() error {
	switch {
	case f.format != "table" && f.format != "json":
		return fail(exitUsage, "bench: --format is table or json, not %q", f.format)
	case f.products < 3 || f.customers < 1 || f.repeats < 1:
		return fail(exitUsage, "bench: at least 3 products, 1 customer and 1 repeat")
	case f.nodes < 0 || f.nodes > len(regionNames) || f.nodes > 0 && f.endpoint != "":
		return fail(exitUsage, "bench: --cluster is 1 to %d nodes, which bench starts itself, and measures the shop's workloads only", len(regionNames))
	case f.roundTrip < 0 || f.roundTrip > time.Second || f.roundTrip > 0 && f.nodes == 0:
		return fail(exitUsage, "bench: --rtt is up to 1s, and goes with --cluster")
	case f.duration <= 0 || f.warmUp < 0:
		return fail(exitUsage, "bench: a measurement needs a duration")
	}
	for _, n := range f.clients {
		if n < 1 {
			return fail(exitUsage, "bench: %d clients cannot ask anything", n)
		}
	}
	return nil
}

func (p *program) bench(ctx context.Context, f *benchFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	loads, err := f.loads()
	if err != nil {
		return fail(exitUsage, "%v", err)
	}
	report := newReport()
	if f.nodes > 0 && f.roundTrip > 0 {
		if err := p.benchFar(ctx, f, report); err != nil {
			return err
		}
		return p.writeReport(f, report)
	}
	var peers []*bench.System
	if f.peer != "" {
		peer, err := f.peerSystem(ctx, report)
		if err != nil {
			return err
		}
		peers = append(peers, peer)
	}
	shop, groups := apart(loads)
	if f.nodes > 0 {
		systems, stop, err := p.clusterSystems(ctx, f)
		if err != nil {
			return err
		}
		defer stop()
		if err := p.measure(ctx, f, report, shop, append(systems, peers...)); err != nil {
			return err
		}
		return p.writeReport(f, report)
	}
	server, err := p.benchServer(ctx, f)
	if err != nil {
		return err
	}
	defer server.stop()
	if err := p.contest(ctx, f, report, shop, server.shopSystems, peers...); err != nil {
		return err
	}
	if err := p.contest(ctx, f, report, groups, server.groupSystems); err != nil {
		return err
	}
	return p.writeReport(f, report)
}

// apart returns the loads of the shop, and those of groups, which have documents of
// their own.
func apart(loads []bench.Load) (shop, groups []bench.Load) {
	for _, l := range loads {
		if l.Operation == bench.Group {
			groups = append(groups, l)
		} else {
			shop = append(shop, l)
		}
	}
	return shop, groups
}

// contest makes the systems, and runs the loads against them and the others.
func (p *program) contest(ctx context.Context, f *benchFlags, report *bench.Report, loads []bench.Load,
	systems func(context.Context, *benchFlags) ([]*bench.System, error), others ...*bench.System) error {
	if len(loads) == 0 {
		return nil
	}
	ours, err := systems(ctx, f)
	if err != nil {
		return err
	}
	return p.measure(ctx, f, report, loads, append(ours, others...))
}

// loads returns what is to be measured, without a system and a duration yet.
func (f *benchFlags) loads() ([]bench.Load, error) {
	var loads []bench.Load
	for _, name := range f.workloads {
		o, err := bench.ParseOperation(name)
		if err != nil {
			return nil, err
		}
		clients := f.clients
		if clients == nil {
			clients = []int{64}
			if o == bench.Order {
				clients = []int{1, 8, 64}
			}
		}
		for _, n := range clients {
			loads = append(loads, bench.Load{Operation: o, Clients: n, WarmUp: f.warmUp, Duration: f.duration,
				Shop: bench.Shop{Products: f.products, Customers: f.customers}, Seed: f.seed})
		}
	}
	return loads, nil
}

// measure runs every load against the systems in turns, so that what else the
// machine does falls on all of them, and reports the ratios of the first to the others.
func (p *program) measure(ctx context.Context, f *benchFlags, report *bench.Report, loads []bench.Load, systems []*bench.System) error {
	for _, l := range loads {
		for repeat := range f.repeats {
			for _, s := range systems {
				l.System, l.Seed = s, f.seed+uint64(repeat)
				point, err := bench.Run(ctx, l)
				if err != nil {
					return fail(exitConnection, "%v", err)
				}
				point.Repeat = repeat + 1
				fmt.Fprintf(p.err, "%s, %s, %d clients: %.0f tx/s\n", s.Name, point.Operation, point.Clients, point.PerSecond)
				report.Points = append(report.Points, point)
			}
		}
	}
	for _, other := range systems[1:] {
		of := bench.Best
		if other.Ours {
			of = bench.Median // this program is given no advantage over itself
		}
		report.Ratios = append(report.Ratios, bench.Ratios(systems[0].Name, other.Name, of, report.Points)...)
	}
	return nil
}

func newReport() *bench.Report {
	return &bench.Report{
		When:    time.Now().UTC().Format(time.RFC3339),
		Machine: fmt.Sprintf("%s/%s, %d cores, %s, seriatim %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), Version),
	}
}

// peerSystem asks the peer for its settings, which belong in the report.
func (f *benchFlags) peerSystem(ctx context.Context, report *bench.Report) (*bench.System, error) {
	var addresses []string
	for url := range strings.SplitSeq(f.peer, ",") {
		address, err := plainAddress(url)
		if err != nil {
			return nil, fail(exitUsage, "bench: %v", err)
		}
		addresses = append(addresses, address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addresses[0]+"/settings", nil)
	if err != nil {
		return nil, fail(exitUsage, "bench: %v", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fail(exitConnection, "bench: the peer: %v", err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&report.PeerSettings); err != nil {
		return nil, fail(exitConnection, "bench: the peer's settings: %v", err)
	}
	return &bench.System{Name: cmp.Or(report.PeerSettings["system"], "peer"), Addresses: addresses, Dialect: bench.NewPlain(addresses[0]), Processes: f.peerPIDs}, nil
}

// plainAddress returns host:port of a cleartext URL: the load generator has no TLS,
// whose cost would be its own as much as the server's.
func plainAddress(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" || u.Hostname() == "" {
		return "", fmt.Errorf("%q is not an http:// URL", text)
	}
	return u.Hostname() + ":" + cmp.Or(u.Port(), "80"), nil
}

func (p *program) writeReport(f *benchFlags, report *bench.Report) error {
	write := report.WriteTable
	if f.format == "json" {
		write = report.WriteJSON
	}
	if err := write(p.out); err != nil {
		return fail(exitQuery, "bench: %v", err)
	}
	if report.Failed() {
		return fail(exitQuery, "bench: some answers were errors")
	}
	return nil
}
