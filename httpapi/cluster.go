package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"seriatim"
)

const (
	// statusPatience is how long a node may take to find out how its cluster is.
	statusPatience = 2 * time.Second
	// statusFresh is how old the cluster's state may be in the metrics.
	statusFresh = 2 * time.Second
)

// clusterView remembers how the cluster was a moment ago: it is asked for by every
// scrape and sample, and each time it may need the log.
type clusterView struct {
	mu     sync.Mutex
	status *seriatim.ClusterStatus
	at     time.Time
}

// cluster returns how the cluster is now.
func (s *Server) cluster(ctx context.Context) (*seriatim.ClusterStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, statusPatience)
	defer cancel()
	if s.options.Cluster != nil {
		return s.options.Cluster(ctx)
	}
	return s.alone()
}

// clusterNow returns how the cluster was lately, nil when that cannot be found out.
func (s *Server) clusterNow(ctx context.Context) *seriatim.ClusterStatus {
	v := &s.clusterView
	v.mu.Lock()
	defer v.mu.Unlock()
	if time.Since(v.at) < statusFresh {
		return v.status
	}
	v.status, _ = s.cluster(ctx)
	v.at = time.Now()
	return v.status
}

// alone is the state of a single node: a cluster of itself.
func (s *Server) alone() (*seriatim.ClusterStatus, error) {
	at, ts := s.db.Position()
	m, err := s.db.Metrics()
	if err != nil {
		return nil, err
	}
	flushed, err := s.db.Flushed()
	if err != nil {
		return nil, err
	}
	node := seriatim.NodeStatus{
		Name: aloneName, Role: "voter", Version: s.options.Build, Position: uint64(at), Flushed: uint64(flushed),
		Live: true, Leader: true, RoundTrips: map[string]int64{}, TS: ts,
	}
	if m.Fenced {
		node.Fenced = "The database was taken out of service."
	}
	return &seriatim.ClusterStatus{
		Self: aloneName, Leader: aloneName, Log: seriatim.LogStatus{Head: uint64(at)}, Nodes: []seriatim.NodeStatus{node},
	}, nil
}

// aloneName is the name of a node that is in no cluster.
const aloneName = "single"

// selfOf returns the node that answered, nil when there is none.
func selfOf(c *seriatim.ClusterStatus) *seriatim.NodeStatus {
	if c == nil {
		return nil
	}
	for i := range c.Nodes {
		if c.Nodes[i].Name == c.Self {
			return &c.Nodes[i]
		}
	}
	return nil
}

// showCluster answers an operator's program.
func (s *Server) showCluster(w http.ResponseWriter, r *http.Request) {
	status, err := s.cluster(r.Context())
	if err != nil {
		s.options.Logger.Error("the state of the cluster is not known", "err", err)
		s.refuse(w, r, clusterUnknown)
		return
	}
	body, err := json.Marshal(status)
	if err != nil {
		panic(err) // it is a structure of numbers and texts
	}
	s.reply(w, r, http.StatusOK, body)
}

// uiCluster answers the dashboard.
func (s *Server) uiCluster(w http.ResponseWriter, r *http.Request, _ *session) {
	status, err := s.cluster(r.Context())
	if err != nil {
		s.options.Logger.Error("the state of the cluster is not known", "err", err)
		s.uiFail(w, clusterUnknown)
		return
	}
	s.uiAnswer(w, status)
}

var clusterUnknown = &problem{http.StatusServiceUnavailable, "unavailable", "The state of the cluster could not be found out; the server's log says why."}
