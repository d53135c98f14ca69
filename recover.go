package seriatim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"seriatim/store"
	"seriatim/txlog"
)

// Recovery says how a data directory is made of a copy of a store.
type Recovery struct {
	// Dir holds the folder store, a copy that Checkpoint made, and no log.
	Dir string
	// Log, if set, has blocks that follow the copy; those up to Through are applied. The
	// caller closes it.
	Log     txlog.Log
	Through txlog.Position
	// Expect are states that the database had, in the order of their positions. Those
	// after the copy and up to Through are compared by their digests on the way.
	Expect []Image
	// Logger receives messages; nil discards.
	Logger *slog.Logger
}

// ErrDiverged says that blocks led to another state than the one that was noted for their
// position: they belong to another history than the copy.
var ErrDiverged = errors.New("seriatim: the state is not the one that was noted for this position")

// Recover makes a data directory of a single node, whose log begins after the state that
// it returns. The directory counts as one when Recover has succeeded, and not before.
// Errors: ErrIncomplete, ErrFormat, ErrDiverged, txlog.ErrTrimmed when Log lacks blocks,
// and those of the disk.
func Recover(r Recovery) (Image, error) {
	o := &Options{Dir: r.Dir, Logger: r.Logger}
	for _, name := range []string{filepath.Join(r.Dir, "FORMAT"), o.logDir()} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return Image{}, errors.Join(err, fmt.Errorf("%w: %s is there already", ErrFormat, name))
		}
	}
	image, err := r.image(o)
	if err != nil {
		return image, err
	}
	if r.Log != nil && r.Through > image.Position {
		if err := r.replay(assemble(*o), image); err != nil {
			return image, err
		}
		if image, err = r.image(o); err != nil {
			return image, err
		}
	}
	log, err := txlog.Open(o.logDir(), txlog.LocalOptions{Base: image.Position, Logger: r.Logger})
	if err != nil {
		return image, err
	}
	if err := log.Close(); err != nil {
		return image, err
	}
	return image, writeFormat(r.Dir)
}

// image reads what the store holds, which must be there.
func (r *Recovery) image(o *Options) (Image, error) {
	image, ok, err := ReadImage(o.storeDir())
	if err == nil && !ok {
		err = fmt.Errorf("%w: there is no store in %s", ErrIncomplete, o.storeDir())
	}
	return image, err
}

// replay applies the blocks after the image, and makes the state durable.
func (r *Recovery) replay(db *DB, image Image) (err error) {
	if db.store, err = store.Open(db.options.storeDir(), store.Options{Logger: db.options.Logger}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	head, err := r.Log.Head(context.Background())
	if err != nil || head < r.Through {
		return errors.Join(err, fmt.Errorf("seriatim: the log ends at position %d, before %d", head, r.Through))
	}
	ahead := &bounded{log: r.Log, head: image.Position, moved: make(chan struct{})}
	db.log = ahead
	if err := db.apply(); err != nil {
		return err
	}
	for _, e := range r.Expect {
		if e.Position <= ahead.head || e.Position > r.Through {
			continue
		}
		if err := ahead.apply(db, e.Position); err != nil {
			return err
		}
		if digest, ok := db.DigestAt(e.Position); !ok || digest != e.Digest {
			return fmt.Errorf("%w: position %d has the digest %016x, noted was %016x", ErrDiverged, e.Position, digest, e.Digest)
		}
	}
	return ahead.apply(db, r.Through)
}

// bounded is a log that ends where it is told, for a while, and takes nothing.
type bounded struct {
	log txlog.Log

	mu    sync.Mutex
	head  txlog.Position
	moved chan struct{} // closed when head moves
}

// apply lets db have everything up to a position, and waits until it is applied.
func (b *bounded) apply(db *DB, at txlog.Position) error {
	b.mu.Lock()
	b.head = at
	close(b.moved)
	b.moved = make(chan struct{})
	b.mu.Unlock()
	_, err := db.replica.Sync(context.Background())
	return err
}

// end returns the head, and what is closed when there is another one.
func (b *bounded) end() (txlog.Position, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.head, b.moved
}

// Append implements txlog.Log.
func (b *bounded) Append(context.Context, []byte) (txlog.Position, error) {
	return 0, fmt.Errorf("%w: the log is only read", txlog.ErrUnavailable)
}

// Head implements txlog.Log.
func (b *bounded) Head(context.Context) (txlog.Position, error) {
	head, _ := b.end()
	return head, nil
}

// Trim implements txlog.Log.
func (b *bounded) Trim(txlog.Position) error { return nil }

// Close implements txlog.Log; the log stays open.
func (b *bounded) Close() error { return nil }

// Read implements txlog.Log.
func (b *bounded) Read(from txlog.Position) (txlog.Reader, error) {
	r, err := b.log.Read(from)
	if err != nil {
		return nil, err
	}
	return &boundedReader{Reader: r, log: b, next: max(from, 1)}, nil
}

type boundedReader struct {
	txlog.Reader
	log  *bounded
	next txlog.Position
}

// Next implements txlog.Reader.
func (r *boundedReader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	for {
		head, moved := r.log.end()
		if r.next <= head {
			break
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		}
	}
	at, block, err := r.Reader.Next(ctx)
	if err == nil {
		r.next = at + 1
	}
	return at, block, err
}
