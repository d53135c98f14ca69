package seriatim_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"seriatim"
)

// TestPasswordsStayOutOfLog: neither a call that is ordered without being evaluated,
// because its function was hot until now, nor a query with a branch that was not taken
// yet, here or in a function that it reaches, brings a password into the log.
func TestPasswordsStayOutOfLog(t *testing.T) {
	dir := t.TempDir()
	db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret", Rig: &seriatim.Rig{OrderShare: 1}})
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, `CreateCollection({ name: "users" }); CreateCollection({ name: "n" });
		Create(Ref(Collection("n"), "1"), {});
		Create(Ref(Collection("users"), "1"), { credentials: { password: "right" } });
		CreateFunction({ name: "enter", body: Query(Lambda("word", Do(Update(Ref(Collection("n"), "1"), {}),
			If(Equals(Var("word"), "none"), 1, Select("instance", Login(Ref(Collection("users"), "1"), { password: Var("word") })))))) });
		CreateFunction({ name: "around", body: Query(Lambda("word", Call("enter", Var("word")))) });
		CreateFunction({ name: "later", body: Query(Lambda("word", Do(Update(Ref(Collection("n"), "1"), {}),
			If(true, 1, Identify(Ref(Collection("users"), "1"), Var("word")))))) });
		CreateFunction({ name: "further", body: Query(Lambda("word", Call(Function("later"), Var("word")))) });
		CreateFunction({ name: "set", body: Query(Lambda("with", Select("ref", Update(Ref(Collection("users"), "1"), Var("with"))))) })`)
	for range 40 {
		mustAsk(t, db, `Call("enter", "none")`)
		mustAsk(t, db, `Call("around", "none")`)
		mustAsk(t, db, `Call("set", { data: { a: 1 } })`)
	}
	for _, query := range []string{
		`Call("enter", "WORD-1")`, `Call("around", "WORD-2")`, `Call("set", { credentials: { password: "WORD-3" } })`,
		`Do(Update(Ref(Collection("n"), "1"), {}), If(true, 1, Identify(Ref(Collection("users"), "1"), "WORD-4")))`,
		`Do(1, Call("later", "WORD-5"))`, `Call("further", "WORD-6")`, `[Let({ a: 1 }, Call(Function("further"), "WORD-7"))]`,
	} {
		if resp := ask(t, db, query); resp.Status != http.StatusOK && resp.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, resp.Status, resp.Body)
		}
	}
	escaped := func(r *seriatim.Request) {
		r.Body = []byte(`{"do":[{"update":{"ref":{"collection":"n"},"id":"1"},"params":{"object":{}}},
			{"if":true,"then":1,"else":{"\u0069dentify":{"ref":{"collection":"users"},"id":"1"},"pass\u0077ord":"WORD-8"}}]}`)
	}
	if got := mustAsk(t, db, `1`, escaped); got != "1" {
		t.Error(got)
	}
	mustAsk(t, db, `Do(Update(Ref(Collection("n"), "1"), {}), "SEEN")`)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	seen := false // a query without any of this does go there, so this test tells something
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		seen = seen || bytes.Contains(text, []byte("SEEN"))
		if at := bytes.Index(text, []byte("WORD-")); at >= 0 {
			t.Errorf("%s holds the password %q", path, text[at:at+6])
		}
		return err
	})
	if err != nil || !seen {
		t.Fatal(seen, err)
	}
}

// TestLambdasOfSets: a function of the query is given no element that the caller may
// not read, and none of those leads a join anywhere.
func TestLambdasOfSets(t *testing.T) {
	db := opened(t, seriatim.Options{})
	run(t, db, `CreateCollection({ name: "hidden" }); CreateCollection({ name: "shown" });
		Create(Ref(Collection("hidden"), "7"), { data: { s: "hush" } });
		Create(Ref(Collection("shown"), "8"), { data: { s: "hush" } });
		CreateIndex({ name: "all", source: [Collection("hidden"), Collection("shown")], values: [{ field: ["data", "s"] }, { field: "ref" }] });
		CreateIndex({ name: "hidden", source: Collection("hidden"), values: [{ field: ["data", "s"] }] });
		CreateIndex({ name: "shown", source: Collection("shown"), terms: [{ field: ["data", "s"] }] });
		CreateIndex({ name: "theirs", source: Collection("shown"), values: [{ field: ["data", "s"] }] });
		CreateRole({ name: "some", privileges: [
			{ resource: Index("theirs"), actions: { read: true } },
			{ resource: Collection("shown"), actions: { read: true } },
			{ resource: Index("all"), actions: { read: true } },
			{ resource: Index("hidden"), actions: { read: true } },
			{ resource: Index("shown"), actions: { read: true } }] })`)
	some := secret("secret:@role/some")
	for query, want := range map[string]string{
		`Paginate(Filter(Match(Index("hidden")), Lambda("x", Abort(Var("x")))))`:                                  `{ data: [] }`,
		`Count(Filter(Match(Index("hidden")), Lambda("x", Abort(Var("x")))))`:                                     `0`,
		`Paginate(Filter(Documents(Collection("hidden")), Lambda("x", Abort(Select("id", Var("x")))))) `:          `{ data: [] }`,
		`Exists(Filter(Match(Index("hidden")), Lambda("x", Abort(Var("x")))))`:                                    `false`,
		`Paginate(Filter(Reverse(Match(Index("hidden"))), Lambda("x", Abort(Var("x")))))`:                         `{ data: [] }`,
		`Count(Filter(Match(Index("all")), Lambda(["s", "r"], Equals(Var("r"), Ref(Collection("shown"), "8")))))`: `1`,
		`Paginate(Intersection(Match(Index("theirs")), Match(Index("hidden"))))`:                                  `{ data: [] }`,
		`Paginate(Difference(Match(Index("theirs")), Match(Index("hidden"))))`:                                    `{ data: [ 'hush' ] }`,
		`Paginate(Union(Match(Index("hidden")), Match(Index("theirs"))))`:                                         `{ data: [ 'hush' ] }`,
		`Paginate(Join(Match(Index("hidden")), Lambda("x", Abort(Var("x")))))`:                                    `{ data: [] }`,
		`Paginate(Join(Match(Index("hidden")), Lambda("x", Abort(Var("x")))), { events: true })`:                  `{ data: [] }`,
		`Paginate(Join(Match(Index("hidden")), Index("shown")))`:                                                  `{ data: [] }`,
		`Paginate(Join(Match(Index("hidden")), Index("shown")), { events: true })`:                                `{ data: [] }`,
		`Paginate(Join(Range(Match(Index("all")), [], []), Lambda(["s", "r"], Match(Index("shown"), Var("s")))))`: `{ data: [ Ref(Collection("shown"), "8") ] }`,
	} {
		if got := mustAsk(t, db, query, some); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// TestFunctionOfAnotherDatabase: who writes a function of a child database gets no
// rights in the parent by giving it a role.
func TestFunctionOfAnotherDatabase(t *testing.T) {
	db := opened(t, seriatim.Options{})
	run(t, db, `CreateDatabase({ name: "kid" }); CreateCollection({ name: "c" });
		CreateRole({ name: "same", privileges: { resource: Collection("c"), actions: { create: true } } })`)
	kid := secret("secret:kid:admin")
	mustAsk(t, db, `CreateRole({ name: "same", privileges: { resource: Functions(), actions: { read: true } } })`, kid)
	for _, role := range []string{"admin", "server", "client", "same"} {
		mustAsk(t, db, `CreateFunction({ name: "key-`+role+`", role: "`+role+`", body: Query(Lambda([], Select("role", CreateKey({ role: "admin" })))) })`, kid)
		mustAsk(t, db, `CreateFunction({ name: "make-`+role+`", role: "`+role+`", body: Query(Lambda([], Exists(Select("ref", Create(Collection("c"), {}))))) })`, kid)
	}
	for _, c := range []struct {
		caller, function string
		status           int
	}{
		{"secret:server", "key-admin", http.StatusBadRequest},
		{"secret", "key-admin", http.StatusOK},
		{"secret", "key-server", http.StatusBadRequest},
		{"secret:server", "make-admin", http.StatusOK},
		{"secret:server", "make-client", http.StatusBadRequest},
		{"secret:server", "make-same", http.StatusBadRequest},
		{"secret:server-readonly", "make-admin", http.StatusForbidden},
	} {
		resp := ask(t, db, `Call(Function("`+c.function+`", Database("kid")))`, secret(c.caller))
		if resp.Status != c.status {
			t.Errorf("%s called %s: %d %s", c.caller, c.function, resp.Status, resp.Body)
		}
	}
}

// TestIndexOverAdmins: an index over keys or roles tells a server no more than the
// keys and roles would.
func TestIndexOverAdmins(t *testing.T) {
	db := opened(t, seriatim.Options{})
	run(t, db, `CreateCollection({ name: "c" }); CreateKey({ role: "client", data: { note: "hush" } }); CreateRole({ name: "r" });
		CreateIndex({ name: "keys", source: Keys(), values: [{ field: "hashed_secret" }, { field: ["data", "note"] }] });
		CreateIndex({ name: "roles", source: Roles(), values: [{ field: "name" }] });
		CreateIndex({ name: "collections", source: Collections(), values: [{ field: "name" }] })`)
	for query, want := range map[string]string{
		`Paginate(Match(Index("keys")))`:                                                   `{ data: [] }`,
		`Paginate(Match(Index("keys")), { events: true })`:                                 `{ data: [] }`,
		`Count(Match(Index("keys")))`:                                                      `0`,
		`Paginate(Union(Match(Index("roles")), Match(Index("keys"))))`:                     `{ data: [] }`,
		`Paginate(Filter(Match(Index("keys")), Lambda("x", Abort("told"))))`:               `{ data: [] }`,
		`Paginate(Join(Match(Index("keys")), Lambda("x", Abort("told"))))`:                 `{ data: [] }`,
		`Paginate(Match(Index("collections")))`:                                            `{ data: [ 'c' ] }`,
		`Paginate(Intersection(Match(Index("collections")), Match(Index("collections"))))`: `{ data: [ 'c' ] }`,
	} {
		for _, role := range []string{"server", "server-readonly"} {
			if got := mustAsk(t, db, query, secret("secret:"+role)); got != want {
				t.Errorf("%s of a %s: %s, want %s", query, role, got, want)
			}
		}
		if got := mustAsk(t, db, `Count(Match(Index("keys")))`); got != "1" {
			t.Error("an admin counts", got)
		}
	}
}
