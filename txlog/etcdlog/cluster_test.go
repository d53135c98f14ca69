package etcdlog

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seriatim/txlog"
)

var cluster = flag.Bool("cluster", false, "also test a cluster of three members whose leaders are killed")

// trio is a cluster of three members in this process, with a log over each.
type trio struct {
	options [3]MemberOptions
	members [3]*Member
	mu      sync.RWMutex
	logs    [3]*Log
}

func newTrio(t *testing.T) *trio {
	c, peers := &trio{}, map[string]string{}
	for i := range c.options {
		o := must(options(t.TempDir()))(t)
		o.Name = fmt.Sprintf("m%d", i)
		o.Dir = filepath.Join(t.TempDir(), o.Name)
		o.Cluster, peers[o.Name] = peers, o.Peer
		o.Heartbeat = 50 * time.Millisecond
		c.options[i] = o
	}
	var group sync.WaitGroup
	for i := range c.options {
		group.Go(func() { c.start(t, i) })
	}
	group.Wait()
	return c
}

func (c *trio) start(t *testing.T, i int) {
	m, err := startAt(c.options[i])
	if err != nil {
		t.Error(err)
		return
	}
	l, err := Open(context.Background(), m.Client(), Options{Node: uint64(i)})
	for rest := newRest(); err != nil && rest.pause(t.Context(), t.Context()) == nil; {
		l, err = Open(context.Background(), m.Client(), Options{Node: uint64(i)})
	}
	c.mu.Lock()
	c.members[i], c.logs[i] = m, l
	c.mu.Unlock()
}

// killLeader stops the leader without a word to the others and returns which it was.
func (c *trio) killLeader(t *testing.T) int {
	for {
		for i, m := range c.members {
			if m.Leads() {
				m.etcd.Server.HardStop()
				_ = m.client.Close()
				_ = c.log(i).Close()
				_ = m.Close()
				return i
			}
		}
		time.Sleep(10 * time.Millisecond)
		if t.Context().Err() != nil {
			t.Fatal("no leader")
		}
	}
}

func (c *trio) log(i int) *Log {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.logs[i]
}

// TestLeaderKilled: while appenders on all three nodes go on, leaders are killed and come back. Every acknowledged
// block is in the log exactly once, what was refused is not, and all readers see the same order.
func TestLeaderKilled(t *testing.T) {
	if !*cluster {
		t.Skip("-cluster")
	}
	c, y := newTrio(t), newTally()
	var group sync.WaitGroup
	var stop atomic.Bool
	for a := range 9 {
		group.Go(func() {
			for i := 0; !stop.Load(); i++ {
				y.append(t, t.Context(), c.log(a%3), name(a, i, 1+i%7*4096))
				time.Sleep(time.Millisecond)
			}
		})
	}
	for range 3 {
		time.Sleep(time.Second)
		i := c.killLeader(t)
		time.Sleep(time.Second)
		c.start(t, i)
	}
	time.Sleep(500 * time.Millisecond)
	stop.Store(true)
	group.Wait()
	var orders [][]byte
	for i := range c.logs {
		orders = append(orders, y.check(t, txlog.Log(c.log(i))))
		if !bytes.Equal(orders[i], orders[0]) {
			t.Errorf("the reader on node %d saw another order", i)
		}
	}
	t.Logf("%d acknowledged, %d refused, %d unknown, %d in the log", len(y.acked), len(y.refused), y.unknown, len(orders[0])/8)
	for i := range c.logs {
		_ = c.log(i).Close()
	}
	for _, m := range c.members {
		_ = m.Close()
	}
}
