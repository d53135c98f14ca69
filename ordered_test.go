package seriatim_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
)

// opened opens a database with options of its own.
func opened(t *testing.T, o seriatim.Options) *seriatim.DB {
	t.Helper()
	if o.RootSecret = "secret"; o.Dir == "" {
		o.Dir = t.TempDir()
	}
	db, err := seriatim.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestReadOnlyHotCall: a call that is ordered without being evaluated first must
// not lose that its request may not write.
func TestReadOnlyHotCall(t *testing.T) {
	db := opened(t, seriatim.Options{Rig: &seriatim.Rig{OrderShare: 1}})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `CreateFunction({ name: "add", body: Query(Lambda([], Create(Collection("c"), { data: {} }))) })`)
	const calls = 40
	for range calls {
		mustAsk(t, db, `Call(Function("add"))`)
	}
	for range 5 {
		resp := ask(t, db, `Call(Function("add"))`, func(r *seriatim.Request) { r.ReadOnly = "get requests" })
		if resp.Status != http.StatusBadRequest {
			t.Errorf("a request that may not write got %d %s", resp.Status, resp.Body)
		}
	}
	if got := mustAsk(t, db, `Count(Documents(Collection("c")))`); got != "40" {
		t.Errorf("%s documents after %d calls", got, calls)
	}
}

// TestTooLargeToOrder: a call that turns out too large for its log position is
// evaluated the other way, even when no conflict may be retried.
func TestTooLargeToOrder(t *testing.T) {
	db := opened(t, seriatim.Options{Rig: &seriatim.Rig{OrderShare: 1}})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `CreateFunction({ name: "work", body: Query(Lambda("s", Do(
		Create(Collection("c"), { data: {} }), Length(Repeat(Var("s"), 200000))))) })`)
	for range 40 {
		mustAsk(t, db, `Call(Function("work"), "x")`)
	}
	for range 5 {
		mustAsk(t, db, `Call(Function("work"), "xxxxxxxxxxxxxxxx")`, func(r *seriatim.Request) { r.MaxRetries = 0 })
	}
}

// TestClockSteppingBack: what was inserted at the present is there although the
// clock was set back before the transaction reached the log.
func TestClockSteppingBack(t *testing.T) {
	var ahead atomic.Int64
	start := time.Now().UnixMicro()
	db := opened(t, seriatim.Options{Clock: func() int64 { return start + ahead.Swap(0) }})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	for _, rig := range []string{"1", "2"} {
		ahead.Store(10e6)
		mustAsk(t, db, `Insert(Ref(Collection("c"), "`+rig+`"), Now(), "create", { data: { n: 1 } })`)
		if got := mustAsk(t, db, `Exists(Ref(Collection("c"), "`+rig+`"))`); got != "true" {
			t.Errorf("document %s was acknowledged and is not there", rig)
		}
	}
}

// TestDefaultRetries: a negative number of retries is the default, not none.
func TestDefaultRetries(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `Create(Ref(Collection("c"), "1"), { data: { n: 0 } })`)
	const clients = 8
	done := make(chan int, clients)
	for range clients {
		go func() {
			done <- ask(t, db, `Update(Ref(Collection("c"), "1"), { data: { n: Add(1, Select(["data", "n"], Get(Ref(Collection("c"), "1")))) } })`,
				func(r *seriatim.Request) { r.MaxRetries = -1 }).Status
		}()
	}
	for range clients {
		if got := <-done; got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
}

// TestBuildNotOrdered: a query that makes an index, which is much work when there are
// many documents, does not go into the log as itself, contended or not.
func TestBuildNotOrdered(t *testing.T) {
	dir := t.TempDir()
	db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret", Rig: &seriatim.Rig{OrderShare: 1}})
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, `CreateCollection({ name: "c" });
		CreateFunction({ name: "make", body: Query(Lambda("name", Do(Create(Collection("c"), {}),
			If(Equals(Var("name"), ""), 1, Select("active", CreateIndex({ name: Var("name"), source: Collection("c") })))))) })`)
	mustAsk(t, db, `Do(CreateIndex({ name: "i", source: Collection("c") }), "MARK-1")`)
	mustAsk(t, db, `Do(Call("make", "j"), "MARK-2")`)
	for range 40 {
		mustAsk(t, db, `Call("make", "")`)
	}
	if got := mustAsk(t, db, `Call("make", "k")`); got != "true" {
		t.Error(got) // it was ordered unevaluated, refused there, and done the other way
	}
	mustAsk(t, db, `Do(Create(Collection("c"), {}), "MARK-3")`)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for mark, want := range map[string]bool{"MARK-1": false, "MARK-2": false, "MARK-3": true} {
		if got := logHolds(t, dir, mark); got != want {
			t.Errorf("the log holds %s: %t", mark, got)
		}
	}
}

// logHolds tells whether a file of the log has the text.
func logHolds(t *testing.T, dir, text string) bool {
	files, err := filepath.Glob(filepath.Join(dir, "log", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		all, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(all, []byte(text)) {
			return true
		}
	}
	return false
}
