package bench

import "slices"

// Goal is a ratio that a workload of one system should reach to another's.
type Goal struct {
	System, Against string
	Operation       Operation
	Clients         int
	// Ratio is that of throughputs. With one client, whose throughput says how long it
	// waits, it is that of the medians of latency, the other's to ours.
	Ratio float64
}

// The names of systems that goals speak of.
const (
	Single     = "seriatim" // a server on one machine
	Cluster    = "cluster"  // several nodes
	PostgreSQL = "postgresql"
	Etcd       = "etcd"
	Uni        = "uni" // grouped mutations
	Plainly    = "fql" // transactions of the same writes, without a ledger
)

// Goals are the ratios that are claimed. Others are only reported.
var Goals = []Goal{
	{Single, PostgreSQL, Order, 64, 1.0}, {Single, PostgreSQL, Read, 64, 1.0}, {Single, PostgreSQL, Hot, 64, 4.0},
	{Uni, Plainly, Group, 64, 0.6},
	{Cluster, Etcd, Order, 64, 1.0}, {Cluster, Etcd, Hot, 64, 15}, {Cluster, Etcd, Order, 1, 1.0},
	{Cluster, Single, Order, 64, 0.4},
}

// Ratio compares one workload of two systems.
type Ratio struct {
	Operation string  `json:"operation"`
	Clients   int     `json:"clients"`
	Ours      float64 `json:"ours_per_second"`
	Peer      float64 `json:"peer_per_second"`
	// System and Against are the names of those whose throughputs they are.
	System  string  `json:"system"`
	Against string  `json:"against"`
	Ratio   float64 `json:"ratio"`
	// Latency is the other's median latency to ours, the least of the repeats of each.
	Latency float64 `json:"latency_ratio"`
	// CPU is the peer's CPU time for one transaction over ours, the least of the
	// repeats of each; 0 when unknown. It moves less than Ratio on a busy machine.
	CPU float64 `json:"cpu_ratio,omitempty"`
	// Wanted is the goal, 0 where there is none.
	Wanted float64 `json:"wanted,omitempty"`
	Holds  bool    `json:"holds"`
}

// Best is the highest of throughputs in ascending order.
func Best(rates []float64) float64 { return rates[len(rates)-1] }

// Median is the middle of throughputs in ascending order, of an even number the lower.
func Median(rates []float64) float64 { return rates[(len(rates)-1)/2] }

// Ratios compares the workloads that both systems ran: the median of our repeats with
// what of gives of the peer's.
func Ratios(ours, peer string, of func(rates []float64) float64, points []Point) []Ratio {
	var out []Ratio
	for i, p := range points {
		same := func(q Point) bool { return q.Operation == p.Operation && q.Clients == p.Clients }
		if slices.IndexFunc(points, same) < i {
			continue
		}
		mine, theirs := rates(points, ours, same), rates(points, peer, same)
		if len(mine) == 0 || len(theirs) == 0 {
			continue
		}
		r := Ratio{Operation: p.Operation, Clients: p.Clients, System: ours, Against: peer, Ours: Median(mine), Peer: of(theirs)}
		r.Ratio = over(r.Ours, r.Peer)
		r.Latency = over(least(points, peer, same, median), least(points, ours, same, median))
		r.CPU = over(least(points, peer, same, cpu), least(points, ours, same, cpu))
		r.judge()
		out = append(out, r)
	}
	return out
}

// rates returns the throughputs of a system's matching points, ascending.
func rates(points []Point, system string, match func(Point) bool) []float64 {
	var out []float64
	for _, p := range points {
		if p.System == system && match(p) {
			out = append(out, p.PerSecond)
		}
	}
	slices.Sort(out)
	return out
}

func median(p Point) float64 { return p.P50Micros }
func cpu(p Point) float64    { return p.ServerMicros }

// least returns the least figure of a system's matching points, 0 when there is none.
func least(points []Point, system string, match func(Point) bool, figure func(Point) float64) float64 {
	least := 0.0
	for _, p := range points {
		if f := figure(p); p.System == system && match(p) && (least == 0 || f < least) {
			least = f
		}
	}
	return least
}

// over divides, and is 0 where that cannot be done.
func over(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// judge compares the ratio with its goal.
func (r *Ratio) judge() {
	for _, g := range Goals {
		if g.System == r.System && g.Against == r.Against && g.Operation.String() == r.Operation && g.Clients == r.Clients {
			r.Wanted = g.Ratio
		}
	}
	r.Holds = r.Ratio >= r.Wanted
	if r.Clients == 1 {
		r.Holds = r.Latency >= r.Wanted
	}
}
