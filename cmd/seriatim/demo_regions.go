package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"seriatim"
	"seriatim/client"
	"seriatim/docs/tutorial"
)

// regionNames are the regions of the demonstration, in the order in which they start.
var regionNames = []string{"eu", "us", "ap", "sa", "af"}

const (
	saleProduct   = "27" // the tutorial's are 21 to 26
	warmUpProduct = "28"
	warmUp        = 2 * time.Second
	// settling is how long orders of unknown end may take to get one, and a healed
	// region to catch up.
	settling = 30 * time.Second
)

// demoRegions runs nodes in several regions and sells in all of them at once.
func (p *program) demoRegions(ctx context.Context, f *demoFlags) error {
	if err := f.checkRegions(); err != nil {
		return fail(exitUsage, "demo: %v", err)
	}
	fmt.Fprintf(p.out, "Seriatim %s: one database in %d regions, %s apart\n", Version, f.regions, f.roundTrip)
	d := &regionsDemo{p: p, f: f, color: isTerminal(p.out) && p.getenv("NO_COLOR") == ""}
	start := time.Now()
	w, err := p.startWorld(ctx, regionNames[:f.regions], f.roundTrip)
	if err != nil {
		return fail(exitQuery, "demo: %v", err)
	}
	defer w.stop()
	d.world = w
	if err := d.run(ctx, start); err != nil {
		if ctx.Err() != nil {
			return fail(exitQuery, "demo: stopped")
		}
		return fail(exitQuery, "demo: %v", errors.Join(err, w.ended()))
	}
	if len(d.sale.wrong) > 0 {
		return fail(exitQuery, "demo: %d things were not as promised", len(d.sale.wrong))
	}
	if !f.exit && isTerminal(p.out) {
		d.stayOpen(ctx)
	}
	return nil
}

func (f *demoFlags) checkRegions() error {
	switch {
	case f.regions < 3 || f.regions > len(regionNames):
		return fmt.Errorf("--regions is 3 to %d, not %d: a majority must be left when one is cut off", len(regionNames), f.regions)
	case f.roundTrip < 0 || f.roundTrip > 300*time.Millisecond:
		return fmt.Errorf("--rtt is 0 to 300ms, not %s", f.roundTrip)
	case f.seconds < 6 || f.seconds > 3600:
		return fmt.Errorf("--seconds is 6 to 3600, not %d", f.seconds)
	}
	return nil
}

// regionsDemo is the demonstration over nodes that run.
type regionsDemo struct {
	p     *program
	f     *demoFlags
	world *world
	sale  *sale
	color bool
	cut   string    // the region that is cut off, at some time
	apart bool      // it is cut off now
	began time.Time // of the sale
	state string    // what all nodes have in the end
	drawn int       // lines of the table on the terminal
}

func (d *regionsDemo) run(ctx context.Context, start time.Time) error {
	if err := d.createShop(ctx); err != nil {
		return err
	}
	status, err := d.world.status(ctx, regionNames[0])
	if err != nil {
		return err
	}
	for _, r := range d.world.regions {
		fmt.Fprintf(d.p.out, "  %-3s %s  %s\n", r.name, r.url, d.dim(d.leads(status, r.name)))
	}
	fmt.Fprintf(d.p.out, "Up after %.1f s, the tutorial's shop included.\n", time.Since(start).Seconds())
	d.cut = d.follower(status)
	stock, err := d.calibrate(ctx)
	if err != nil {
		return err
	}
	if err := d.sell(ctx, stock); err != nil {
		return err
	}
	return d.account(ctx)
}

// leads says what a region's node is to the log.
func (d *regionsDemo) leads(s *seriatim.ClusterStatus, name string) string {
	if s.Leader == name {
		return "leads the log"
	}
	return ""
}

// follower is the last region whose node does not lead the log.
func (d *regionsDemo) follower(s *seriatim.ClusterStatus) string {
	for _, r := range slices.Backward(d.world.regions) {
		if r.name != s.Leader {
			return r.name
		}
	}
	return d.world.regions[0].name
}

// createShop runs the tutorial up to its function, and adds what is on sale.
func (d *regionsDemo) createShop(ctx context.Context) error {
	c := d.world.regions[0].c
	for _, s := range tutorial.Steps()[:8] {
		if printed, failed, err := runQueries(ctx, c, s.Query); err != nil || failed {
			return fmt.Errorf("%s: %s %w", s.Name, printed, err)
		}
	}
	return nil
}

// stockUp puts a product on the shelf and returns when every session can see it.
func (d *regionsDemo) stockUp(ctx context.Context, id string, stock int) error {
	query := fmt.Sprintf(`Create(Ref(Collection("products"), "%s"), {data: {name: "lighthouse lamp", price: 49.5, quantity: %d, backorderLimit: 10, backordered: false}})`, id, stock)
	if printed, failed, err := runQueries(ctx, d.world.regions[0].c, query); err != nil || failed {
		return fmt.Errorf("stocking up: %s %w", printed, err)
	}
	wait := fmt.Sprintf(`Exists(Ref(Collection("products"), "%s"))`, id)
	for _, r := range d.world.regions[1:] {
		for {
			printed, _, err := runQueries(ctx, r.c, wait)
			if err != nil {
				return err
			}
			if printed == "true" {
				break
			}
			pause(ctx, 20*time.Millisecond)
		}
	}
	return nil
}

// calibrate sells for a moment to find out how much can be sold, so that the sale
// sells out about when the time is over.
func (d *regionsDemo) calibrate(ctx context.Context) (stock int, err error) {
	const plenty = 1_000_000
	if err := d.stockUp(ctx, warmUpProduct, plenty); err != nil {
		return 0, err
	}
	short, cancel := context.WithTimeout(ctx, warmUp)
	defer cancel()
	s := newSale(warmUpProduct, plenty, d.world.regions)
	s.start(short, ctx)
	s.wg.Wait()
	if len(s.wrong) > 0 {
		return 0, errors.New(s.wrong[0])
	}
	rate := float64(s.total().pieces) / warmUp.Seconds()
	for _, r := range d.world.regions {
		r.turn()
	}
	// A region less for a third of the time.
	return max(int(rate*float64(d.f.seconds)*0.8)/10*10, 60), ctx.Err()
}

// sell runs the sale: together, with a region cut off, together again.
func (d *regionsDemo) sell(ctx context.Context, stock int) error {
	if err := d.stockUp(ctx, saleProduct, stock); err != nil {
		return err
	}
	fmt.Fprintf(d.p.out, "\n%s of %d lamps: %d customers in each region call submit_order.\n", d.bold("A flash sale"), stock, saleCustomers)
	d.began = time.Now()
	selling, close := context.WithCancel(ctx)
	settle, giveUp := context.WithCancel(ctx)
	defer giveUp()
	defer close()
	d.sale = newSale(saleProduct, stock, d.world.regions)
	d.sale.start(selling, settle)
	third := time.Duration(d.f.seconds) * time.Second / 3

	d.phase(ctx, "all together", third)
	d.apart = true
	d.world.network.Isolate(d.cut)
	d.phase(ctx, d.cut+" is cut off", third)
	d.world.network.HealAll()
	d.apart = false
	healed := time.Now()
	head := d.newest()
	caught := d.caughtUp(ctx, head)
	note := fmt.Sprintf("healed; %s caught up in %.1f s", d.cut, caught.Sub(healed).Seconds())
	d.phase(ctx, note, 2*third-time.Since(healed))
	close()
	give := time.AfterFunc(settling, giveUp)
	defer give.Stop()
	d.sale.wg.Wait()
	return ctx.Err()
}

// newest is the newest transaction that any session was told of.
func (d *regionsDemo) newest() int64 {
	var newest int64
	for _, r := range d.world.regions {
		r.note(func() { newest = max(newest, r.newest) })
	}
	return newest
}

// caughtUp waits until the region that was cut off has what the others had sold.
func (d *regionsDemo) caughtUp(ctx context.Context, head int64) time.Time {
	for ctx.Err() == nil {
		if status, err := d.world.status(ctx, d.cut); err == nil {
			for _, n := range status.Nodes {
				if n.Name == d.cut && n.TS >= head {
					return time.Now()
				}
			}
		}
		pause(ctx, 20*time.Millisecond)
	}
	return time.Now()
}

// phase waits while the sale goes on, draws it, and ends early when nothing is left.
func (d *regionsDemo) phase(ctx context.Context, what string, long time.Duration) {
	end := time.Now().Add(long)
	for time.Now().Before(end) && ctx.Err() == nil && !d.sale.soldOut() {
		if d.color {
			d.draw(what)
		}
		wait, cancel := context.WithDeadline(ctx, end)
		select {
		case <-d.sale.over:
		case <-wait.Done():
		case <-time.After(250 * time.Millisecond):
		}
		cancel()
	}
	d.draw(what)
	d.drawn = 0
	for _, r := range d.world.regions {
		r.turn()
	}
}

// account compares what the customers were told with what the database holds.
func (d *regionsDemo) account(ctx context.Context) error {
	s := d.sale
	told := s.total()
	var first string
	for _, r := range d.world.regions {
		held, err := d.held(ctx, r.c)
		if err != nil {
			return fmt.Errorf("counting in %s: %w", r.name, err)
		}
		text := fmt.Sprintf("%d orders, %d lamps, %d left", held.orders, held.pieces, held.left)
		if first == "" {
			first = text
		}
		if text != first {
			s.never("%s holds %s, %s holds %s", r.name, text, regionNames[0], first)
		}
		if held.orders != told.sold || held.pieces != told.pieces || held.left != s.stock-told.pieces || held.left < 0 {
			s.never("%s holds %s; customers were told of %d orders, %d lamps of %d", r.name, text, told.sold, told.pieces, s.stock)
		}
	}
	if err := d.compareDigests(ctx); err != nil {
		return err
	}
	fmt.Fprintln(d.p.out)
	for _, wrong := range s.wrong {
		fmt.Fprintf(d.p.out, "NOT AS PROMISED: %s\n", wrong)
	}
	if len(s.wrong) > 0 {
		return nil
	}
	fmt.Fprintf(d.p.out, "%s %d lamps = %d sold in %d orders + %d left, in every region.\n%s %s\n",
		d.bold("Exact:"), s.stock, told.pieces, told.sold, s.stock-told.pieces, d.bold("Equal:"), d.state)
	fmt.Fprintf(d.p.out, "%d orders were refused as nothing was left; %d as %s had no majority, with nothing written.\n", told.noStock, told.refused, d.cut)
	fmt.Fprintf(d.p.out, "%d answers were lost, and asked for again with the same idempotency key.\n", told.unsure)
	fmt.Fprintf(d.p.out, "%d reads in sessions, none behind what its session had seen.\n", told.reads)
	return nil
}

// compareDigests wants all nodes to have one state at one position, as soon as they all
// have said theirs there.
func (d *regionsDemo) compareDigests(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	for {
		status, err := d.world.status(ctx, d.cut)
		if err != nil {
			return err
		}
		if at, digests, ok := oneState(status); ok {
			if len(digests) > 1 {
				d.sale.never("the nodes have different states at position %d: %v", at, digests)
			}
			d.state = fmt.Sprintf("all %d nodes are at position %d of the log with the digest %s.", len(status.Nodes), at, digests[0])
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.New("the nodes do not come to one position")
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// oneState returns the digests that nodes have at the position that they all have; ok is
// false while they have not.
func oneState(s *seriatim.ClusterStatus) (at uint64, digests []string, ok bool) {
	at = s.Nodes[0].Position
	for _, n := range s.Nodes {
		if n.Position != at || n.Digest == "" || !n.Live {
			return 0, nil, false
		}
		digests = append(digests, n.Digest)
	}
	slices.Sort(digests)
	return at, slices.Compact(digests), true
}

// holding is what a region's node holds of the sale.
type holding struct{ orders, pieces, left int }

// held counts in one transaction, in the region's session.
func (d *regionsDemo) held(ctx context.Context, c *client.Client) (h holding, err error) {
	query := fmt.Sprintf(`Let({
		orders: Filter(Select("data", Paginate(Documents(Collection("orders")), {size: 100000})),
			Lambda("o", Equals(Select(["data", "line", 0, "product"], Get(Var("o"))), Ref(Collection("products"), "%s"))))
	}, [
		Count(Var("orders")),
		Sum(Map(Var("orders"), Lambda("o", Select(["data", "line", 0, "quantity"], Get(Var("o")))))),
		Select(["data", "quantity"], Get(Ref(Collection("products"), "%[1]s")))
	])`, saleProduct)
	printed, failed, err := runQueries(ctx, c, query)
	if err != nil || failed {
		return h, fmt.Errorf("%s %w", printed, err)
	}
	var counts [3]int
	if err := json.Unmarshal([]byte(printed), &counts); err != nil {
		return h, fmt.Errorf("%s: %w", printed, err)
	}
	return holding{counts[0], counts[1], counts[2]}, nil
}

func (d *regionsDemo) stayOpen(ctx context.Context) {
	r := d.world.regions[0]
	fmt.Fprintf(d.p.out, "\nThe regions stay open. Sign in with the secret %q:\n\n", devSecret)
	for _, r := range d.world.regions {
		fmt.Fprintf(d.p.out, "  %-3s %s\n", r.name, dashboardAt(r.url))
	}
	fmt.Fprintf(d.p.out, "\n  %s cluster status --endpoint %s --secret %s\n\nPress Ctrl-C to end.\n", invocation(), r.url, devSecret)
	<-ctx.Done()
}

func (d *regionsDemo) bold(s string) string { return d.styled("1", s) }
func (d *regionsDemo) dim(s string) string  { return d.styled("2", s) }

func (d *regionsDemo) styled(code, s string) string {
	if !d.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// draw prints the table of a phase, over the one before on a terminal.
func (d *regionsDemo) draw(what string) {
	var b strings.Builder
	if d.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\x1b[J", d.drawn)
	}
	text := d.table(what)
	b.WriteString(text)
	d.drawn = strings.Count(text, "\n")
	_, _ = d.p.out.Write([]byte(b.String()))
}
