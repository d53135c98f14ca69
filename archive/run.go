package archive

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"seriatim/durable"
	"seriatim/txlog"
)

// State is what a database was after a block: its position, the timestamp of its last entry in microseconds, and the
// digest of everything up to there.
type State struct {
	Position txlog.Position
	TS       int64
	Digest   uint64
}

// run is one stretch of a log in the archive: the folder NNNNNN-POSITION, of its number among the runs and the position
// that it begins after, with the file RUN, the folder log, and the file notes.
type run struct {
	dir    string
	number int
	begin  State // the state before the first block
	log    *txlog.Local
	notes  *notes // nil for reading
}

const (
	runFile   = "RUN"
	logFolder = "log"
	notesFile = "notes"
	newSuffix = ".new"

	runWords  = "seriatim archive run, format "
	runFormat = 1
)

var (
	// ErrFormat says that a run was written by a newer release.
	ErrFormat = errors.New("archive: unknown format")
	// ErrNone says that no run leads from a state to where it was asked for.
	ErrNone = errors.New("archive: no run continues the state")

	runName = regexp.MustCompile(`^([0-9]{6})-([0-9]{20})$`)
)

// runs returns the folders of the runs in an archive, oldest first.
func runs(dir string) ([]*run, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	var all []*run
	for _, e := range entries {
		if m := runName.FindStringSubmatch(e.Name()); m != nil && e.IsDir() {
			number, _ := strconv.Atoi(m[1])
			r := &run{dir: filepath.Join(dir, e.Name()), number: number}
			if err := r.read(); err != nil {
				return nil, err
			}
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b *run) int { return a.number - b.number })
	return all, nil
}

// encodeRun returns the text of RUN.
func encodeRun(s State) string {
	text := fmt.Sprintf("%s%d\nposition %d\nts %d\ndigest %016x\n", runWords, runFormat, s.Position, s.TS, s.Digest)
	return text + fmt.Sprintf("end %x\n", sha256.Sum256([]byte(text)))
}

// read reads RUN.
func (r *run) read() error {
	name := filepath.Join(r.dir, runFile)
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	var version int
	var s State
	if _, err := fmt.Sscanf(string(text), runWords+"%d", &version); err == nil && version > runFormat {
		return fmt.Errorf("%w: %s has format %d, this release knows up to %d", ErrFormat, name, version, runFormat)
	}
	_, err = fmt.Sscanf(string(text), runWords+"%d\nposition %d\nts %d\ndigest %x\n", &version, &s.Position, &s.TS, &s.Digest)
	if err != nil || encodeRun(s) != string(text) || !strings.HasSuffix(r.dir, fmt.Sprintf("-%020d", s.Position)) {
		return fmt.Errorf("archive: %s is damaged", name)
	}
	r.begin = s
	return nil
}

// newRun makes a run of that number and opens it for writing. It gets its name when it is whole.
func newRun(dir string, number int, s State, o txlog.LocalOptions) (*run, error) {
	r := &run{dir: filepath.Join(dir, fmt.Sprintf("%06d-%020d", number, s.Position)), number: number, begin: s}
	made := r.dir + newSuffix
	if err := errors.Join(os.RemoveAll(made), os.MkdirAll(made, 0o700)); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	o.Base = s.Position
	log, err := txlog.Open(filepath.Join(made, logFolder), o)
	if err == nil {
		err = log.Close()
	}
	if err == nil {
		err = durable.WriteFile(filepath.Join(made, runFile), []byte(encodeRun(s)))
	}
	if err == nil {
		err = errors.Join(durable.SyncFolder(made), os.Rename(made, r.dir), durable.SyncFolder(dir))
	}
	if err == nil {
		err = r.open(o)
	}
	if err != nil {
		return nil, fmt.Errorf("archive: making a run: %w", err)
	}
	return r, nil
}

// open opens the run for writing.
func (r *run) open(o txlog.LocalOptions) (err error) {
	if r.log, err = txlog.Open(filepath.Join(r.dir, logFolder), o); err != nil {
		return err
	}
	if r.notes, err = openNotes(filepath.Join(r.dir, notesFile)); err != nil {
		return errors.Join(err, r.log.Close())
	}
	return r.checkBase()
}

// viewTries is how often a run is opened that another process writes to.
const viewTries = 10

// view opens the run for reading. Another process may be writing to it.
func (r *run) view(logger *slog.Logger) (err error) {
	for range viewTries {
		r.log, err = txlog.Open(filepath.Join(r.dir, logFolder), txlog.LocalOptions{ReadOnly: true, Logger: logger})
		if !errors.Is(err, txlog.ErrDamaged) && !errors.Is(err, fs.ErrNotExist) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		return fmt.Errorf("archive: %s: %w", r.dir, err)
	}
	return r.checkBase()
}

func (r *run) checkBase() error {
	if r.log.Base() != r.begin.Position {
		return errors.Join(fmt.Errorf("archive: %s: the log begins after position %d", r.dir, r.log.Base()), r.close())
	}
	return nil
}

func (r *run) head() txlog.Position {
	head, _ := r.log.Head(context.Background())
	return head
}

func (r *run) close() error {
	if r == nil || r.log == nil {
		return nil
	}
	err := r.log.Close()
	if r.notes != nil {
		err = errors.Join(err, r.notes.close())
	}
	return err
}
