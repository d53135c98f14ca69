package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seriatim"
	"seriatim/archive"
)

// TestRecovered: a restored directory, in whose log nothing is yet, becomes the first node of a cluster; the archive of
// the cluster's log leads from a backup to the state of any node, in a directory of a single one again.
func TestRecovered(t *testing.T) {
	t.Parallel()
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	single := &machine{t: t, node: &Node{}}
	single.node.open.Store(db)
	single.must(`CreateCollection({ name: "things" })`)
	single.put(0, 3)
	m := newMachine(t, config(t, "a"))
	recoverFrom(t, db, m.dir)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Init(m.dir, m.c); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	kept, err := archive.Open(dir, archive.Options{ReserveBytes: -1, NoteEvery: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	m.o.Database.Keep = kept.Keep
	m.start()
	kept.Start(m.node.DB())
	m.has(0, 2)
	m.put(3, 6)
	backup, last := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "last")
	image, err := m.node.DB().Checkpoint(backup)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // for a note between, which is not needed
	m.put(6, 9)
	at, ts := m.node.DB().Position()
	digest, _ := m.node.DB().DigestAt(at)
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	m.stop()
	path, err := archive.Find(t.Context(), dir, archive.State(image), archive.Latest, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer path.Close()
	if err := errors.Join(os.MkdirAll(last, 0o700), os.Rename(backup, filepath.Join(last, storeFolder))); err != nil {
		t.Fatal(err)
	}
	r := seriatim.Recovery{Dir: last, Log: path.Log, Through: path.Through}
	for _, s := range path.Expect {
		r.Expect = append(r.Expect, seriatim.Image(s))
	}
	got, err := seriatim.Recover(r)
	if want := (seriatim.Image{Position: at, TS: ts, Digest: digest}); err != nil || got != want || len(r.Expect) == 0 {
		t.Errorf("recovered %+v, want %+v, compared with %d states on the way, %v", got, want, len(r.Expect), err)
	}
}

// recoverFrom makes a data directory of a copy of a database's store.
func recoverFrom(t *testing.T, db *seriatim.DB, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Checkpoint(filepath.Join(dir, storeFolder)); err != nil {
		t.Fatal(err)
	}
	if _, err := seriatim.Recover(seriatim.Recovery{Dir: dir}); err != nil {
		t.Fatal(err)
	}
}
