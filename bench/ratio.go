package bench

import "slices"

// Goal is a ratio to the throughput of what a workload is compared with that it should
// reach.
type Goal struct {
	Operation Operation
	Clients   int
	Ratio     float64
}

// Goals are the ratios that are claimed. Others are only reported.
var Goals = []Goal{{Order, 64, 1.0}, {Read, 64, 1.0}, {Hot, 64, 4.0}, {Group, 64, 0.6}}

// Ratio compares one workload of two systems.
type Ratio struct {
	Operation string  `json:"operation"`
	Clients   int     `json:"clients"`
	Ours      float64 `json:"ours_per_second"`
	Peer      float64 `json:"peer_per_second"`
	// Against is the name of the system that Peer is the throughput of.
	Against string  `json:"against"`
	Ratio   float64 `json:"ratio"`
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
		r := newRatio(p, Median(mine), of(theirs))
		r.Against = peer
		if cpu := leastCPU(points, ours, same); cpu > 0 {
			r.CPU = leastCPU(points, peer, same) / cpu
		}
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

// leastCPU returns the least server CPU time for one transaction of a system's
// matching points.
func leastCPU(points []Point, system string, match func(Point) bool) float64 {
	least := 0.0
	for _, p := range points {
		if p.System == system && match(p) && (least == 0 || p.ServerMicros < least) {
			least = p.ServerMicros
		}
	}
	return least
}

func newRatio(p Point, ours, peer float64) Ratio {
	r := Ratio{Operation: p.Operation, Clients: p.Clients, Ours: ours, Peer: peer}
	if peer > 0 {
		r.Ratio = ours / peer
	}
	for _, g := range Goals {
		if g.Operation.String() == p.Operation && g.Clients == p.Clients {
			r.Wanted = g.Ratio
		}
	}
	r.Holds = r.Ratio >= r.Wanted
	return r
}
