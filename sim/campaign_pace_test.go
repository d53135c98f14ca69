//go:build unix

package sim_test

import (
	"context"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// What the two pieces of work of a pace take on a machine that has nothing else to do.
const (
	paceWork = 4 * time.Millisecond  // of a processor: crc32 without its instruction
	paceSync = 15 * time.Millisecond // of a disk: a write and its fsync
	// paceLimit is how much slower than that a machine may be called.
	paceLimit = 20
)

// pace is a context that ends after a time that passes slower on a machine that is slow: it
// measures again and again how long a fixed piece of work and a sync to disk take, and
// counts what has passed as so much less. A verdict about time that is given by it is one about
// the cluster, and not about who else is on the machine.
type pace struct {
	context.Context

	mu     sync.Mutex
	passed time.Duration // by a clock on the wall
	spent  time.Duration // by the pace
}

// newPace ends after patience, or with cancel; it writes to the directory.
func newPace(dir string, patience time.Duration) (p *pace, cancel context.CancelFunc) {
	ctx, stop := context.WithCancel(context.Background())
	p = &pace{Context: ctx}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer stop()
		for ctx.Err() == nil && p.spentNow() < patience {
			p.step(ctx, dir)
		}
	}()
	return p, func() { stop(); <-done }
}

var paceText, paceTable = make([]byte, 1<<20), crc32.MakeTable(crc32.Koopman)

// step measures the machine and waits a while.
func (p *pace) step(ctx context.Context, dir string) {
	begun := time.Now()
	crc32.Checksum(paceText, paceTable)
	worked := time.Now()
	syncOnce(filepath.Join(dir, "pace"))
	slow := max(1, ratio(worked.Sub(begun), paceWork), ratio(time.Since(worked), paceSync))
	select {
	case <-ctx.Done():
	case <-time.After(200 * time.Millisecond):
	}
	took := time.Since(begun)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed += took
	p.spent += time.Duration(float64(took) / min(slow, paceLimit))
}

func ratio(took, usual time.Duration) float64 { return float64(took) / float64(usual) }

func syncOnce(path string) {
	file, err := os.Create(path)
	if err != nil {
		return
	}
	_, _ = file.WriteString("pace")
	_ = file.Sync()
	_ = file.Close()
}

func (p *pace) spentNow() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.spent
}

// String tells how slow the machine was.
func (p *pace) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spent == 0 {
		return "on a machine that was not measured"
	}
	return fmt.Sprintf("on a machine that was %.1f times slower than one with nothing to do", ratio(p.passed, p.spent))
}

// TestPace: a pace ends when it is told to, and when its time has passed.
func TestPace(t *testing.T) {
	p, cancel := newPace(t.TempDir(), time.Hour)
	cancel()
	if p.Err() == nil {
		t.Error("it goes on after its end")
	}
	p, cancel = newPace(t.TempDir(), time.Millisecond)
	<-p.Done()
	cancel()
}
