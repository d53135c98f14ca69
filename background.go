package seriatim

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/replica"
	"seriatim/txn"
)

// background is the work that nobody waits for: the builds of large indexes, and the
// removal of what nobody can read any more. Builds go on in small transactions like
// anyone's, each as long as the pause after it, so that queries keep at least half of
// the machine. What they have done is in the database, so a restart goes on there, and so
// does another node: one of them does it at a time. Collection is this store's own and
// takes a quarter of the time at most.
type background struct {
	db      *DB
	stop    context.CancelFunc
	stopped sync.WaitGroup
	budgets map[buildName]int // versions a step, less after conflicts
	lease   lease
}

// buildName tells builds apart.
type buildName struct {
	database uint64
	index    int64
}

const (
	// lookAgain is how often it is looked whether there is work.
	lookAgain = 500 * time.Millisecond
	// afterFailure is how long the work rests when the disk or the log refuses it.
	afterFailure = 5 * time.Second
	// buildStep is how many versions one transaction of a build takes at most.
	buildStep = 1000
	// collectEvery is how long collection rests at least between two rounds, and
	// collectRest how many times as long as the last one took.
	collectEvery = 10 * time.Minute
	collectRest  = 10
)

// startBackground begins the work of db.
func startBackground(db *DB) *background {
	ctx, stop := context.WithCancel(context.Background())
	b := &background{db: db, stop: stop, budgets: make(map[buildName]int)}
	b.stopped.Go(func() { b.run(ctx) })
	b.stopped.Go(func() { b.collect(ctx) })
	return b
}

// close ends the work after the step that is under way.
func (b *background) close() {
	if b == nil {
		return
	}
	b.stop()
	b.stopped.Wait()
}

func (b *background) run(ctx context.Context) {
	for wait := lookAgain; b.rest(ctx, wait); {
		busy, err := b.builds(ctx)
		switch {
		case errors.Is(err, replica.ErrClosed):
			return
		case err != nil:
			if ctx.Err() == nil {
				b.db.options.Logger.Warn("background work rests", "error", err)
			}
			wait = afterFailure
		case busy:
			wait = 0
		default:
			wait = lookAgain
		}
	}
}

// collect removes garbage, round after round.
func (b *background) collect(ctx context.Context) {
	every := b.db.options.Rig.collectEvery()
	if every == 0 {
		every = collectEvery
	}
	for wait := every; b.rest(ctx, wait); {
		begun := time.Now()
		if err := b.round(ctx); err != nil && ctx.Err() == nil {
			b.db.options.Logger.Warn("collecting garbage failed; it will be tried again", "error", err)
		}
		wait = max(every, collectRest*time.Since(begun))
	}
}

// round looks at the whole store once.
func (b *background) round(ctx context.Context) error {
	total := 0
	for next := []byte{}; next != nil; {
		begun := time.Now()
		var removed int
		var err error
		if next, removed, err = b.db.collect(next); err != nil {
			return err
		}
		if total += removed; !b.rest(ctx, 3*time.Since(begun)) {
			return nil
		}
	}
	if total > 0 {
		b.db.options.Logger.Info("garbage was collected", "versions", total)
	}
	return nil
}

// rest waits, and tells whether to go on.
func (b *background) rest(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// builds does one step of every build, so that none waits for another; busy tells
// whether there is more to do.
func (b *background) builds(ctx context.Context) (busy bool, err error) {
	jobs, err := b.jobs()
	if err != nil {
		return false, err
	}
	jobs = slices.DeleteFunc(jobs, func(j *catalog.Job) bool { return j.Failure != "" })
	if len(jobs) == 0 {
		clear(b.budgets)
		return false, b.resign(ctx)
	}
	if leads, err := b.leads(ctx); err != nil || !leads {
		return false, err
	}
	for _, j := range jobs {
		begun := time.Now()
		if err := b.build(ctx, buildName{j.Database, j.Index}); err != nil {
			return false, err
		}
		busy = true
		if !b.rest(ctx, time.Since(begun)) {
			return false, ctx.Err()
		}
	}
	return busy, nil
}

// jobs lists what there is to do. It does not look at the clock.
func (b *background) jobs() ([]*catalog.Job, error) {
	reader, ts := b.db.replica.Snapshot()
	tx := txn.Begin(reader, ts, ts)
	defer tx.Close()
	return catalog.Jobs(tx)
}

// build does a step of a build. One that conflicts or is too large is tried again
// with half as many versions.
func (b *background) build(ctx context.Context, name buildName) error {
	budget := b.budgets[name]
	if budget == 0 {
		budget = buildStep
	}
	var refused error
	out, err := b.commit(ctx, b.leading(func(tx *txn.Tx) error {
		refused = catalog.Advance(tx, name.database, name.index, b.db.jobOptions(), budget)
		return refused
	}))
	switch {
	case errors.Is(err, errNotLeading):
		return nil
	case refused != nil && budget > 1 && (errors.Is(refused, txn.ErrWriteLimit) || errors.Is(refused, txn.ErrReadLimit)),
		err == nil && out.Status == replica.Conflict:
		b.budgets[name] = max(1, budget/2)
		return nil
	case refused != nil && hopeless(refused):
		return b.give(ctx, name, refused)
	case err != nil:
		return err
	}
	b.budgets[name] = min(buildStep, 2*budget)
	return nil
}

// hopeless tells errors of the documents, which trying again does not mend, from
// those of the machine.
func hopeless(err error) bool {
	var duplicate *catalog.NotUnique
	var large *catalog.TooLarge
	var lacking *catalog.Unsupported
	return errors.As(err, &duplicate) || errors.As(err, &large) || errors.As(err, &lacking) ||
		errors.Is(err, txn.ErrWriteLimit) || errors.Is(err, txn.ErrReadLimit)
}

// give notes why a build cannot go on.
func (b *background) give(ctx context.Context, name buildName, why error) error {
	b.db.options.Logger.Error("an index cannot be built and stays inactive", "database", name.database, "index", name.index, "error", why)
	_, err := b.commit(ctx, b.leading(func(tx *txn.Tx) error {
		return catalog.FailJob(tx, name.database, name.index, why)
	}))
	if errors.Is(err, errNotLeading) {
		return nil
	}
	return err
}

// commit runs work in a transaction and commits what it wrote.
func (b *background) commit(ctx context.Context, work func(*txn.Tx) error) (replica.Outcome, error) {
	tx := b.db.begin()
	defer tx.Close()
	if err := work(tx); err != nil {
		return replica.Outcome{}, err
	}
	p := tx.Proposal()
	if p == nil {
		return replica.Outcome{Status: replica.Applied}, nil
	}
	b.db.raiseClock(tx.Clock())
	return b.db.replica.Commit(ctx, p)
}

// begin begins a transaction at the newest state, for the database itself.
func (db *DB) begin() *txn.Tx {
	reader, ts := db.replica.Snapshot()
	return txn.Begin(reader, ts, db.clock())
}

// jobOptions is what jobs need of the language.
func (db *DB) jobOptions() catalog.Options {
	return catalog.Options{Cache: db.schemas, NewID: db.ids.next, Binding: eval.Binding, Pure: eval.Pure, Model: compileModel}
}
