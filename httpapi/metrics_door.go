package httpapi

import (
	"math"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// newRegistry returns everything that is measured here.
func (s *Server) newRegistry() *prometheus.Registry {
	all := prometheus.NewRegistry()
	all.MustRegister(collector{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return all
}

// Metrics returns the handler of an inside port: GET /metrics for whoever reaches it,
// and nothing else. The public port asks for the secret of an admin of the root.
func (s *Server) Metrics() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.exposition)
	return mux
}

// newExposition returns the handler that writes all numbers in Prometheus's form.
func (s *Server) newExposition() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, Timeout: 3 * statusPatience, MaxRequestsInFlight: 4,
	})
}

// showMetrics answers an operator's program.
func (s *Server) showMetrics(w http.ResponseWriter, r *http.Request) {
	s.writeDeadline(w)
	s.exposition.ServeHTTP(w, r)
}

// operating lets only operators in: those with the secret of an admin of the root.
func (s *Server) operating(serve http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			arrived(w, r)
		}
		if p := s.operates(r, r.Header.Get("Authorization")); p != nil {
			s.refuse(w, r, p)
			return
		}
		serve(w, r)
	}
}

// uiOperating is operating for the sessions of the dashboard.
func (s *Server) uiOperating(serve func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return s.signedIn(func(w http.ResponseWriter, r *http.Request, one *session) {
		if p := s.operates(r, authorization(one.secret, nil)); p != nil {
			s.turnAway(w, one, p)
			return
		}
		serve(w, r, one)
	})
}

// operates tells why the one who sends the header is no operator, nil for one who is.
func (s *Server) operates(r *http.Request, header string) *problem {
	ok, err := s.db.Operates(r.Context(), header)
	switch {
	case err != nil:
		s.options.Logger.Error("query failed", "err", err)
		return &problem{http.StatusServiceUnavailable, "unavailable", "The server could not find out whose secret this is."}
	case ok:
		return nil
	}
	if p := s.probe(r, header); p != nil && p.status == http.StatusUnauthorized {
		return p
	}
	return &problem{http.StatusForbidden, "permission denied", "This is for the secret of an admin of the root database."}
}

// metricsAnswer is what the dashboard's pages of numbers show.
type metricsAnswer struct {
	// Now is the numbers of the last minute, Points those of the last quarter of an hour,
	// each of Every seconds.
	Now    point    `json:"now"`
	Every  float64  `json:"every"`
	Points []point  `json:"points"`
	All    []family `json:"all"`
}

// family is one number of the metrics, for each set of its labels.
type family struct {
	Name   string   `json:"name"`
	Help   string   `json:"help"`
	Type   string   `json:"type"`
	Series []series `json:"series"`
}

// series is a number, or how many and how much for one that is distributed.
type series struct {
	Labels map[string]string `json:"labels,omitempty"`
	Value  float64           `json:"value"`
	Count  uint64            `json:"count,omitempty"`
}

// uiMetrics answers the dashboard.
func (s *Server) uiMetrics(w http.ResponseWriter, r *http.Request, _ *session) {
	one, err := s.sample(r.Context())
	if err == nil {
		var all []*dto.MetricFamily
		if all, err = s.registry.Gather(); err == nil {
			s.uiAnswer(w, &metricsAnswer{s.history.now(one), sampleEvery.Seconds(), s.history.points(), families(all)})
			return
		}
	}
	s.options.Logger.Error("the numbers could not be read", "err", err)
	s.uiFail(w, &problem{http.StatusServiceUnavailable, "unavailable", "The numbers could not be read; the server's log says why."})
}

func families(all []*dto.MetricFamily) []family {
	out := make([]family, 0, len(all))
	for _, f := range all {
		one := family{Name: f.GetName(), Help: f.GetHelp(), Type: strings.ToLower(f.GetType().String())}
		for _, m := range f.GetMetric() {
			if v := seriesOf(m); !math.IsNaN(v.Value) && !math.IsInf(v.Value, 0) {
				one.Series = append(one.Series, v)
			}
		}
		out = append(out, one)
	}
	return out
}

func seriesOf(m *dto.Metric) series {
	v := series{Value: m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()}
	if h := m.GetHistogram(); h != nil {
		v.Value, v.Count = h.GetSampleSum(), h.GetSampleCount()
	} else if h := m.GetSummary(); h != nil {
		v.Value, v.Count = h.GetSampleSum(), h.GetSampleCount()
	}
	for _, l := range m.GetLabel() {
		if v.Labels == nil {
			v.Labels = map[string]string{}
		}
		v.Labels[l.GetName()] = l.GetValue()
	}
	return v
}
