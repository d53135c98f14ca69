package seriatim_test

import (
	"net/http"
	"strconv"
	"testing"

	"seriatim"
)

// TestRevived: tokens, credentials and names of roles are held by what they name, and
// mean whatever is there under that name or identity now. So does the core: a
// token's lookup asks whether its document exists (AuthScope.scala, getTokenAuth),
// only Logout removes the tokens of a document (Token.scala, removeByDocument), and
// the roles of a key that are names are looked up at each use (Key.scala, roleIDs).
func TestRevived(t *testing.T) {
	db := open(t, t.TempDir())
	run(t, db, `CreateCollection({ name: "people" }); CreateCollection({ name: "notes" });
		Create(Ref(Collection("notes"), "1"), { data: {} });
		Create(Ref(Collection("people"), "1"), { credentials: { password: "pass" }, data: {} });
		CreateRole({ name: "all", privileges: { resource: Collection("notes"), actions: { read: true } } })`)
	token := between(mustAsk(t, db, `Login(Ref(Collection("people"), "1"), { password: "pass" })`), "secret: '", "'")
	named := between(mustAsk(t, db, `CreateKey({ role: "all" })`), "secret: '", "'")
	referred := between(mustAsk(t, db, `CreateKey({ role: Role("all") })`), "secret: '", "'")
	read := `Do(Get(Ref(Collection("notes"), "1")), 1)`
	for _, step := range []struct{ change, caller, query, want string }{
		{`1`, token, `CurrentIdentity()`, `Ref(Collection("people"), "1")`},
		{`Delete(Ref(Collection("people"), "1"))`, token, `1`, "401"},
		{`Create(Ref(Collection("people"), "1"), { data: { who: "another" } })`, token, `CurrentIdentity()`, `Ref(Collection("people"), "1")`},
		{`1`, "secret", `Identify(Ref(Collection("people"), "1"), "pass")`, `true`},
		{`1`, token, `Logout(true)`, `true`},
		{`Delete(Ref(Collection("people"), "1"))`, "secret", `1`, "1"},
		{`Create(Ref(Collection("people"), "1"), { data: {} })`, token, `1`, "401"},

		{`1`, named, read, `1`},
		{`1`, referred, read, `1`},
		{`Delete(Role("all"))`, named, read, "403"},
		{`1`, referred, read, "403"},
		{`CreateRole({ name: "all", privileges: { resource: Collection("notes"), actions: { read: true } } })`, named, read, `1`},
		{`1`, referred, read, "403"},
	} {
		mustAsk(t, db, step.change)
		if got := answer(t, db, step.query, step.caller); got != step.want {
			t.Errorf("after %s, %s: %s, want %s", step.change, step.query, got, step.want)
		}
	}
}

// TestMisspeltSuffix: what follows a secret and says nothing that is known takes no
// rights away, as in the core (AuthParser in AuthScope.scala).
func TestMisspeltSuffix(t *testing.T) {
	db := open(t, t.TempDir())
	mustAsk(t, db, `CreateDatabase({ name: "shop" })`)
	mustAsk(t, db, `CreateCollection({ name: "people" })`)
	mustAsk(t, db, `Create(Ref(Collection("people"), "1"), { data: {} })`)
	server := between(mustAsk(t, db, `CreateKey({ role: "server" })`), "secret: '", "'")
	for _, c := range []struct{ secret, want string }{
		{"secret", "true"},
		{"secret:bogus", "true"},
		{"secret:Client", "true"},
		{"secret:shop:bogus", "true"}, // the root's, not the shop's
		{"secret:shop:admin", "false"},
		{"secret:shop/:admin", "false"},
		{"secret:client", "false"},
		{"secret:@role/none", "401"},
		{"secret:none:admin", "401"},
		{"secret:administrator", "401"},
		{"secret:@doc/people", "401"},
		{"secret:@doc/people/1/2", "401"},
		{"secret:@doc/people/+1", "401"},
		{"secret:@doc/people/1", "false"},
		{server + ":bogus", "true"},
		{server + ":server", "401"},
	} {
		if got := answer(t, db, `Exists(Collection("people"))`, c.secret); got != c.want {
			t.Errorf("%s: %s, want %s", c.secret, got, c.want)
		}
	}
}

// answer is what a query prints, or its status when it fails.
func answer(t *testing.T, db *seriatim.DB, query, by string) string {
	resp := ask(t, db, query, secret(by))
	if resp.Status >= http.StatusBadRequest {
		return strconv.Itoa(resp.Status)
	}
	got, _ := show(t, resp)
	return got
}
