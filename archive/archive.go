package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"seriatim/txlog"
)

// Source is a database that is open. *seriatim.DB is one.
type Source interface {
	// Blocks reads its log.
	Blocks(from txlog.Position) (txlog.Reader, error)
	// Position and DigestAt tell of states it has had; digests are known of the last ones.
	Position() (at txlog.Position, ts int64)
	DigestAt(at txlog.Position) (digest uint64, ok bool)
}

// Options adjusts an Archive. The zero value is for use.
type Options struct {
	// RunBytes is how large a run grows before another one begins; DefaultRunBytes if 0. All of the newest run is read
	// when the archive is opened.
	RunBytes int64
	// LogDir is the folder of the database's own local log, and MaxBehind how many bytes it may grow to for the sake of
	// an archive that is behind; DefaultMaxBehind if 0. Without LogDir the log is kept for the archive, and whoever
	// trims it has bounds of their own.
	LogDir    string
	MaxBehind int64
	// NoteEvery is how often the database's state is noted; DefaultNoteEvery if 0.
	NoteEvery time.Duration
	// ReserveBytes of free space are left alone on the archive's disk, as in txlog.LocalOptions.
	ReserveBytes int64
	// Logger hears of gaps and trouble; nil discards.
	Logger *slog.Logger

	wait time.Duration // stateWait, for tests
}

// Defaults of Options.
const (
	DefaultRunBytes  = 1 << 30
	DefaultMaxBehind = 4 << 30
	DefaultNoteEvery = 5 * time.Second
)

// Archive writes an archive. One process has it open for writing at a time.
type Archive struct {
	dir    string
	o      Options
	logger *slog.Logger

	stop context.CancelFunc
	done chan struct{}

	opened   State // of the source when it was given
	settled  bool  // the newest run is known to be of the source's history
	mu       sync.Mutex
	run      *run           // the newest one, nil before the first; only the goroutine that follows changes it
	number   int            // of the newest run
	archived txlog.Position // its head
	trouble  error          // why nothing is archived for now
	gaveUp   time.Time      // when it was last said that the log is not kept any longer
	lag      lag
}

// Status is how far an archive is.
type Status struct {
	// Position is that of the newest block that is archived, 0 if none is.
	Position txlog.Position
	// Lag is how many published blocks of the source are not archived, and Behind how long
	// ago all that was published is: what the loss of the source now would lose. Both are 0
	// where nothing would be lost.
	Lag    txlog.Position
	Behind time.Duration
	// Err is why nothing is archived for now, nil while all is well.
	Err error
}

// Open opens the archive in dir for writing, making it if there is none. The error wraps txlog.ErrLocked if another
// process writes to it, ErrFormat if a newer release did.
func Open(dir string, o Options) (*Archive, error) {
	o.RunBytes = cmp.Or(o.RunBytes, DefaultRunBytes)
	o.MaxBehind = cmp.Or(o.MaxBehind, DefaultMaxBehind)
	o.NoteEvery = cmp.Or(o.NoteEvery, DefaultNoteEvery)
	o.wait = cmp.Or(o.wait, stateWait)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	a := &Archive{dir: dir, o: o, logger: o.Logger.With("archive", dir)}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	all, err := runs(dir)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return a, nil
	}
	newest := all[len(all)-1]
	a.number = newest.number
	err = newest.open(a.logOptions())
	switch {
	case errors.Is(err, txlog.ErrDamaged):
		a.logger.Error("the newest run of the archive is damaged; another one begins, and restores from older backups end before it", "run", newest.dir, "err", err)
		return a, nil
	case err != nil:
		return nil, fmt.Errorf("archive: %w", err)
	}
	a.run, a.archived = newest, newest.head()
	return a, nil
}

func (a *Archive) logOptions() txlog.LocalOptions {
	return txlog.LocalOptions{Logger: a.logger, ReserveBytes: a.o.ReserveBytes, OnFatal: func(err error) {
		a.logger.Error("the archive cannot be written to", "err", err)
	}}
}

// Start begins to copy the log of src, from a goroutine of its own, until Close. It is called before anybody else
// writes to src: a new run begins with the state that it finds.
func (a *Archive) Start(src Source) {
	if s, ok := state(src); ok {
		a.mu.Lock()
		a.opened = s
		a.mu.Unlock()
	}
	ctx, stop := context.WithCancel(context.Background())
	a.stop, a.done = stop, make(chan struct{})
	a.lag.begin(a, src)
	var both sync.WaitGroup
	both.Go(func() { a.follow(ctx, src) })
	both.Go(func() { a.watch(ctx) })
	go func() {
		both.Wait()
		close(a.done)
	}()
}

// Close ends the copying, with everything that is durable in the log already copied if that is a matter of moments,
// and releases the archive. It is called before the source is closed.
func (a *Archive) Close() error {
	if a.stop != nil {
		a.stop()
		<-a.done
	}
	return a.run.close()
}

// Status tells how far the archive is.
func (a *Archive) Status() Status {
	head := a.look()
	a.mu.Lock()
	defer a.mu.Unlock()
	s := Status{Position: a.archived, Err: a.trouble}
	switch {
	case !a.settled && a.lag.src != nil: // nobody knows whose blocks they are
		s.Lag, s.Behind = max(head, 1), time.Since(a.lag.since)
	case head > a.archived:
		s.Lag, s.Behind = head-a.archived, time.Since(a.lag.since)
	}
	return s
}

// Keep says how much of the log, at most up to flushed, may be given up: what is archived, without the newest block
// that is, by which a restart knows its log again.
func (a *Archive) Keep(flushed txlog.Position) txlog.Position {
	a.mu.Lock()
	defer a.mu.Unlock()
	keep := max(a.archived, 1) - 1
	if !a.settled {
		keep = min(keep, a.opened.Position)
	}
	if a.run == nil && a.opened == (State{}) || flushed <= keep {
		return flushed
	}
	if behind := a.behind(); behind > a.o.MaxBehind {
		if time.Since(a.gaveUp) > time.Minute {
			a.gaveUp = time.Now()
			a.logger.Error("the archive is too far behind: the log is trimmed past it, and restores from older backups will end there",
				"archived", uint64(a.archived), "trimmed", uint64(flushed), "bytes", behind, "bound", a.o.MaxBehind, "err", a.trouble)
		}
		return flushed
	}
	return keep
}

// behind returns how many bytes of the database's log are there for the archive only. The lock is held.
func (a *Archive) behind() int64 {
	if a.o.LogDir == "" {
		return 0
	}
	entries, err := os.ReadDir(a.o.LogDir)
	if err != nil {
		return 0
	}
	var bytes int64
	for _, e := range entries {
		var first txlog.Position
		if _, err := fmt.Sscanf(e.Name(), "%020d.log", &first); err != nil || filepath.Ext(e.Name()) != ".log" || first <= a.archived {
			continue
		}
		if info, err := e.Info(); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}
