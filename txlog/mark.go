package txlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
)

const (
	markName  = "mark"
	markSlots = 2
)

// mark is what the side file notes: a position known to be durable with its chain, and how far the log was trimmed.
// Two pages take turns, so that one is whole whatever happens to the write of the other; the higher turn counts.
//
// The mark trails the log (by markEvery while blocks arrive) because a block needs it neither to become durable nor,
// thanks to the sectors' own checks, to be told from a torn write. What it adds is proof against losses that leave no
// trace: at or before the mark, missing records are damage as well.
type mark struct {
	turn    uint64
	at      Position
	after   chain    // of the record at that position
	trimmed Position // blocks at or before it were given up by Trim
	base    Position // the log began after it
}

const markSize = preambleSize + 8 + 8 + chainSize + 8 + 8

// firstMark is that of a new log: what comes before it counts as given up.
func firstMark(base Position) mark { return mark{at: base, trimmed: base, base: base} }

func (m mark) seal(id [16]byte) []byte {
	b := appendPreamble(make([]byte, 0, markSize), markMagic, id)
	b = binary.LittleEndian.AppendUint64(b, m.turn)
	b = binary.LittleEndian.AppendUint64(b, uint64(m.at))
	b = append(b, m.after[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(m.trimmed))
	b = binary.LittleEndian.AppendUint64(b, uint64(m.base))
	return seal(nil, markSeed, b)
}

func parseMark(page []byte) (m mark, id [16]byte) {
	copy(id[:], page[16:])
	rest := page[preambleSize:]
	m.turn = binary.LittleEndian.Uint64(rest)
	m.at = Position(binary.LittleEndian.Uint64(rest[8:]))
	copy(m.after[:], rest[16:])
	m.trimmed = Position(binary.LittleEndian.Uint64(rest[16+chainSize:]))
	m.base = Position(binary.LittleEndian.Uint64(rest[24+chainSize:])) // zero before there were bases
	return m, id
}

// markFile is the open side file with what was last written there.
type markFile struct {
	mu   sync.Mutex
	file File
	id   [16]byte
	last mark
}

// create makes the side file of a new log. It gets its name only when it is whole.
func (m *markFile) create(fs FS, dir string) error {
	name := filepath.Join(dir, markName)
	f, err := fs.Create(name+newSuffix, markSlots*pageSize)
	if err != nil {
		return err
	}
	m.file = f
	err = errors.Join(m.write(m.last, markSlots), f.Close())
	m.file = nil
	if err == nil {
		err = fs.Rename(name+newSuffix, name)
	}
	if err == nil {
		err = fs.SyncDir(dir)
	}
	if err != nil {
		return err
	}
	m.file, err = fs.Open(name)
	return err
}

// openMark reads the side file. One damaged slot is borne, the other one stands for it.
func openMark(fs FS, dir string) (m *markFile, damaged int, err error) {
	name := filepath.Join(dir, markName)
	f, err := fs.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	m = &markFile{file: f}
	found := false
	page := make([]byte, pageSize)
	for slot := range int64(markSlots) {
		n, readErr := f.ReadAt(page, slot*pageSize)
		clear(page[n:])
		if examineAll(page, markSeed, 0).state != sectorGood || string(page[:8]) != markMagic {
			damaged++
			err = readErr
			continue
		}
		if last, id := parseMark(page); !found || last.turn > m.last.turn {
			m.last, m.id, found = last, id, true
		}
	}
	if !found {
		return nil, damaged, errors.Join(&DamageError{Position: 1, File: name, Reason: "the durable mark cannot be read, so no block can be vouched for"}, err)
	}
	return m, damaged, nil
}

// advance notes that the log is durable up to at and makes the note durable. It returns at once if it says so already.
func (m *markFile) advance(at Position, after chain) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at <= m.last.at {
		return nil
	}
	next := m.last
	next.at, next.after = at, after
	return m.write(next, 1)
}

// settle writes everything into both slots.
func (m *markFile) settle(at Position, after chain) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.last
	next.at, next.after = at, after
	return m.write(next, markSlots)
}

// trim notes that blocks up to trimmed are given up, in both slots, before any of them may go.
func (m *markFile) trim(trimmed Position) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.last
	next.trimmed = trimmed
	return m.write(next, markSlots)
}

// write puts next into slots of the file, one after the other and each made durable. The caller holds the lock.
func (m *markFile) write(next mark, slots int) error {
	for range slots {
		next.turn++
		if _, err := m.file.WriteAt(next.seal(m.id), int64(next.turn%markSlots)*pageSize); err != nil {
			return fmt.Errorf("txlog: writing the mark: %w", err)
		}
		if err := m.file.SyncData(); err != nil {
			return fmt.Errorf("txlog: syncing the mark: %w", err)
		}
		m.last = next
	}
	return nil
}
