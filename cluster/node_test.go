package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"seriatim"
	"seriatim/txlog"
)

// life is a cluster of two voters and a replica that becomes one, with certificates, that goes
// through what can happen to one, step by step.
type life struct {
	*testing.T
	ca      *authority
	a, b, c *machine
	things  int // documents written
}

// TestStates: nodes lose their disks, fall behind and go astray, and come back, while nothing
// that was written is lost.
func TestStates(t *testing.T) {
	t.Parallel()
	l := &life{T: t, ca: newAuthority(t)}
	l.steps(step{"grow", l.grow}, step{"left behind", l.behind}, step{"astray", l.astray}, step{"a replica becomes a voter", l.promoted},
		step{"other addresses", l.moved}, step{"a wiped disk", l.wiped})
}

// TestMajorities: all nodes stop and come back, one is removed.
func TestMajorities(t *testing.T) {
	t.Parallel()
	l := &life{T: t, ca: newAuthority(t)}
	l.steps(step{"grow", l.grow}, step{"removed", l.removed}, step{"all stop", l.restarted})
}

// TestAlone: one node is left without the others.
func TestAlone(t *testing.T) {
	t.Parallel()
	l := &life{T: t, ca: newAuthority(t)}
	l.steps(step{"grow", l.grow}, step{"no majority", l.alone})
}

type step struct {
	name string
	do   func()
}

func (l *life) steps(all ...step) {
	for _, s := range all {
		begun := time.Now()
		s.do()
		l.Logf("%s: %v", s.name, time.Since(begun).Round(time.Millisecond))
		if l.Failed() {
			return
		}
	}
}

func (l *life) machine(name, role string) *machine {
	c := config(l.T, name)
	c.Role, c.Insecure, c.Identity = role, false, l.ca.identity(name)
	m := newMachine(l.T, c)
	m.o.LogBytes = 1 // nodes that are away are not waited for
	m.o.Database.Rig = &seriatim.Rig{FlushBytes: 1}
	return m
}

// write puts a document through every machine and finds all on all.
func (l *life) write(all ...*machine) {
	l.Helper()
	for _, m := range all {
		m.put(l.things, l.things+1)
		l.things++
	}
	for _, m := range all {
		m.has(0, l.things/2, l.things-1)
	}
}

func (l *life) grow() {
	l.a = l.machine("a", Voter)
	if err := Init(l.a.dir, l.a.c); err != nil {
		l.Fatal(err)
	}
	l.a.start()
	l.a.must(`CreateCollection({ name: "things" })`)
	l.b, l.c = l.machine("b", ""), l.machine("c", Replica)
	l.b.join(l.a)
	l.b.start()
	l.c.join(l.b)
	l.c.start()
	l.write(l.a, l.b, l.c)
	for _, m := range []*machine{l.a, l.b, l.c} {
		s := m.status("whole", func(s *seriatim.ClusterStatus) bool {
			for _, n := range s.Nodes {
				if !n.Live || n.Lag != 0 || n.Position == 0 || n.Version != "test" || n.Leader != (n.Name == s.Leader) {
					return false
				}
			}
			return len(s.Nodes) == 3 && s.Leader != "" && s.Log.Bytes > 0 && len(find(s, m.c.Name).RoundTrips) == 2
		})
		for i, name := range []string{"a", "b", "c"} {
			role := Voter
			if name == "c" {
				role = Replica
			}
			if got := s.Nodes[i]; got.Name != name || got.Role != role || got.Number != uint64(i+1) || got.Region != "region-"+name {
				l.Errorf("node %d is %+v", i, got)
			}
		}
	}
}

// behind: while c is away the log is trimmed past it; it fetches a checkpoint.
func (l *life) behind() {
	l.c.stop()
	l.write(l.a, l.b, l.a)
	at, _ := l.a.node.DB().Position()
	l.a.status("trimmed", func(s *seriatim.ClusterStatus) bool {
		l.write(l.a) // a flush follows the next block
		return s.Log.Oldest > uint64(at)
	})
	l.c.start()
	l.write(l.c, l.b)
}

// crooked is a log that gives its reader another block from a position on, once.
type crooked struct {
	txlog.Log
	at *txlog.Position
}

type crookedReader struct {
	txlog.Reader
	at *txlog.Position
}

func (c crooked) Read(from txlog.Position) (txlog.Reader, error) {
	r, err := c.Log.Read(from)
	return crookedReader{r, c.at}, err
}

func (c crookedReader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	at, data, err := c.Reader.Next(ctx)
	if err == nil && *c.at != 0 && at >= *c.at {
		b, err := txlog.DecodeBlock(data)
		if err == nil && len(b.Entries) > 0 {
			*c.at, b.Entries = 0, nil
			data = b.Encode(nil)
		}
	}
	return at, data, err
}

// astray: c applies another block than the others. It finds out, stops, and comes back with
// the state that the others have.
func (l *life) astray() {
	l.c.stop()
	at, _ := l.a.node.DB().Position()
	at++
	l.c.o.wrap = func(log txlog.Log) txlog.Log { return crooked{log, &at} }
	l.c.start()
	l.write(l.a, l.b)
	if err := l.c.ended(); !errors.Is(err, ErrDiverged) {
		l.Errorf("it ended with %v", err)
	}
	if resp := l.c.run(`1`); resp.Status != 503 {
		l.Errorf("it answers %d %s", resp.Status, resp.Body)
	}
	if s := l.a.status("that of two", func(s *seriatim.ClusterStatus) bool { return find(s, "c").Fenced != "" }); s.Log.Alarm != "" {
		l.Errorf("alarm %s", s.Log.Alarm)
	}
	l.c.stop()
	l.c.o.wrap = nil
	l.c.start()
	if !present(l.c.dir, asideFolder) || present(l.c.dir, fencedFile) {
		l.Error("the store that differed is not kept, or would be moved aside again")
	}
	l.write(l.c, l.a, l.b)
}

// alone: b without the others refuses writes within seconds, still answers reads that need no
// majority, and goes on by itself when they are back.
func (l *life) alone() {
	l.a.stop()
	l.c.stop()
	begun := time.Now()
	if resp := l.b.run(`Create(Collection("things"), {})`); resp.Status != 503 {
		l.Errorf("a write alone: %d %s", resp.Status, resp.Body)
	}
	if took := time.Since(begun); took > patience/2 { // seconds; it gave up by itself, and not when its time was over
		l.Errorf("that took %v", took)
	}
	if _, err := l.b.node.Status(l.Context()); err != nil {
		l.Errorf("no status: %v", err)
	}
	l.a.start()
	l.c.start()
	for end := time.Now().Add(patience); l.b.run(`Create(Collection("things"), {})`).Status != 201 && time.Now().Before(end); {
		time.Sleep(100 * time.Millisecond)
	}
	l.write(l.b, l.a, l.c)
}

// removed: b is taken out of the cluster, stops for good, and joins again with another disk.
func (l *life) removed() {
	if err := l.a.node.Remove(l.Context(), "b"); err != nil {
		l.Fatal(err)
	}
	if err := l.b.ended(); !errors.Is(err, ErrRemoved) {
		l.Errorf("it ended with %v", err)
	}
	l.b.stop()
	if err := l.a.node.Remove(l.Context(), "b"); !errors.Is(err, ErrUnknown) {
		l.Errorf("removed again: %v", err)
	}
	if err := l.a.node.Remove(l.Context(), "a"); !errors.Is(err, ErrRefused) {
		l.Errorf("the last voter was removed: %v", err)
	}
	if _, err := Open(l.Context(), l.b.dir, l.b.o); !errors.Is(err, ErrRemoved) {
		l.Errorf("opened again: %v", err)
	}
	l.write(l.a, l.c)
	if err := os.RemoveAll(l.b.dir); err != nil {
		l.Fatal(err)
	}
	l.b.join(l.a)
	l.b.start()
	l.write(l.b, l.a)
}

// promoted: c becomes a voter while it runs.
func (l *life) promoted() {
	if err := l.a.node.Promote(l.Context(), "c"); err != nil {
		l.Fatal(err)
	}
	l.write(l.c, l.b)
	l.a.status("with three voters", func(s *seriatim.ClusterStatus) bool { return find(s, "c").Role == Voter })
}

// wiped: c loses its disk and joins again under its name, as another number.
func (l *life) wiped() {
	l.c.stop()
	if err := os.RemoveAll(l.c.dir); err != nil {
		l.Fatal(err)
	}
	l.write(l.a, l.b)
	l.c.c.Role = Voter
	l.c.join(l.a)
	l.c.start()
	l.write(l.c, l.b)
	if n := l.c.node.Config().Made.Number; n != 4 {
		l.Errorf("the number is %d", n)
	}
}

// restarted: all stop and start in another order.
func (l *life) restarted() {
	all := []*machine{l.c, l.b, l.a}
	l.together(all, func(m *machine) error { return m.node.Close() })
	l.together(all, func(m *machine) (err error) {
		m.node, err = Open(l.Context(), m.dir, m.o)
		return err
	})
	if l.Failed() {
		return
	}
	l.write(all...)
	if got := l.c.must(`Count(Documents(Collection("things")))`); !strings.Contains(got, fmt.Sprint(l.things)) {
		l.Errorf("%d documents were written, there are %s", l.things, got)
	}
}

// moved: a voter starts at other addresses.
func (l *life) moved() {
	l.c.stop()
	c, err := Read(l.c.dir)
	if err != nil {
		l.Fatal(err)
	}
	c.Node, c.Peer, c.Etcd = place(l.T), place(l.T), place(l.T)
	if err := errors.Join(c.settle(), c.write(l.c.dir)); err != nil {
		l.Fatal(err)
	}
	l.c.c = *c
	l.c.start()
	l.write(l.c, l.b)
	if l.c.node.link.member == nil {
		l.Error("the promoted node has no member")
	}
	l.a.status("that of one that moved", func(s *seriatim.ClusterStatus) bool { return find(s, "c").Live })
}

// together does something to all machines at the same time.
func (l *life) together(all []*machine, do func(*machine) error) {
	var group sync.WaitGroup
	for _, m := range all {
		group.Go(func() {
			if err := do(m); err != nil {
				m.node = nil
				l.Errorf("%s: %v", m.c.Name, err)
			}
		})
	}
	group.Wait()
}

// TestConversion: the directory of a single node becomes the first of a cluster, whatever
// Init's last try left behind, and a second node gets what was in it.
func TestConversion(t *testing.T) {
	t.Parallel()
	m := newMachine(t, config(t, "a"))
	open := func() (*seriatim.DB, error) { return seriatim.Open(seriatim.Options{Dir: m.dir, RootSecret: secret}) }
	db, err := open()
	if err != nil {
		t.Fatal(err)
	}
	single := &machine{t: t, node: &Node{}}
	single.node.open.Store(db)
	single.must(`CreateCollection({ name: "things" })`)
	single.put(0, 3)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, crash := range []string{"before the log is made", "before the folder is renamed", "at the end"} {
		if err := Init(m.dir, m.c); err != nil {
			t.Fatalf("%s: %v", crash, err)
		}
		if _, err := open(); !errors.Is(err, seriatim.ErrShared) {
			t.Errorf("it opens alone: %v", err)
		}
		c, err := Read(m.dir)
		if err != nil || c.Made.Base == 0 || len(c.Made.Previous) == 0 {
			t.Fatalf("%+v, %v", c, err)
		}
		if crash == "at the end" {
			break
		}
		c.Made.Step = "init"
		if err := errors.Join(c.write(m.dir), move(m.dir, oldLogFolder, logFolder)); err != nil {
			t.Fatal(err)
		}
		if crash == "before the log is made" {
			if err := os.RemoveAll(filepath.Join(m.dir, etcdFolder)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(t.Context(), m.dir, m.o); err == nil {
			t.Error("what is half made opens")
		}
	}
	if err := Init(m.dir, m.c); err == nil {
		t.Error("a node was made again")
	}
	m.start()
	m.put(3, 5)
	b := newMachine(t, config(t, "b"))
	b.c.Role = Replica
	b.join(m)
	b.start()
	b.has(0, 2, 4)
}
