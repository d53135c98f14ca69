package sim_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"seriatim"
	"seriatim/sim"
)

const (
	fullBytes    = "size=64m"
	ballastBytes = 20 << 20
	// soon is how long a write may take that meets a full disk; on a busy machine one or
	// another takes longer, and none may hang.
	soon, stuck = time.Second, 15 * time.Second
)

// TestDiskFull fills a real small file system under the database: writes get an
// error at once and reads go on; when there is space again writes go on, and
// nothing that was acknowledged is lost, not then and not after a restart.
func TestDiskFull(t *testing.T) {
	mount := t.TempDir()
	if err := unix.Mount("tmpfs", mount, "tmpfs", 0, fullBytes); err != nil {
		t.Skipf("no right to mount a file system: %v", err)
	}
	defer func() { must(t, unix.Unmount(mount, unix.MNT_DETACH)) }()
	ballast := filepath.Join(mount, "ballast")
	must(t, os.WriteFile(ballast, make([]byte, ballastBytes), 0o600))

	f := &filling{t: t, r: rand.New(rand.NewPCG(*seedFlag, 64))}
	f.open(filepath.Join(mount, "data"))
	f.create()
	f.fill()
	f.verify("while the disk is full")
	for range 5 {
		if a := f.write(); a.outcome() == sim.Ok {
			t.Error("a write on a full disk succeeded")
		}
	}
	if f.refused > soon {
		t.Errorf("the quickest of the errors took %v", f.refused)
	}
	f.close()
	f.open(filepath.Join(mount, "data"))
	f.verify("after a restart on the full disk")
	must(t, os.Remove(ballast))
	before := f.number
	if !waitFor(2*time.Minute, func() bool { return f.write().outcome() == sim.Ok }) {
		t.Error("there is space again, and still no write succeeds")
	}
	for range 20 {
		if a := f.write(); a.outcome() != sim.Ok {
			t.Fatalf("a write after there was space again: %s", a)
		}
	}
	f.verify("with space again")
	f.close()
	f.open(filepath.Join(mount, "data"))
	f.verify("after a restart")
	f.close()
	if !t.Failed() {
		t.Logf("%d writes until the disk was full and %d afterwards, 0 acknowledged ones lost; the slowest answer took %v", before, f.number-before, f.slowest)
	}
}

// filling writes one document after another and knows which are there.
type filling struct {
	t       *testing.T
	r       *rand.Rand
	db      *seriatim.DB
	number  int // documents acknowledged: 1 to number
	slowest time.Duration
	refused time.Duration // the quickest error
}

func (f *filling) open(dir string) {
	f.t.Helper()
	var err error
	f.db, err = seriatim.Open(seriatim.Options{Dir: dir, RootSecret: secret, Logger: quiet})
	must(f.t, err)
}

// close may fail to flush for want of space; the log holds what is not flushed.
func (f *filling) close() {
	if err := f.db.Close(); err != nil {
		f.t.Logf("close: %v", err)
	}
}

func (f *filling) create() {
	f.t.Helper()
	for _, text := range []string{
		`CreateCollection({name: "papers"})`,
		`CreateIndex({name: "papers_by_kind", source: Collection("papers"), terms: [{field: ["data", "kind"]}], values: [{field: ["data", "number"]}]})`,
	} {
		_, err := ask(f.t.Context(), hall{f.db}, text)
		must(f.t, err)
	}
}

// write makes the next document and takes the time.
func (f *filling) write() *answer {
	f.t.Helper()
	body, err := compile(fmt.Sprintf(`Do(Create(%s, {data: {kind: "paper", number: %d, text: %q}}), 0)`,
		reference("papers", f.number), f.number+1, padding(f.r, 100<<10)))
	must(f.t, err)
	ctx, cancel := context.WithTimeout(f.t.Context(), 20*time.Second)
	defer cancel()
	begun := time.Now()
	a := hall{f.db}.send(ctx, body)
	took := time.Since(begun)
	f.slowest = max(f.slowest, took)
	switch {
	case a.outcome() == sim.Ok:
		f.number++
	case took > stuck:
		f.t.Errorf("the error came after %v: %s", took, a)
	case a.outcome() == sim.Info:
		f.t.Errorf("an error that is not definite: %s", a)
	default:
		f.refused = min(cmp.Or(f.refused, took), took)
	}
	return a
}

func (f *filling) fill() {
	f.t.Helper()
	for f.number < 10_000 && !f.t.Failed() {
		if a := f.write(); a.outcome() != sim.Ok {
			f.t.Logf("full after %d documents: %s", f.number, a)
			return
		}
	}
	f.t.Fatal("the disk is never full")
}

// verify counts the documents and the index entries.
func (f *filling) verify(when string) {
	f.t.Helper()
	a, err := ask(f.t.Context(), hall{f.db}, `[
  Count(Select("data", Paginate(Documents(Collection("papers")), {size: 10000}))),
  Select("data", Paginate(Match(Index("papers_by_kind"), "paper"), {size: 10000}))]`)
	must(f.t, err)
	list, err := rows(a, 2)
	must(f.t, err)
	var numbers []int
	must(f.t, (&answer{resource: list[1]}).into(&numbers))
	if string(list[0]) != fmt.Sprint(f.number) || len(numbers) != f.number {
		f.t.Errorf("%s: %s documents and %d entries instead of %d", when, list[0], len(numbers), f.number)
	}
}
