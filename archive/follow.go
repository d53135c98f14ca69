package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"seriatim/txlog"
)

const (
	// restBetween is how long copying rests when it has failed.
	restBetween = time.Second
	// lastWords is how long Close goes on copying what is durable already.
	lastWords = 3 * time.Second
	// stateWait is how long a run waits for the database to have applied its last block.
	stateWait = 5 * time.Second
)

// follow copies until ctx ends, whatever happens.
func (a *Archive) follow(ctx context.Context, src Source) {
	for ctx.Err() == nil {
		err := a.copy(ctx, src)
		if ctx.Err() != nil {
			break
		}
		a.mu.Lock()
		again := a.trouble != nil
		a.trouble = err
		a.mu.Unlock()
		if !again {
			a.logger.Error("the log is not archived for now; it is tried again", "err", err)
		}
		select {
		case <-time.After(restBetween):
		case <-ctx.Done():
		}
	}
	a.finish(src)
}

// copy copies blocks until something fails.
func (a *Archive) copy(ctx context.Context, src Source) error {
	if err := a.reopen(); err != nil {
		return err
	}
	if err := a.settle(ctx, src); err != nil {
		return err
	}
	r, err := src.Blocks(a.run.head() + 1)
	if err != nil {
		return err
	}
	defer r.Close()
	noted := time.Now()
	for {
		wait, cancel := context.WithTimeout(ctx, a.o.NoteEvery)
		at, block, err := r.Next(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			err = a.append(ctx, at, block)
		case errors.Is(err, context.DeadlineExceeded):
			err = nil
		}
		if err == nil && time.Since(noted) >= a.o.NoteEvery {
			noted, err = time.Now(), a.note(src)
		}
		if err == nil && a.full() {
			err = a.rotate(ctx, src)
		}
		if err != nil {
			return err
		}
	}
}

// append puts a block into the newest run.
func (a *Archive) append(ctx context.Context, at txlog.Position, block []byte) error {
	got, err := a.run.log.Append(ctx, block)
	if err != nil {
		return err
	}
	if got != at {
		return fmt.Errorf("archive: block %d came to position %d", at, got)
	}
	a.mu.Lock()
	a.archived = at
	if a.trouble != nil {
		a.trouble = nil
		a.logger.Info("the log is archived again", "position", uint64(at))
	}
	a.mu.Unlock()
	a.look()
	return nil
}

// finish copies what is durable, for a moment, and notes the last state: the next start knows the log by it.
func (a *Archive) finish(src Source) {
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	if !a.settled {
		if err := a.settle(ctx, src); err != nil {
			a.logger.Warn("the archive was not reached", "err", err)
			return
		}
	}
	if r, err := src.Blocks(a.run.head() + 1); err == nil {
		defer r.Close()
		for target, _ := src.Position(); a.run.head() < target; {
			at, block, err := r.Next(ctx)
			if err == nil {
				err = a.append(ctx, at, block)
			}
			if err != nil {
				a.logger.Warn("the archive ends before the log does; the next start goes on", "position", uint64(a.run.head()), "err", err)
				return
			}
		}
	}
	if err := a.note(src); err != nil {
		a.logger.Warn("the last state was not noted", "err", err)
	}
}

// state returns the database's newest state.
func state(src Source) (State, bool) {
	at, ts := src.Position()
	digest, ok := src.DigestAt(at)
	return State{at, ts, digest}, ok
}

// note notes the database's state if its block is in the run.
func (a *Archive) note(src Source) error {
	if s, ok := state(src); ok && s.Position <= a.run.head() {
		return a.run.notes.add(s)
	}
	return nil
}

// reopen opens the newest run again after its log has failed.
func (a *Archive) reopen() error {
	if a.run == nil {
		return nil
	}
	if _, err := a.run.log.Head(context.Background()); err == nil {
		return nil
	}
	_ = a.run.close() // it has failed already
	fresh := &run{dir: a.run.dir, number: a.run.number}
	if err := fresh.read(); err != nil {
		return err
	}
	if err := fresh.open(a.logOptions()); err != nil {
		return err
	}
	a.take(fresh)
	return nil
}

// take makes r the run that is written.
func (a *Archive) take(r *run) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.run, a.number, a.archived = r, r.number, r.head()
}

// settle finds out whether the newest run can go on with the database's log, and begins another one if not.
func (a *Archive) settle(ctx context.Context, src Source) error {
	why := "it is the first"
	if a.run != nil {
		var err error
		if a.settled {
			why, err = a.reaches(src, a.run.head()+1)
		} else {
			why, err = a.continues(ctx, src)
		}
		if err != nil {
			return err
		}
		if why == "" {
			a.known()
			return nil
		}
		a.logger.Warn("a new run of the archive begins: only backups made from now on can be brought to later moments", "reason", why)
	}
	s, err := a.beginning(ctx, src)
	if err == nil {
		err = a.begin(s, why)
	}
	if err == nil {
		a.known()
	}
	return err
}

// beginning returns the state that a new run begins with: what the source was opened with, if its log still has what
// follows, so that nothing lies between a restore and the run; otherwise the newest one.
func (a *Archive) beginning(ctx context.Context, src Source) (State, error) {
	if a.opened != (State{}) && !a.settled {
		lost, err := a.reaches(src, a.opened.Position+1)
		if lost == "" || err != nil {
			return a.opened, err
		}
	}
	for {
		if s, ok := state(src); ok {
			return s, nil
		}
		if err := pause(ctx, time.Millisecond); err != nil {
			return State{}, err
		}
	}
}

// known says that the newest run is of the source's history.
func (a *Archive) known() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settled = true
}

// begin makes a run after s the newest one.
func (a *Archive) begin(s State, why string) error {
	r, err := newRun(a.dir, a.number+1, s, a.logOptions())
	if err != nil {
		return err
	}
	old := a.run
	a.take(r)
	a.logger.Info("the archive has a new run", "run", filepath.Base(r.dir), "reason", why)
	return old.close()
}

// continues returns why the newest run cannot go on with the database's log, "" if it can.
func (a *Archive) continues(ctx context.Context, src Source) (why string, err error) {
	head := a.run.head()
	at, _ := src.Position()
	for end := time.Now().Add(a.o.wait / 5); at < head && time.Now().Before(end); at, _ = src.Position() {
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return "", err
		}
	}
	if head > at {
		return fmt.Sprintf("the archive is at position %d and the database at %d: it was restored", head, at), nil
	}
	last := a.run.begin
	if a.run.notes.last.Position > last.Position {
		last = a.run.notes.last
	}
	if digest, ok := src.DigestAt(head); ok && last.Position == head {
		if digest != last.Digest {
			return fmt.Sprintf("the database had another state at position %d: it was restored", head), nil
		}
		return a.reaches(src, head+1)
	}
	if head == a.run.begin.Position {
		return fmt.Sprintf("it is not known whether the database had the state of position %d", head), nil
	}
	why, err = a.reaches(src, head)
	if why != "" || err != nil {
		return why, err
	}
	own, err := one(ctx, a.run.log.Read, head)
	if err != nil {
		return "", err
	}
	theirs, err := one(ctx, src.Blocks, head)
	if err == nil && !bytes.Equal(own, theirs) {
		return fmt.Sprintf("the database has another block at position %d: it was restored", head), nil
	}
	return "", err
}

// reaches returns why the log cannot be read from a position on, "" if it can.
func (a *Archive) reaches(src Source, from txlog.Position) (why string, err error) {
	r, err := src.Blocks(from)
	if errors.Is(err, txlog.ErrTrimmed) {
		return fmt.Sprintf("the log no longer has position %d", from), nil
	}
	if err != nil {
		return "", err
	}
	return "", r.Close()
}

// one reads one block.
func one(ctx context.Context, read func(txlog.Position) (txlog.Reader, error), at txlog.Position) ([]byte, error) {
	r, err := read(at)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	_, block, err := r.Next(ctx)
	return block, err
}

// askEvery is after how many blocks the disk is asked how large a run is.
const askEvery = 64

// full reports whether the newest run is as large as a run should be.
func (a *Archive) full() bool {
	if a.run.head()%askEvery != 0 || a.run.head() == a.run.begin.Position {
		return false
	}
	var bytes int64
	entries, err := os.ReadDir(filepath.Join(a.run.dir, logFolder))
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			bytes += info.Size()
		}
	}
	return err == nil && bytes >= a.o.RunBytes
}

// rotate begins another run where the newest one ends, once the state there is known.
func (a *Archive) rotate(ctx context.Context, src Source) error {
	head := a.run.head()
	for end := time.Now().Add(a.o.wait); time.Now().Before(end); {
		digest, ok := src.DigestAt(head)
		at, ts := src.Position()
		if ok {
			if at > head { // the timestamp of a block that is not the newest one follows from the headers
				var err error
				if ts, err = a.run.timeAt(ctx, head); err != nil {
					return err
				}
			}
			s := State{head, ts, digest}
			if err := a.run.notes.add(s); err != nil {
				return err
			}
			return a.begin(s, "the one before is full")
		}
		if at > head {
			return nil // too late for this block's digest; the next chance comes soon
		}
		if err := pause(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
