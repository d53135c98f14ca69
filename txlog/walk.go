package txlog

import (
	"fmt"
	"io"
)

// walk checks the records of s from its beginning, linking each to the one before, and leaves head and tip at the last.
// next is the first position of the segment after it; with 0, s is the newest and may end in a torn write.
func (l *Local) walk(s *segment, next Position) error {
	window := &window{file: s.file, size: s.size}
	for next == 0 || l.head+1 < next {
		at := l.head + 1
		bytes, err := l.step(s, window, at)
		if err != nil {
			return err
		}
		if bytes == 0 {
			if next != 0 || at <= l.mark.last.at {
				return &DamageError{Position: at, File: s.name, Offset: s.end, Reason: "the block is missing although it was durable"}
			}
			return l.endAt(s, window)
		}
		s.push(bytes)
		l.head = at
		if m := l.mark.last; at == m.at && l.tip != m.after {
			return &DamageError{Position: at, File: s.name, Offset: s.end - bytes, Reason: "the block is not the one that was noted as durable"}
		}
	}
	return nil
}

// step examines the record that begins at the end of s and returns its size. 0 says that there is none, or one that
// was never wholly written. The chain moves on to it.
func (l *Local) step(s *segment, w *window, at Position) (int64, error) {
	damage := func(off int, reason string) error {
		return &DamageError{Position: at, File: s.name, Offset: s.end + int64(off), Reason: reason}
	}
	if s.end+pageSize > s.size {
		return 0, nil
	}
	page, err := w.read(s.end, pageSize)
	if err != nil {
		return 0, err
	}
	seed := seedOf(l.mark.id, at)
	switch examine(page[:sectorSize], seed, 0) {
	case sectorBlank, sectorCut:
		return 0, nil
	case sectorBad:
		return 0, damage(0, "the beginning of the block is damaged")
	}
	header := parseRecordHeader(page)
	bytes := recordBytes(header.length)
	if header.at != at || header.length > MaxBlock || s.end+bytes > s.size {
		return 0, damage(0, fmt.Sprintf("there is a record of position %d and %d bytes where it does not belong", header.at, header.length))
	}
	pages, err := w.read(s.end, bytes)
	if err != nil {
		return 0, err
	}
	switch f := examineAll(pages, seed, 0); {
	case f.state == sectorBad:
		return 0, damage(f.offset, "the block is damaged")
	case f.state != sectorGood:
		return 0, nil
	case header.before != l.tip:
		return 0, damage(0, "the block does not follow the one before it")
	}
	l.tip, l.links = link(l.tip, pages, l.links)
	return bytes, nil
}

// torn is the place past the last record of the newest segment; found says that something was written there.
type torn struct {
	segment *segment
	limit   int64 // where a record that began there would end at most
	found   bool
}

// endAt settles that the log ends at the end of s: what lies beyond must not show that more was durable.
func (l *Local) endAt(s *segment, w *window) error {
	l.torn = torn{segment: s, limit: min(s.size, s.end+recordBytes(MaxBlock))}
	for off := s.end; off < l.torn.limit; off += pageSize {
		page, err := w.read(off, pageSize)
		if err != nil {
			return err
		}
		if blank(page) {
			continue
		}
		l.torn.found = true
		if later := parseRecordHeader(page).at; later > l.head+1 && examine(page[:sectorSize], seedOf(l.mark.id, later), 0) == sectorGood {
			return &DamageError{Position: l.head + 1, File: s.name, Offset: s.end, Reason: fmt.Sprintf("the block is missing although position %d was written after it", later)}
		}
	}
	return nil
}

// blankTorn removes a torn write past the end and makes what lies before durable, since a killed process may have left
// it in the system's memory only.
func (l *Local) blankTorn() error {
	s := l.torn.segment
	if s == nil {
		return nil
	}
	if l.torn.found {
		l.o.Logger.Info("removing a write that a crash cut short and nobody was told of", "file", s.name, "position", uint64(l.head+1), "offset", s.end)
		if err := wipe(s.file, s.end, l.torn.limit); err != nil {
			return err
		}
	}
	if err := s.file.SyncData(); err != nil {
		return fmt.Errorf("txlog: syncing %s: %w", s.name, err)
	}
	return nil
}

func blank(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func wipe(f File, from, to int64) error {
	zeros := make([]byte, min(to-from, zeroChunk))
	for ; from < to; from += zeroChunk {
		if _, err := f.WriteAt(zeros[:min(to-from, zeroChunk)], from); err != nil {
			return fmt.Errorf("txlog: removing a torn write: %w", err)
		}
	}
	return nil
}

// windowSize is how much of a segment is read at a time.
const windowSize = 1 << 20

// window reads a file ahead, for a walk from front to back.
type window struct {
	file File
	size int64
	from int64
	data []byte
}

// read returns n bytes at off, valid until the next call. Bytes past the end of the file read as zero.
func (w *window) read(off, n int64) ([]byte, error) {
	if off < w.from || off+n > w.from+int64(len(w.data)) {
		size := max(n, min(windowSize, w.size-off))
		if int64(cap(w.data)) < size {
			w.data = make([]byte, size)
		}
		w.from, w.data = off, w.data[:size]
		got, err := w.file.ReadAt(w.data, off)
		if err != nil && err != io.EOF {
			w.data = w.data[:0]
			return nil, fmt.Errorf("txlog: reading a segment: %w", err)
		}
		clear(w.data[got:])
	}
	return w.data[off-w.from:][:n], nil
}
