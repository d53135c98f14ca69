package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"seriatim/httpapi"
)

// rulesScript makes a shop whose clerks sell in their own store only.
const rulesScript = `
CreateCollection({name: "clerks"});
CreateCollection({name: "orders"});
Create(Ref(Collection("clerks"), "1"), {data: {store: "A", active: true}});
Create(Ref(Collection("clerks"), "2"), {data: {store: "B", active: false}});
Create(Ref(Collection("orders"), "1"), {data: {store: "A"}});
Create(Ref(Collection("orders"), "2"), {data: {store: "B"}});
CreateRole({
  name: "clerk",
  privileges: [
    {resource: Collection("clerks"), actions: {read: true}},
    {resource: Collection("orders"), actions: {
      read: Query(Lambda("ref", Equals(Select(["data", "store"], Get(Var("ref"))), "A"))),
      create: true,
      write: Query(Lambda(["old", "new"], Equals(Select(["data", "store"], Var("old")), Select(["data", "store"], Var("new")))))
    }}
  ],
  membership: {resource: Collection("clerks"), predicate: Query(Lambda("ref", Select(["data", "active"], Get(Var("ref")))))}
})`

// TestDashboardExplain: whether somebody may do something, and which rule says so.
func TestDashboardExplain(t *testing.T) {
	b := start(t, httpapi.Options{Dashboard: pages(t)}).browser().signIn("secret")
	b.run("", rulesScript)
	const read = `Lambda('ref', Equals(Select(['data', 'store'], Get(Var('ref'))), 'A'))`
	const active = `Lambda('ref', Select(['data', 'active'], Get(Var('ref'))))`
	for _, c := range []struct{ as, action, on, with, want string }{
		{`{"role":"clerk"}`, "read", `Ref(Collection("orders"), "1")`, "", `{"allowed":true,"roles":[{"name":"clerk","held":true}],"rules":[{"role":"clerk","privilege":1,"allows":true,"when":"` + read + `"}]}`},
		{`{"role":"clerk"}`, "read", `Ref(Collection("orders"), "2")`, "", `{"allowed":false,"roles":[{"name":"clerk","held":true}],"rules":[{"role":"clerk","privilege":1,"allows":false,"when":"` + read + `"}]}`},
		{`{"role":"clerk"}`, "create", `Collection("orders")`, "{data: {}}", `{"allowed":true,"roles":[{"name":"clerk","held":true}],"rules":[{"role":"clerk","privilege":1,"allows":true}]}`},
		{`{"role":"clerk"}`, "delete", `Ref(Collection("orders"), "1")`, "", `{"allowed":false,"roles":[{"name":"clerk","held":true}],"rules":[]}`},
		{`{"document":"clerks/2"}`, "read", `Ref(Collection("clerks"), "1")`, "", `{"allowed":false,"roles":[{"name":"clerk","held":false,"when":"` + active + `"}],"rules":[]}`},
		{`{"document":"clerks/1"}`, "read", `Ref(Collection("clerks"), "1")`, "", `{"allowed":true,"roles":[{"name":"clerk","held":true,"when":"` + active + `"}],"rules":[{"role":"clerk","privilege":0,"allows":true}]}`},
		{`{"builtIn":"server-readonly"}`, "write", `Ref(Collection("orders"), "1")`, "", `{"allowed":false,"builtIn":"server-readonly","roles":[],"rules":[]}`},
		{`{"role":"clerk"}`, "read", `Ref(Collection("nowhere"), "1")`, "", "on: "},
		{`{"role":"clerk"}`, "read", `1`, "", "on: This is no reference"},
		{`{"role":"clerk"}`, "read", `Ref(`, "", "on: "},
		{`{"role":"clerk"}`, "write", `Ref(Collection("orders"), "99")`, "{}", "on: There is no such action on this, or the document does not exist."},
		{`{"role":"clerk"}`, "create", `Collection("orders")`, `Create(Collection("orders"), {})`, "with: "},
		{`{"role":"nobody"}`, "read", `Ref(Collection("orders"), "1")`, "", "The role nobody is not there"},
		{`{"secret":"fnAA"}`, "read", `Ref(Collection("orders"), "1")`, "", "The secret to act with names nobody."},
	} {
		body := toJSON(map[string]any{"action": c.action, "on": c.on, "with": c.with})
		got := b.ask(http.MethodPost, "/ui/api/explain", `{"as":`+c.as+`,`+body[1:]).body
		got = strings.ReplaceAll(got, `\"`, `'`)
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s %s:\n%s\nwant\n%s", c.as, c.action, c.on, got, c.want)
		}
	}
	if e := b.run("", `Count(Paginate(Documents(Collection("orders"))))`); e[1].Shell != "{ data: [ 2 ] }" && e[1].Shell != "{ data: 2 }" {
		t.Errorf("a trial wrote: %s", e[1].raw)
	}
}

// TestDashboardRunAs: the shell acts as somebody else and reads in the past, and
// mistakes keep their places.
func TestDashboardRunAs(t *testing.T) {
	b := start(t, httpapi.Options{Dashboard: pages(t)}).browser().signIn("secret")
	e := b.run("", rulesScript)
	past := time.Now().UTC().Add(-time.Hour)
	run := func(as, at, text string) string {
		body := runBody("", 0, text)
		return b.ask(http.MethodPost, "/ui/api/run", `{"as":`+as+`,"at":"`+at+`",`+body[1:]).body
	}
	for _, c := range []struct{ as, at, text, want string }{
		{`{"role":"clerk"}`, "", `Select(["data", "store"], Get(Ref(Collection("orders"), "1")))`, `"shell":"'A'"`},
		{`{"role":"clerk"}`, "", `Get(Ref(Collection("orders"), "2"))`, `permission denied`},
		{`{"document":"clerks/1"}`, "", `CurrentIdentity()`, `Ref(Collection(\"clerks\"), \"1\")`},
		{`{}`, fmt.Sprint(past.UnixMicro()), `Exists(Ref(Collection("orders"), "1"))`, `"shell":"false"`},
		{`{}`, past.Format(time.RFC3339Nano), `Exists(Ref(Collection("orders"), "1"))`, `"shell":"false"`},
		{`{}`, fmt.Sprint(past.UnixMicro()), `Add(1, "x")`, `"from":7,"to":10`},
		{`{}`, "yesterday", `1`, `neither ISO text`},
		{`{"role":"a:b"}`, "", `1`, `without the characters`},
	} {
		if got := run(c.as, c.at, c.text); !strings.Contains(got, c.want) {
			t.Errorf("%s at %s: %s gave %s, want %s", c.as, c.at, c.text, got, c.want)
		}
	}
	if last := e[len(e)-1]; last.Ran != 7 {
		t.Errorf("the rules were not made: %s", last.raw)
	}
}
