package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"seriatim/durable"
)

// FetchOptions says how a checkpoint is fetched. The zero value is for use.
type FetchOptions struct {
	// BytesPerSecond bounds the transfer; DefaultBytesPerSecond if 0, no bound if negative.
	BytesPerSecond int64
	// Progress, if set, is called after each piece with the bytes that are there and all there will be.
	Progress func(done, total int64)
	// After is the position that the checkpoint must at least stand for.
	After uint64
	// Fresh asks for a checkpoint that is not begun before the request. One that an interrupted Fetch had begun to
	// get is taken up again all the same.
	Fresh bool
	// Patience is how long a connection may bring nothing; half a minute if 0.
	Patience time.Duration

	pause time.Duration // before the first repetition, for tests
}

const (
	// partialSuffix is what the directory is called until the checkpoint is whole.
	partialSuffix = ".partial"
	// fetchTries is how often in a row a transfer may fail without bringing a byte.
	fetchTries = 8
	// wholeTries is how often a file is fetched that arrives with another hash.
	wholeTries = 3
	// restarts is how often another checkpoint is taken because the server let go of the one before.
	restarts = 3
)

// Fetch gets a checkpoint from the Server at baseURL into dir, which must not exist, and returns its manifest. It
// gathers the files in dir with the suffix ".partial" and gives it its name when every file has the hash that the
// manifest says. Interrupted by anything, it is called again with the same arguments and fetches only what is missing.
// It repeats requests that fail in ways that may pass. Errors wrap ErrExists, ErrDamaged (the server sent, again and
// again, something else than its manifest says), ErrFormat, ErrBehind, *StatusError, or those of ctx, network and disk.
func Fetch(ctx context.Context, client *http.Client, baseURL, dir string, o FetchOptions) (*Manifest, error) {
	if err := free(dir); err != nil {
		return nil, err
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second
	}
	if o.pause <= 0 {
		o.pause = 100 * time.Millisecond
	}
	f := &fetch{ctx: ctx, client: client, base: strings.TrimSuffix(baseURL, "/") + "/", dir: dir + partialSuffix, o: o}
	var err error
	for range restarts {
		if err = f.run(); !errors.Is(err, errGone) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	if err := os.Rename(f.dir, dir); err != nil {
		return nil, fmt.Errorf("checkpoint: fetch: %w", err)
	}
	return f.m, durable.SyncFolder(filepath.Dir(dir))
}

// fetch is a Fetch under way.
type fetch struct {
	ctx    context.Context
	client *http.Client
	base   string
	dir    string
	o      FetchOptions
	pace   pace
	m      *Manifest
	done   int64 // bytes that are there, of all files
}

// run fetches one checkpoint whole.
func (f *fetch) run() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("checkpoint: fetch: %w", err)
	}
	text, err := f.choose()
	if err != nil {
		return err
	}
	if err := f.prepare(text); err != nil {
		return err
	}
	f.done = 0
	for i := range f.m.Files {
		if err := f.file(&f.m.Files[i]); err != nil {
			return err
		}
	}
	for _, folder := range folders(f.m.Files) {
		if err := durable.SyncFolder(f.place(folder)); err != nil {
			return err
		}
	}
	return writeManifest(f.dir, text)
}

func (f *fetch) place(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// choose returns the manifest to work for: the one that was begun, if the server still has it, or another.
func (f *fetch) choose() ([]byte, error) {
	if old := f.begun(); old != nil && old.Position >= f.o.After {
		text, err := f.manifest("id=" + old.ID())
		if err == nil && f.m.Sum == old.Sum {
			return text, nil
		}
		if err != nil && !errors.Is(err, errGone) {
			return nil, err
		}
	}
	query := fmt.Sprintf("after=%d", f.o.After)
	if f.o.Fresh {
		query += "&fresh=1"
	}
	text, err := f.manifest(query)
	if err == nil && f.m.Position < f.o.After {
		err = fmt.Errorf("%w: the image is of position %d, asked for was %d", ErrBehind, f.m.Position, f.o.After)
	}
	return text, err
}

// begun returns the manifest that an interrupted Fetch worked for, nil if none.
func (f *fetch) begun() *Manifest {
	for _, name := range []string{unfinishedManifest, ManifestName} {
		if text, err := os.ReadFile(f.place(name)); err == nil {
			if m, err := Parse(text); err == nil {
				return m
			}
		}
	}
	return nil
}

// prepare notes the manifest, removes what does not belong to it, and makes its folders.
func (f *fetch) prepare(text []byte) error {
	if err := os.Remove(f.place(ManifestName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("checkpoint: fetch: %w", err)
	}
	if err := writeDurably(f.place(unfinishedManifest), text); err != nil {
		return err
	}
	names, err := list(f.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, ok := f.m.file(name); !ok {
			if err := os.Remove(f.place(name)); err != nil {
				return fmt.Errorf("checkpoint: fetch: %w", err)
			}
		}
	}
	for _, folder := range folders(f.m.Files) {
		if err := os.MkdirAll(f.place(folder), 0o700); err != nil {
			return fmt.Errorf("checkpoint: fetch: %w", err)
		}
	}
	return nil
}
