package seriatim_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"seriatim"
)

// untilActive waits for the build of an index.
func untilActive(t *testing.T, db *seriatim.DB, index string) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if mustAsk(t, db, `Select("active", Get(Index("`+index+`")))`) == "true" {
			return
		}
	}
	t.Fatalf("index %s is not active: %s", index, mustAsk(t, db, `Get(Index("`+index+`"))`))
}

// TestBackgroundBuild: an index too large to be filled at once is filled beside
// queries that change its documents, over a restart amid it, and then holds what the
// documents say, now and in the past.
func TestBackgroundBuild(t *testing.T) {
	o := seriatim.Options{Dir: t.TempDir(), RootSecret: "secret", Rig: &seriatim.Rig{MaxBuild: 100, OrderShare: 0.3}}
	db, err := seriatim.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { db.Close() }()
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	const documents = 6000
	for n := 0; n < documents; n += 1000 {
		var refs []string
		for i := n; i < n+1000; i++ {
			refs = append(refs, fmt.Sprint(i))
		}
		mustAsk(t, db, `Foreach([`+strings.Join(refs, ",")+`], Lambda("n", Create(Ref(Collection("c"), ToString(Var("n"))), { data: { n: Var("n"), g: Modulo(Var("n"), 10) } })))`)
	}
	before := mustAsk(t, db, `ToMicros(Now())`)
	created := mustAsk(t, db, `CreateIndex({ name: "by_g", source: Collection("c"), terms: [{ field: ["data", "g"] }], values: [{ field: ["data", "n"] }] })`)
	if !strings.Contains(created, `active: false`) {
		t.Fatal(created)
	}
	resp := ask(t, db, `Paginate(Match(Index("by_g"), 1))`)
	if resp.Status != http.StatusBadRequest || !strings.Contains(string(resp.Body), "Index 'by_g' is not active.") {
		t.Fatalf("%d %s", resp.Status, resp.Body)
	}
	if got := mustAsk(t, db, `IsNumber(Select(["build", "documents"], Get(Index("by_g")), 0))`); got != "true" {
		t.Error(got)
	}
	change := func(from int) {
		for i := from; i < from+400; i++ {
			mustAsk(t, db, fmt.Sprintf(`Update(Ref(Collection("c"), "%d"), { data: { g: %d } })`, (i*37)%documents, i%13))
		}
	}
	change(0)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = seriatim.Open(o); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for n := range 2 {
		wg.Go(func() { change(1000 * n) })
	}
	wg.Wait()
	untilActive(t, db, "by_g")
	for g := range 13 {
		want := mustAsk(t, db, fmt.Sprintf(`Count(Filter(Map(Paginate(Documents(Collection("c")), { size: 10000 }), Lambda("r", Select(["data", "g"], Get(Var("r"))))), Lambda("g", Equals(Var("g"), %d))))`, g))
		got := mustAsk(t, db, fmt.Sprintf(`Count(Match(Index("by_g"), %d))`, g))
		if !strings.Contains(want, "[ "+got+" ]") {
			t.Errorf("%d: %s entries, the documents say %s", g, got, want)
		}
	}
	if got := mustAsk(t, db, `At(Epoch(`+before+`, "microsecond"), Count(Match(Index("by_g"), 3)))`); got != "600" {
		t.Errorf("before the index was made there were %s of 600", got)
	}
}

// TestUniqueBuildFails: a unique index over documents that are not stays inactive and
// says why.
func TestUniqueBuildFails(t *testing.T) {
	db := opened(t, seriatim.Options{Rig: &seriatim.Rig{MaxBuild: 1}})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `Foreach([1, 2, 1], Lambda("n", Create(Collection("c"), { data: { n: Var("n") } })))`)
	mustAsk(t, db, `CreateIndex({ name: "u", source: Collection("c"), terms: [{ field: ["data", "n"] }], unique: true })`)
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if got := mustAsk(t, db, `Select(["build", "failure"], Get(Index("u")), "")`); strings.Contains(got, "is not unique") {
			break
		} else if time.Now().After(end) {
			t.Fatal(got)
		}
	}
	mustAsk(t, db, `Delete(Index("u"))`)
}
