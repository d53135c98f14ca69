package transfer

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// The journal is a small file beside the source: a header, then a line for each batch
// that is in the database. A batch under way when the import ended is not in it and is
// sent again: with ids it finds its documents there, without ids its idempotency key
// makes the server give the first answer again, for a day. Batches are cut the same way
// each time, because they begin where a done one ends.

const journalFormat = "seriatim import 2"

// header says what a journal belongs to.
type header struct {
	Format  string   `json:"format"`
	ID      string   `json:"id"` // begins the idempotency keys
	Files   []string `json:"files"`
	Options string   `json:"options"`
	Rows    int      `json:"rows"`
	Bytes   int      `json:"bytes"`
}

// done is a line of the journal.
type done struct {
	File     int   `json:"f"`
	From     int   `json:"from"`
	To       int   `json:"to,omitempty"`
	Made     int64 `json:"made,omitempty"`
	Same     int64 `json:"same,omitempty"`
	Rejected int64 `json:"rejected,omitempty"`
	// WithoutID tells that rows had no ids.
	WithoutID bool   `json:"noid,omitempty"`
	Target    string `json:"target,omitempty"`
	// Drop are rows that are left out of the batch: why, and their numbers. Such a line
	// stands before the batch is sent without them.
	Drop map[string][]int `json:"drop,omitempty"`
}

type journal struct {
	mu     sync.Mutex
	path   string
	f      *os.File
	header header
	ranges map[[2]int]done           // by file and first row
	drops  map[[2]int]map[int]string // of batches that are not done
	last   time.Time
}

// ErrInterrupted says that an earlier import of the same source did not end.
var ErrInterrupted = errors.New("an earlier import of this source was interrupted")

// ErrNotSame says that the import that is to go on was another one.
var ErrNotSame = errors.New("the interrupted import had other files or options")

// openJournal begins a journal, or reads the one that is to go on.
func openJournal(path string, h header, resume bool) (*journal, error) {
	j := &journal{path: path, header: h, ranges: map[[2]int]done{}, drops: map[[2]int]map[int]string{}}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return j, j.begin()
	case err != nil:
		return nil, err
	}
	if j.f = f; !resume {
		err = fmt.Errorf("%w: --resume goes on; to begin anew, remove %s and what it imported", ErrInterrupted, path)
	} else if err = j.read(); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return j, nil
}

func (j *journal) begin() error {
	var id [12]byte
	_, _ = rand.Read(id[:])
	j.header.Format, j.header.ID = journalFormat, hex.EncodeToString(id[:])
	var err error
	if j.f, err = os.OpenFile(j.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return err
	}
	return j.append(j.header)
}

// read takes what the file says. A last line that was cut when the import was killed is
// ended; its batch is sent again.
func (j *journal) read() error {
	if info, err := j.f.Stat(); err == nil {
		j.last = info.ModTime()
	}
	r := bufio.NewReaderSize(j.f, 64<<10)
	line, _ := r.ReadBytes('\n')
	var h header
	if json.Unmarshal(line, &h) != nil || h.Format != journalFormat {
		return errors.New("it is no journal of this release's")
	}
	if fmt.Sprint(h.Files) != fmt.Sprint(j.header.Files) || h.Options != j.header.Options {
		return ErrNotSame
	}
	j.header = h
	for {
		line, err := r.ReadBytes('\n')
		var d done
		if json.Unmarshal(line, &d) == nil {
			j.note(d)
		}
		switch {
		case err == io.EOF && len(line) > 0:
			_, err = j.f.Write([]byte{'\n'})
			return err
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// note takes one line.
func (j *journal) note(d done) {
	at := [2]int{d.File, d.From}
	if d.To > 0 {
		j.ranges[at] = d
		delete(j.drops, at)
		return
	}
	if j.drops[at] == nil {
		j.drops[at] = map[int]string{}
	}
	for why, rows := range d.Drop {
		for _, n := range rows {
			j.drops[at][n] = why
		}
	}
}

// append writes a line, as one call, so that a killed process leaves whole lines or a
// cut last one.
func (j *journal) append(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	_, err = j.f.Write(append(b, '\n'))
	return err
}

// finish removes the journal: the import is complete.
func (j *journal) finish() error {
	return errors.Join(j.f.Close(), os.Remove(j.path))
}
