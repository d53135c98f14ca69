package txlog_test

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"testing"

	"seriatim/txlog"
	"seriatim/txlog/simdisk"
)

var crashes = flag.Int("crashes", 600, "power cuts in TestCrashes")

// TestCrashes cuts the power, or kills the process alone, in the middle of random operations, again and again on the
// same disk, and wants after every restart: the log opens, no acknowledged block is lost, at most one unacknowledged block has appeared, and
// every byte is right. Trims and full disks come in between, and some logs begin after a position.
func TestCrashes(t *testing.T) {
	const each = 20
	appeared, cuts := 0, 0
	for seed := uint64(1); cuts < *crashes; seed++ {
		c := &crashRun{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 9)), disk: simdisk.New(seed), content: map[txlog.Position]uint64{}}
		if seed%3 == 0 {
			c.base = txlog.Position(1000 * seed)
			c.acked, c.trimmed = c.base, c.base
		}
		c.lead(each)
		appeared += c.appeared
		cuts += each
	}
	t.Logf("%d power cuts, 0 acknowledged blocks lost, %d unacknowledged ones had become durable", cuts, appeared)
	if appeared == 0 {
		t.Error("no unacknowledged block ever survived: the simulated crashes are too tame")
	}
}

// crashRun is one disk through several lives of the log.
type crashRun struct {
	t        *testing.T
	seed     uint64
	random   *rand.Rand
	disk     *simdisk.Disk
	base     txlog.Position
	acked    txlog.Position // highest position an append returned
	trimmed  txlog.Position // highest position a trim was asked for
	tries    uint64
	content  map[txlog.Position]uint64 // which try the newest append at a position was
	appeared int
	lives    int
}

// block returns what try number n appends; no two tries are alike, so that a mixture of two shows.
func (c *crashRun) block(n uint64) []byte {
	return blockOf(txlog.Position(n), sizeOf(txlog.Position(n)))
}

// try appends a new block.
func (c *crashRun) try(l *txlog.Local) (txlog.Position, error) {
	c.tries++
	c.content[c.acked+1] = c.tries
	return l.Append(ctx, c.block(c.tries))
}

// lead goes through n lives and says where it stood if one of them fails.
func (c *crashRun) lead(n int) {
	defer func() {
		if c.t.Failed() {
			c.t.Logf("seed %d, life %d", c.seed, c.lives)
		}
	}()
	for range n {
		c.life()
	}
}

func (c *crashRun) failf(format string, args ...any) {
	c.t.Helper()
	c.t.Fatalf(format, args...)
}

// life opens the log, checks it, appends until the power fails (opening may be when it does), and restarts the disk.
func (c *crashRun) life() {
	c.lives++
	c.disk.CrashAfter(c.random.IntN(60))
	o := quiet(c.disk)
	o.Base = c.base
	if l, err := txlog.Open(dir, o); err == nil {
		c.check(l)
		c.work(l)
		_ = l.Close() // fails once the disk has crashed
	} else if !c.disk.Crashed() {
		c.failf("open: %v", err)
	}
	if c.random.IntN(3) == 0 {
		c.disk = c.disk.Kill()
	} else {
		c.disk = c.disk.Restart()
	}
}

func (c *crashRun) check(l *txlog.Local) {
	head, err := l.Head(ctx)
	if err != nil || head < c.acked || head > c.acked+1 {
		c.failf("head %d, %v, acknowledged %d", head, err, c.acked)
	}
	c.appeared += int(head - c.acked)
	c.acked = head
	// What was not trimmed must be there; older blocks may be.
	r, err := l.Read(c.trimmed + 1)
	if err != nil {
		c.failf("reading after %d: %v", c.trimmed, err)
	}
	defer r.Close()
	for at := c.trimmed + 1; at <= head; at++ {
		got, block, err := r.Next(ctx)
		if c.disk.Crashed() {
			return // segments are read back, which the planned crash may prevent
		}
		if err != nil || got != at || !bytes.Equal(block, c.block(c.content[at])) {
			c.failf("read %d: got %d, %d bytes, %v", at, got, len(block), err)
		}
	}
}

func (c *crashRun) work(l *txlog.Local) {
	for {
		var err error
		switch at := c.acked + 1; c.random.IntN(12) {
		case 0:
			if err = l.Trim(at - min(at, 5)); err == nil || c.disk.Crashed() {
				c.trimmed = max(c.trimmed, at-min(at, 5))
			}
		case 1:
			c.fullDisk(l)
		default:
			var got txlog.Position
			if got, err = c.try(l); err == nil {
				if got != at {
					c.failf("append got %d, want %d", got, at)
				}
				c.acked = at
			}
		}
		if err != nil && c.disk.Crashed() {
			return
		}
		if err != nil {
			c.failf("after %d: %v", c.acked, err)
		}
	}
}

// fullDisk makes one write fail half-way for want of space. The block must not appear.
func (c *crashRun) fullDisk(l *txlog.Local) {
	again := c.random.IntN(2) == 0 // the clean-up after it fails as well
	if txlog.RecordBytes(sizeOf(txlog.Position(c.tries+1))) <= 4096 {
		return // a write of one page that fails after the page would be a write that did not fail
	}
	c.disk.SetFault(func(op simdisk.Op, name string) error {
		if op != simdisk.OpWrite {
			return nil
		}
		if !again {
			c.disk.SetFaultLocked(nil)
			return &simdisk.Partial{Bytes: 4096, Err: txlog.ErrDiskFull}
		}
		return &simdisk.Partial{Bytes: c.random.IntN(9) * 512, Err: txlog.ErrDiskFull}
	})
	_, err := c.try(l)
	c.disk.SetFault(nil)
	if !errors.Is(err, txlog.ErrDiskFull) && !c.disk.Crashed() {
		c.failf("append to a full disk: %v", err)
	}
}
