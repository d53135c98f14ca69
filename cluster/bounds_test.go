package cluster

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/txlog/etcdlog"
)

// external starts an etcd cluster that is none of a node's, and returns where it is.
func external(t *testing.T) string {
	t.Helper()
	peer, client := "http://"+place(t).Advertise, "http://"+place(t).Advertise
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
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
		}
		m.start()
		all = append(all, m)
	}
	a, b, c := all[0], all[1], all[2]
	a.must(`CreateCollection({ name: "things" })`)
	b.put(0, 2)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
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

// TestQuota: a log that is written faster than it is trimmed uses up its quota, and takes
// writes again by itself.
func TestQuota(t *testing.T) {
	t.Parallel()
	m := newMachine(t, config(t, "a"))
	m.c.QuotaBytes = 8 << 20
	m.o.LogBytes, m.o.Database.Rig = 1, &seriatim.Rig{FlushBytes: 1}
	if err := Init(m.dir, m.c); err != nil {
		t.Fatal(err)
	}
	m.start()
	m.must(`CreateCollection({ name: "things" })`)
	text := strings.Repeat("much ", 100_000)
	refused := 0
	for i := range 200 {
		resp := m.run(fmt.Sprintf(`Create(Collection("things"), { data: { n: %d, text: "%s" } })`, i, text))
		if resp.Status >= 300 {
			refused++
			break
		}
	}
	if refused == 0 {
		t.Skip("the disk of this machine is too slow to be ahead of the trimmer")
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
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
