package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"seriatim"
	"seriatim/cluster"
)

func (p *program) clusterStatusCommand() *cobra.Command {
	var f adminFlags
	c := &cobra.Command{
		Use:   "status",
		Short: "Show nodes, log and round trips",
		Long: "Show how the cluster looks from one of its nodes: by the doors between nodes (--data or --via), or by a node's\n" +
			"public address (--endpoint) with the root secret.\n\n" +
			"LAG is in blocks of the log. A node that is down is shown as it last was.\n\n" +
			"Exit codes: 0 success, 1 a node is down or out of service, or the log takes no writes, 2 usage, 3 no connection,\n4 unauthorized.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := p.statusOf(c.Context(), &f)
			if err != nil {
				return clusterFailed("status", err)
			}
			return p.showStatus(s, f.json)
		},
	}
	p.adminFlags(c, &f)
	p.targetFlags(c, &f.target)
	return c
}

func (p *program) statusOf(ctx context.Context, f *adminFlags) (*seriatim.ClusterStatus, error) {
	if f.via == "" && f.data == "" && (f.endpoint != "" || f.secret != "" || p.getenv("SERIATIM_ENDPOINT") != "") {
		return f.target.clusterStatus(ctx)
	}
	to, err := f.contact()
	if err != nil {
		return nil, err
	}
	defer to.Close()
	return to.Status(ctx)
}

// clusterStatus asks a node's public door.
func (t *target) clusterStatus(ctx context.Context) (*seriatim.ClusterStatus, error) {
	c, err := t.client() // fills the target in, and checks it
	if err != nil {
		return nil, err
	}
	c.Close()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(t.endpoint, "/")+"/cluster", nil)
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth(t.secret, "")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fail(exitConnection, "cluster status: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return nil, fail(exitConnection, "cluster status: %v", err)
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return nil, fail(exitUnauthorized, "cluster status: the secret is not that of an admin of the whole server")
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %s", resp.Status, text)
	}
	s := new(seriatim.ClusterStatus)
	return s, json.Unmarshal(text, s)
}

// showStatus prints a status; one in which something is wrong has an exit code.
func (p *program) showStatus(s *seriatim.ClusterStatus, asJSON bool) error {
	if asJSON {
		text, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintln(p.out, string(text))
	} else {
		writeStatus(p.out, s)
	}
	for _, n := range s.Nodes {
		if !n.Live || n.Fenced != "" {
			return fail(exitQuery, "")
		}
	}
	if s.Log.Alarm != "" {
		return fail(exitQuery, "")
	}
	return nil
}

func writeStatus(out io.Writer, s *seriatim.ClusterStatus) {
	log := fmt.Sprintf("Log: positions %d to %d, %s", s.Log.Oldest, s.Log.Head, byteSize(s.Log.Bytes))
	if s.Log.Oldest > s.Log.Head {
		log = fmt.Sprintf("Log: nothing after position %d yet, %s", s.Log.Head, byteSize(s.Log.Bytes))
	}
	if s.Log.QuotaBytes > 0 {
		log += fmt.Sprintf(" of %s", byteSize(s.Log.QuotaBytes))
	}
	fmt.Fprintf(out, "%s, %s. Seen from %s.\n\n", log, leaderOf(s), s.Self)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "NODE\tREGION\tROLE\tSTATE\tPOSITION\tLAG\tROUND TRIPS\tCLOCK\tRELEASE\tADDRESS")
	for _, n := range s.Nodes {
		role := n.Role
		if n.Leader {
			role = "leader"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\t%s\t%s\n", n.Name, n.Region, role, stateOf(n), n.Position, n.Lag,
			roundTrips(n.RoundTrips), clockOf(n.ClockOffset), cmp.Or(n.Version, "-"), cmp.Or(n.Address, "-"))
	}
	_ = w.Flush()
	for _, n := range s.Nodes {
		if n.Fenced != "" {
			fmt.Fprintf(out, "\n%s is out of service: %s\n", n.Name, n.Fenced)
		}
	}
	if s.Log.Alarm != "" {
		fmt.Fprintf(out, "\nThe log takes no writes: %s. See docs/operating.md.\n", s.Log.Alarm)
	}
}

func leaderOf(s *seriatim.ClusterStatus) string {
	voters := slices.ContainsFunc(s.Nodes, func(n seriatim.NodeStatus) bool { return n.Role == cluster.Voter })
	switch {
	case !voters:
		return "kept by an etcd cluster of yours"
	case s.Leader == "":
		return "nobody leads it"
	}
	return s.Leader + " leads it"
}

func stateOf(n seriatim.NodeStatus) string {
	switch {
	case !n.Live:
		return "DOWN"
	case n.Fenced != "":
		return "FENCED"
	}
	return "up"
}

// roundTrips are those to the other nodes, by their names.
func roundTrips(all map[string]int64) string {
	var text []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		text = append(text, name+" "+micros(all[name]))
	}
	return cmp.Or(strings.Join(text, ", "), "-")
}

// micros is a time in microseconds, short enough for a column.
func micros(us int64) string {
	if us < 0 {
		return "-" + micros(-us)
	}
	d := time.Duration(us) * time.Microsecond
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(us)/1000)
	case d < 10*time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func clockOf(us int64) string {
	switch {
	case -50 < us && us < 50:
		return "0"
	case us > 0:
		return "+" + micros(us)
	}
	return micros(us)
}

// byteSize is a number of bytes in a unit that fits it.
func byteSize(n int64) string {
	const units = "KMGTP"
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n)/(1<<10), 0
	for value >= 1024 && unit < len(units)-1 {
		value /= 1024
		unit++
	}
	return strings.Replace(fmt.Sprintf("%.1f %ciB", value, units[unit]), ".0 ", " ", 1)
}

// clusterFailed gives an error of a subcommand its exit code.
func clusterFailed(verb string, err error) error {
	var f *failure
	var u *usage
	switch {
	case errors.As(err, &f):
		return err
	case errors.As(err, &u), errors.Is(err, cluster.ErrNoNode):
		return fail(exitUsage, "cluster %s: %v", verb, err)
	case errors.Is(err, cluster.ErrRefused), errors.Is(err, cluster.ErrUnknown):
		return fail(exitQuery, "cluster %s: %v", verb, err)
	}
	return fail(exitQuery, "cluster %s: %v", verb, err)
}
