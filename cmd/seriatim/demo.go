package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"seriatim/client"
	"seriatim/docs/tutorial"
	"seriatim/shell"
	"seriatim/syntax"
)

// demoFlags are the flags of demo.
type demoFlags struct {
	exit   bool
	listen string

	regions, seconds int
	roundTrip        time.Duration
}

func (p *program) demoCommand() *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the shop: create it, order from it, and race for the last stock",
		Long: "Start a server with embedded storage in a temporary directory, create a shop, submit the four orders of the tutorial\n" +
			"and print every query and result. Exit status 1 means that a result was not the one the script states.\n\n" +
			"With --regions, start a cluster instead, a node in each region as a process of its own with the network's distance\n" +
			"between them, hold a flash sale in all of them at once, cut a region off while it sells, heal it, and count.\n" +
			"Exit status 1 means that a piece was sold twice or lost, or that anything else was not as promised.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("regions") {
				return p.demoRegions(c.Context(), &f)
			}
			return p.demo(c.Context(), &f)
		},
	}
	c.Flags().BoolVar(&f.exit, "exit", false, "end after the last query, also on a terminal")
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:0", "`host:port` to listen on")
	c.Flags().IntVar(&f.regions, "regions", 3, "`number` of regions, 3 to 5, with a node in each")
	c.Flags().DurationVar(&f.roundTrip, "rtt", 50*time.Millisecond, "`time` of a round trip between two regions")
	c.Flags().IntVar(&f.seconds, "seconds", 18, "how long the sale lasts, in `seconds`")
	return c
}

// demo runs the tutorial against a server of its own, over HTTP like anyone.
func (p *program) demo(ctx context.Context, f *demoFlags) error {
	server, err := p.startEmbedded(f.listen, devSecret)
	if err != nil {
		return fail(exitQuery, "demo: %v", err)
	}
	defer server.stop()
	c, err := client.New(server.url, devSecret, client.Options{})
	if err != nil {
		return fail(exitQuery, "demo: %v", err)
	}
	defer c.Close()
	fmt.Fprintf(p.out, "Seriatim %s at %s, secret %q\nDashboard  %s\n", Version, server.url, devSecret, dashboardAt(server.url))
	d := &demonstration{p: p, c: c, color: isTerminal(p.out) && p.getenv("NO_COLOR") == ""}
	if err := d.run(ctx); err != nil {
		return err
	}
	if !f.exit && isTerminal(p.out) {
		fmt.Fprintf(p.out, "\nThe shop stays open. Sign in with the secret %q:\n\n  Dashboard  %s\n  Shell      %s shell --endpoint %s --secret %s\n\nPress Ctrl-C to end.\n",
			devSecret, dashboardAt(server.url), invocation(), server.url, devSecret)
		<-ctx.Done()
	}
	return nil
}

// demonstration runs the steps and counts those that went otherwise than stated.
type demonstration struct {
	p     *program
	c     *client.Client
	color bool
	wrong int
}

func (d *demonstration) run(ctx context.Context) error {
	steps := tutorial.Steps()
	race := len(steps) - 2
	for _, s := range steps[:race] {
		if err := d.step(ctx, s); err != nil {
			return fail(exitConnection, "demo: %v", err)
		}
	}
	if err := d.race(ctx, steps[race], steps[race+1]); err != nil {
		return fail(exitConnection, "demo: %v", err)
	}
	if d.wrong > 0 {
		return fail(exitQuery, "demo: %d results were not what the script states", d.wrong)
	}
	fmt.Fprintln(d.p.out, "\nEvery result is what the script states.")
	return nil
}

// step runs one file and prints it with its results.
func (d *demonstration) step(ctx context.Context, s tutorial.Step) error {
	d.heading(s)
	printed, failed, err := runQueries(ctx, d.c, s.Query)
	if err != nil {
		return err
	}
	d.print(printed, failed)
	d.check(s, printed)
	return nil
}

// heading prints what a step is called and its query, as it could be pasted.
func (d *demonstration) heading(s tutorial.Step) {
	fmt.Fprintf(d.p.out, "\n%s\n", d.bold(s.Name))
	query := strings.TrimRight(s.Query, "\n")
	if d.color {
		query = shell.Colored(query)
	}
	fmt.Fprintln(d.p.out, query)
}

// print prints what a step printed, below its query.
func (d *demonstration) print(printed string, failed bool) {
	if d.color && !failed {
		printed = shell.Colored(printed)
	}
	fmt.Fprintln(d.p.out, indent(printed))
}

func (d *demonstration) check(s tutorial.Step, printed string) {
	if got := tutorial.Mask(printed); strings.TrimSpace(got) != strings.TrimSpace(s.Want) {
		d.wrong++
		fmt.Fprintf(d.p.out, "NOT AS STATED, the script says:\n%s\n", indent(s.Want))
	}
}

// race submits both orders at the same instant, from two clients.
func (d *demonstration) race(ctx context.Context, a, b tutorial.Step) error {
	d.heading(a)
	d.heading(b)
	sides := [2]side{{step: a}, {step: b}}
	if err := d.runSides(ctx, &sides); err != nil {
		return err
	}
	winner, loser := &sides[0], &sides[1]
	if winner.failed {
		winner, loser = loser, winner
	}
	d.check(winner.step, winner.printed)
	fmt.Fprintf(d.p.out, "\n%s won:\n", d.bold(winner.step.Name))
	d.print(winner.printed, winner.failed)
	fmt.Fprintf(d.p.out, "\n%s lost:\n", d.bold(loser.step.Name))
	reason, _, _ := strings.Cut(loser.printed, "\n")
	d.print(reason, true)
	if winner.failed || !loser.failed {
		d.wrong++
		fmt.Fprintln(d.p.out, "NOT AS STATED: exactly one of the two must win.")
		return nil
	}
	d.times(winner.printed, loser.printed)
	return nil
}

// side is one of the two clients of the race.
type side struct {
	step    tutorial.Step
	printed string
	failed  bool
	err     error
}

func (d *demonstration) runSides(ctx context.Context, sides *[2]side) error {
	start := make(chan struct{})
	done := make(chan struct{})
	for i := range sides {
		c, err := d.c.Another()
		if err != nil {
			return err
		}
		defer c.Close()
		// The first query of a connection pays for its making; the race should not.
		if _, err := c.Send(ctx, []byte(`{"now":null}`)); err != nil {
			return err
		}
		go func(s *side) {
			<-start
			s.printed, s.failed, s.err = runQueries(ctx, c, s.step.Query)
			done <- struct{}{}
		}(&sides[i])
	}
	close(start)
	<-done
	<-done
	if sides[0].err != nil {
		return sides[0].err
	}
	return sides[1].err
}

// times prints when the winner's order was made, when the loser asked, and how
// far apart that is.
func (d *demonstration) times(won, lost string) {
	made := between(won, `creationDate: Time("`, `"`)
	asked := between(lost, "requested at [", "]")
	t1, err1 := time.Parse(time.RFC3339Nano, made)
	t2, err2 := time.Parse(time.RFC3339Nano, asked)
	if err1 != nil || err2 != nil {
		d.wrong++
		fmt.Fprintln(d.p.out, "NOT AS STATED: no times in the results.")
		return
	}
	fmt.Fprintf(d.p.out, "\nThe winner's order was created at %s,\nthe loser requested at            %s:\n%s apart, and still exactly one of them got the stock.\n",
		made, asked, t2.Sub(t1).Abs())
}

func (d *demonstration) bold(s string) string {
	if d.color {
		return "\x1b[1m" + s + "\x1b[0m"
	}
	return s
}

// runQueries runs the queries of a text in order and returns what they print; an
// error of a query is part of that and ends it.
func runQueries(ctx context.Context, c *client.Client, text string) (printed string, failed bool, err error) {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		return "", false, err
	}
	var out []string
	for _, q := range queries {
		r, err := c.Query(ctx, q.Expr)
		if e, ok := err.(*client.Error); ok {
			return strings.Join(append(out, e.Lines()...), "\n"), true, nil
		}
		if err != nil {
			return "", false, err
		}
		v, err := r.Value()
		if err != nil {
			return "", false, err
		}
		out = append(out, syntax.Inspect(v, syntax.InspectWidth))
	}
	return strings.Join(out, "\n"), false, nil
}

// invocation is how a person started this program, as far as can be told: "go run"
// leaves the program in a folder of its own that is gone afterwards.
func invocation() string {
	file, err := os.Executable()
	if err == nil && strings.Contains(file, "go-build") {
		return "go run ./cmd/seriatim"
	}
	return os.Args[0]
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
