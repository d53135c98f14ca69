//go:build unix

package sim_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// strikeFor is how long a fault lasts, restFor how long there is none after it.
	strikeFor, restFor = 4 * time.Second, 2 * time.Second
	// recovery is how soon whoever has a majority takes writes again, healing how soon
	// everybody does once a fault has ended: in the time of a machine that has nothing
	// else to do, see pace.
	recovery, healing = 10 * time.Second, 30 * time.Second
	// hanging bounds what is not judged by its time.
	hanging         = 5 * time.Minute
	campaignClients = 9
	// fleetRoundTrip is between any two nodes of a campaign.
	fleetRoundTrip = 4 * time.Millisecond
	// fleetQuota is that of the log in a campaign: an eighth of it is kept for nodes that are
	// away, which is more than what clients write meanwhile.
	fleetQuota = 256 << 20
)

// TestFaults lets clients at every node of a cluster of real processes loose while
// faults strike it one after the other, and judges what they saw. -faults says how many.
func TestFaults(t *testing.T) {
	if *faultsFlag == 0 {
		t.Skip("a campaign: run it with -faults 6")
	}
	program := buildRig(t)
	r := rand.New(rand.NewPCG(*seedFlag, 60))
	begun := time.Now()
	struck := map[string]int{}
	var all tally
	for left, which := *faultsFlag, 0; left > 0 && !t.Failed(); which++ {
		n := min(left, len(faults))
		list := faults[:n]
		if *faultFlag >= 0 {
			list, n = faults[*faultFlag:*faultFlag+1], 1
		}
		sum := campaign(t, program, cmp.Or(*workFlag, campaignWorks[which%len(campaignWorks)]), list, r, struck)
		all.add(sum)
		left -= n
	}
	var names []string
	for _, f := range faults {
		if n := struck[f.name]; n > 0 {
			names = append(names, fmt.Sprintf("%s %d", f.name, n))
		}
	}
	t.Logf("%d anomalies in %d transactions, %d of unknown outcome, under %d faults (seed %d, %v): %s",
		all.anomalies, all.transactions, all.unknown, *faultsFlag, *seedFlag, time.Since(begun).Round(time.Second), strings.Join(names, ", "))
}

// campaignWorks are the workloads, in the order in which clusters get them.
var campaignWorks = []string{"lists", "bank", "pages", "counters", "unique", "stock", "registers", "streams"}

// campaignWork makes a workload by name.
func campaignWork(name string) work {
	switch name {
	case "pages":
		return &pages{most: 400}
	case "streams":
		return newStreams()
	}
	for _, w := range works {
		if w.name == name {
			return w.make()
		}
	}
	panic(name)
}

// campaign plays a workload on a new fleet while the faults strike.
func campaign(t *testing.T, program, name string, list []fault, r *rand.Rand, struck map[string]int) tally {
	f := newSmallFleet(t, program, 3, fleetRoundTrip, fleetQuota)
	seed := r.Uint64()
	var over atomic.Bool
	p := &play{work: campaignWork(name), seed: seed, clients: campaignClients, more: func() bool { return !over.Load() }}
	var doors atomic.Int64
	urls := f.urls()
	p.open = func() door {
		home := int(doors.Add(1)) % len(urls)
		return newSession(urls, f.secret, func() int {
			if rand.IntN(20) == 0 { // sessions move
				return rand.IntN(len(urls))
			}
			return home
		})
	}
	var listening *audience
	if s, ok := p.work.(*streams); ok {
		listening = s.gather(f, p)
	}
	nemesis := make(chan error, 1)
	go func() {
		defer over.Store(true)
		time.Sleep(restFor)
		nemesis <- f.strike(t, list, r, struck)
	}()
	h, err := p.run()
	if err = errors.Join(err, <-nemesis); err == nil {
		err = f.agree()
	}
	if listening != nil {
		err = errors.Join(err, listening.finish())
		t.Logf("%s", listening)
	}
	if err != nil {
		t.Errorf("%s, seed %d: %v", name, *seedFlag, err)
	}
	found := p.work.check(h)
	ok, _, info := h.Tally()
	sum := tally{histories: 1, transactions: ok, unknown: info, attempts: p.attempts.Load(), conflicts: p.retries.Load(), anomalies: len(found)}
	t.Logf("%s: %d transactions, %.1f %% conflicts, %d of unknown outcome", name, ok, percent(sum.conflicts, sum.attempts), info)
	if len(found) > 0 {
		report(t, name, *seedFlag, h, found)
	}
	f.stop()
	return sum
}

// strike lets each fault happen and end, and sees to it that writes go on where they
// can and come back where they could not.
func (f *fleet) strike(t *testing.T, list []fault, r *rand.Rand, struck map[string]int) error {
	for _, one := range list {
		begun := time.Now()
		heal, alive := one.strike(f, r)
		during, err := f.writable(alive, recovery)
		if err != nil {
			return errors.Join(fmt.Errorf("%s: with a majority: %w", one.name, err), heal())
		}
		time.Sleep(time.Until(begun.Add(strikeFor)))
		if err := heal(); err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		after, err := f.writable(f.nodes, healing)
		if err != nil {
			return fmt.Errorf("%s: after it ended: %w", one.name, err)
		}
		struck[one.name]++
		where := "nobody had a majority"
		if alive != nil {
			where = fmt.Sprintf("%d nodes took writes after %v", len(alive), during.Round(10*time.Millisecond))
		}
		t.Logf("%-24s %s; all after %v", one.name+":", where, after.Round(10*time.Millisecond))
		time.Sleep(restFor)
	}
	return nil
}

// writable waits until each of the nodes has taken a write, and returns how long that
// took.
func (f *fleet) writable(nodes []*ship, patience time.Duration) (time.Duration, error) {
	begun := time.Now()
	clock, cancel := newPace(f.dir, patience)
	defer cancel()
	errs := make([]error, len(nodes))
	var wait sync.WaitGroup
	for i, s := range nodes {
		wait.Go(func() {
			d := newSession([]string{s.url()}, f.secret, func() int { return 0 })
			defer d.close()
			for most := 3 * time.Second; ; most += most / 2 {
				body, err := compile(`Do(CreateKey({role: "server-readonly", data: {probe: true}}), 0)`)
				if err != nil {
					errs[i] = err
					return
				}
				once, stop := context.WithTimeout(clock, most)
				a := d.send(once, body)
				stop()
				if a.status == 200 || a.status == 201 {
					return
				}
				if clock.Err() != nil {
					errs[i] = fmt.Errorf("node %s takes no writes after %v, %s: %s", s.name, time.Since(begun).Round(time.Millisecond), clock, a)
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	wait.Wait()
	if took := time.Since(begun); took > patience {
		f.t.Logf("writes came after %v, %s", took.Round(10*time.Millisecond), clock)
	}
	return time.Since(begun), errors.Join(errs...)
}

// agree waits until all nodes are at one position, none of them fenced: nodes compare
// their digests all the time, and one that differs stops.
func (f *fleet) agree() error {
	var last string
	for begun := time.Now(); time.Since(begun) < hanging; time.Sleep(200 * time.Millisecond) {
		status, err := f.status(f.nodes[0])
		if err != nil {
			last = err.Error()
			continue
		}
		same, lines := true, []string{}
		for _, n := range status.Nodes {
			if n.Fenced != "" {
				return fmt.Errorf("node %s is fenced: %s", n.Name, n.Fenced)
			}
			same = same && n.Live && n.Position == status.Log.Head
			lines = append(lines, fmt.Sprintf("%s at %d of %d, live %t", n.Name, n.Position, status.Log.Head, n.Live))
		}
		if same && len(status.Nodes) >= len(f.nodes) {
			return nil
		}
		last = strings.Join(lines, ", ")
	}
	return fmt.Errorf("the nodes do not agree: %s", last)
}
