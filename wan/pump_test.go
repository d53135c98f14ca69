package wan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// wire is a pump between two pipes: what is written to near comes out at far.
type wire struct {
	there, back *link
	near, far   net.Conn
	stop        context.CancelFunc
}

func newWire(t *testing.T, delay time.Duration) *wire {
	ctx, cancel := context.WithCancel(t.Context())
	near, in := net.Pipe()
	out, far := net.Pipe()
	w := &wire{newLink(), newLink(), near, far, cancel}
	w.there.delay.Store(int64(delay))
	w.back.delay.Store(int64(delay))
	done := make(chan struct{})
	go func() { pump(ctx, w.there, w.back, in, in, out); close(done) }()
	t.Cleanup(func() {
		cancel()
		near.Close()
		in.Close()
		out.Close()
		far.Close()
		<-done
	})
	return w
}

func (w *wire) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(w.near, text); err != nil {
		t.Fatal(err)
	}
}

// receive wants text to arrive after exactly that long, in the bubble's time.
func (w *wire) receive(t *testing.T, text string, after time.Duration) {
	t.Helper()
	start := time.Now()
	got := make([]byte, len(text))
	if _, err := io.ReadFull(w.far, got); err != nil {
		t.Fatal(err)
	}
	if string(got) != text || time.Since(start) != after {
		t.Fatalf("%q after %v, want %q after %v", got, time.Since(start), text, after)
	}
}

// TestDelay: bytes are late by the delay, and those under way do not add to it.
func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 25*time.Millisecond)
		w.send(t, "a")
		time.Sleep(10 * time.Millisecond)
		w.send(t, "b")
		w.receive(t, "a", 15*time.Millisecond)
		w.receive(t, "b", 10*time.Millisecond)
		many := bytes.Repeat([]byte("0123456789"), 100<<10)
		go w.near.Write(many)
		w.receive(t, string(many), 25*time.Millisecond)
	})
}

// TestDelayShrinks: what was sent before a shorter delay still arrives first.
func TestDelayShrinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, time.Second)
		w.send(t, "a")
		synctest.Wait()
		w.there.delay.Store(0)
		w.send(t, "b")
		w.receive(t, "ab", time.Second)
	})
}

// TestCut: what is sent, or under way, when a link is cut waits for its healing.
func TestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 25*time.Millisecond)
		w.send(t, "under way ")
		w.there.cut()
		w.there.cut()
		w.send(t, "sent ")
		time.AfterFunc(time.Hour, w.there.heal)
		w.receive(t, "under way sent ", time.Hour)
		w.there.heal()
		w.send(t, "later")
		w.receive(t, "later", 25*time.Millisecond)
	})
}

// TestEnd: the end of a connection crosses the link like its bytes.
func TestEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 25*time.Millisecond)
		w.send(t, "last")
		w.near.Close()
		w.receive(t, "last", 25*time.Millisecond)
		if n, err := w.far.Read(make([]byte, 1)); err != io.EOF {
			t.Fatal(n, err)
		}
	})
}

// TestGone: a sender learns a round trip later that the receiver is gone, unless the
// link back is cut.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t, 25*time.Millisecond)
		w.far.Close()
		w.back.cut()
		time.AfterFunc(time.Minute, w.back.heal)
		start := time.Now()
		w.send(t, "to nobody")
		if _, err := w.near.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		if got := time.Since(start); got != time.Minute {
			t.Fatal(got)
		}
	})
}

// TestArriveEnds: nobody waits on a cut link for longer than they want.
func TestArriveEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink()
		l.cut()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.arrive(ctx, l.due()); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	})
}
