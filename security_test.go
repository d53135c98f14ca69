package seriatim_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
	"seriatim/txlog"
)

// TestKeyOfReusedIdentity: the secret of a key that ran out says nothing about a
// later key with the same identity.
func TestKeyOfReusedIdentity(t *testing.T) {
	var ahead atomic.Int64
	db := opened(t, seriatim.Options{Clock: func() int64 { return time.Now().UnixMicro() + ahead.Load() }})
	old := between(mustAsk(t, db, `Create(Ref(Keys(), "7"), { role: "server", ttl: TimeAdd(Now(), 1, "hour") })`), "secret: '", "'")
	if got := mustAsk(t, db, `1`, secret(old)); got != "1" {
		t.Fatal(got)
	}
	ahead.Store(2 * 3600 * 1e6)
	if resp := ask(t, db, `1`, secret(old)); resp.Status != http.StatusUnauthorized {
		t.Fatalf("an expired key got %d", resp.Status)
	}
	fresh := between(mustAsk(t, db, `Create(Ref(Keys(), "7"), { role: "admin" })`), "secret: '", "'")
	if resp := ask(t, db, `1`, secret(old)); resp.Status != http.StatusUnauthorized {
		t.Errorf("the secret of the expired key opens the new one: %d %s", resp.Status, resp.Body)
	}
	if got := mustAsk(t, db, `1`, secret(fresh)); got != "1" {
		t.Error(got)
	}
}

// TestUniqueOverExpired: a document made over an expired one is checked, although
// the expired one left the same entry.
func TestUniqueOverExpired(t *testing.T) {
	var ahead atomic.Int64
	db := opened(t, seriatim.Options{Clock: func() int64 { return time.Now().UnixMicro() + ahead.Load() }})
	run(t, db, `CreateCollection({ name: "c" });
		CreateIndex({ name: "u", source: Collection("c"), terms: [{ field: ["data", "u"] }], unique: true })`)
	mustAsk(t, db, `Create(Ref(Collection("c"), "1"), { data: { u: "x" }, ttl: TimeAdd(Now(), 1, "hour") })`)
	ahead.Store(2 * 3600 * 1e6)
	mustAsk(t, db, `Create(Ref(Collection("c"), "2"), { data: { u: "x" } })`)
	resp := ask(t, db, `Create(Ref(Collection("c"), "1"), { data: { u: "x" } })`)
	if resp.Status != http.StatusBadRequest || !strings.Contains(string(resp.Body), "instance not unique") {
		t.Errorf("a second document took the unique value: %d %s", resp.Status, resp.Body)
	}
}

// gated is a log whose appends can be held up.
type gated struct {
	txlog.Log
	armed   atomic.Bool
	arrived chan struct{}
	open    chan struct{}
}

func (g *gated) Append(ctx context.Context, block []byte) (txlog.Position, error) {
	if g.armed.Swap(false) {
		g.arrived <- struct{}{}
		<-g.open
	}
	return g.Log.Append(ctx, block)
}

// TestRightsAtPosition: a query that waits for its log position has the rights that
// its key has there, not those it had on arrival.
func TestRightsAtPosition(t *testing.T) {
	db, gate := gatedDatabase(t, seriatim.Options{})
	made := mustAsk(t, db, `CreateKey({ role: "admin" })`)
	key, id := between(made, "secret: '", "'"), between(made, `Ref(Keys(), "`, `"`)
	mustAsk(t, db, `CreateDatabase({ name: "allowed" })`, secret(key))

	gate.armed.Store(true)
	demoted, done := make(chan int), make(chan int)
	go func() { demoted <- ask(t, db, `Update(Ref(Keys(), "`+id+`"), { role: "server" })`).Status }()
	<-gate.arrived
	go func() { done <- ask(t, db, `CreateDatabase({ name: "late" })`, secret(key)).Status }()
	time.Sleep(20 * time.Millisecond) // lets it reach the queue; the outcome must not depend on it
	close(gate.open)
	if got := <-demoted; got != http.StatusOK {
		t.Fatalf("demoting the key got %d", got)
	}
	if got := <-done; got != http.StatusUnauthorized && got != http.StatusForbidden {
		t.Errorf("a demoted key got %d", got)
	}
	if got := mustAsk(t, db, `Exists(Database("late"))`); got != "false" {
		t.Error("a demoted key made a database")
	}
}

// TestScopeOfDeletedDatabase: a reference into a database that the query itself
// deleted leads nowhere, which is the query's error.
func TestScopeOfDeletedDatabase(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateDatabase({ name: "child" })`)
	mustAsk(t, db, `CreateCollection({ name: "c" })`, secret("secret:child:admin"))
	for _, use := range []string{
		`Collection("c", Var("d"))`, `Paginate(Collections(Var("d")))`, `Get(Ref(Keys(Var("d")), "3"))`, `Exists(Var("c"))`,
		`Count(Documents(Var("c")))`, `Paginate(Events(Ref(Var("c"), "1")))`, `Exists(Ref(Var("c"), "1"))`, `Paginate(Events(Documents(Var("c"))))`,
		`Select("id", Var("c"))`, `[Var("c"), Var("d")]`, `Paginate(Documents(Var("c")), { ts: 1 })`,
	} {
		resp := ask(t, db, `Let({ d: Database("child"), c: Collection("c", Var("d")) }, Do(Delete(Var("d")), `+use+`, Abort("undone")))`)
		if resp.Status >= http.StatusInternalServerError {
			t.Errorf("%s: %d %s: %v", use, resp.Status, resp.Body, resp.Err)
		}
	}
}

// TestFunctionRole: a function with a role runs with that role's rights, more or less
// than the caller's, and one whose role has no rights with none.
func TestFunctionRole(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	server := between(mustAsk(t, db, `CreateKey({ role: "server" })`), "secret: '", "'")
	for _, c := range []struct {
		role   string
		key    string
		status int
	}{
		{``, server, http.StatusForbidden},
		{`, role: "admin"`, server, http.StatusOK},
		{`, role: "server"`, "secret", http.StatusForbidden},
		{`, role: []`, "secret", http.StatusForbidden},
		{``, "secret", http.StatusOK},
	} {
		mustAsk(t, db, `CreateFunction({ name: "f", body: Query(Lambda("_", Select("data", Paginate(Keys()))))`+c.role+` })`)
		resp := ask(t, db, `Count(Call(Function("f"), 1))`, secret(c.key))
		inside := resp.Status == http.StatusBadRequest && strings.Contains(string(resp.Body), "permission denied")
		if resp.Status != c.status && !(inside && c.status == http.StatusForbidden) {
			t.Errorf("%q: %d %s", c.role, resp.Status, resp.Body)
		}
		mustAsk(t, db, `Delete(Function("f"))`)
	}
}

// TestRolesOfCollection: 64 roles may have a collection as member, and changing one of
// them is no more.
func TestRolesOfCollection(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	role := func(i int) string {
		return fmt.Sprintf(`CreateRole({ name: "r%d", membership: { resource: Collection("c") } })`, i)
	}
	for i := range 64 {
		mustAsk(t, db, role(i))
	}
	resp := ask(t, db, role(64))
	if resp.Status != http.StatusBadRequest || !strings.Contains(string(resp.Body), "Maximum allowed: 64.") {
		t.Errorf("the 65th: %d %s", resp.Status, resp.Body)
	}
	mustAsk(t, db, `Update(Role("r3"), { data: { x: 1 } })`)
	mustAsk(t, db, `Delete(Role("r3"))`)
	mustAsk(t, db, role(64))
}

// TestExpiringToken: a token opens nothing from its ttl on, and its document may get
// another one.
func TestExpiringToken(t *testing.T) {
	var ahead atomic.Int64
	db := opened(t, seriatim.Options{Clock: func() int64 { return time.Now().UnixMicro() + ahead.Load() }})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `Create(Ref(Collection("c"), "1"), {})`)
	old := between(mustAsk(t, db, `Create(Ref(Tokens(), "7"), { instance: Ref(Collection("c"), "1"), ttl: TimeAdd(Now(), 1, "hour") })`), "secret: '", "'")
	if got := mustAsk(t, db, `CurrentIdentity()`, secret(old)); got != `Ref(Collection("c"), "1")` {
		t.Error(got)
	}
	ahead.Store(2 * 3600 * 1e6)
	if resp := ask(t, db, `1`, secret(old)); resp.Status != http.StatusUnauthorized {
		t.Errorf("an expired token got %d", resp.Status)
	}
	fresh := between(mustAsk(t, db, `Create(Ref(Tokens(), "7"), { instance: Ref(Collection("c"), "1") })`), "secret: '", "'")
	if resp := ask(t, db, `1`, secret(old)); resp.Status != http.StatusUnauthorized {
		t.Errorf("the secret of the expired token opens the new one: %d", resp.Status)
	}
	if got := mustAsk(t, db, `Logout(true)`, secret(fresh)); got != "true" {
		t.Error(got)
	}
	if got := mustAsk(t, db, `Count(Tokens())`); got != "0" {
		t.Error(got)
	}
}
