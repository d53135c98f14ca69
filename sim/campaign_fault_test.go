//go:build unix

package sim_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// fault is something that happens to a fleet.
type fault struct {
	name string
	// strike lets it happen and returns what ends it, and the nodes that a majority still
	// reaches and that must take writes again within recovery; nil if there is none.
	strike func(f *fleet, r *rand.Rand) (heal func() error, alive []*ship)
}

// faults are the whole matrix. The first six are those of a short campaign.
var faults = []fault{
	{"a node cut off", func(f *fleet, r *rand.Rand) (func() error, []*ship) { return f.isolate(f.any(r)) }},
	{"the leader cut off", func(f *fleet, _ *rand.Rand) (func() error, []*ship) { return f.isolate(f.leader()) }},
	{"kill -9 of the leader", func(f *fleet, _ *rand.Rand) (func() error, []*ship) { return f.killed(f.leader()) }},
	{"kill -9 of all", func(f *fleet, _ *rand.Rand) (func() error, []*ship) { return f.killed(f.nodes...) }},
	{"a node paused", func(f *fleet, r *rand.Rand) (func() error, []*ship) { return f.paused(f.any(r)) }},
	{"clocks jump", jumps},

	{"kill -9 of a node", func(f *fleet, r *rand.Rand) (func() error, []*ship) { return f.killed(f.any(r)) }},
	{"the leader paused", func(f *fleet, _ *rand.Rand) (func() error, []*ship) { return f.paused(f.leader()) }},
	{"a node hears nothing", func(f *fleet, r *rand.Rand) (func() error, []*ship) { return f.oneWay(f.any(r), true) }},
	{"a node is not heard", func(f *fleet, r *rand.Rand) (func() error, []*ship) { return f.oneWay(f.any(r), false) }},
	{"a bridge", bridge},
	{"all cut from each other", func(f *fleet, _ *rand.Rand) (func() error, []*ship) {
		for _, s := range f.nodes {
			f.network.Isolate(s.name)
		}
		return f.healed, nil
	}},
	{"links that flap", flap},
	{"connections reset", resets},
	{"kill -9 of two", func(f *fleet, r *rand.Rand) (func() error, []*ship) {
		one := f.any(r)
		return f.killed(one, f.others(one)[r.IntN(len(f.nodes)-1)])
	}},
	{"a rolling restart", rolling},
	{"a wiped disk", wiped},
	{"a slow disk", slowDisk},
	{"a replica joins and is removed", guest},
	{"a replica that lags", laggard},
	{"nodes behind the trim", beyond},
}

// any returns some node.
func (f *fleet) any(r *rand.Rand) *ship { return f.nodes[r.IntN(len(f.nodes))] }

// others returns the nodes but those.
func (f *fleet) others(not ...*ship) []*ship {
	var all []*ship
	for _, s := range f.nodes {
		keep := true
		for _, n := range not {
			keep = keep && s != n
		}
		if keep {
			all = append(all, s)
		}
	}
	return all
}

// majority returns those nodes if they are one.
func (f *fleet) majority(nodes []*ship) []*ship {
	if 2*len(nodes) > len(f.nodes) {
		return nodes
	}
	return nil
}

func (f *fleet) healed() error {
	f.network.HealAll()
	return nil
}

func (f *fleet) isolate(s *ship) (func() error, []*ship) {
	f.network.Isolate(s.name)
	return f.healed, f.others(s)
}

// oneWay cuts what a node is told, or what it says.
func (f *fleet) oneWay(s *ship, deaf bool) (func() error, []*ship) {
	for _, o := range f.others(s) {
		if deaf {
			f.network.Cut(o.name, s.name)
		} else {
			f.network.Cut(s.name, o.name)
		}
	}
	return f.healed, f.others(s)
}

func (f *fleet) killed(nodes ...*ship) (func() error, []*ship) {
	for _, s := range nodes {
		s.signal(syscall.SIGKILL)
	}
	for _, s := range nodes {
		_ = s.wait(hanging)
	}
	return func() error {
		for _, s := range nodes {
			if err := f.start(s); err != nil {
				return err
			}
		}
		return nil
	}, f.majority(f.others(nodes...))
}

func (f *fleet) paused(s *ship) (func() error, []*ship) {
	s.signal(syscall.SIGSTOP)
	return func() error { s.signal(syscall.SIGCONT); return nil }, f.others(s)
}

// jumps sets the clock of one node back and of another one forward, by less than would
// make it refuse to take part.
func jumps(f *fleet, r *rand.Rand) (func() error, []*ship) {
	a := f.any(r)
	b := f.others(a)[0]
	set := func(s *ship, by time.Duration) {
		_ = os.WriteFile(s.offset, []byte(strconv.FormatInt(by.Microseconds(), 10)), 0o600)
	}
	set(a, -rand.N(2*time.Second))
	set(b, rand.N(2*time.Second))
	return func() error { set(a, 0); set(b, 0); return nil }, f.nodes
}

// bridge cuts two nodes from each other that both still reach the third.
func bridge(f *fleet, r *rand.Rand) (func() error, []*ship) {
	a := f.any(r)
	b := f.others(a)[0]
	f.network.Cut(a.name, b.name)
	f.network.Cut(b.name, a.name)
	return f.healed, nil // who may write depends on who leads
}

// flap cuts and heals a node's links many times.
func flap(f *fleet, r *rand.Rand) (func() error, []*ship) {
	s, stop, done := f.any(r), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			f.network.Isolate(s.name)
			select {
			case <-stop:
				return
			case <-time.After(rand.N(700 * time.Millisecond)):
			}
			f.network.HealAll()
			select {
			case <-stop:
				return
			case <-time.After(rand.N(700 * time.Millisecond)):
			}
		}
	}()
	return func() error { close(stop); <-done; return f.healed() }, f.others(s)
}

// resets breaks all connections again and again.
func resets(f *fleet, _ *rand.Rand) (func() error, []*ship) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			for i, a := range f.nodes {
				for _, b := range f.nodes[:i] {
					f.network.Reset(a.name, b.name)
				}
			}
			select {
			case <-stop:
				return
			case <-time.After(500 * time.Millisecond):
			}
		}
	}()
	return func() error { close(stop); <-done; return nil }, nil
}

// rolling restarts one node after the other, as an operator does.
func rolling(f *fleet, _ *rand.Rand) (func() error, []*ship) {
	var failure error
	for _, s := range f.nodes {
		s.signal(syscall.SIGTERM)
		if failure = s.wait(hanging); failure == nil {
			failure = f.start(s)
		}
		if failure == nil {
			failure = f.serving(s, hanging)
		}
		if failure != nil {
			break
		}
	}
	return func() error { return failure }, f.nodes
}

// slowDisk lets every sync of the leader take 60 ms more, by strace, which needs no
// privileges over a process of one's own; without it nothing happens.
func slowDisk(f *fleet, _ *rand.Rand) (func() error, []*ship) {
	s := f.leader()
	strace, err := exec.LookPath("strace")
	if err != nil {
		f.t.Log("a slow disk: there is no strace, and so no fault")
		return func() error { return nil }, f.nodes
	}
	c := exec.Command(strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=60000",
		"-p", strconv.Itoa(s.process.Process.Pid))
	if err := c.Start(); err != nil {
		return func() error { return err }, nil
	}
	return func() error {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
		return nil
	}, f.nodes
}

// guest lets a fourth node join as a replica and removes it again.
func guest(f *fleet, _ *rand.Rand) (func() error, []*ship) {
	three := f.nodes
	s := f.add(fmt.Sprintf("guest%d", f.guests.Add(1)))
	f.nodes, f.joined = three, s
	err := f.start(s, "--role", "replica")
	if err == nil {
		err = f.serving(s, hanging)
	}
	return func() error {
		if err != nil {
			return err
		}
		proxy, err := f.network.Node(three[0].name)
		if err != nil {
			return err
		}
		c := exec.Command(f.program, "cluster", "remove", s.name, "--via", f.network.Host(three[1].name)+":2480", "--as", three[0].name, "--certs", f.dir+"/certs")
		c.Env = append(os.Environ(), "HTTPS_PROXY="+proxy, "https_proxy="+proxy, "NO_PROXY=", "no_proxy=")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("remove: %w\n%s", err, out)
		}
		if err := s.wait(hanging); err != nil { // a removed node ends by itself
			return err
		}
		return nil
	}, f.nodes
}

// laggard lets a fourth node join as a replica, stops its process while the others go on,
// and wants it to have caught up once it goes on too.
func laggard(f *fleet, r *rand.Rand) (func() error, []*ship) {
	heal, alive := guest(f, r)
	s := f.joined
	s.signal(syscall.SIGSTOP)
	return func() error {
		s.signal(syscall.SIGCONT)
		if _, err := f.writable([]*ship{s}, healing); err != nil { // behind its log it would refuse
			return err
		}
		return heal()
	}, alive
}

// wiped takes a node's disk; it joins again under its name.
func wiped(f *fleet, _ *rand.Rand) (func() error, []*ship) {
	s := f.nodes[len(f.nodes)-1]
	s.kill()
	err := os.RemoveAll(f.dir + "/" + s.name)
	return func() error {
		if err != nil {
			return fmt.Errorf("wipe: %w", err)
		}
		return f.start(s)
	}, f.majority(f.others(s))
}
