package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"

	"seriatim/txlog"
)

// Latest is a time that nothing comes after.
const Latest = math.MaxInt64

// Path leads from a state of a database to a later moment.
type Path struct {
	// Log has the blocks from the state on, up to Through. It is for reading only.
	Log     txlog.Log
	Through txlog.Position
	// TS is the timestamp of the last entry at Through, as the blocks' headers tell it, and Next that of the first
	// entry after it in the same run, 0 if the run ends there.
	TS, Next int64
	// Expect are states that were noted on the way, in the order of their positions.
	Expect []State
	// Runs are the folders that the path leads through.
	Runs []string

	all []*run
}

// Close closes the runs.
func (p *Path) Close() error { return closeAll(p.all) }

func closeAll(all []*run) error {
	var err error
	for _, r := range all {
		err = errors.Join(err, r.close())
	}
	return err
}

// Find finds the way in the archive in dir from a state to the last block whose entries are all at or before a time, in
// microseconds, or Latest. Where histories part because the database was restored, the one counts that has the newest
// block at or before the time. The archive may be written to meanwhile. Errors: ErrNone, ErrFormat, txlog.ErrDamaged.
// The caller closes the path.
func Find(ctx context.Context, dir string, from State, until int64, logger *slog.Logger) (*Path, error) {
	all, err := runs(dir)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r *run) bool { return r.begin.TS > until || r.reach() < from.Position })
	f := &finder{ctx: ctx, all: all, until: until}
	for _, r := range all {
		if err := r.view(logger); err != nil {
			return nil, errors.Join(err, closeAll(all))
		}
	}
	p, err := f.find(from)
	if err != nil {
		return nil, errors.Join(err, closeAll(all))
	}
	p.all = all
	return p, nil
}

// reach returns a position that the run does not go beyond, without a look at its blocks: opening reads all of them.
func (r *run) reach() txlog.Position {
	reach := r.begin.Position
	segments, _ := filepath.Glob(filepath.Join(r.dir, logFolder, "*.log"))
	for _, name := range segments {
		var first txlog.Position
		_, err := fmt.Sscanf(filepath.Base(name), "%d", &first)
		info, err2 := os.Stat(name)
		if err != nil || err2 != nil {
			return math.MaxInt64 // whatever it is, opening meets it
		}
		reach = max(reach, first+txlog.Position(info.Size()/smallestBlock))
	}
	return reach
}

// smallestBlock is how many bytes of a segment a block takes at least.
const smallestBlock = 4096

type finder struct {
	ctx   context.Context
	all   []*run
	until int64

	through txlog.Position // where walks end at the latest, 0 for nowhere
}

// leg is a part of a path: the blocks of one run after from up to to.
type leg struct {
	run      *run
	from, to txlog.Position
	ts, next int64
}

// find takes the best of the ways that begin at a state.
func (f *finder) find(from State) (*Path, error) {
	if from.TS > f.until {
		return nil, fmt.Errorf("%w: it is of a later time than was asked for", ErrNone)
	}
	var best []leg
	for _, r := range f.all {
		ok, err := r.holds(f.ctx, from)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		legs, err := f.onward(r, from)
		if err != nil {
			return nil, err
		}
		if best == nil || end(legs).ts > end(best).ts {
			best = legs
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%w: position %d; %s", ErrNone, from.Position, f.inventory())
	}
	return newPath(best)
}

// inventory says what there is.
func (f *finder) inventory() string {
	text := "the archive holds"
	for _, r := range f.all {
		text += fmt.Sprintf(" %d to %d,", r.begin.Position, r.head())
	}
	if len(f.all) == 0 {
		return "the archive is empty"
	}
	return text[:len(text)-1]
}

func end(legs []leg) leg { return legs[len(legs)-1] }

// onward returns the best way from a state that the run holds.
func (f *finder) onward(r *run, from State) ([]leg, error) {
	begins := map[txlog.Position]int64{from.Position: from.TS}
	for _, other := range f.all {
		if other.number > r.number {
			begins[other.begin.Position] += 0
		}
	}
	last, err := f.walk(r, from, begins)
	if err != nil {
		return nil, err
	}
	best := []leg{last}
	for _, other := range f.all {
		at := other.begin.Position
		if other.number <= r.number || at < from.Position || at > last.to {
			continue
		}
		same, err := r.agrees(other.begin, begins[at])
		if err != nil {
			return nil, err
		}
		if !same {
			continue
		}
		rest, err := f.onward(other, other.begin)
		if err != nil {
			return nil, err
		}
		if end(rest).ts > end(best).ts {
			best = append([]leg{{run: r, from: from.Position, to: at, ts: other.begin.TS}}, rest...)
		}
	}
	return best, nil
}

// walk goes through the blocks of a run from a state on, as far as the time allows. It notes the timestamps at the
// positions that times has.
func (f *finder) walk(r *run, from State, times map[txlog.Position]int64) (leg, error) {
	l := leg{run: r, from: from.Position, to: from.Position, ts: from.TS}
	head := r.head()
	if f.through > 0 {
		head = min(head, f.through)
	}
	if from.Position >= head {
		return l, nil
	}
	reader, err := r.log.Read(from.Position + 1)
	if err != nil {
		return l, fmt.Errorf("archive: %s: %w", r.dir, err)
	}
	defer reader.Close()
	for l.to < head {
		at, block, err := reader.Next(f.ctx)
		if err != nil {
			return l, fmt.Errorf("archive: %s: %w", r.dir, err)
		}
		ts, err := advance(l.ts, block)
		if err != nil {
			return l, fmt.Errorf("archive: %s: position %d: %w", r.dir, at, err)
		}
		if ts > f.until {
			l.next = ts
			break
		}
		l.to, l.ts = at, ts
		if _, ok := times[at]; ok {
			times[at] = ts
		}
	}
	return l, nil
}

// newPath puts legs together.
func newPath(legs []leg) (*Path, error) {
	last := end(legs)
	p := &Path{Log: &chain{legs: legs}, Through: last.to, TS: last.ts, Next: last.next}
	for i, l := range legs {
		p.Runs = append(p.Runs, filepath.Base(l.run.dir))
		if i > 0 {
			p.Expect = append(p.Expect, l.run.begin)
		}
		noted, err := readNotes(filepath.Join(l.run.dir, notesFile))
		if err != nil {
			return nil, err
		}
		for _, s := range noted {
			if s.Position > l.from && s.Position <= l.to {
				p.Expect = append(p.Expect, s)
			}
		}
	}
	slices.SortStableFunc(p.Expect, func(a, b State) int { return int(int64(a.Position) - int64(b.Position)) })
	return p, nil
}
