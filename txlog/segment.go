package txlog

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	segmentSuffix = ".log"
	newSuffix     = ".new"
	spareName     = "spare" + newSuffix

	smallestSegment = 1 << 20 // where the sizes of segments begin to double
)

// segment is one file of the log: a header page, records, and blank pages. Fields but file and size are guarded by the
// lock of the log.
type segment struct {
	name  string
	file  File
	first Position
	size  int64
	pages []uint32 // page where each record begins, from first on
	end   int64    // where the next record goes
	holds int      // one for standing in the log, and one for each read under way; the file is closed at none
	gone  bool     // to be removed when it is closed
}

// last returns the position of the segment's last record, first-1 if it has none.
func (s *segment) last() Position { return s.first + Position(len(s.pages)) - 1 }

// extent returns where the record at a position begins and ends.
func (s *segment) extent(at Position) (from, to int64) {
	i := int(at - s.first)
	if i+1 < len(s.pages) {
		return int64(s.pages[i]) * pageSize, int64(s.pages[i+1]) * pageSize
	}
	return int64(s.pages[i]) * pageSize, s.end
}

// room reports whether n more bytes fit.
func (s *segment) room(n int64) bool { return s.end+n <= s.size }

// push notes a record of n bytes at the end.
func (s *segment) push(n int64) {
	s.pages = append(s.pages, uint32(s.end/pageSize))
	s.end += n
}

func segmentName(dir string, first Position) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", uint64(first), segmentSuffix))
}

// parseSegmentName returns the first position that a file name stands for.
func parseSegmentName(name string) (Position, bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return Position(n), err == nil && n > 0
}

// nextSize returns the size for the segment after one of size before: they double from smallestSegment up to the
// configured size, so that a small database stays small, and a record larger than that gets a segment of its own.
func (l *Local) nextSize(before, need int64) int64 {
	size := min(max(2*before, smallestSegment), l.o.SegmentBytes)
	return max(size/pageSize*pageSize, pageSize+need)
}

// startSegment makes the segment that begins with the next position and has room for a record of need bytes, and
// makes its header and name durable. It returns an error wrapping ErrDiskFull, and leaves nothing, if there is no
// space; a nearly full disk gets a segment as small as need allows.
func (l *Local) startSegment(need int64) (*segment, error) {
	var before int64
	if s := l.newest(); s != nil {
		before = s.size
	}
	spare := filepath.Join(l.dir, spareName)
	f, size, err := l.takeSpare(need)
	if err == nil && f == nil {
		size = l.nextSize(before, need)
		f, err = l.o.FS.Create(spare, size)
		if smaller := max(need+pageSize, min(size, smallestSegment)); errors.Is(err, ErrDiskFull) && smaller < size {
			size = smaller
			f, err = l.o.FS.Create(spare, size)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("txlog: making a segment: %w", err)
	}
	s := &segment{name: segmentName(l.dir, l.head+1), first: l.head + 1, size: size, end: pageSize, holds: 1}
	header := segmentHeader{id: l.mark.id, first: s.first, before: l.tip, size: size}
	_, err = f.WriteAt(header.seal(), 0)
	if err == nil {
		if err = f.SyncData(); err != nil {
			return nil, l.fail(fmt.Errorf("syncing a segment header: %w", err))
		}
	}
	// Some systems do not rename open files.
	if err = errors.Join(err, f.Close()); err == nil {
		err = l.o.FS.Rename(spare, s.name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("txlog: starting a segment: %w", err), l.o.FS.Remove(spare))
	}
	if err = l.o.FS.SyncDir(l.dir); err != nil {
		return nil, l.fail(fmt.Errorf("syncing the directory: %w", err))
	}
	if s.file, err = l.o.FS.Open(s.name); err != nil {
		return nil, l.fail(fmt.Errorf("opening a segment just made: %w", err))
	}
	return s, nil
}

// takeSpare waits for a spare under preparation and returns it if there is one large enough. Otherwise a spare that
// is in the way is removed.
func (l *Local) takeSpare(need int64) (File, int64, error) {
	if l.spare == nil {
		return nil, 0, nil
	}
	made := <-l.spare
	l.spare = nil
	if made.err != nil {
		return nil, 0, nil // whatever it was, making one here will meet it again
	}
	if made.size >= pageSize+need {
		return made.file, made.size, nil
	}
	return nil, 0, errors.Join(made.file.Close(), l.o.FS.Remove(filepath.Join(l.dir, spareName)))
}

// spareMade is the outcome of preparing a spare segment.
type spareMade struct {
	file File
	size int64
	err  error
}

// prepareSpare begins to fill the next segment in the background once the active one is half used. Filling costs as
// much writing as using it will, so it must not happen at the moment an append needs the space.
func (l *Local) prepareSpare(active *segment) {
	if l.spare != nil || l.o.quiet || active.end < active.size/2 {
		return
	}
	size := l.nextSize(active.size, 0)
	if free, err := l.o.FS.Free(l.dir); err == nil && free < uint64(size+l.reserve()) {
		return
	}
	made := make(chan spareMade, 1)
	l.spare = made
	go func() {
		f, err := l.o.FS.Create(filepath.Join(l.dir, spareName), size)
		made <- spareMade{f, size, err}
	}()
}
