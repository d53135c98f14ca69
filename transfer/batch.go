package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"seriatim/client"
)

// batch is some rows of one file that are written in one transaction.
type batch struct {
	file      int // number of the file in the source
	name      string
	from, to  int // rows
	target    string
	rows      []pending
	rejected  []Reject
	withoutID bool
	bytes     int
	read      int64
}

// pending is a row that is to be written.
type pending struct {
	n, line int
	raw     []byte
	*row
}

func (b *batch) reject(p pending, why string) {
	b.rejected = append(b.rejected, Reject{File: b.name, Line: p.line, Row: p.n, Reason: why, Text: string(p.raw)})
}

// run imports the files, those of one rank after those of another.
func (im *importing) run(ctx context.Context) error {
	begun := time.Now()
	defer func() { im.report.Took = time.Since(begun) }()
	for i := 0; i < len(im.source.files); {
		rank, end := im.source.files[i].rank, i
		for end < len(im.source.files) && im.source.files[end].rank == rank {
			end++
		}
		if rank >= rankDocuments {
			if err := im.settle(ctx); err != nil {
				return err
			}
		}
		if rank == rankDocuments {
			// All of them before the first document: references among them are good then.
			for _, f := range im.source.files[i:end] {
				if err := im.ensure(ctx, f.collection); err != nil {
					return err
				}
			}
		}
		if err := im.runFiles(ctx, i, end); err != nil {
			return err
		}
		i = end
	}
	if err := im.settle(ctx); err != nil {
		return err
	}
	return im.setHistories(ctx)
}

// settle makes the definitions that waited for others.
func (im *importing) settle(ctx context.Context) error {
	if err := im.writeDeferred(ctx); err != nil {
		return err
	}
	return im.setRoles(ctx)
}

// deferRow keeps a definition until settle. It is in no batch, so that an import that goes on
// meets it again.
func (im *importing) deferRow(name string, file int, p pending) {
	n := len(im.deferred)
	if n == 0 || im.deferred[n-1].target != p.target || im.deferred[n-1].name != name {
		im.deferred = append(im.deferred, &batch{file: file, name: name, from: p.n, target: p.target})
		n++
	}
	b := im.deferred[n-1]
	b.to, b.rows = p.n, append(b.rows, p)
}

func (im *importing) writeDeferred(ctx context.Context) error {
	slices.SortStableFunc(im.deferred, func(a, b *batch) int { return rankOf(a.target) - rankOf(b.target) })
	for _, b := range im.deferred {
		b.read = im.read.Load()
		if err := im.write(ctx, b); err != nil {
			return err
		}
	}
	im.deferred = nil
	return nil
}

// runFiles reads the files from one to another and has their batches written, several
// at once.
func (im *importing) runFiles(ctx context.Context, from, to int) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	batches := make(chan *batch)
	var workers sync.WaitGroup
	flight := im.InFlight
	if im.source.files[from].rank != rankDocuments {
		flight = 1
	}
	for range flight {
		workers.Go(func() {
			for b := range batches {
				if ctx.Err() != nil {
					continue
				}
				if err := im.write(ctx, b); err != nil {
					stop(err)
				}
			}
		})
	}
	for i := from; i < to && ctx.Err() == nil; i++ {
		if err := im.readFile(ctx, i, batches); err != nil {
			stop(fmt.Errorf("%s: %w", im.source.files[i].name, err))
		}
	}
	close(batches)
	workers.Wait()
	return context.Cause(ctx)
}

// cutter cuts the rows of one file into batches.
type cutter struct {
	im      *importing
	ctx     context.Context
	out     chan<- *batch
	file    int
	pattern *pattern
	row     int // the last one read
	skipTo  int // rows up to this one are done
	now     *batch
}

func (im *importing) readFile(ctx context.Context, i int, out chan<- *batch) error {
	f := im.source.files[i]
	r, err := f.open(&im.read, &im.Options)
	if err != nil {
		return err
	}
	defer r.close()
	c := &cutter{im: im, ctx: ctx, out: out, file: i, pattern: im.pattern(f)}
	for {
		p, err := r.next()
		if err == io.EOF {
			if g := c.pattern.reading.guessed; g > 0 {
				im.report.note(fmt.Sprintf("%s: %s values {id, coll} became references", f.name, Count(int64(g))))
			}
			if t, ok := r.splitter.(*table); ok && t.doubt != "" {
				im.report.note(f.name + ": " + t.doubt)
			}
			if c.row == 0 {
				im.report.note(f.name + " has no rows")
			}
			return c.flush()
		}
		if err != nil {
			return err
		}
		if err := c.piece(p); err != nil {
			return err
		}
	}
}

func (c *cutter) piece(p piece) error {
	rows := [][]byte{p.raw}
	if p.bad == nil {
		several, err := c.pattern.rowsOf(p.raw)
		if p.bad = err; err == nil {
			rows = several
		}
	}
	for _, raw := range rows {
		if err := c.one(pending{line: p.line, raw: raw}, p.bad); err != nil {
			return err
		}
	}
	return nil
}

// one puts a row into its batch. Where batches end follows from the file alone, and from
// where the batches that are done begin and end.
func (c *cutter) one(p pending, bad error) error {
	c.row++
	p.n = c.row
	if c.row <= c.skipTo {
		return nil
	}
	if j := c.im.journal; j != nil {
		if d, ok := j.ranges[[2]int{c.file, c.row}]; ok {
			c.skipTo = d.To
			c.im.report.add(d, nil, nil)
			c.im.report.earlier(d)
			return c.flush()
		}
	}
	if bad == nil {
		p.row, bad = c.pattern.row(p.raw)
	}
	target := ""
	if p.row != nil {
		target = p.row.target
	}
	if rank := rankOf(target); bad == nil && rank > 1 && rank < rankDocuments {
		c.im.deferRow(c.im.source.files[c.file].name, c.file, p)
		return c.flush()
	}
	if b := c.now; b != nil && (b.to-b.from+1 >= c.im.BatchRows || b.bytes+len(p.raw) > c.im.BatchBytes ||
		target != "" && b.target != "" && b.target != target) {
		if err := c.flush(); err != nil {
			return err
		}
	}
	if c.now == nil {
		c.now = &batch{file: c.file, name: c.im.source.files[c.file].name, from: c.row}
	}
	b := c.now
	b.to, b.bytes = c.row, b.bytes+len(p.raw)
	if target != "" {
		b.target = target
	}
	if bad != nil {
		b.reject(p, bad.Error())
		return nil
	}
	b.withoutID = b.withoutID || p.row.id == ""
	c.im.keepForLater(p.row, p.raw)
	b.rows = append(b.rows, p)
	return nil
}

// flush hands the batch on.
func (c *cutter) flush() error {
	b := c.now
	if c.now = nil; b == nil {
		return nil
	}
	if b.target == "" {
		b.target = c.pattern.collection
	}
	if len(b.rows) > 0 {
		if err := c.im.ensure(c.ctx, b.target); err != nil {
			return err
		}
	}
	b.read = c.im.read.Load()
	select {
	case c.out <- b:
		return nil
	case <-c.ctx.Done():
		return nil
	}
}

// ensure makes the collection when it is absent.
func (im *importing) ensure(ctx context.Context, target string) error {
	if im.known[target] || natives[target] || target == "" || im.DryRun {
		return nil
	}
	im.known[target] = true
	_, err := im.send(ctx, im.Client, appendCollectionQuery(nil, target), "")
	var answer *client.Error
	if errors.As(err, &answer) && answer.Status == statusBadRequest && len(answer.Errors) > 0 {
		return fmt.Errorf("collection %q cannot be made: %s (--collection gives another name)", target, because(&answer.Errors[0]))
	}
	return err
}

// write brings a batch into the database and tells what became of it.
func (im *importing) write(ctx context.Context, b *batch) error {
	d := done{File: b.file, From: b.from, To: b.to, Target: b.target, WithoutID: b.withoutID}
	var fields []field
	if im.DryRun {
		d.Made = int64(len(b.rows))
		for _, p := range b.rows {
			fields = append(fields, p.fields...)
		}
	} else if err := im.writeRows(ctx, b, &d); err != nil {
		return err
	}
	d.Rejected = int64(len(b.rejected))
	if im.rejects != nil && len(b.rejected) > 0 {
		if err := im.rejects.write(b.rejected); err != nil {
			return err
		}
	}
	// Definitions are not journaled: they are made once anyhow, and roles of functions
	// are wanted in the end.
	if im.journal != nil && (rankOf(b.target) == rankDocuments || b.target == "credentials") {
		if err := im.journal.append(d); err != nil {
			return err
		}
	}
	im.report.add(d, fields, b.rejected)
	if im.Progress != nil {
		im.Progress(im.progress(b))
	}
	return nil
}

func (im *importing) progress(b *batch) Progress {
	im.report.mu.Lock()
	defer im.report.mu.Unlock()
	return Progress{Rows: im.report.Rows, Rejected: im.report.Rejected, Bytes: b.read, Total: im.total, What: b.target, Reject: im.report.reject}
}
