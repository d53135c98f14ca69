package cluster

import (
	"testing"

	"seriatim"
)

// TestGrow: a first node, a voter and a replica that join; what is written on any is read on
// all, and each sees the whole cluster. All stop and come back in another order.
func TestGrow(t *testing.T) {
	a := first(t, config(t, "a"))
	a.must(`CreateCollection({ name: "things" })`)
	b, c := newMachine(t, config(t, "b")), newMachine(t, config(t, "c"))
	c.c.Role = Replica
	b.join(a)
	b.start()
	c.join(b)
	c.start()
	for i, m := range []*machine{a, b, c} {
		m.put(i, i+1)
	}
	for _, m := range []*machine{a, b, c} {
		m.has(0, 1, 2)
		m.status("whole", func(s *seriatim.ClusterStatus) bool {
			for _, n := range s.Nodes {
				if !n.Live || n.Lag != 0 || n.Position == 0 || n.Version != "test" || n.Leader != (n.Name == s.Leader) {
					return false
				}
			}
			return len(s.Nodes) == 3 && s.Leader != "" && s.Log.Bytes > 0 && len(find(s, m.c.Name).RoundTrips) == 2
		})
	}
	s := c.status("there", func(*seriatim.ClusterStatus) bool { return true })
	for i, want := range []seriatim.NodeStatus{{Name: "a", Role: Voter, Number: 1}, {Name: "b", Role: Voter, Number: 2}, {Name: "c", Role: Replica, Number: 3}} {
		if got := s.Nodes[i]; got.Name != want.Name || got.Role != want.Role || got.Number != want.Number || got.Region != "region-"+want.Name {
			t.Errorf("node %d is %+v", i, got)
		}
	}
	for _, m := range []*machine{a, b, c} {
		m.stop()
	}
	done := make(chan bool)
	for _, m := range []*machine{c, b, a} {
		go func() {
			n, err := Open(t.Context(), m.dir, m.o)
			m.node = n
			done <- err == nil
		}()
	}
	for range 3 {
		if !<-done {
			t.Fatal("a node does not come back")
		}
	}
	for _, m := range []*machine{c, b, a} {
		m.has(0, 1, 2)
	}
}
