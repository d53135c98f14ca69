package httpapi

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"seriatim"
)

// collector gives the server's numbers to Prometheus when they are asked for. They are
// counted where they happen, by atomic counters; nothing here is on a query's path.
type collector struct{ s *Server }

// Describe implements prometheus.Collector: which series there are depends on the cluster.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	defer func() { // it has a goroutine of its own, and the database may be closed under it
		if fault := recover(); fault != nil {
			err := fmt.Errorf("httpapi: the numbers could not be read: %v", fault)
			out <- prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
		}
	}()
	e := exposed(out)
	e.gauge("info", "The release that runs.", 1, "release", c.s.options.Build)
	c.doors(e)
	one, err := c.s.sample(context.Background())
	if err != nil {
		out <- prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
		return
	}
	now := c.s.history.now(one)
	e.six(&now)
	e.queries(&one.metrics)
	e.log(&one.metrics)
	e.store(&one.metrics)
	e.archive(c.s.options.Archive)
	e.cluster(c.s.clusterNow(context.Background()))
}

// doors are the numbers of the doors.
func (c collector) doors(e exposed) {
	m := &c.s.meter
	for d := range doors {
		name := doorNames[d]
		e.gauge("requests_running", "Requests under way, open streams and WebSockets too.", float64(m.running[d].Load()), "door", name)
		for i := range m.ended[d] {
			if n := m.ended[d][i].Load(); n > 0 {
				e.counter("requests_total", "Requests that have ended, by door and status.", float64(n), "door", name, "status", strconv.Itoa(firstStatus+i))
			}
		}
	}
	e.gauge("pending_body_bytes", "Memory that large bodies of requests under way hold.", float64(c.s.pending.Load()))
	e.counter("logins_refused_total", "Requests whose secret or rights were not enough.", float64(c.s.refusals.Load()))
}

// exposed is where numbers go.
type exposed chan<- prometheus.Metric

func (e exposed) counter(name, help string, v float64, labels ...string) {
	e.put(prometheus.CounterValue, name, help, v, labels)
}

func (e exposed) gauge(name, help string, v float64, labels ...string) {
	e.put(prometheus.GaugeValue, name, help, v, labels)
}

// put sends one number; labels are names and values in turns.
func (e exposed) put(kind prometheus.ValueType, name, help string, v float64, labels []string) {
	names, values := pairs(labels)
	e <- prometheus.MustNewConstMetric(prometheus.NewDesc("seriatim_"+name, help, names, nil), kind, v, values...)
}

func pairs(labels []string) (names, values []string) {
	for i := 0; i < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	return names, values
}

// times sends how requests are distributed over time.
func (e exposed) times(name, help string, t *seriatim.Traffic, labels ...string) {
	buckets, below := make(map[float64]uint64, len(t.Took)), uint64(0)
	for i, n := range t.Took[:len(t.Took)-1] {
		if below += n; i >= shortestBucket {
			buckets[math.Ldexp(1e-6, i)] = below
		}
	}
	below += t.Took[len(t.Took)-1]
	names, values := pairs(labels)
	e <- prometheus.MustNewConstHistogram(prometheus.NewDesc("seriatim_"+name, help, names, nil), below, float64(t.Micros)/1e6, buckets, values...)
}

// shortestBucket is the first that is shown: of 32 microseconds and less.
const shortestBucket = 5

// six are the numbers that an operator looks at first, of the last minute.
func (e exposed) six(now *point) {
	e.gauge("rate", "Queries a second in the last minute.", now.Rate)
	e.gauge("p99_seconds", "The time that 99 of 100 queries of the last minute stayed below.", now.P99/1000)
	e.gauge("conflicts", "The share of attempts to write that lost to another transaction in the last minute.", now.Conflicts)
	e.gauge("lag_blocks", "Blocks of the log that this node has not applied yet.", float64(now.Lag))
	e.gauge("disk_bytes", "Free space where the data is.", float64(now.Disk))
	e.gauge("unavailable", "The share of queries that were answered 503 in the last minute.", now.Unavailable)
}

func (e exposed) queries(m *seriatim.Metrics) {
	for kind, t := range map[string]*seriatim.Traffic{"read": &m.Reads, "write": &m.Writes} {
		e.times("query_seconds", "How long queries of FQL and GraphQL took.", t, "kind", kind)
		for outcome, n := range map[string]uint64{"ok": t.OK, "rejected": t.Rejected, "contended": t.Contended, "unavailable": t.Unavailable, "failed": t.Failed} {
			e.counter("queries_total", "Queries of FQL and GraphQL by how they ended.", float64(n), "kind", kind, "outcome", outcome)
		}
	}
	e.counter("query_retries_total", "Evaluations that lost to another transaction and were made again.", float64(m.Retries))
	e.counter("queries_ordered_total", "Queries that were evaluated at their position in the log.", float64(m.Ordered))
	e.gauge("streams_open", "Open streams and subscriptions.", float64(m.Streams))
	e.gauge("fenced", "1 when the node has taken itself out of service.", number(m.Fenced))
}

func (e exposed) log(m *seriatim.Metrics) {
	r := &m.Replica
	e.gauge("log_position", "Position of the last published block.", float64(r.Position))
	e.gauge("log_timestamp_seconds", "Timestamp of the last published entry.", float64(r.TS)/1e6)
	e.times("log_append_seconds", "How long the log took to make a block of this node durable.", &m.Appends)
	e.counter("log_appends_failed_total", "Blocks of this node that are not in the log or of which that is unknown.", float64(m.Appends.Failed))
	e.counter("log_unknown_total", "Blocks of this node whose fate the log did not tell.", float64(r.Unknown))
	e.counter("log_blocks_total", "Blocks applied, of all nodes.", float64(r.Blocks))
	e.counter("log_repeats_total", "Blocks that were there already or void.", float64(r.Repeats))
	e.counter("log_bytes_total", "Bytes of the blocks applied.", float64(r.Bytes))
	e.counter("conflicts_doomed_total", "Transactions of this node that were known to conflict before they reached the log.", float64(r.Doomed))
	for outcome, n := range map[string]uint64{"applied": r.Applied, "conflict": r.Conflicts, "refused": r.Refused} {
		e.counter("entries_total", "Transactions in the log by outcome, of all nodes.", float64(n), "outcome", outcome)
	}
}

func (e exposed) store(m *seriatim.Metrics) {
	s := &m.Store
	e.gauge("store_bytes", "Files of the store.", float64(s.DiskBytes))
	e.gauge("store_files", "Sorted tables of the store.", float64(s.Files))
	e.gauge("store_memtable_bytes", "Written and not yet in a file.", float64(s.MemTableBytes))
	e.gauge("store_read_amplification", "Tables that a read may touch.", float64(s.ReadAmp))
	e.gauge("store_compaction_debt_bytes", "What compactions have to do.", float64(s.CompactionDebt))
	e.counter("store_compactions_total", "Compactions.", float64(s.Compactions))
	e.counter("store_flushes_total", "Flushes of memory to files.", float64(s.Flushes))
	e.counter("store_write_stalls_total", "Times that writes had to wait for the store.", float64(s.WriteStalls))
	e.counter("store_background_errors_total", "Failures of the store's own work, such as for want of space.", float64(s.BackgroundErrors))
	e.gauge("cache_bytes", "Memory of a cache.", float64(s.NewestBytes), "cache", "newest")
	e.gauge("cache_bytes", "Memory of a cache.", float64(s.BlockCacheBytes), "cache", "blocks")
	e.counter("cache_hits_total", "Reads that a cache answered.", float64(s.NewestHits), "cache", "newest")
	e.counter("cache_hits_total", "Reads that a cache answered.", float64(s.BlockCacheHits), "cache", "blocks")
	e.counter("cache_misses_total", "Reads that a cache did not answer.", float64(s.NewestMisses), "cache", "newest")
	e.counter("cache_misses_total", "Reads that a cache did not answer.", float64(s.BlockCacheMisses), "cache", "blocks")
}

// ArchiveStatus is how far an archive of the log is behind.
type ArchiveStatus struct {
	// Position is that of the newest block that is archived.
	Position uint64
	// Lag is how many published blocks are not archived, and Behind how long ago all that was
	// published is: what the loss of this machine now would lose. Both are 0 for nothing.
	Lag    uint64
	Behind time.Duration
	// Failing tells that nothing is archived for now.
	Failing bool
}

// archive are the numbers of the archive of the log, where there is one.
func (e exposed) archive(status func() ArchiveStatus) {
	if status == nil {
		return
	}
	a := status()
	e.gauge("archive_position", "Position of the newest block in the archive.", float64(a.Position))
	e.gauge("archive_lag_blocks", "Published blocks that are not in the archive yet.", float64(a.Lag))
	e.gauge("archive_lag_seconds", "How long ago all that was published is in the archive; 0 when everything is.", a.Behind.Seconds())
	e.gauge("archive_failing", "1 while nothing is archived.", number(a.Failing))
}

// cluster are the numbers of a cluster as this node sees it.
func (e exposed) cluster(c *seriatim.ClusterStatus) {
	e.gauge("cluster_known", "1 when the node could find out how the cluster is.", number(c != nil))
	e.gauge("cluster_leader_known", "1 when the log has a leader that this node knows.", number(c != nil && c.Leader != ""))
	if c == nil {
		return
	}
	e.gauge("cluster_log_head", "Position of the newest block in the log.", float64(c.Log.Head))
	e.gauge("cluster_log_bytes", "What the log takes on the disk of one node.", float64(c.Log.Bytes))
	e.gauge("cluster_log_quota_bytes", "What the log may take, 0 for no limit of its own.", float64(c.Log.QuotaBytes))
	e.gauge("cluster_log_alarm", "1 when the log takes no writes until an operator has acted.", number(c.Log.Alarm != ""))
	for i := range c.Nodes {
		e.node(&c.Nodes[i], c.Nodes[i].Name == c.Self)
	}
}

func (e exposed) node(n *seriatim.NodeStatus, self bool) {
	labels := []string{"node", n.Name, "region", n.Region, "role", n.Role}
	e.gauge("node_live", "1 when a node has reported lately.", number(n.Live), labels...)
	e.gauge("node_leader", "1 for the node that leads the log.", number(n.Leader), labels...)
	e.gauge("node_fenced", "1 for a node that has taken itself out of service.", number(n.Fenced != ""), labels...)
	e.gauge("node_lag_blocks", "Blocks of the log that a node has not applied yet.", float64(n.Lag), labels...)
	e.gauge("node_clock_offset_seconds", "How far a node's clock is ahead of its peers'.", float64(n.ClockOffset)/1e6, labels...)
	if !self {
		return
	}
	for to, micros := range n.RoundTrips {
		e.gauge("node_round_trip_seconds", "From this node to another and back.", float64(micros)/1e6, "to", to)
	}
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
