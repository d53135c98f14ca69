package archive

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"seriatim/txlog"
)

// fake is a database that knows only time and digests: its state follows from its blocks as a real one's does.
type fake struct {
	t     *testing.T
	dir   string
	log   *txlog.Local
	clock *int64 // shared by all histories: time goes on

	mu     sync.Mutex
	states []*moment // since it was opened
}

// moment is a state in a tree of histories.
type moment struct {
	State
	before *moment
}

func openFake(t *testing.T, dir string, clock *int64, at *moment) *fake {
	t.Helper()
	log, err := txlog.Open(dir, txlog.LocalOptions{Base: at.Position, SegmentBytes: 16 << 10, ReserveBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	return &fake{t: t, dir: dir, log: log, clock: clock, states: []*moment{at}}
}

func (f *fake) last() *moment {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.states[len(f.states)-1]
}

// write appends a block and applies it.
func (f *fake) write(r *rand.Rand) {
	f.t.Helper()
	*f.clock += r.Int64N(50)
	b := txlog.Block{Header: txlog.Header{Origin: 1, Clock: *f.clock}}
	for range r.IntN(4) {
		b.Entries = append(b.Entries, []byte(fmt.Sprint("entry ", r.Uint64())))
	}
	data := b.Encode(nil)
	if _, err := f.log.Append(f.t.Context(), data); err != nil {
		f.t.Fatal(err)
	}
	next := follow(f.t, f.last(), data)
	*f.clock = max(*f.clock, next.TS)
	f.mu.Lock()
	f.states = append(f.states, next)
	f.mu.Unlock()
}

// follow is what a block makes of a state.
func follow(t *testing.T, m *moment, data []byte) *moment {
	ts, err := advance(m.TS, data)
	if err != nil {
		t.Fatal(err)
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%x", m.Digest)
	h.Write(data)
	return &moment{State{m.Position + 1, ts, h.Sum64()}, m}
}

func (f *fake) Blocks(from txlog.Position) (txlog.Reader, error) { return f.log.Read(from) }

func (f *fake) Position() (txlog.Position, int64) { s := f.last(); return s.Position, s.TS }

func (f *fake) DigestAt(at txlog.Position) (uint64, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	first := f.states[0].Position
	if at < first || at > first+txlog.Position(len(f.states)-1) {
		return 0, false
	}
	return f.states[at-first].Digest, true
}

func caughtUp(t *testing.T, a *Archive, at txlog.Position) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); a.Status().Position != at; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the archive is at %+v, not at %d", a.Status(), at)
		}
	}
}

var trees = flag.Int("histories", 1, "trees of histories in TestHistories")

// TestHistories has a database written to, stopped, killed and restored to earlier states, with an archive beside it
// that is sometimes full and sometimes killed too. Afterwards every state that a backup was made of can be brought to
// any later moment of any history that came from it.
func TestHistories(t *testing.T) {
	for range *trees {
		seed := uint64(time.Now().UnixNano())
		t.Run(fmt.Sprint(seed), func(t *testing.T) { histories(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

func histories(t *testing.T, r *rand.Rand) {
	clock := int64(1_000_000)
	dir := filepath.Join(t.TempDir(), "archive0")
	o := Options{RunBytes: 40 << 10, NoteEvery: time.Millisecond, ReserveBytes: -1, wait: 20 * time.Millisecond}
	db := openFake(t, filepath.Join(t.TempDir(), "log"), &clock, &moment{})
	var all, backups []*moment
	for life := range 7 {
		a, err := Open(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		a.Start(db)
		for n := range 20 + r.IntN(100) {
			if n%20 == 10 {
				time.Sleep(time.Millisecond) // for a note
			}
			if n == 5 { // the archive has begun
				caughtUp(t, a, db.last().Position)
			}
			db.write(r)
			if n >= 5 && r.IntN(20) == 0 {
				backups = append(backups, db.last())
			}
		}
		caughtUp(t, a, db.last().Position)
		if err := db.log.Trim(a.Keep(db.last().Position)); err != nil {
			t.Fatal(err)
		}
		killed := filepath.Join(t.TempDir(), fmt.Sprint("archive", life+1))
		if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if r.IntN(2) == 0 {
			dir = killed
		}
		all = append(all, db.states[1:]...)
		db = db.again(r, backups)
	}
	db.log.Close()
	for _, b := range backups {
		checkMoments(t, r, dir, b, all)
	}
}

// again opens the database after a stop, or a new one that was restored from a backup.
func (f *fake) again(r *rand.Rand, backups []*moment) *fake {
	if err := f.log.Close(); err != nil {
		f.t.Fatal(err)
	}
	*f.clock += 10 * slack // nothing is as quick as this test
	if len(backups) > 0 && r.IntN(3) == 0 {
		return openFake(f.t, filepath.Join(f.t.TempDir(), "log"), f.clock, backups[r.IntN(len(backups))])
	}
	next := openFake(f.t, f.dir, f.clock, f.last())
	// It was flushed a while ago: digests since then are known.
	from := r.IntN(len(f.states))
	next.states = append([]*moment(nil), f.states[from:]...)
	return next
}

// checkMoments brings a backup to random times.
func checkMoments(t *testing.T, r *rand.Rand, dir string, b *moment, all []*moment) {
	t.Helper()
	for _, until := range []int64{b.TS, b.TS + r.Int64N(5000), b.TS + r.Int64N(20*slack), Latest} {
		want := b
		for _, m := range all {
			if m.TS <= until && m.TS > want.TS && comes(m, b) {
				want = m
			}
		}
		p, err := Find(t.Context(), dir, b.State, until, nil)
		if err != nil {
			t.Errorf("from %+v to %d: %v", b.State, until, err)
			continue
		}
		// Blocks without entries take no time, so several states may share it.
		got := replay(t, p, b)
		if got.TS != want.TS || !comes(got, want) && !comes(want, got) && got.Digest != want.Digest {
			t.Errorf("from %+v to %d: %+v, want %+v; runs %v", b.State, until, got.State, want.State, p.Runs)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

// comes reports whether m came from b.
func comes(m, b *moment) bool {
	for ; m != nil; m = m.before {
		if m.State == b.State {
			return true
		}
	}
	return false
}

// replay applies the blocks of a path and compares what was noted on the way.
func replay(t *testing.T, p *Path, from *moment) *moment {
	t.Helper()
	expect := map[txlog.Position]uint64{}
	for _, s := range p.Expect {
		expect[s.Position] = s.Digest
	}
	m := from
	if p.Through > from.Position {
		r, err := p.Log.Read(from.Position + 1)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for m.Position < p.Through {
			at, data, err := r.Next(t.Context())
			if err != nil || at != m.Position+1 {
				t.Fatalf("%d after %d, %v", at, m.Position, err)
			}
			m = follow(t, m, data)
			if want, ok := expect[at]; ok && want != m.Digest {
				t.Fatalf("position %d: digest %x, noted %x", at, m.Digest, want)
			}
		}
	}
	if m.TS != p.TS {
		t.Errorf("the path says it ends at %d, it is %d", p.TS, m.TS)
	}
	return m
}

// TestGap: what the log has lost the archive says it lacks, and it begins again.
func TestGap(t *testing.T) {
	clock, r := int64(1), rand.New(rand.NewPCG(1, 1))
	dir := t.TempDir()
	db := openFake(t, filepath.Join(t.TempDir(), "log"), &clock, &moment{})
	defer db.log.Close()
	live := func(n int) *Archive {
		a, err := Open(dir, Options{ReserveBytes: -1})
		if err != nil {
			t.Fatal(err)
		}
		a.Start(db)
		for len(mustRuns(t, dir)) == 0 {
			time.Sleep(time.Millisecond)
		}
		for range n {
			db.write(r)
		}
		return a
	}
	a := live(20)
	caughtUp(t, a, 20)
	before := db.last()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for range 60 {
		db.write(r)
	}
	if err := db.log.Trim(75); err != nil || db.log.Oldest() < 40 {
		t.Fatal(err, db.log.Oldest())
	}
	db.states = db.states[len(db.states)-1:]
	a = live(0)
	for len(mustRuns(t, dir)) < 2 {
		time.Sleep(time.Millisecond)
	}
	after := db.last()
	db.write(r)
	caughtUp(t, a, after.Position+1)
	if _, err := Find(t.Context(), dir, after.State, Latest, nil); err != nil {
		t.Errorf("from after the gap, while the archive is written to: %v", err)
	}
	p, err := Find(t.Context(), dir, before.State, Latest, nil)
	if err != nil || p.Through != before.Position {
		t.Errorf("from before the gap: %+v, %v", p, err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, txlog.ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	strange := after.State
	strange.Position -= 50
	if _, err := Find(t.Context(), dir, strange, Latest, nil); !errors.Is(err, ErrNone) {
		t.Errorf("from a state that the archive never saw: %v", err)
	}
	if _, err := Find(t.Context(), dir, after.State, after.TS-1, nil); !errors.Is(err, ErrNone) {
		t.Errorf("to an earlier time: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	all, err := Verify(t.Context(), dir, nil)
	if err != nil || len(all) != 2 || all[0].Through != before.Position || all[1].Through != after.Position+1 {
		t.Errorf("verify: %+v, %v", all, err)
	}
	damage(t, filepath.Join(mustRuns(t, dir)[0].dir, logFolder))
	if all, err := Verify(t.Context(), dir, nil); !errors.Is(err, txlog.ErrDamaged) || len(all) != 0 {
		t.Errorf("a damaged block: %+v, %v", all, err)
	}
	if _, err := Find(t.Context(), dir, before.State, Latest, nil); !errors.Is(err, txlog.ErrDamaged) {
		t.Errorf("a damaged block: %v", err)
	}
}

// damage flips a bit in the second block of a run.
func damage(t *testing.T, dir string) {
	t.Helper()
	segments, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(segments) == 0 {
		t.Fatal(segments, err)
	}
	text, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	text[2*4096+20] ^= 1
	if err := os.WriteFile(segments[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustRuns(t *testing.T, dir string) []*run {
	t.Helper()
	all, err := runs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestKeep: the log is kept for what is not archived, up to a bound.
func TestKeep(t *testing.T) {
	clock, r := int64(1), rand.New(rand.NewPCG(1, 1))
	db := openFake(t, filepath.Join(t.TempDir(), "log"), &clock, &moment{})
	defer db.log.Close()
	a, err := Open(t.TempDir(), Options{ReserveBytes: -1, LogDir: db.dir, MaxBehind: 100 << 10})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Keep(7); got != 7 {
		t.Errorf("kept after %d for an archive that has nothing", got)
	}
	a.Start(db)
	for len(mustRuns(t, a.dir)) == 0 {
		time.Sleep(time.Millisecond)
	}
	for range 10 {
		db.write(r)
	}
	caughtUp(t, a, 10)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		db.write(r)
	}
	for _, c := range []struct{ flushed, want txlog.Position }{{5, 5}, {9, 9}, {10, 9}, {11, 9}, {20, 9}} {
		if got := a.Keep(c.flushed); got != c.want {
			t.Errorf("flushed %d: kept after %d, want %d", c.flushed, got, c.want)
		}
	}
	for a.behind() <= a.o.MaxBehind {
		db.write(r)
	}
	if got := a.Keep(20); got != 20 {
		t.Errorf("kept after %d beyond the bound", got)
	}
}

// TestFull: while the archive's disk is full the log is kept, and afterwards nothing is missing.
func TestFull(t *testing.T) {
	clock, r := int64(1), rand.New(rand.NewPCG(1, 1))
	dir := t.TempDir()
	db := openFake(t, filepath.Join(t.TempDir(), "log"), &clock, &moment{})
	defer db.log.Close()
	for range 3 {
		db.write(r)
	}
	begin := db.last()
	for _, reserve := range []int64{1 << 60, -1} {
		a, err := Open(dir, Options{ReserveBytes: reserve, LogDir: db.dir})
		if err != nil {
			t.Fatal(err)
		}
		a.Start(db)
		for range 20 {
			db.write(r)
		}
		if reserve < 0 {
			caughtUp(t, a, db.last().Position)
		} else {
			for !errors.Is(a.Status().Err, txlog.ErrDiskFull) {
				time.Sleep(time.Millisecond)
			}
			if err := db.log.Trim(a.Keep(20)); err != nil || db.log.Oldest() > begin.Position+1 {
				t.Errorf("the log begins at %d, %v", db.log.Oldest(), err)
			}
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Find(t.Context(), dir, begin.State, Latest, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := replay(t, p, begin); got.State != db.last().State || len(p.Runs) != 1 {
		t.Errorf("%+v, want %+v; runs %v", got.State, db.last().State, p.Runs)
	}
}

// FuzzNotes: whatever is in the file, what is read is what was written, in order.
func FuzzNotes(f *testing.F) {
	f.Add([]byte(noteLine(State{1, 2, 3}) + "\n" + noteLine(State{4, 5, 6})))
	f.Add([]byte("1 2 3 4\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		name := filepath.Join(t.TempDir(), notesFile)
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := readNotes(name)
		if err != nil {
			t.Fatal(err)
		}
		n, err := openNotes(name)
		if err != nil {
			t.Fatal(err)
		}
		next := State{n.last.Position + 1, 7, 8}
		if next.Position == 0 {
			return
		}
		if err := errors.Join(n.add(next), n.add(next), n.close()); err != nil {
			t.Fatal(err)
		}
		again, err := readNotes(name)
		if err != nil || len(again) != len(all)+1 || again[len(all)] != next {
			t.Fatalf("%v, then %v", all, again)
		}
	})
}

// TestLag: how far an archive is behind grows while its disk is full, in blocks and in
// time, and is nothing once it has caught up. A restart does not make it look better.
func TestLag(t *testing.T) {
	clock, r := int64(1), rand.New(rand.NewPCG(1, 1))
	dir := t.TempDir()
	db := openFake(t, filepath.Join(t.TempDir(), "log"), &clock, &moment{})
	defer db.log.Close()
	db.write(r)
	open := func(reserve int64) *Archive {
		a, err := Open(dir, Options{ReserveBytes: reserve, LogDir: db.dir})
		if err != nil {
			t.Fatal(err)
		}
		a.Start(db)
		return a
	}
	level := func(a *Archive) {
		caughtUp(t, a, db.last().Position)
		if s := a.Status(); s.Lag != 0 || s.Behind != 0 {
			t.Errorf("it has everything: %+v", s)
		}
	}
	a := open(-1)
	db.write(r)
	level(a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = open(1 << 60)
	begun := time.Now()
	for range 20 {
		db.write(r)
	}
	for a.Status().Err == nil {
		time.Sleep(time.Millisecond)
	}
	first := a.Status()
	time.Sleep(20 * time.Millisecond)
	then := a.Status()
	if first.Lag != 20 || then.Lag != 20 || then.Behind < first.Behind+20*time.Millisecond || then.Behind < time.Since(begun) {
		t.Errorf("it is behind by %+v, then by %+v", first, then)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = open(-1)
	level(a)
	for range 200 {
		db.write(r)
		if s := a.Status(); s.Behind > time.Minute {
			t.Fatalf("it follows, and is behind by %+v", s)
		}
	}
	level(a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}
