package txlog

import (
	"context"
	"sync"
	"time"
)

// many is an origin's work with several appends under way. Blocks may then enter the log in another order than they
// were cut in; nothing in one depends on another, since proposals build on what is published only.
type many struct {
	*Origin
	pace  pace
	pulse pulse
	moved chan struct{} // holds a token when an append has ended, or the log is back
	life  context.Context
	end   context.CancelFunc
	tasks sync.WaitGroup
}

// closeGrace is how long an origin that is closed waits for appends to learn how they ended.
const closeGrace = 3 * time.Second

func newMany(o *Origin, limit int) *many {
	m := &many{Origin: o, pace: pace{limit: limit}, moved: make(chan struct{}, 1)}
	m.life, m.end = context.WithCancel(context.Background())
	m.pulse = pulse{log: o.log, life: m.life, back: func() {
		m.pace.found(time.Now())
		m.wake()
	}}
	return m
}

func (m *many) wake() {
	select {
	case m.moved <- struct{}{}:
	default:
	}
}

// run cuts and appends blocks until the queue is closed.
func (m *many) run() {
	defer close(m.ended)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var batch []proposal
	refusing := false
	for {
		waiting, full, closed := m.queue.look(m.o.BlockBytes)
		if closed {
			m.finish()
			return
		}
		next := m.pace.next(time.Now(), waiting, full, m.number+1)
		m.giveUp(next.late)
		if refusing != next.down {
			refusing = next.down
			m.refuse(refusing)
		}
		if next.down {
			m.pulse.ask()
		}
		if next.cut {
			target := m.o.BlockBytes
			if next.single {
				target = 0
			}
			batch = m.queue.grab(batch[:0], target)
			m.commit(batch)
			clear(batch)
			continue
		}
		if next.wake == 0 {
			next.wake = time.Hour
		}
		timer.Reset(next.wake)
		select {
		case <-m.queue.filled:
		case <-m.moved:
		case <-timer.C:
		}
	}
}

// giveUp tells the proposers of blocks that are still on their way that nobody knows.
func (m *many) giveUp(late []uint64) {
	for _, number := range late {
		failAll(m.Resolve(number), errGaveUp)
	}
}

// refuse shuts the queue while the log cannot be reached, or opens it again.
func (m *many) refuse(shut bool) {
	if !shut {
		m.queue.shut(nil)
		return
	}
	for _, p := range m.queue.shut(errSilent) {
		p.waiter.Fail(errSilent)
	}
}

// commit makes a block of batch and begins to append it.
func (m *many) commit(batch []proposal) {
	block, waiters := m.cut(batch)
	if len(waiters) == 0 {
		return
	}
	data := m.seal(&block, waiters)
	m.pace.begin(time.Now(), block.Number, len(data))
	m.tasks.Go(func() {
		err := m.append(m.life, block.Number, len(waiters), data)
		m.pace.end(time.Now(), block.Number, err)
		m.wake()
	})
}

// finish waits for the appends under way, and not for long when the log does not answer.
func (m *many) finish() {
	ended := make(chan struct{})
	go func() { m.tasks.Wait(); close(ended) }()
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-ended:
	case <-grace.C:
	}
	m.end()
	<-ended
	m.pulse.close()
}

// Head returns the position of the last durable block, as Log.Head does. A log of which several appends may be under
// way is given three seconds to answer; after that, and then at once until it answers again, the error is
// ErrUnavailable.
func (o *Origin) Head(ctx context.Context) (Position, error) {
	if o.many == nil {
		return o.log.Head(ctx)
	}
	return o.many.pulse.head(ctx)
}
