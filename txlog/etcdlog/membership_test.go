package etcdlog

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"seriatim/txlog"
)

// TestMembership: a second member learns, is promoted, takes the lead and is removed, which its process is told; a
// client over connections sees the same cluster.
func TestMembership(t *testing.T) {
	first := must(startAlone(t.TempDir()))(t)
	defer first.Close()
	c := first.Cluster()
	o := must(options(t.TempDir()))(t)
	stopped := make(chan error, 1)
	o.Name, o.Join, o.OnStop = "b", true, func(err error) { stopped <- err }
	id, members, err := c.AddLearner(t.Context(), o.Peer)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, err := c.AddLearner(t.Context(), o.Peer); again != id || err != nil {
		t.Errorf("added again: %x, %v, was %x", again, err, id)
	}
	members[o.Name], o.Cluster = o.Peer, members
	second := must(startAt(o))(t)
	defer second.Close()
	if !second.Cluster().Learns() || second.Cluster().ID() != id {
		t.Error("the second member is not the learner that was added")
	}
	for range 2 {
		if err := second.Cluster().Promote(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	l := openAs(t, second.Client(), Options{Node: 2})
	if at := must(l.Append(t.Context(), []byte("x")))(t); at != 1 {
		t.Errorf("appended at %d", at)
	}
	dialled := must(Dial(DialOptions{Endpoints: []string{o.Client}}))(t)
	defer dialled.Close()
	if list := must(dialled.Members(t.Context()))(t); len(list) != 2 || list[0].Leader || list[1].Leader {
		t.Errorf("members %+v", list)
	}
	list := must(c.Members(t.Context()))(t)
	if len(list) != 2 || list[0].Learner || list[1].Learner || list[0].Leader == list[1].Leader {
		t.Errorf("members %+v", list)
	}
	if size := must(dialled.Size(t.Context()))(t); size.Bytes == 0 || size.Used == 0 || size.Quota != DefaultQuotaBytes || size.Alarm != "" {
		t.Errorf("size %+v", size)
	}
	if err := c.MoveLeader(t.Context(), id); err != nil || !second.Leads() {
		t.Errorf("the second does not lead: %v", err)
	}
	l.Close()
	elsewhere := "http://127.0.0.2:" + strings.Split(o.Peer, ":")[2]
	for _, at := range []string{o.Peer, elsewhere} {
		if err := c.Relocate(t.Context(), id, at); err != nil {
			t.Fatal(err)
		}
	}
	if list := must(c.Members(t.Context()))(t); list[0].Peers[0] != elsewhere && list[1].Peers[0] != elsewhere {
		t.Errorf("members %+v", list)
	}
	removeSecond(t, c, id, stopped)
}

func removeSecond(t *testing.T, c *Cluster, id uint64, stopped chan error) {
	for range 2 {
		if err := c.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	select {
	case <-stopped:
	case <-ctx.Done():
		t.Error("the removed member was not told")
	}
	if err := c.Promote(t.Context(), id); !errors.Is(err, ErrNoMember) {
		t.Errorf("promoting nobody: %v", err)
	}
	if list := must(c.Members(t.Context()))(t); len(list) != 1 {
		t.Errorf("members %+v", list)
	}
}

// TestNobodyThere: requests to a cluster that does not answer end.
func TestNobodyThere(t *testing.T) {
	c := must(Dial(DialOptions{Endpoints: []string{must(address())(t)}}))(t)
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := c.Members(ctx); !errors.Is(err, txlog.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Registry("r/").Next(ctx, "n"); !errors.Is(err, txlog.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
