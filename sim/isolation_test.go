package sim_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim"
	"seriatim/sim"
	"seriatim/syntax"
	"seriatim/txlog/simdisk"
)

// The rows of docs/isolation.md: a test produces each anomaly that a way to read
// allows, and shows that the others do not have it.

// pairDB is a database in which two transactions can be made to overlap.
type pairDB struct {
	*node
	t    *testing.T
	mu   sync.Mutex
	hold chan struct{} // syncs of the log wait for it, when not nil
}

func newPair(t *testing.T) *pairDB {
	p := &pairDB{t: t}
	disk := simdisk.New(*seedFlag)
	n, err := openNode(disk, vfs.NewCrashableMem(), 0, 0)
	must(t, err)
	p.node = n
	disk.SetFault(func(op simdisk.Op, _ string) error {
		if op == simdisk.OpSync {
			p.mu.Lock()
			hold := p.hold
			p.mu.Unlock()
			if hold != nil {
				<-hold
			}
		}
		return nil
	})
	t.Cleanup(func() { must(t, n.DB.Close()) })
	for _, text := range []string{
		`CreateCollection({name: "c"})`,
		`CreateIndex({name: "strict", source: Collection("c"), terms: [{field: ["data", "k"]}]})`,
		`CreateIndex({name: "loose", source: Collection("c"), terms: [{field: ["data", "k"]}], serialized: false})`,
		`CreateIndex({name: "only", source: Collection("c"), terms: [{field: ["data", "u"]}], unique: true, serialized: false})`,
		`Create(Ref(Collection("c"), "1"), {data: {on: true}})`,
		`Create(Ref(Collection("c"), "2"), {data: {on: true}})`,
	} {
		p.ask(text)
	}
	return p
}

func (p *pairDB) ask(text string) *answer {
	p.t.Helper()
	a, err := ask(p.t.Context(), hall{p.DB}, text)
	must(p.t, err)
	return a
}

// both runs two transactions that begin while the log is still busy with a third, so
// that as a rule neither sees the other.
func (p *pairDB) both(first, second string) [2]*answer {
	p.mu.Lock()
	hold := make(chan struct{})
	p.hold = hold
	p.mu.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = ask(p.t.Context(), hall{p.DB}, `Create(Collection("c"), {})`) })
	time.Sleep(2 * time.Millisecond)
	var answers [2]*answer
	for i, text := range []string{first, second} {
		wg.Go(func() {
			body, err := compile(text)
			if err != nil {
				p.t.Error(err)
				return
			}
			answers[i] = hall{p.DB}.send(context.Background(), body)
		})
	}
	time.Sleep(10 * time.Millisecond)
	p.mu.Lock()
	p.hold = nil
	p.mu.Unlock()
	close(hold)
	wg.Wait()
	return answers
}

// won counts the answers that are successes; each of the others has to be an abort.
func (p *pairDB) won(answers [2]*answer) (n int) {
	p.t.Helper()
	for _, a := range answers {
		switch {
		case a == nil:
			p.t.Fatal("no answer")
		case a.outcome() == sim.Ok:
			n++
		case a.code != "transaction aborted" && a.code != "instance not unique":
			p.t.Fatal(a)
		}
	}
	return n
}

// rounds is how often an anomaly is tried for, most how often while the two never met,
// which they may not on a busy machine.
const rounds, most = 60, 3000

// TestWriteSkew: two transactions that each read what the other writes are one
// before the other, whether they read documents, collections, serialized indexes or
// unique ones. Through an index with serialized: false both may succeed.
func TestWriteSkew(t *testing.T) {
	p := newPair(t)
	other := [2]string{"2", "1"}
	for _, c := range []struct {
		name    string
		prepare string
		// text is a transaction that may succeed only if the other one did not.
		text   func(round, side int) string
		allows bool
	}{
		{"documents", `Foreach(["1", "2"], Lambda("i", Update(Ref(Collection("c"), Var("i")), {data: {on: true}})))`,
			func(_, side int) string {
				return fmt.Sprintf(`If(Select(["data", "on"], Get(Ref(Collection("c"), "%s"))), Update(Ref(Collection("c"), "%d"), {data: {on: false}}), Abort("off"))`, other[side], side+1)
			}, false},
		{"a serialized index", `1`, func(round, side int) string {
			return fmt.Sprintf(`If(IsEmpty(Match(Index("strict"), "s%d")), Create(Collection("c"), {data: {k: "s%d", by: %d}}), Abort("there"))`, round, round, side)
		}, false},
		{"a unique index", `1`, func(round, side int) string {
			return fmt.Sprintf(`Create(Collection("c"), {data: {u: "u%d", by: %d}})`, round, side)
		}, false},
		{"a collection", `1`, func(round, side int) string {
			return fmt.Sprintf(`If(Exists(Ref(Collection("c"), "%d")), Abort("there"), Create(Ref(Collection("c"), "%d"), {data: {by: %d}}))`, 100+round, 100+round, side)
		}, false},
		{"an index that is not serialized", `1`, func(round, side int) string {
			return fmt.Sprintf(`If(IsEmpty(Match(Index("loose"), "l%d")), Create(Collection("c"), {data: {k: "l%d", by: %d}}), Abort("there"))`, round, round, side)
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			skews, met := 0, 0
			for round := 0; round < rounds || round < most && met == 0 && skews == 0; round++ {
				p.ask(c.prepare)
				answers := p.both(c.text(round, 0), c.text(round, 1))
				n := p.won(answers)
				met += min(answers[0].retries+answers[1].retries, 1)
				if n == 0 {
					t.Fatal("both saw the other's write")
				}
				if skews += n - 1; c.allows && skews > 0 {
					break
				}
			}
			if c.allows != (skews > 0) {
				t.Errorf("%d write skews", skews)
			}
			if !c.allows && met == 0 {
				t.Errorf("in %d rounds no transaction had to be tried again: they never met", most)
			}
		})
	}
}

// TestReadersAreStrict: on one node every read sees all that was acknowledged
// before it began, and all of a transaction or nothing, whichever way it asks.
func TestReadersAreStrict(t *testing.T) {
	p := newPair(t)
	p.ask(`Foreach(["1", "2"], Lambda("i", Update(Ref(Collection("c"), Var("i")), {data: {n: 0, k: "n0"}})))`)
	for n := 1; n <= 200; n++ {
		wrote := p.ask(fmt.Sprintf(`Foreach(["1", "2"], Lambda("i", Update(Ref(Collection("c"), Var("i")), {data: {n: %d, k: "n%d"}})))`, n, n))
		for _, linearized := range []bool{false, true} {
			for text, want := range map[string]string{
				`[Select(["data", "n"], Get(Ref(Collection("c"), "1"))), Select(["data", "n"], Get(Ref(Collection("c"), "2")))]`: fmt.Sprintf(`[%d,%d]`, n, n),
				fmt.Sprintf(`[Count(Match(Index("loose"), "n%d")), Count(Match(Index("strict"), "n%d"))]`, n, n-1):               `[2,0]`,
				fmt.Sprintf(`Count(Match(Index("loose"), "n%d"))`, n-1):                                                          `0`,
			} {
				body, err := compile(text)
				must(t, err)
				r := p.Query(t.Context(), &seriatim.Request{Authorization: basic, Body: body, Version: syntax.V4, Linearized: linearized})
				if got := string(r.Body); r.Status != http.StatusOK || got != `{"resource":`+want+`}` || r.TxnTS < wrote.ts {
					t.Fatalf("after %d at %d, %s is %s at %d", n, wrote.ts, text, got, r.TxnTS)
				}
			}
		}
	}
}

// TestAt: what is read as of a time is old by wish. It is of one moment; but it does
// not count as read, so a write may follow from what is no longer so, and Insert and
// Remove change it afterwards.
func TestAt(t *testing.T) {
	p := newPair(t)
	first := p.ask(`Foreach(["1", "2"], Lambda("i", Update(Ref(Collection("c"), Var("i")), {data: {n: 1}})))`).ts
	second := p.ask(`Foreach(["1", "2"], Lambda("i", Update(Ref(Collection("c"), Var("i")), {data: {n: 2}})))`).ts
	both := `[Select(["data", "n"], Get(Ref(Collection("c"), "1"))), Select(["data", "n"], Get(Ref(Collection("c"), "2")))]`
	at := func(ts int64) string { return string(p.ask(fmt.Sprintf(`At(%d, %s)`, ts, both)).resource) }

	if now, old := string(p.ask(both).resource), at(second-1); now != "[2,2]" || old != "[1,1]" {
		t.Errorf("now there are %s, before there were %s", now, old)
	}
	t.Run("a stale read that a write follows from", func(t *testing.T) {
		p.ask(fmt.Sprintf(`Update(Ref(Collection("c"), "1"), {data: {copy: At(%d, Select(["data", "n"], Get(Ref(Collection("c"), "2"))))}})`, first))
		if got := string(p.ask(`Select(["data", "copy"], Get(Ref(Collection("c"), "1")))`).resource); got != "1" {
			t.Errorf("the copy is %s", got)
		}
	})
	t.Run("a read that cannot be repeated", func(t *testing.T) {
		p.ask(fmt.Sprintf(`Insert(Ref(Collection("c"), "2"), %d, "update", {data: {n: 7}})`, second-1))
		if got := at(second - 1); got != "[1,7]" {
			t.Errorf("after history was changed there are %s", got)
		}
		if got := at(first); got != "[1,1]" {
			t.Errorf("before that there are %s", got)
		}
	})
	t.Run("no write skew through the present", func(t *testing.T) {
		for round := range 20 { // a time that is not past is the present, and counts as read
			text := func(side int) string {
				return fmt.Sprintf(`If(At(TimeAdd(Now(), 1, "day"), IsEmpty(Match(Index("strict"), "a%d"))), Create(Collection("c"), {data: {k: "a%d", by: %d}}), Abort("there"))`, round, round, side)
			}
			if n := p.won(p.both(text(0), text(1))); n != 1 {
				t.Fatalf("%d of two succeeded", n)
			}
		}
	})
}

// TestStreamsLag: a stream tells every change once and in order, each at the time of
// its transaction; two streams are not at the same moment, so what they told so far
// together need not be a state that there ever was.
func TestStreamsLag(t *testing.T) {
	p := newPair(t)
	open := func(id string) *seriatim.Stream {
		body, err := compile(fmt.Sprintf(`Ref(Collection("c"), "%s")`, id))
		must(t, err)
		s, refused := p.Stream(t.Context(), &seriatim.Request{Authorization: basic, Body: body, Version: syntax.V4}, nil)
		if refused != nil {
			t.Fatalf("%d %s", refused.Status, refused.Body)
		}
		t.Cleanup(s.Close)
		return s
	}
	one, two := open("1"), open("2")
	var times []int64
	for n := 1; n <= 20; n++ {
		times = append(times, p.ask(fmt.Sprintf(`Foreach(["1", "2"], Lambda("i", Update(Ref(Collection("c"), Var("i")), {data: {n: %d}})))`, n)).ts)
	}
	follow := func(s *seriatim.Stream, until int) (told string) {
		want := fmt.Sprintf(`"n":%d}`, until)
		for {
			event, err := s.Next(t.Context())
			must(t, err)
			told += string(event)
			if strings.Contains(string(event), want) {
				return told
			}
		}
	}
	ahead := follow(one, 20)
	behind := follow(two, 1)
	if strings.Contains(behind, `"n":2}`) {
		t.Errorf("the second stream told more than one transaction at once: %s", behind)
	}
	// The first stream is at 20 now and the second at 1: there was no such state.
	behind += follow(two, 20)
	for name, told := range map[string]string{"the first": ahead, "the second": behind} {
		at := -1
		for n := 1; n <= 20; n++ {
			next := strings.Index(told, fmt.Sprintf(`"n":%d}`, n))
			if next <= at || !strings.Contains(told, fmt.Sprintf(`"txn":%d`, times[n-1])) {
				t.Errorf("%s stream does not tell change %d in its place, at %d:\n%s", name, n, times[n-1], told)
			}
			at = next
		}
	}
}
