package seriatim_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"seriatim"
	"seriatim/store"
	"seriatim/txlog"
)

// garbageRig is a database over a log and a store of its own name, with a clock.
type garbageRig struct {
	*seriatim.DB
	clock *atomic.Int64
}

func openGarbage(t *testing.T, dir, name string, clock *atomic.Int64, share float64) garbageRig {
	t.Helper()
	log, err := txlog.Open(filepath.Join(dir, "log"), txlog.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(filepath.Join(dir, name), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := seriatim.Open(seriatim.Options{
		RootSecret: "secret", Clock: func() int64 { return clock.Add(1000) },
		Rig: &seriatim.Rig{Log: log, Store: st, OrderShare: share, Window: 64},
	})
	if err != nil {
		t.Fatal(err)
	}
	return garbageRig{db, clock}
}

// TestCollectGarbage: collection removes versions and changes no answer, and a replica
// that applies the log without it reaches the same state.
func TestCollectGarbage(t *testing.T) {
	const minute, hour = 60_000_000, 3_600_000_000
	dir, clock := t.TempDir(), new(atomic.Int64)
	clock.Store(goldenEpoch)
	db := openGarbage(t, dir, "store", clock, 0.5)
	defer func() { db.Close() }()
	mustAsk(t, db.DB, `CreateCollection({ name: "c", history_days: 0 })`)
	mustAsk(t, db.DB, `CreateCollection({ name: "gone" })`)
	mustAsk(t, db.DB, `CreateIndex({ name: "by_n", source: [Collection("c"), Collection("gone")], terms: [{ field: ["data", "n"] }] })`)
	mustAsk(t, db.DB, `CreateIndex({ name: "dropped", source: Collection("c"), values: [{ field: ["data", "n"] }] })`)
	mustAsk(t, db.DB, `CreateDatabase({ name: "child" })`)
	mustAsk(t, db.DB, `Create(Ref(Collection("gone"), "1"), { data: { n: 1 } })`)
	mustAsk(t, db.DB, fmt.Sprintf(`Create(Ref(Collection("c"), "9"), { data: { n: 9 }, ttl: Epoch(%d, "microsecond") })`, clock.Load()+minute))
	keyed := func(r *seriatim.Request) { r.IdempotencyKey = "once" }
	mustAsk(t, db.DB, `Create(Ref(Collection("c"), "1"), { data: { n: 0 } })`, keyed)
	for n := 1; n < 60; n++ {
		mustAsk(t, db.DB, fmt.Sprintf(`Update(Ref(Collection("c"), "1"), { data: { n: %d } })`, n%5))
		if clock.Add(minute); n == 30 { // what is deleted stays for 15 minutes
			mustAsk(t, db.DB, `Delete(Collection("gone"))`)
			mustAsk(t, db.DB, `Delete(Index("dropped"))`)
			mustAsk(t, db.DB, `Delete(Database("child"))`)
		}
	}
	early := clock.Load() - 30*minute
	late := clock.Load() - 10*minute
	questions := []string{
		`Paginate(Events(Ref(Collection("c"), "1")))`, `Paginate(Events(Match(Index("by_n"), 3)))`, `Paginate(Events(Documents(Collection("c"))))`,
		fmt.Sprintf(`At(Epoch(%d, "microsecond"), Get(Ref(Collection("c"), "1")))`, late),
		fmt.Sprintf(`At(Epoch(%d, "microsecond"), Paginate(Match(Index("by_n"), 3)))`, late),
		fmt.Sprintf(`At(Epoch(%d, "microsecond"), Paginate(Events(Match(Index("by_n"), 3))))`, late),
		`Paginate(Documents(Collection("c")))`, `Paginate(Collections())`, `Exists(Ref(Collection("c"), "9"))`, `Paginate(Events(Ref(Collection("c"), "9")))`,
		`Paginate(Match(Index("by_n"), 1))`, `Paginate(Events(Index("by_n")))`,
	}
	answers := func() string {
		var b strings.Builder
		for _, q := range questions {
			resp := ask(t, db.DB, q)
			fmt.Fprintf(&b, "%s\n%d %s\n", q, resp.Status, resp.Body)
		}
		return b.String()
	}
	before := answers()
	removed, err := db.CollectGarbage(context.Background())
	if err != nil || removed < 50 {
		t.Fatalf("%d versions were collected (%v)", removed, err)
	}
	if after := answers(); after != before {
		t.Errorf("after:\n%s\nbefore:\n%s", after, before)
	}
	for _, q := range []string{`Get(Ref(Collection("c"), "1"))`, `Paginate(Events(Documents(Collection("c"))))`, `Paginate(Match(Index("by_n"), 3))`} {
		resp := ask(t, db.DB, fmt.Sprintf(`At(Epoch(%d, "microsecond"), %s)`, early, q))
		if resp.Status != http.StatusBadRequest || !strings.Contains(string(resp.Body), "less than minimum allowed timestamp") {
			t.Errorf("%s: %d %s", q, resp.Status, resp.Body)
		}
	}
	again := mustAsk(t, db.DB, `Create(Ref(Collection("c"), "1"), { data: { n: 0 } })`, keyed)
	if !strings.Contains(again, "n: 0") {
		t.Error("the answer to an idempotency key is gone:", again)
	}
	clock.Add(25 * hour)
	for n := range 80 {
		mustAsk(t, db.DB, fmt.Sprintf(`Create(Ref(Collection("c"), "%d"), { data: { n: %d } })`, 100+n, n))
	}
	if removed, err = db.CollectGarbage(context.Background()); err != nil || removed < 10 {
		t.Errorf("%d versions were collected the second time (%v)", removed, err)
	}
	if resp := ask(t, db.DB, `Create(Ref(Collection("c"), "1"), { data: { n: 0 } })`, keyed); resp.Status != http.StatusBadRequest {
		t.Errorf("after 24 hours: %d %s", resp.Status, resp.Body)
	}
	if removed, err = db.CollectGarbage(context.Background()); err != nil || removed != 0 {
		t.Errorf("%d versions were left (%v)", removed, err)
	}
	position, digest := db.Digest()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openGarbage(t, dir, "anew", clock, 0)
	if p, d := db.Digest(); p != position || d != digest {
		t.Errorf("applied without collection: position %d, digest %x; with it %d, %x", p, d, position, digest)
	}
}
