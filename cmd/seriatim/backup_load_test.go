package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"seriatim"
	"seriatim/archive"
	"seriatim/checkpoint"
)

// TestBackupUnderLoad takes backups while many write, with an archive beside them, and
// brings each to the end and to random times: the state there is the one the database had.
func TestBackupUnderLoad(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	kept := filepath.Join(t.TempDir(), "archive")
	a, err := archive.Open(kept, archive.Options{NoteEvery: 20 * time.Millisecond, ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret", Keep: a.Keep, Rig: &seriatim.Rig{FlushBytes: 64 << 10}})
	if err != nil {
		t.Fatal(err)
	}
	a.Start(db)
	ask := func(body string) {
		if resp := db.Query(t.Context(), &seriatim.Request{Authorization: "Bearer secret", Body: []byte(body)}); resp.Status >= 300 {
			t.Errorf("%d %s", resp.Status, resp.Body)
		}
	}
	ask(`{"create_collection":{"object":{"name":"stores"}}}`)
	moments := []seriatim.Image{}
	var writers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					ask(fmt.Sprintf(`{"create":{"collection":"stores"},"params":{"object":{"data":{"object":{"n":%d}}}}}`, n))
				}
			}
		})
	}
	backups, before := []string{}, []int{} // before: how many of the moments each has behind it
	for i := range 4 {
		time.Sleep(50 * time.Millisecond)
		for range 20 {
			at, ts := db.Position()
			if digest, ok := db.DigestAt(at); ok {
				moments = append(moments, seriatim.Image{Position: at, TS: ts, Digest: digest})
			}
			time.Sleep(time.Millisecond)
		}
		dir := filepath.Join(t.TempDir(), fmt.Sprint("backup", i))
		_, err := checkpoint.Make(dir, checkpoint.SourceFunc(func(dir string) (uint64, int64, uint64, error) {
			i, err := db.Checkpoint(dir)
			return uint64(i.Position), i.TS, i.Digest, err
		}))
		if err != nil {
			t.Fatal(err)
		}
		backups, before = append(backups, dir), append(before, len(moments))
	}
	close(stop)
	writers.Wait()
	at, ts := db.Position()
	digest, _ := db.DigestAt(at)
	end := seriatim.Image{Position: at, TS: ts, Digest: digest}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d positions", at)
	for i, dir := range backups {
		restored(t, dir, kept, end)
		// The moments before the backup are not in its reach.
		if later := moments[before[i]:]; len(later) > 0 {
			restored(t, dir, kept, later[r.IntN(len(later))])
		}
	}
}

// restored brings a backup to a moment.
func restored(t *testing.T, dir, kept string, want seriatim.Image) {
	t.Helper()
	into := filepath.Join(t.TempDir(), "data")
	code, text := runProgram("restore", dir, "--data", into, "--archive", kept, "--at", fmt.Sprint(want.TS))
	got, _, err := seriatim.ReadImage(filepath.Join(into, "store"))
	if code != exitOK || err != nil || got != want {
		t.Errorf("restored %+v, want %+v: %d %s %v", got, want, code, text, err)
	}
}
