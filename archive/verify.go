package archive

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"

	"seriatim/txlog"
)

// Stretch is what one run of an archive has.
type Stretch struct {
	// Name is the run's folder, Begin the state before its first block, Through the position of its last one, and TS
	// the timestamp there, as the headers tell it.
	Name    string
	Begin   State
	Through txlog.Position
	TS      int64
}

// Is reports whether dir is an archive that has a run.
func Is(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "*", runFile))
	return len(found) > 0
}

// Verify reads every block of the archive in dir, which may be written to meanwhile, and returns what its runs have,
// oldest first, up to the first that is not as it was. Errors: ErrFormat, txlog.ErrDamaged, those of the disk.
func Verify(ctx context.Context, dir string, logger *slog.Logger) ([]Stretch, error) {
	all, err := runs(dir)
	if err != nil {
		return nil, err
	}
	var out []Stretch
	for _, r := range all {
		if err := r.view(logger); err != nil {
			return out, err
		}
		l, err := (&finder{ctx: ctx, until: Latest}).walk(r, r.begin, nil)
		if err = errors.Join(err, r.close()); err != nil {
			return out, err
		}
		out = append(out, Stretch{filepath.Base(r.dir), r.begin, l.to, l.ts})
	}
	return out, nil
}
