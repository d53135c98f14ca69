package txlog

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

const lockName = "lock"

// open takes the directory and brings the log to its last durable block. Everything is read, checked and accepted
// before the first change.
func (l *Local) open() error {
	names, err := l.o.FS.List(l.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("txlog: %w", err)
	}
	// Before anything is written, the lock file included.
	if err := l.checkFormats(names); err != nil {
		return err
	}
	if names, err = l.take(names); err != nil {
		return err
	}
	firsts := segmentsAmong(names)
	if err := l.openMark(names, firsts); err != nil {
		return err
	}
	kept, err := l.untrimmed(firsts)
	if err != nil {
		return err
	}
	if err := l.openSegments(kept); err != nil {
		return err
	}
	if err := l.vouch(); err != nil {
		return err
	}
	if err := l.accept(); err != nil {
		return err
	}
	if l.o.ReadOnly {
		return nil
	}
	return l.mend(names, firsts[:len(firsts)-len(kept)])
}

// take makes sure that the directory is there and nobody else's, and returns the names in it.
func (l *Local) take(names []string) ([]string, error) {
	if l.o.ReadOnly {
		if !slices.Contains(names, markName) {
			return nil, fmt.Errorf("txlog: there is no log in %s: %w", l.dir, fs.ErrNotExist)
		}
		return names, nil
	}
	if err := l.o.FS.MkdirAll(l.dir); err != nil {
		return nil, fmt.Errorf("txlog: %w", err)
	}
	var err error
	if l.lock, err = l.o.FS.Lock(filepath.Join(l.dir, lockName)); err != nil {
		return nil, err
	}
	if names, err = l.o.FS.List(l.dir); err != nil {
		return nil, fmt.Errorf("txlog: %w", err)
	}
	return names, nil
}

// accept asks whoever opens the log whether they can use what it holds.
func (l *Local) accept() error {
	if l.o.Accept == nil {
		return nil
	}
	r, err := l.Read(l.oldest())
	if err != nil {
		return err
	}
	return errors.Join(l.o.Accept(r, l.oldest(), l.head), r.Close())
}

// mend makes the changes that opening takes: files that never got their name and dropped segments go, a new log gets
// its mark, a torn write is blanked, and the mark moves up to the head.
func (l *Local) mend(names []string, dropped []Position) error {
	for _, name := range names {
		if strings.HasSuffix(name, newSuffix) {
			if err := l.o.FS.Remove(filepath.Join(l.dir, name)); err != nil {
				return fmt.Errorf("txlog: %w", err)
			}
		}
	}
	// A killed process may have renamed a file without waiting for the name to become durable.
	if err := l.o.FS.SyncDir(l.dir); err != nil {
		return fmt.Errorf("txlog: syncing %s: %w", l.dir, err)
	}
	if l.mark.file == nil {
		if err := l.mark.create(l.o.FS, l.dir); err != nil {
			return err
		}
	}
	if err := l.dropTrimmed(dropped); err != nil {
		return err
	}
	if err := l.blankTorn(); err != nil {
		return err
	}
	return l.mark.settle(l.head, l.tip)
}

// checkFormats refuses files of a newer format. Files that cannot be read are left to those who name the position.
func (l *Local) checkFormats(names []string) error {
	for _, name := range names {
		if name == markName {
			if err := l.checkFormat(name, markMagic, markSlots); err != nil {
				return err
			}
		} else if _, ok := parseSegmentName(name); ok {
			if err := l.checkFormat(name, segmentMagic, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkFormat looks at the first pages of a file.
func (l *Local) checkFormat(name, magic string, pages int64) error {
	name = filepath.Join(l.dir, name)
	f, err := l.o.FS.Open(name)
	if err != nil {
		return fmt.Errorf("txlog: %w", err)
	}
	page := make([]byte, pageSize)
	for i := range pages {
		n, _ := f.ReadAt(page, i*pageSize)
		clear(page[n:])
		err = errors.Join(err, newerFormat(page, magic, name))
	}
	return errors.Join(err, f.Close())
}

// segmentsAmong returns the first positions of the segments among sorted file names, ascending: the names have a fixed
// width.
func segmentsAmong(names []string) []Position {
	var firsts []Position
	for _, name := range names {
		if first, ok := parseSegmentName(name); ok {
			firsts = append(firsts, first)
		}
	}
	return firsts
}

// openMark reads the side file, or draws the identity of a log that is yet to be made.
func (l *Local) openMark(names []string, firsts []Position) error {
	if slices.Contains(names, markName) {
		m, damaged, err := openMark(l.o.FS, l.dir)
		if damaged > 0 && err == nil {
			l.o.Logger.Warn("one of two copies of the log's durable mark was damaged or torn; the other one is used", "dir", l.dir)
		}
		l.mark = m
		return err
	}
	if len(firsts) > 0 {
		return &DamageError{Position: firsts[0], File: filepath.Join(l.dir, markName), Reason: "there are segments but no durable mark"}
	}
	l.mark = &markFile{last: firstMark(l.o.Base)}
	rand.Read(l.mark.id[:])
	return nil
}

// openSegments opens and checks the segments that are kept, in order, and takes up the head.
func (l *Local) openSegments(firsts []Position) error {
	l.base = l.mark.last.base
	l.head = l.base // where it stays if there is none
	for i, first := range firsts {
		s, err := l.openSegment(first, i == 0)
		if err != nil {
			return err
		}
		l.segments = append(l.segments, s)
		var next Position
		if i+1 < len(firsts) {
			next = firsts[i+1]
		}
		if err := l.walk(s, next); err != nil {
			return err
		}
	}
	l.headTip = l.tip
	return nil
}

// untrimmed leaves out the segments that were given up before a crash could remove them, and refuses a gap after them.
func (l *Local) untrimmed(firsts []Position) ([]Position, error) {
	trimmed := l.mark.last.trimmed
	for len(firsts) > 1 && firsts[1] <= trimmed+1 {
		firsts = firsts[1:]
	}
	missing := len(firsts) > 0 && firsts[0] > trimmed+1 || len(firsts) == 0 && l.mark.last.at > l.mark.last.base
	if missing {
		return nil, &DamageError{Position: trimmed + 1, File: segmentName(l.dir, trimmed+1), Reason: "the segment with this position is missing"}
	}
	return firsts, nil
}

// dropTrimmed removes segments that were given up before.
func (l *Local) dropTrimmed(firsts []Position) error {
	if len(firsts) == 0 {
		return nil
	}
	// The note may be one that a killed process had not yet made durable.
	if err := l.mark.trim(l.mark.last.trimmed); err != nil {
		return err
	}
	for _, first := range firsts {
		if err := l.o.FS.Remove(segmentName(l.dir, first)); err != nil {
			return fmt.Errorf("txlog: %w", err)
		}
	}
	return nil
}

// openSegment opens the segment of that name and checks its header. The oldest one says where the chain begins.
func (l *Local) openSegment(first Position, oldest bool) (*segment, error) {
	name := segmentName(l.dir, first)
	f, err := l.o.FS.Open(name)
	if err != nil {
		return nil, err
	}
	header, size, err := readSegmentHeader(f, name, first)
	if err == nil {
		damage := func(reason string) error { return &DamageError{Position: first, File: name, Reason: reason} }
		switch {
		case header.id != l.mark.id:
			err = damage("the segment belongs to another log than the mark")
		case header.first != first:
			err = damage(fmt.Sprintf("the segment was written as the one of position %d", header.first))
		case header.size != size:
			err = damage(fmt.Sprintf("the segment was made %d bytes long and has %d", header.size, size))
		case !oldest && header.before != l.tip, l.mark.last.at == first-1 && header.before != l.mark.last.after:
			err = damage("the segment does not continue what comes before it")
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if oldest {
		l.head, l.tip = first-1, header.before
	}
	return &segment{name: name, file: f, first: first, size: size, end: pageSize, holds: 1}, nil
}

func readSegmentHeader(f File, name string, first Position) (segmentHeader, int64, error) {
	size, err := f.Size()
	if err != nil {
		return segmentHeader{}, 0, err
	}
	page := make([]byte, pageSize)
	if n, err := f.ReadAt(page, 0); err != nil && n < len(page) && size >= pageSize {
		return segmentHeader{}, 0, fmt.Errorf("txlog: reading the header of %s: %w", name, err)
	}
	if flaw := examineAll(page, segmentSeed, 0); flaw.state != sectorGood || string(page[:8]) != segmentMagic {
		return segmentHeader{}, 0, &DamageError{Position: first, File: name, Offset: int64(flaw.offset), Reason: "the segment header cannot be read"}
	}
	return parseSegmentHeader(page), size, nil
}

// vouch holds the log against the mark: every position up to it must be there, with the chain noted for it.
func (l *Local) vouch() error {
	m := l.mark.last
	if l.head < m.at {
		at := l.head + 1
		return &DamageError{Position: at, File: l.fileOf(at), Offset: l.endOffset(), Reason: fmt.Sprintf("the log ends before position %d, up to which it was durable", m.at)}
	}
	return nil
}

func (l *Local) fileOf(at Position) string {
	if s := l.newest(); s != nil {
		return s.name
	}
	return segmentName(l.dir, at)
}

func (l *Local) endOffset() int64 {
	if s := l.newest(); s != nil {
		return s.end
	}
	return 0
}
