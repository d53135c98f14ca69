package seriatim_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/store"
	"seriatim/txlog"
)

// gatedDatabase is a database that orders every writing query first, and whose log
// can be held up.
func gatedDatabase(t *testing.T, o seriatim.Options) (*seriatim.DB, *gated) {
	dir := t.TempDir()
	log, err := txlog.Open(filepath.Join(dir, "log"), txlog.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	gate := &gated{Log: log, arrived: make(chan struct{}), open: make(chan struct{})}
	o.Rig = &seriatim.Rig{Log: gate, Store: st, OrderShare: 1}
	return opened(t, o), gate
}

// people makes two documents that a role lets write, and a key with that role.
func people(t *testing.T, db *seriatim.DB) (token, key string) {
	run(t, db, `CreateCollection({ name: "people" });
		CreateCollection({ name: "notes" });
		Create(Ref(Collection("people"), "1"), { data: { writes: true } });
		CreateRole({ name: "writer", privileges: { resource: Collection("notes"), actions: { create: Query(Lambda("data", IsObject(Var("data")))), read: true } },
			membership: { resource: Collection("people"), predicate: Query(Lambda("ref", Select(["data", "writes"], Get(Var("ref"))))) } })`)
	token = between(mustAsk(t, db, `Create(Tokens(), { instance: Ref(Collection("people"), "1") })`), "secret: '", "'")
	key = between(mustAsk(t, db, `CreateKey({ role: "writer" })`), "secret: '", "'")
	return token, key
}

// TestIdentityAtPosition: every kind of identity survives the way through the log.
func TestIdentityAtPosition(t *testing.T) {
	db, _ := gatedDatabase(t, seriatim.Options{})
	token, key := people(t, db)
	for _, c := range []struct{ secret, about, want string }{
		{token, `CurrentIdentity()`, `Ref(Collection("people"), "1")`},
		{token, `IsToken(CurrentToken())`, `true`},
		{key, `HasCurrentIdentity()`, `false`},
		{key, `IsKey(CurrentToken())`, `true`},
		{"secret:@doc/people/1", `CurrentIdentity()`, `Ref(Collection("people"), "1")`},
		{"secret:@role/writer", `HasCurrentIdentity()`, `false`},
	} {
		got := mustAsk(t, db, `Select(["data", "x"], Create(Collection("notes"), { data: { x: `+c.about+` } }))`, secret(c.secret))
		if got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.secret, c.about, got, c.want)
		}
		if resp := ask(t, db, `Create(Collection("people"), {})`, secret(c.secret)); resp.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s", c.secret, resp.Status, resp.Body)
		}
	}
}

// TestRolesAtPosition: a query that waits for its log position has the roles and
// the identity that hold there.
func TestRolesAtPosition(t *testing.T) {
	for _, c := range []struct {
		change    string
		secret    func(token, key string) string
		forbidden int
	}{
		{`Update(Role("writer"), { privileges: [] })`, ofKey, http.StatusForbidden},
		{`Delete(Role("writer"))`, ofKey, http.StatusForbidden},
		{`Delete(Role("writer"))`, narrowedTo("secret:@role/writer"), http.StatusUnauthorized},
		{`Update(Ref(Collection("people"), "1"), { data: { writes: false } })`, ofToken, http.StatusForbidden},
		{`Delete(Ref(Collection("people"), "1"))`, ofToken, http.StatusUnauthorized},
		{`Delete(Ref(Collection("people"), "1"))`, narrowedTo("secret:@doc/people/1"), http.StatusUnauthorized},
		{`Map(Paginate(Tokens()), Lambda("t", Delete(Var("t"))))`, ofToken, http.StatusUnauthorized},
	} {
		db, gate := gatedDatabase(t, seriatim.Options{})
		who := c.secret(people(t, db))
		gate.armed.Store(true)
		changed, done := make(chan int), make(chan int)
		go func() { changed <- ask(t, db, c.change).Status }()
		<-gate.arrived
		go func() { done <- ask(t, db, `Create(Collection("notes"), {})`, secret(who)).Status }()
		time.Sleep(20 * time.Millisecond) // lets it reach the queue; the outcome must not depend on it
		close(gate.open)
		if got := <-changed; got != http.StatusOK {
			t.Fatalf("%s got %d", c.change, got)
		}
		if got := <-done; got != c.forbidden {
			t.Errorf("after %s: %d, want %d", c.change, got, c.forbidden)
		}
		if got := mustAsk(t, db, `Count(Documents(Collection("notes")))`); got != "0" {
			t.Errorf("after %s something was written", c.change)
		}
	}
}

func ofToken(token, _ string) string { return token }
func ofKey(_, key string) string     { return key }
func narrowedTo(secret string) func(string, string) string {
	return func(string, string) string { return secret }
}

// TestPasswordsStayHere: a password is hashed where the query arrived, so a query
// with one is never evaluated at its log position, and the log holds no password.
func TestPasswordsStayHere(t *testing.T) {
	db, _ := gatedDatabase(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "people" })`)
	mustAsk(t, db, `Create(Ref(Collection("people"), "1"), { credentials: { password: "sesame" } })`)
	mustAsk(t, db, `Create(Credentials(), { instance: Select("ref", Create(Ref(Collection("people"), "2"), {})), password: "sesame" })`)
	token := between(mustAsk(t, db, `Login(Ref(Collection("people"), "2"), { password: "sesame" })`), "secret: '", "'")
	resp := ask(t, db, `Create(Ref(Collection("people"), "3"), { credentials: { password: "sesame" } })`, key("k"))
	if resp.Status != http.StatusBadRequest || !strings.Contains(string(resp.Body), "holds a password") {
		t.Errorf("a password with an idempotency key: %d %s", resp.Status, resp.Body)
	}
	if got := mustAsk(t, db, `[Identify(Ref(Collection("people"), "1"), "sesame"), Logout(true)]`, secret(token)); got != "[ true, true ]" {
		t.Error(got)
	}
}
