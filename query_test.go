package seriatim_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"seriatim"
	"seriatim/docs/tutorial"
	"seriatim/syntax"
	"seriatim/wire"
)

// ask runs one query given as shell text and returns the response.
func ask(t *testing.T, db *seriatim.DB, text string, adjust ...func(*seriatim.Request)) *seriatim.Response {
	t.Helper()
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		t.Fatal(err)
	}
	req := request(wire.AppendExpr(nil, queries[0].Expr))
	for _, f := range adjust {
		f(req)
	}
	return db.Query(context.Background(), req)
}

// mustAsk is ask for a query that succeeds; it returns the printed result.
func mustAsk(t *testing.T, db *seriatim.DB, text string, adjust ...func(*seriatim.Request)) string {
	t.Helper()
	printed, ok := show(t, ask(t, db, text, adjust...))
	if !ok {
		t.Fatalf("%s\n%s", text, printed)
	}
	return printed
}

// shop fills a database with the tutorial's shop.
func shop(t *testing.T, db *seriatim.DB) {
	t.Helper()
	for _, s := range tutorial.Steps()[:8] {
		run(t, db, s.Query)
	}
}

func key(k string) func(*seriatim.Request) {
	return func(r *seriatim.Request) { r.IdempotencyKey = k }
}

func secret(s string) func(*seriatim.Request) {
	return func(r *seriatim.Request) { r.Authorization = "Bearer " + s }
}

const order = `Call(Function("submit_order"), "31", [{ productId: "24", quantity: 5 }])`

// TestIdempotencyKey: a repeat gets the first answer and changes nothing, also
// after a restart and when both arrive at once; another query is refused.
func TestIdempotencyKey(t *testing.T) {
	dir := t.TempDir()
	db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	shop(t, db)
	first := ask(t, db, order, key("k1"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			again := ask(t, db, order, key("k1"))
			if again.Status != first.Status || string(again.Body) != string(first.Body) {
				t.Errorf("the repeat got %d %s, the first got %d %s", again.Status, again.Body, first.Status, first.Body)
			}
		})
	}
	wg.Wait()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir)
	if again := ask(t, db, order, key("k1")); string(again.Body) != string(first.Body) || first.Status != http.StatusCreated {
		t.Errorf("after a restart: %s instead of %s", again.Body, first.Body)
	}
	if got := mustAsk(t, db, `Select(["data", "quantity"], Get(Ref(Collection("products"), "24")))`); got != "595" {
		t.Errorf("the stock is %s: the order happened other than once", got)
	}
	if other := ask(t, db, `Now()`, key("k1")); other.Status != http.StatusBadRequest {
		t.Errorf("another query with the key got %d %s", other.Status, other.Body)
	}
	if long := ask(t, db, `Now()`, key(strings.Repeat("k", 300))); long.Status != http.StatusBadRequest {
		t.Errorf("a long key got %d", long.Status)
	}
}

// TestHotProduct: 64 clients order the same product at once; nobody is turned
// away for contention and nothing is sold twice.
func TestHotProduct(t *testing.T) {
	db := open(t, t.TempDir())
	shop(t, db)
	const clients, each = 64, 5
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for range each {
				resp := ask(t, db, fmt.Sprintf(`Call(Function("submit_order"), "%d", [{ productId: "24", quantity: 1 }])`, 31+i%3))
				if resp.Status != http.StatusCreated {
					t.Errorf("%d %s %v", resp.Status, resp.Body, resp.Err)
				}
			}
		})
	}
	wg.Wait()
	if got := mustAsk(t, db, `Select(["data", "quantity"], Get(Ref(Collection("products"), "24")))`); got != fmt.Sprint(600-clients*each) {
		t.Errorf("%s left of 600 after %d orders of one", got, clients*each)
	}
	if got := mustAsk(t, db, `Count(Documents(Collection("orders")))`); got != fmt.Sprint(clients*each) {
		t.Errorf("%s orders", got)
	}
}

// TestNewID makes a store and a product that points to it in one query.
func TestNewID(t *testing.T) {
	db := open(t, t.TempDir())
	run(t, db, `CreateCollection({name: "stores"}); CreateCollection({name: "products"})`)
	got := mustAsk(t, db, `Let({ id: NewId() }, Do(
		Create(Ref(Collection("stores"), Var("id")), { data: { name: "Corner" } }),
		Let({ p: Create(Collection("products"), { data: { store: Ref(Collection("stores"), Var("id")) } }) },
			Equals(Select(["data", "store", "id"], Var("p")), Var("id")))))`)
	if got != "true" {
		t.Error(got)
	}
	seen := map[string]bool{}
	for range 5000 {
		id := mustAsk(t, db, `NewId()`)
		if seen[id] {
			t.Fatalf("%s twice", id)
		}
		seen[id] = true
	}
}

// TestSecrets: who may ask, and that taking a key away takes effect at once.
func TestSecrets(t *testing.T) {
	db := open(t, t.TempDir())
	for _, bad := range []string{"", "Bearer", "Bearer wrong", "Basic d3Jvbmc6", "bearer secret", "Bearer secret:nowhere:admin"} {
		resp := ask(t, db, `Now()`, func(r *seriatim.Request) { r.Authorization = bad })
		if resp.Status != http.StatusUnauthorized {
			t.Errorf("%q got %d", bad, resp.Status)
		}
	}
	mustAsk(t, db, `CreateDatabase({ name: "child" })`)
	made := mustAsk(t, db, `CreateKey({ role: "server", database: Database("child") })`)
	s := between(made, "secret: '", "'")
	mustAsk(t, db, `CreateCollection({ name: "only_in_child" })`, secret(s))
	if got := mustAsk(t, db, `Exists(Collection("only_in_child"))`); got != "false" {
		t.Error("the parent sees the child's collection")
	}
	if got := mustAsk(t, db, `Exists(Collection("only_in_child"))`, secret("secret:child:server")); got != "true" {
		t.Error("a scoped secret does not reach the child")
	}
	if resp := ask(t, db, `CreateDatabase({ name: "no" })`, secret(s)); resp.Status != http.StatusForbidden {
		t.Errorf("a server key made a database: %d %s", resp.Status, resp.Body)
	}
	if resp := ask(t, db, `Now()`, secret(s+":admin")); resp.Status != http.StatusUnauthorized {
		t.Errorf("a server key became admin: %d", resp.Status)
	}
	mustAsk(t, db, `Delete(Select("ref", KeyFromSecret("`+s+`")))`)
	if resp := ask(t, db, `Now()`, secret(s)); resp.Status != http.StatusUnauthorized {
		t.Errorf("a deleted key still works: %d", resp.Status)
	}
}

// TestReadOnly: a query that came by GET may not write.
func TestReadOnly(t *testing.T) {
	db := open(t, t.TempDir())
	resp := ask(t, db, `CreateCollection({ name: "c" })`, func(r *seriatim.Request) { r.ReadOnly = "get requests" })
	if resp.Status != http.StatusBadRequest || !strings.Contains(string(resp.Body), "Call performs a write, which is not allowed in get requests.") {
		t.Errorf("%d %s %v", resp.Status, resp.Body, resp.Err)
	}
	if got := mustAsk(t, db, `Exists(Collection("c"))`); got != "false" {
		t.Error("it was written")
	}
}

// TestRestart: what was acknowledged is there after closing and opening again.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret"})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			mustAsk(t, db, `CreateCollection({ name: "c" })`)
		}
		mustAsk(t, db, `Create(Collection("c"), { data: {} })`)
		if got := mustAsk(t, db, `Count(Documents(Collection("c")))`); got != fmt.Sprint(i+1) {
			t.Errorf("start %d: %s documents", i, got)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}

// TestIdempotencyKeepsNoSecret: an answer that shows a new secret is not stored.
func TestIdempotencyKeepsNoSecret(t *testing.T) {
	db := open(t, t.TempDir())
	resp := ask(t, db, `CreateKey({ role: "server" })`, key("k"))
	if resp.Status != http.StatusBadRequest || !strings.Contains(string(resp.Body), "makes a secret") {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
	if got := mustAsk(t, db, `IsEmpty(Keys())`); got != "true" {
		t.Error("the key was made all the same")
	}
}
