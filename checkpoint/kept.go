package checkpoint

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// kept are the checkpoints of a server.
type kept struct {
	server  *Server
	src     Source
	scratch string
	life    string // tells the tickets of this server from those of one before

	mu      sync.Mutex
	images  []*image // in the order of their making
	making  *making  // under way, nil if none
	last    int      // number of the last one that was begun
	swept   bool     // leftovers of an earlier server are gone
	sweep   *time.Timer
	reading pace // of files for their hashes
	closed  bool
	tasks   sync.WaitGroup
}

// image is one checkpoint that is kept.
type image struct {
	number   int
	dir      string
	manifest *Manifest
	text     []byte
	begun    time.Time
	used     time.Time
	users    int
}

// making is a checkpoint under way. made and err are set before done is closed.
type making struct {
	number int
	done   chan struct{}
	made   *image
	err    error
}

// readingTimes is by how much reading an image for its hashes may be faster than sending it.
const readingTimes = 4

// ask is what a caller needs of a checkpoint.
type ask struct {
	ticket string
	fresh  bool
	after  uint64
}

const imagePrefix = "image-"

var errServerClosed = errors.New("the server is shutting down")

func newLife() string { return rand.Text()[:10] }

// get returns a checkpoint that serves the caller, who releases it, or a ticket to ask again with.
func (k *kept) get(ctx context.Context, a ask) (*image, string, error) {
	deadline := time.NewTimer(waitMaking)
	defer deadline.Stop()
	k.mu.Lock()
	if c := k.suitable(a); c != nil {
		defer k.mu.Unlock()
		return k.take(c), "", nil
	}
	m, err := k.begin(a)
	k.mu.Unlock()
	if err != nil {
		return nil, "", err
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		return nil, "", ctx.Err()
	case <-deadline.C:
		return nil, k.life + "-" + strconv.Itoa(m.number), nil
	}
	if m.err != nil {
		return nil, "", m.err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Contains(k.images, m.made) {
		return nil, "", errors.New("it was let go of at once")
	}
	return k.take(m.made), "", nil
}

// suitable returns the newest checkpoint if it serves the caller. The lock is held.
func (k *kept) suitable(a ask) *image {
	if k.closed || len(k.images) == 0 {
		return nil
	}
	c := k.images[len(k.images)-1]
	if number, ok := k.ticket(a.ticket); ok {
		if c.number >= number {
			return c
		}
		return nil
	}
	if a.fresh || c.manifest.Position < a.after || time.Since(c.begun) > cmp.Or(k.server.Reuse, defaultReuse) {
		return nil
	}
	return c
}

// ticket returns the number on a ticket of this server.
func (k *kept) ticket(text string) (int, bool) {
	life, digits, _ := strings.Cut(text, "-")
	number, err := strconv.Atoi(digits)
	return number, err == nil && life == k.life
}

// begin returns the making that serves the caller: the one under way, if it was begun for them, or a new one. The lock
// is held.
func (k *kept) begin(a ask) (*making, error) {
	if k.closed {
		return nil, errServerClosed
	}
	number, mine := k.ticket(a.ticket)
	if m := k.making; m != nil {
		if !a.fresh && a.after == 0 || mine && m.number >= number {
			return m, nil
		}
		// It was begun before this request, so it may lack what the caller knows of. Callers are few: wait for it.
		next := &making{number: m.number + 1, done: make(chan struct{})}
		k.tasks.Add(1)
		go func() {
			defer k.tasks.Done()
			<-m.done
			k.follow(next)
		}()
		return next, nil
	}
	k.last++
	m := &making{number: k.last, done: make(chan struct{})}
	k.making = m
	k.tasks.Add(1)
	go func() {
		defer k.tasks.Done()
		k.make(m)
	}()
	return m, nil
}

// follow ends a making with what the one begun after its predecessor brings.
func (k *kept) follow(next *making) {
	defer close(next.done)
	k.mu.Lock()
	m, err := k.begin(ask{})
	k.mu.Unlock()
	if err != nil {
		next.err = err
		return
	}
	<-m.done
	next.made, next.err = m.made, m.err
}

// make makes one checkpoint.
func (k *kept) make(m *making) {
	begun := time.Now()
	dir := filepath.Join(k.scratch, imagePrefix+strconv.Itoa(m.number))
	manifest, err := k.makeIn(dir)
	k.mu.Lock()
	k.making = nil
	if err == nil {
		now := time.Now()
		m.made = &image{number: m.number, dir: dir, manifest: manifest, text: manifest.Encode(), begun: begun, used: now}
		k.images = append(k.images, m.made)
		k.plan()
	}
	k.mu.Unlock()
	if m.err = err; err != nil {
		k.server.logger().Error("no checkpoint could be made", "err", err)
	} else {
		k.server.logger().Info("a checkpoint was made", "position", manifest.Position, "files", len(manifest.Files), "bytes", manifest.Bytes(), "took", time.Since(begun))
	}
	close(m.done)
	k.remove(k.surplus())
}

func (k *kept) makeIn(dir string) (*Manifest, error) {
	if err := k.clear(); err != nil {
		return nil, err
	}
	return makeAt(dir, k.src, func(n int) error {
		k.mu.Lock()
		closed := k.closed
		k.mu.Unlock()
		if closed {
			return errServerClosed
		}
		return k.reading.wait(context.Background(), n, readingTimes*cmp.Or(k.server.BytesPerSecond, DefaultBytesPerSecond))
	})
}

// clear removes, once, what an earlier server left: links that hold space on the disk.
func (k *kept) clear() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.swept {
		return nil
	}
	old, err := filepath.Glob(filepath.Join(k.scratch, imagePrefix+"*"))
	for _, dir := range old {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		return fmt.Errorf("checkpoint: clearing %s: %w", k.scratch, err)
	}
	k.swept = true
	return nil
}

// find returns a checkpoint by the sum of its manifest, nil if it is not kept. The caller releases it.
func (k *kept) find(id string) *image {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.images {
		if c.manifest.ID() == id {
			return k.take(c)
		}
	}
	return nil
}

func (k *kept) take(c *image) *image {
	c.users++
	return c
}

func (k *kept) release(c *image) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.users--
	c.used = time.Now()
}

// maxImages bounds the checkpoints that are kept beside those in use.
const maxImages = 3

// surplus takes out what nobody has asked for in a while, and the oldest of too many.
func (k *kept) surplus() []*image {
	k.mu.Lock()
	defer k.mu.Unlock()
	var over []*image
	stay := k.images[:0]
	for i, c := range k.images {
		idle := time.Since(c.used) >= cmp.Or(k.server.Keep, defaultKeep)
		if c.users == 0 && (k.closed || idle || len(k.images)-i > maxImages) {
			over = append(over, c)
		} else {
			stay = append(stay, c)
		}
	}
	clear(k.images[len(stay):])
	k.images = stay
	return over
}

func (k *kept) remove(over []*image) {
	for _, c := range over {
		if err := os.RemoveAll(c.dir); err != nil {
			k.server.logger().Warn("a checkpoint could not be removed", "dir", c.dir, "err", err)
		} else {
			k.server.logger().Info("a checkpoint was removed", "position", c.manifest.Position)
		}
	}
}

// plan looks again when something may have to go. The lock is held.
func (k *kept) plan() {
	if k.sweep != nil || k.closed {
		return
	}
	rest := cmp.Or(k.server.Keep, defaultKeep)/2 + time.Millisecond
	k.sweep = time.AfterFunc(rest, func() {
		k.remove(k.surplus())
		k.mu.Lock()
		defer k.mu.Unlock()
		k.sweep = nil
		if len(k.images) > 0 {
			k.plan()
		}
	})
}

func (k *kept) close() error {
	k.mu.Lock()
	k.closed = true
	if k.sweep != nil {
		k.sweep.Stop()
	}
	k.mu.Unlock()
	k.tasks.Wait()
	k.mu.Lock()
	images := k.images
	k.images = nil
	k.mu.Unlock()
	var err error
	for _, c := range images {
		err = errors.Join(err, os.RemoveAll(c.dir))
	}
	return err
}
