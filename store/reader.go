package store

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// Reader is a view of the store as of one moment between two writes, for one goroutine and a short
// life: while it is open, files and memory that compactions replaced stay. It is for reads at
// timestamps already written when it was made. A write that changes history below such a timestamp
// later is not seen by it, neither in part nor whole.
type Reader struct {
	s     *Store
	view  uint64           // every write up to this number is in the iterators' state
	files uint64           // readerPool.files when it was opened
	point *pebble.Iterator // for Get
	free  []*pebble.Iterator
	buf   []byte
	err   error // the view could not be opened; answered by every read
}

// stepsBeforeSeek is how many entries a read steps over before it seeks: a step costs about a tenth
// of a seek.
const stepsBeforeSeek = 8

// readerPool keeps closed readers for the next query, as long as nothing is written and no file is
// replaced: a kept reader keeps replaced files on the disk.
type readerPool struct {
	mu     sync.Mutex
	closed []*Reader
	// writing is set while a batch is between Pebble and the write number: views
	// opened then have one number but not one state, so none is kept or reused.
	writing atomic.Bool
	files   atomic.Uint64 // counts the flushes and compactions, each of which replaces files
}

// Reader opens a read handle. The caller closes it, from the same goroutine.
func (s *Store) Reader() *Reader {
	view := s.written.Load()
	if r := s.pool.take(view); r != nil {
		return r
	}
	r := &Reader{s: s, view: view, files: s.pool.files.Load()}
	r.point, r.err = s.db.NewIter(&pebble.IterOptions{UseL6Filters: true})
	if r.err != nil {
		r.err = fmt.Errorf("store: open reader: %w", r.err)
	}
	return r
}

// Close gives the reader back. Its iterators must be closed before.
func (r *Reader) Close() error {
	if r.err == nil && r.s.pool.put(r) {
		return nil
	}
	return r.release()
}

func (r *Reader) release() error {
	var err error
	for _, it := range r.free {
		err = errors.Join(err, it.Close())
	}
	r.free = nil
	if r.point != nil {
		err = errors.Join(err, r.point.Close())
		r.point = nil
	}
	if err != nil {
		return fmt.Errorf("store: close reader: %w", err)
	}
	return nil
}

// take returns a closed reader whose view is still the newest, nil if there is none.
func (p *readerPool) take(view uint64) *Reader {
	p.mu.Lock()
	var r *Reader
	if n := len(p.closed); n > 0 && !p.writing.Load() && p.closed[n-1].view == view {
		r, p.closed = p.closed[n-1], p.closed[:n-1]
	}
	p.mu.Unlock()
	if r != nil && r.files != p.files.Load() {
		_ = r.release() // as in drain
		p.drain()
		return nil
	}
	return r
}

func (p *readerPool) put(r *Reader) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	current := !p.writing.Load() && r.view == r.s.written.Load() && r.files == p.files.Load()
	if !current || len(p.closed) >= 2*runtime.GOMAXPROCS(0) {
		return false
	}
	p.closed = append(p.closed, r)
	return true
}

// drain releases the pool: after a write their views are old, and they hold files.
func (p *readerPool) drain() {
	p.mu.Lock()
	old := p.closed
	p.closed = nil
	p.mu.Unlock()
	for _, r := range old {
		// Read errors were answered to the reads; nothing else can fail here.
		_ = r.release()
	}
}

// Get returns the newest version of key at or before `at`. A tombstone is ok == false with its
// timestamp, no version ok == false with ts 0. value is the caller's to keep and shared: it must not
// be changed.
func (r *Reader) Get(key []byte, at int64) (value []byte, ts int64, ok bool, err error) {
	f, hit := r.s.newest.get(key, at, r.view)
	if !hit {
		if f, err = r.lookup(key, at); err != nil {
			return nil, 0, false, err
		}
	}
	return f.value, f.ts, f.live, nil
}

// Get is Reader.Get on the newest state.
func (s *Store) Get(key []byte, at int64) (value []byte, ts int64, ok bool, err error) {
	f, hit := s.newest.get(key, at, anyStamp)
	if !hit {
		if f, err = s.lookup(key, at); err != nil {
			return nil, 0, false, err
		}
	}
	return f.value, f.ts, f.live, nil
}

// Newest returns the timestamp of key's newest version, tombstone or touch, 0 if it has none.
func (s *Store) Newest(key []byte) (ts int64, err error) {
	f, hit := s.newest.get(key, math.MaxInt64, anyStamp)
	if !hit {
		f, err = s.lookup(key, math.MaxInt64)
	}
	return f.seen, err
}

func (s *Store) lookup(key []byte, at int64) (found, error) {
	r := s.Reader()
	f, err := r.lookup(key, at)
	return f, errors.Join(err, r.Close())
}

// lookup reads key from Pebble and remembers what it found if that is the newest version. seen is
// right whatever `at` is.
func (r *Reader) lookup(key []byte, at int64) (f found, err error) {
	if r.err != nil {
		return found{}, r.err
	}
	r.buf = appendPrefix(r.buf[:0], key)
	prefix := len(r.buf)
	newest := true // no version above `at` was passed
	steps := 0
	valid := r.point.SeekPrefixGE(r.buf)
	for valid {
		k, err := mustDecode(r.point.Key())
		if err != nil {
			return found{}, err
		}
		f.seen = max(f.seen, k.ts)
		if !k.touch && k.ts <= at {
			if err := r.load(&f, k.ts); err != nil {
				return found{}, err
			}
			break
		}
		newest = newest && k.touch
		if steps++; steps == stepsBeforeSeek && k.ts > at {
			r.buf = appendSuffix(r.buf[:prefix], max(at, 0))
			valid = r.point.SeekPrefixGE(r.buf)
			newest = false
		} else {
			valid = r.point.Next()
		}
	}
	if err := r.point.Error(); err != nil {
		return found{}, fmt.Errorf("store: get: %w", err)
	}
	if newest {
		r.s.newest.fill(key, f, r.view)
	}
	return f, nil
}

// load takes the version under the point iterator.
func (r *Reader) load(f *found, ts int64) error {
	stored, err := r.point.ValueAndErr()
	if err != nil {
		return fmt.Errorf("store: get: %w", err)
	}
	value, tombstone, err := untag(stored)
	if err != nil {
		return err
	}
	f.ts, f.live = ts, !tombstone
	if f.live {
		f.value = own(value)
	}
	return nil
}

// iterator returns an iterator of the reader's view over [lower, upper), stored keys; nil for an empty
// range, because Pebble's iterators miss keys later when they are given bounds that cross.
func (r *Reader) iterator(lower, upper []byte) (*pebble.Iterator, error) {
	if r.err != nil {
		return nil, r.err
	}
	if comparer.Compare(lower, upper) >= 0 {
		return nil, nil
	}
	if n := len(r.free); n > 0 {
		it := r.free[n-1]
		r.free = r.free[:n-1]
		it.SetBounds(lower, upper)
		return it, nil
	}
	it, err := r.point.Clone(pebble.CloneOptions{
		IterOptions: &pebble.IterOptions{LowerBound: lower, UpperBound: upper},
	})
	if err != nil {
		return nil, fmt.Errorf("store: open iterator: %w", err)
	}
	return it, nil
}

// give takes an iterator back, or closes it if it failed.
func (r *Reader) give(it *pebble.Iterator) error {
	if err := it.Error(); err != nil || len(r.free) >= 4 {
		return errors.Join(err, it.Close())
	}
	r.free = append(r.free, it)
	return nil
}
