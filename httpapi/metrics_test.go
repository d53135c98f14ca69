package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"seriatim"
	"seriatim/httpapi"
)

// makeKey makes a key of the root database.
func (d *door) makeKey(fields string) (secret string) {
	d.t.Helper()
	r := d.must(d.post(`{"create_key":{"object":{`+fields+`}}}`), http.StatusCreated)
	var made struct{ Resource struct{ Secret string } }
	if err := json.Unmarshal([]byte(r.body), &made); err != nil {
		d.t.Fatal(err)
	}
	return made.Resource.Secret
}

// TestMetrics: the numbers are there, in good form, and count what happened.
func TestMetrics(t *testing.T) {
	d := start(t, httpapi.Options{Build: "test", Archive: func() httpapi.ArchiveStatus {
		return httpapi.ArchiveStatus{Position: 7, Lag: 3, Behind: 1500 * time.Millisecond, Failing: true}
	}})
	d.must(d.post(`{"create_collection":{"object":{"name":"stock"}}}`), http.StatusCreated)
	d.must(d.post(`1`), http.StatusOK)
	d.must(d.post(`{`), http.StatusBadRequest)
	d.must(d.do(http.MethodGet, "/nowhere", ""), http.StatusNotFound)
	d.must(d.do(http.MethodGet, "/ping", ""), http.StatusOK)
	body := d.must(d.do(http.MethodGet, "/metrics", ""), http.StatusOK).body
	for _, want := range []string{
		`seriatim_info{release="test"} 1`,
		`seriatim_requests_total{door="fql",status="201"} 1`,
		`seriatim_requests_total{door="fql",status="200"} 1`,
		`seriatim_requests_total{door="fql",status="400"} 1`,
		`seriatim_requests_total{door="none",status="404"} 1`,
		`seriatim_requests_total{door="ping",status="200"} 1`,
		`seriatim_requests_running{door="operator"} 1`,
		`seriatim_queries_total{kind="read",outcome="ok"} 1`,
		`seriatim_queries_total{kind="read",outcome="rejected"} 1`,
		`seriatim_queries_total{kind="write",outcome="ok"} 1`,
		`seriatim_query_seconds_count{kind="write"} 1`,
		`seriatim_fenced 0`,
		"seriatim_archive_position 7", "seriatim_archive_lag_blocks 3", "seriatim_archive_lag_seconds 1.5", "seriatim_archive_failing 1",
		`seriatim_cluster_leader_known 1`,
		`seriatim_node_live{node="single",region="",role="voter"} 1`,
		"\nseriatim_rate ", "\nseriatim_p99_seconds ", "\nseriatim_conflicts 0", "\nseriatim_lag_blocks 0", "\nseriatim_disk_bytes ", "\nseriatim_unavailable 0",
		"\nseriatim_log_append_seconds_count ", "\nseriatim_store_bytes ", "\ngo_goroutines ",
	} {
		if !strings.Contains("\n"+body, want) {
			t.Errorf("%q is not there", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "seriatim_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// TestOperatorsOnly: the server's numbers and its cluster are told to admins of the root
// database, and on a port of its own to whoever reaches that.
func TestOperatorsOnly(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.must(d.post(`{"create_database":{"object":{"name":"child"}}}`), http.StatusCreated)
	server := d.makeKey(`"role":"server"`)
	admin := d.makeKey(`"role":"admin"`)
	child := d.makeKey(`"role":"admin","database":{"database":"child"}`)
	for _, path := range []string{"/metrics", "/cluster"} {
		for authorization, status := range map[string]int{
			"": http.StatusUnauthorized, "Bearer wrong": http.StatusUnauthorized,
			"Bearer " + server: http.StatusForbidden, "Bearer " + child: http.StatusForbidden, "Bearer secret:child:admin": http.StatusForbidden,
			"Bearer " + admin: http.StatusOK, "Bearer secret": http.StatusOK,
		} {
			d.must(d.do(http.MethodGet, path, "", "Authorization", authorization), status)
		}
		d.must(d.do(http.MethodPost, path, ""), http.StatusMethodNotAllowed)
	}
	for _, path := range []string{"/ui/api/metrics", "/ui/api/cluster"} {
		d.must(d.browser().ask(http.MethodGet, path, ""), http.StatusUnauthorized)
		d.must(d.browser().signIn(child).ask(http.MethodGet, path, ""), http.StatusForbidden)
		d.must(d.browser().signIn(server).ask(http.MethodGet, path, ""), http.StatusForbidden)
		d.must(d.browser().signIn(admin).ask(http.MethodGet, path, ""), http.StatusOK)
	}
	inside := httptest.NewServer(d.server.Metrics())
	defer inside.Close()
	defer inside.Client().CloseIdleConnections()
	for path, status := range map[string]int{"/metrics": http.StatusOK, "/": http.StatusNotFound, "/cluster": http.StatusNotFound} {
		resp, err := inside.Client().Get(inside.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, status)
		}
	}
}

// TestDashboardMetrics: the dashboard's pages get the six numbers, and all others.
func TestDashboardMetrics(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.must(d.post(`{"create_collection":{"object":{"name":"stock"}}}`), http.StatusCreated)
	r := d.must(d.browser().signIn("secret").ask(http.MethodGet, "/ui/api/metrics", ""), http.StatusOK)
	var told struct {
		Now struct {
			Rate, P99, Writes float64
			Disk, Position    uint64
			At                int64
		}
		Every  float64
		Points []struct{ At int64 }
		All    []struct {
			Name, Type string
			Series     []struct {
				Labels map[string]string
				Value  float64
				Count  uint64
			}
		}
	}
	if err := json.Unmarshal([]byte(r.body), &told); err != nil {
		t.Fatal(err)
	}
	if n := told.Now; n.Rate <= 0 || n.P99 <= 0 || n.Writes <= 0 || n.Disk == 0 || n.Position == 0 || n.At == 0 || told.Every != 5 || told.Points == nil {
		t.Errorf("%s", shorten(r.body))
	}
	for _, f := range told.All {
		if f.Name == "seriatim_query_seconds" && f.Type == "histogram" && len(f.Series) == 2 && f.Series[0].Count > 0 {
			return
		}
	}
	t.Errorf("the times of queries are not among %d numbers", len(told.All))
}

// TestClusterDoor: a node tells what its cluster told it, and a single one itself.
func TestClusterDoor(t *testing.T) {
	single := start(t, httpapi.Options{Build: "test"})
	var told seriatim.ClusterStatus
	at, _ := single.db.Position()
	read := func(r reply) {
		t.Helper()
		told = seriatim.ClusterStatus{}
		if err := json.Unmarshal([]byte(r.body), &told); err != nil {
			t.Fatalf("%s: %v", r.body, err)
		}
	}
	read(single.must(single.do(http.MethodGet, "/cluster", ""), http.StatusOK))
	if len(told.Nodes) != 1 || told.Nodes[0].Name != told.Self || told.Leader != told.Self || told.Log.Head != uint64(at) || told.Nodes[0].Position != uint64(at) || !told.Nodes[0].Live {
		t.Errorf("%+v", told)
	}

	var broken atomic.Bool
	status := &seriatim.ClusterStatus{Self: "eu", Leader: "us", Log: seriatim.LogStatus{Head: 9, Bytes: 5, QuotaBytes: 10}, Nodes: []seriatim.NodeStatus{
		{Name: "eu", Region: "europe", Role: "voter", Live: true, Position: 7, Lag: 2, RoundTrips: map[string]int64{"us": 80_000}},
		{Name: "us", Region: "america", Role: "voter", Live: true, Leader: true, Position: 9, ClockOffset: -1500},
	}}
	d := start(t, httpapi.Options{Cluster: func(context.Context) (*seriatim.ClusterStatus, error) {
		if broken.Load() {
			return nil, errors.New("nobody answers")
		}
		return status, nil
	}})
	read(d.must(d.do(http.MethodGet, "/cluster", ""), http.StatusOK))
	if told.Self != "eu" || len(told.Nodes) != 2 || told.Nodes[0].RoundTrips["us"] != 80_000 {
		t.Errorf("%+v", told)
	}
	body := d.must(d.do(http.MethodGet, "/metrics", ""), http.StatusOK).body
	for _, want := range []string{
		"seriatim_lag_blocks 2\n", `seriatim_node_round_trip_seconds{to="us"} 0.08` + "\n",
		`seriatim_node_clock_offset_seconds{node="us",region="america",role="voter"} -0.0015` + "\n",
		"seriatim_cluster_log_bytes 5\n", "seriatim_cluster_log_quota_bytes 10\n", `seriatim_node_lag_blocks{node="eu",region="europe",role="voter"} 2` + "\n",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not there", want)
		}
	}
	b := d.browser().signIn("secret")
	read(b.must(b.ask(http.MethodGet, "/ui/api/cluster", ""), http.StatusOK))
	if told.Leader != "us" {
		t.Errorf("%+v", told)
	}
	broken.Store(true)
	d.wants(d.do(http.MethodGet, "/cluster", ""), http.StatusServiceUnavailable, "unavailable", "The state of the cluster could not be found out; the server's log says why.")
	d.must(b.ask(http.MethodGet, "/ui/api/cluster", ""), http.StatusServiceUnavailable)
}

// TestMetricsAfterClose: a database that is closed under a scrape is no reason to end.
func TestMetricsAfterClose(t *testing.T) {
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	s := httpapi.New(db, httpapi.Options{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Metrics().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK && w.Code != http.StatusInternalServerError {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
