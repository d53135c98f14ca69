package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// Report is everything one run found out.
type Report struct {
	// When and Machine tell where the figures come from; only ratios carry over to
	// another machine.
	When    string `json:"when"`
	Machine string `json:"machine"`
	// PeerSettings are what the peer's database says of itself, read back from it.
	PeerSettings map[string]string `json:"peer_settings,omitempty"`
	Points       []Point           `json:"points"`
	Ratios       []Ratio           `json:"ratios,omitempty"`
	// Bounds are of what one client waited for.
	Bounds []Bound `json:"bounds,omitempty"`
}

// Bound compares a median latency with what is wanted of it.
type Bound struct {
	System     string  `json:"system"`
	Operation  string  `json:"operation"`
	P50Micros  float64 `json:"p50_us"`
	RoundTrips float64 `json:"round_trips"` // that it took, of those between nodes
	Most       float64 `json:"most_us"`
}

// WriteJSON writes the report as one indented JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}

// WriteTable writes the report for people.
func (r *Report) WriteTable(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s\n", r.When, r.Machine)
	for _, name := range slices.Sorted(maps.Keys(r.PeerSettings)) {
		fmt.Fprintf(w, "peer: %s = %s\n", name, r.PeerSettings[name])
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nworkload\tclients\tsystem\trun\ttx/s\tp50 ms\tp99 ms\tretries/tx\tserver CPU us/tx\tclient CPU us/tx\tother cores\tmemory MiB\tfailed\t")
	for _, p := range r.Points {
		fmt.Fprintf(t, "%s\t%d\t%s\t%d\t%.0f\t%.2f\t%.2f\t%.3f\t%s\t%s\t%.2f\t%s\t%d\t\n",
			p.Operation, p.Clients, p.System, p.Repeat, p.PerSecond, p.P50Micros/1e3, p.P99Micros/1e3, p.Retries,
			known(p.ServerMicros), known(p.ClientMicros), p.OtherCores, known(float64(p.Memory)/(1<<20)), p.Failed)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	r.writeFailures(w)
	return errors.Join(r.writeRatios(w), r.writeBounds(w))
}

func (r *Report) writeBounds(w io.Writer) error {
	if len(r.Bounds) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nWhat one client waits for:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "region\toperation\tp50 ms\tround trips\twanted, ms\t\t")
	for _, b := range r.Bounds {
		word := "holds"
		if b.P50Micros > b.Most {
			word = "*** MISSED ***"
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%.2f\t<= %.1f\t%s\t\n", b.System, b.Operation, b.P50Micros/1e3, b.RoundTrips, b.Most/1e3, word)
	}
	return t.Flush()
}

// known writes a figure, or a dash for one that could not be had.
func known(f float64) string {
	if f == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", f)
}

func times(f float64) string {
	if f == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", f)
}

func (r *Report) writeFailures(w io.Writer) {
	for _, p := range r.Points {
		if p.Failed > 0 {
			fmt.Fprintf(w, "\n%s, %s, %d clients: %d answers were errors; the first: %s\n", p.System, p.Operation, p.Clients, p.Failed, p.Failure)
		}
	}
}

func (r *Report) writeRatios(w io.Writer) error {
	if len(r.Ratios) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nThe median of our runs against the peer's best, or the median of FQL's:")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "workload\tclients\tsystem\ttx/s\tagainst\tits tx/s\tratio\twanted\t\tp50 its/ours\tCPU its/ours\t")
	for _, x := range r.Ratios {
		fmt.Fprintf(t, "%s\t%d\t%s\t%.0f\t%s\t%.0f\t%.2f\t%s\t%s\t%s\t%s\t\n",
			x.Operation, x.Clients, x.System, x.Ours, x.Against, x.Peer, x.Ratio, wanted(x), verdict(x), times(x.Latency), times(x.CPU))
	}
	return t.Flush()
}

func wanted(r Ratio) string {
	if r.Wanted == 0 {
		return ""
	}
	if r.Clients == 1 {
		return fmt.Sprintf("p50 >= %.1f", r.Wanted)
	}
	return fmt.Sprintf(">= %.1f", r.Wanted)
}

func verdict(r Ratio) string {
	switch {
	case r.Wanted == 0:
		return "reported only"
	case r.Holds:
		return "holds"
	}
	return "*** MISSED ***"
}

// Failed tells whether any answer of any measurement was an error.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Points, func(p Point) bool { return p.Failed > 0 })
}
