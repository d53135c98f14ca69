package seriatim_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seriatim"
	"seriatim/replica"
	"seriatim/store"
	"seriatim/txlog"
)

// refusal is a directory that must not be opened: what was done to it, and how the
// error begins to explain it.
type refusal struct {
	name string
	do   func(t *testing.T, dir string)
	err  error // nil: any
	says string
}

// TestNewer: whatever carries a version and has a newer one is refused with an error
// that says so, and not one byte, name or time in the directory changes.
func TestNewer(t *testing.T) {
	refuse(t, []refusal{
		{"directory", overwrite("FORMAT", "seriatim data directory, format 2\n"), seriatim.ErrFormat, "this release knows up to 1"},
		{"no directory of ours", overwrite("FORMAT", "8.0\n"), seriatim.ErrFormat, `says "8.0"`},
		{"store", overwrite("store/FORMAT", "seriatim store 3\n"), store.ErrFormat, "at version 3, this program knows up to 2"},
		{"files of the tree", newerPebble, nil, "store: open"},
		{"segment", newerPreamble("log/00000000000000000001.log", 0), txlog.ErrFormat, "log format 2, newest known is 1"},
		{"mark", newerPreamble("log/mark", 0), txlog.ErrFormat, "log format 2, newest known is 1"},
		{"second page of the mark", newerPreamble("log/mark", 4096), txlog.ErrFormat, "log format 2, newest known is 1"},
		{"block", appendBlock(2), txlog.ErrFormat, "block format 2, newest known is 1"},
		{"entry", appendBlock(1, []byte{4}), replica.ErrEntryFormat, "entry kind 4"},
		{"later entry", appendBlock(1, []byte{3, 0, 0, 0, 0, 0, 0, 0, 0}, []byte{4}), replica.ErrEntryFormat, "entry 1: replica: the log holds an entry of a newer release"},
		{"proposal", appendBlock(1, []byte{1, 3, 0}), replica.ErrEntryFormat, "written by a newer release (format 3, this release knows 2)"},
		{"expression", appendBlock(1, []byte{2, 3, 4, 0}), replica.ErrEntryFormat, "expression format 3"},
		{"language", appendBlock(1, newerExpression()), replica.ErrEntryFormat, "revision 99 of the language, this release has 2"},
		{"state", setMeta("replica"), replica.ErrFormat, "state format 2, this release knows 1"},
		{"window of an origin", setMeta("origin/00000000000000ff"), replica.ErrFormat, "origin format 2, this release knows 1"},
	})
}

// TestParts: a directory of which something is gone, or whose parts do not belong
// together, is refused as it is.
func TestParts(t *testing.T) {
	refuse(t, []refusal{
		{"no FORMAT", remove("FORMAT"), seriatim.ErrFormat, "has no file FORMAT"},
		{"no log", remove("log"), seriatim.ErrIncomplete, "there is no folder"},
		{"empty log", emptied("log"), seriatim.ErrIncomplete, "there is no log in"},
		{"no mark", remove("log/mark"), txlog.ErrDamaged, "no durable mark"},
		{"no segment", remove("log/00000000000000000001.log"), txlog.ErrDamaged, "the segment with this position is missing"},
		{"no log and no store", func(t *testing.T, dir string) { remove("log")(t, dir); remove("store")(t, dir) }, seriatim.ErrIncomplete, "there is no folder"},
		{"another log", otherLog, replica.ErrLogBehind, "the log ends at position 1, the store is at"},
		{"no store, log trimmed", func(t *testing.T, dir string) { trim(t, dir); remove("store")(t, dir) }, txlog.ErrTrimmed, "the store is missing or empty and cannot be made again"},
		{"store before a trimmed log", trim, txlog.ErrTrimmed, "the store is at position"},
		{"no FORMAT in the store", remove("store/FORMAT"), store.ErrFormat, "no FORMAT file"},
		{"a file for a directory", func(t *testing.T, dir string) { remove("log")(t, dir); overwrite("log", "x")(t, dir) }, nil, "log"},
		{"a directory for a file", func(t *testing.T, dir string) {
			remove("FORMAT")(t, dir)
			if err := os.Mkdir(filepath.Join(dir, "FORMAT"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, nil, "FORMAT"},
	})
}

func refuse(t *testing.T, cases []refusal) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := unpackGolden(t)
			c.do(t, dir)
			refused(t, dir, c.err, c.says)
		})
	}
}

// refused opens dir, which must fail in the way given and change nothing.
func refused(t *testing.T, dir string, want error, says string) {
	t.Helper()
	before := everything(t, dir)
	db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret"})
	if err == nil {
		t.Fatal("it was opened", db.Close())
	}
	if want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), says) {
		t.Errorf("%v\nwant %v\nsaying %s", err, want, says)
	}
	after := everything(t, dir)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if before[name] != after[name] {
			t.Errorf("%s was %s and is %s", name, before[name], after[name])
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files became %d", len(before), len(after))
	}
}

// everything describes each file and folder in dir: contents, mode and time of change.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var text []byte
		if !d.IsDir() {
			text, err = os.ReadFile(path)
		}
		all[path] = fmt.Sprintf("%v %d bytes %x changed %d", info.Mode(), len(text), sha256.Sum256(text), info.ModTime().UnixNano())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func overwrite(name, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func emptied(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		remove(name)(t, dir)
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func newerPebble(t *testing.T, dir string) {
	markers, err := filepath.Glob(filepath.Join(dir, "store", "marker.format-version.*"))
	if err != nil || len(markers) != 1 {
		t.Fatal(markers, err)
	}
	if err := os.Rename(markers[0], filepath.Join(dir, "store", "marker.format-version.000999.999")); err != nil {
		t.Fatal(err)
	}
}

// newerPreamble raises the version in the preamble at an offset of a file of the log.
func newerPreamble(name string, at int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		version := binary.LittleEndian.AppendUint32(nil, 2)
		version = binary.LittleEndian.AppendUint32(version, ^uint32(2))
		_, err = f.WriteAt(version, at+8)
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func openLog(t *testing.T, dir string, o txlog.LocalOptions) *txlog.Local {
	t.Helper()
	log, err := txlog.Open(filepath.Join(dir, "log"), o)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// appendBlock appends a block in a format to the log.
func appendBlock(format byte, entries ...[]byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		log := openLog(t, dir, txlog.LocalOptions{})
		block := txlog.Block{Header: txlog.Header{Origin: 1, Incarnation: 99, Number: 1}, Entries: entries}
		b := block.Encode(nil)
		b[0] = format
		_, err := log.Append(context.Background(), b)
		if err = errors.Join(err, log.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// newerExpression is an expression entry for rules of evaluation to come.
func newerExpression() []byte {
	b := []byte{2, 1, 4, 99}                 // expression, format, API version, revision
	b = append(b, make([]byte, 8+1+1+32)...) // database, clock, first id, entropy
	return append(b, 0, '1')                 // no identity, and a query
}

func setMeta(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		changeStore(t, dir, func(_ *store.Store, b *store.Batch) { b.SetMeta(name, []byte{2, 1, 2, 3}) })
	}
}

func changeStore(t *testing.T, dir string, change func(*store.Store, *store.Batch)) {
	t.Helper()
	s, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := s.NewBatch()
	change(s, b)
	err = s.Write(b)
	b.Close()
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// otherLog puts a log of a single block in the place of the log.
func otherLog(t *testing.T, dir string) {
	emptied("log")(t, dir)
	appendBlock(1)(t, dir)
}

// trim gives up the beginning of the log: small segments, so that there is one to give.
func trim(t *testing.T, dir string) {
	log := openLog(t, dir, txlog.LocalOptions{SegmentBytes: 1})
	block := txlog.Block{Header: txlog.Header{Origin: 9, Incarnation: 1}, Entries: [][]byte{bytes.Repeat([]byte{1}, 2<<20)}}
	for block.Number = 1; block.Number <= 3; block.Number++ {
		if _, err := log.Append(context.Background(), block.Encode(nil)); err != nil {
			t.Fatal(err)
		}
	}
	head, err := log.Head(context.Background())
	if err = errors.Join(err, log.Trim(head), log.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestNewerRecord: a repeat that finds an answer recorded by a newer release is told so
// and changes nothing.
func TestNewerRecord(t *testing.T) {
	script, dir := readScript(t, filepath.Join(golden, "golden.txt")), unpackGolden(t)
	if err := openAt(t, dir, goldenLater).Close(); err != nil { // applies the log
		t.Fatal(err)
	}
	changeStore(t, dir, func(s *store.Store, b *store.Batch) {
		it := s.Scan(nil, nil, goldenEpoch+2*goldenLater, false)
		for it.Next() {
			if k := it.Key(); len(k) == 9+sha256.Size && k[8] == 4 {
				v := bytes.Clone(it.Value())
				v[8] = 2
				b.Put(bytes.Clone(k), it.TS(), v)
			}
		}
		if err := errors.Join(it.Err(), it.Close()); err != nil || b.Len() != 2 {
			t.Fatalf("%d records %v", b.Len(), err)
		}
	})
	db := openAt(t, dir, goldenLater)
	position, digest := db.Digest()
	for _, s := range script.steps {
		if s.key() == "" {
			continue
		}
		resp := ask(t, db, s.query, key(s.key()))
		if resp.Status != http.StatusServiceUnavailable || !strings.Contains(string(resp.Body), "recorded by a newer release") {
			t.Errorf("%d %s", resp.Status, resp.Body)
		}
	}
	if p, d := db.Digest(); p != position || d != digest {
		t.Error("something was written")
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestFirstStartCutShort: what a first start leaves behind at any point is no obstacle
// to the next one, and what another program left is.
func TestFirstStartCutShort(t *testing.T) {
	for _, made := range [][]string{
		{}, {"log/"}, {"log/", "store/"}, {"log/", "store/", "FORMAT.new123"}, {"root-secret"},
		{"log/", "store/", "FORMAT"}, {"log/lock", "store/", "FORMAT"}, {"log/mark.new", "store/", "FORMAT"},
	} {
		dir := layOut(t, made)
		db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret"})
		if err != nil {
			t.Errorf("%v: %v", made, err)
			continue
		}
		if got := mustAsk(t, db, `CreateCollection({ name: "c" })`); got == "" {
			t.Errorf("%v: nothing printed", made)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, foreign := range []string{"log/syslog", "store/a.db"} {
		refused(t, layOut(t, []string{foreign}), seriatim.ErrFormat, "has no file FORMAT")
	}
}

// layOut makes folders (names that end in a slash) and files in a new directory.
func layOut(t *testing.T, names []string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		folder, file := filepath.Split(name)
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		switch file {
		case "":
		case "FORMAT":
			overwrite(name, "seriatim data directory, format 1\n")(t, dir)
		default:
			overwrite(name, "")(t, dir)
		}
	}
	return dir
}
