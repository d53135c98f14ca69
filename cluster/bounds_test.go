package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
	"seriatim/txlog"
	"seriatim/txlog/etcdlog"
)

// external starts an etcd cluster that is none of a node's, and returns where it is.
func external(t *testing.T) string {
	t.Helper()
	peer, client := "http://"+place(t).Advertise, "http://"+place(t).Advertise
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	m, err := etcdlog.Start(ctx, etcdlog.MemberOptions{Dir: t.TempDir(), Name: "theirs", Peer: peer, Client: client, Heartbeat: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return client
}

// TestExternal: nodes over an etcd cluster of the operator's. One whose clock is a minute
// ahead of the others' takes no writes, and says so.
func TestExternal(t *testing.T) {
	t.Parallel()
	at := external(t)
	var all []*machine
	for i, name := range []string{"a", "b", "c"} {
		c := config(t, name)
		c.External = []string{at}
		m := newMachine(t, c)
		if name == "c" {
			m.o.Database.Clock = func() int64 { return time.Now().Add(time.Minute).UnixMicro() }
		}
		if i == 0 {
			if err := Init(m.dir, m.c); err != nil {
				t.Fatal(err)
			}
		} else {
			m.join(all[0])
			rejoined(t, m, all[0])
		}
		m.start()
		all = append(all, m)
	}
	a, b, c := all[0], all[1], all[2]
	a.must(`CreateCollection({ name: "things" })`)
	b.put(0, 2)
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		resp := c.run(`Create(Collection("things"), {})`)
		if resp.Status == 503 && strings.Contains(string(resp.Body), "clock") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the node with a wrong clock answers %d %s", resp.Status, resp.Body)
		}
	}
	c.has(0, 1)
	a.put(2, 3)
	s := b.status("that of replicas", func(s *seriatim.ClusterStatus) bool { return len(s.Nodes) == 3 && find(s, "c").ClockOffset > 5e7 })
	if s.Leader != "" || find(s, "a").Role != Replica {
		t.Errorf("%+v", s)
	}
	again := newMachine(t, a.c)
	if err := Init(again.dir, again.c); err == nil {
		t.Error("a second cluster was made in the same etcd")
	}
}

// rejoined does again what a crash interrupted: the node stays the one it was.
func rejoined(t *testing.T, m, via *machine) {
	t.Helper()
	before, err := Read(m.dir)
	if err != nil {
		t.Fatal(err)
	}
	half := *before
	half.Made = Made{Attempt: before.Made.Attempt, Step: "join"}
	if err := half.write(m.dir); err != nil {
		t.Fatal(err)
	}
	m.join(via)
	if after, err := Read(m.dir); err != nil || after.Made.Number != before.Made.Number || after.Made.Cluster != before.Made.Cluster {
		t.Errorf("%+v, %v, before %+v", after, err, before)
	}
	if err := Join(t.Context(), m.dir, m.c, via.c.Node.Advertise, nil); err == nil {
		t.Error("a node joined that had")
	}
}

// TestNoMajorityOfStates: when two nodes differ and there is no third, both stop, and neither
// takes the other's state for the right one.
func TestNoMajorityOfStates(t *testing.T) {
	t.Parallel()
	at := external(t)
	a, b := newMachine(t, config(t, "a")), newMachine(t, config(t, "b"))
	a.c.External, b.c.External = []string{at}, []string{at}
	if err := Init(a.dir, a.c); err != nil {
		t.Fatal(err)
	}
	a.start()
	a.must(`CreateCollection({ name: "things" })`)
	a.put(0, 1)
	b.join(a)
	next, _ := a.node.DB().Position()
	next++
	b.o.wrap = func(log txlog.Log) txlog.Log { return crooked{log, &next} }
	b.start()
	a.put(1, 2)
	for _, m := range []*machine{a, b} {
		if err := m.ended(); !errors.Is(err, ErrDiverged) {
			t.Errorf("%s ended with %v", m.c.Name, err)
		}
		m.stop()
	}
	for a.o.Wait = time.Second; ; a.o.Wait *= 2 { // on a busy machine a second is too short to come to that
		_, err := Open(t.Context(), a.dir, a.o)
		if err != nil && strings.Contains(err.Error(), "an operator who knows") {
			break
		}
		if err == nil || a.o.Wait > time.Minute {
			t.Fatalf("got %v", err)
		}
	}
	a.o.Wait = patience
	if err := os.Rename(filepath.Join(a.dir, asideFolder), filepath.Join(a.dir, storeFolder)); err != nil {
		t.Fatal(err)
	}
	b.o.wrap = nil
	a.start()
	b.start()
	b.has(0, 1)
}

// TestQuota: a log that is written faster than it is trimmed uses up its quota, and takes
// writes again by itself.
func TestQuota(t *testing.T) {
	t.Parallel()
	m := newMachine(t, config(t, "a"))
	m.c.QuotaBytes, m.o.hurry = 8<<20, 1
	m.o.LogBytes = 1
	if err := Init(m.dir, m.c); err != nil {
		t.Fatal(err)
	}
	m.start()
	m.must(`CreateCollection({ name: "things" })`)
	text := strings.Repeat("much ", 100_000)
	refused := 0
	for i := range 40 {
		resp := m.run(fmt.Sprintf(`Create(Collection("things"), { data: { n: %d, text: "%s" } })`, i, text))
		if resp.Status >= 300 {
			refused++
			break
		}
	}
	if refused == 0 {
		t.Skip("the disk of this machine is too slow to be ahead of the trimmer")
	}
	for end := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		resp := m.run(`Create(Collection("things"), {})`)
		if resp.Status < 300 {
			break
		}
		if time.Now().After(end) {
			s, _ := m.node.Status(t.Context())
			t.Fatalf("it still takes no writes: %d %s; %+v", resp.Status, resp.Body, s.Log)
		}
	}
	m.status("without alarm", func(s *seriatim.ClusterStatus) bool { return s.Log.Alarm == "" })
}

// TestStuckArchive: what an archive wants of the log is kept for it while the log is small, and given up before the log
// has used up its quota. What is gone stays gone.
func TestStuckArchive(t *testing.T) {
	t.Parallel()
	m := newMachine(t, config(t, "a"))
	m.o.hurry = 1
	var wants atomic.Uint64
	m.o.Database.Keep = func(flushed txlog.Position) txlog.Position { return min(flushed, txlog.Position(wants.Load())) }
	m.o.Database.Rig = &seriatim.Rig{FlushBytes: 1}
	if err := Init(m.dir, m.c); err != nil {
		t.Fatal(err)
	}
	m.start()
	m.must(`CreateCollection({ name: "things" })`)
	m.put(1, 4)
	if _, err := m.node.DB().Checkpoint(filepath.Join(t.TempDir(), "copy")); err != nil { // it flushes
		t.Fatal(err)
	}
	head, _ := m.node.DB().Position()
	const quota = 1 << 30
	needless := func(used int64) uint64 {
		through, ok := m.node.needless(t.Context(), etcdlog.Size{Used: used, Quota: quota})
		if ok != (through > 0) {
			t.Errorf("%d, %v", through, ok)
		}
		return through
	}
	if got := needless(1); got != 0 {
		t.Errorf("a small log is trimmed through %d, of which the archive has nothing", got)
	}
	if got := needless(quota / 2); got < uint64(head) {
		t.Errorf("a large log is trimmed through %d of %d", got, head)
	}
	wants.Store(2)
	if got := needless(1); got != 2 {
		t.Errorf("a small log is trimmed through %d, of which the archive has 2", got)
	}
	if got := needless(quota / 2); got < uint64(head) {
		t.Errorf("a large log is trimmed through %d of %d", got, head)
	}
	new(trimmer).trim(t.Context(), m.node, etcdlog.Size{Used: quota / 2, Quota: quota})
	new(trimmer).trim(t.Context(), m.node, etcdlog.Size{Used: 1, Quota: quota})
	if gone, err := trimmed(t.Context(), m.node.registry); err != nil || gone < uint64(head) {
		t.Errorf("%d is said to be gone of %d, %v", gone, head, err)
	}
}
