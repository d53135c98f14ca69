package txlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// pulse asks for the head of a log that may be out of reach. Who asks first waits a while; once the log has failed to
// answer, everybody is told so at once, until it answers again, which is tried in the background.
type pulse struct {
	log  Log
	life context.Context
	// back is called whenever the log has answered again.
	back func()

	mu     sync.Mutex
	down   error // why the log is taken to be out of reach, nil while it is not
	asking bool
	tasks  sync.WaitGroup
	ended  bool
}

const (
	// headPatience is how long a log may take to tell its head.
	headPatience = 3 * time.Second
	// probePause is the rest between two tries.
	probePause = 200 * time.Millisecond
)

// head returns the head of the log. Beyond the errors of Log.Head it is ErrUnavailable after headPatience, and then
// at once until the log answers.
func (p *pulse) head(ctx context.Context) (Position, error) {
	if err := p.state(); err != nil {
		return 0, err
	}
	c, cancel := context.WithTimeout(ctx, headPatience)
	defer cancel()
	at, err := p.log.Head(c)
	if err == nil || ctx.Err() != nil || c.Err() == nil && !errors.Is(err, ErrUnavailable) {
		return at, err
	}
	if !errors.Is(err, ErrUnavailable) {
		err = fmt.Errorf("%w: it did not answer in %v", ErrUnavailable, headPatience)
	}
	p.lost(err)
	return 0, err
}

func (p *pulse) state() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// lost notes that the log does not answer, and has it asked until it does.
func (p *pulse) lost(why error) {
	p.mu.Lock()
	p.down = why
	p.mu.Unlock()
	p.ask()
}

// ask has the log asked until it answers, in the background, unless it is already.
func (p *pulse) ask() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.asking && !p.ended {
		p.asking = true
		p.tasks.Go(p.probe)
	}
}

func (p *pulse) probe() {
	for {
		c, cancel := context.WithTimeout(p.life, headPatience)
		_, err := p.log.Head(c)
		cancel()
		if err == nil {
			break
		}
		pause := time.NewTimer(probePause)
		select {
		case <-pause.C:
		case <-p.life.Done():
			pause.Stop()
			return
		}
	}
	p.mu.Lock()
	p.down, p.asking = nil, false
	p.mu.Unlock()
	p.back()
}

// close waits for the probe, whose life has ended.
func (p *pulse) close() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.tasks.Wait()
}
