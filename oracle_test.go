package seriatim_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"seriatim"
)

// The oracle decides by a small model of its own what a caller may do, from the
// text of the roles it generated, and compares that with what the database does.
// Nothing that it asks stays: a query that is allowed ends in an abort.

var oracleCases = flag.Int("oracle-cases", 20000, "how many questions of rights are asked")

// condition is what an action of a privilege, or a membership, has for a value.
type condition int

const (
	absent condition = iota
	never
	always
	// Those that follow are predicates; the last depends on what is asked.
	saysTrue
	saysFalse
	saysOne
	aborts
	writes
	calls
	hasIdentity
	byField
	conditions
)

// oracleRole is a role: what it has for each action of each resource, and for the
// collection users.
type oracleRole struct {
	name       string
	privileges map[string]map[string]condition
	member     condition
}

// question is one thing that a caller may or may not do.
type question struct {
	action, resource, kind string
	query                  string
	field                  bool // what a byField predicate of it says
	// alternative, when not empty, are questions that together allow it as well.
	alternative []question
	owner       int // whose token or credentials it is about, 0 for nobody's
	want        func(o *oracle, who *caller) (result string)
}

// caller is who asks.
type caller struct {
	name, secret string
	builtin      string
	roles        []*oracleRole
	user         int // the document of users that it is, 0 for none
}

// oracle is a database with generated roles.
type oracle struct {
	t       *testing.T
	db      *seriatim.DB
	r       *rand.Rand
	admin   string // secret of its admin
	roles   []*oracleRole
	callers []*caller
}

var (
	oracleCollections = []string{`Collection("a")`, `Collection("b")`}
	documentActions   = []string{"read", "write", "create", "create_with_id", "delete", "history_read", "history_write", "unrestricted_read"}
	oracleIndexes     = []string{`Index("ia")`, `Index("ib")`}
	oracleFunctions   = []string{`Function("f")`, `Function("g")`}
	// natives are native collections with one definition each and the params of another.
	oracleNatives = []struct{ collection, definition, params string }{
		{`Collections()`, `Collection("a")`, `{ name: "new" }`},
		{`Indexes()`, `Index("ia")`, `{ name: "new", source: Collection("a") }`},
		{`Functions()`, `Function("f")`, `{ name: "new", body: Query(Lambda("_", 1)) }`},
		{`Roles()`, `Role("r0")`, `{ name: "new" }`},
		{`Keys()`, `Ref(Keys(), "5")`, `{ role: "client" }`},
		{`Databases()`, `Database("beneath")`, `{ name: "new" }`},
		{`Tokens()`, `Ref(Tokens(), "6")`, `{ instance: Ref(Collection("users"), "1") }`},
		{`Credentials()`, `Ref(Credentials(), "7")`, `{ instance: Ref(Collection("users"), "3") }`},
		{`AccessProviders()`, `AccessProvider("p")`, `{ name: "new", issuer: "new", jwks_uri: "https://new.example/" }`},
	}
	nativeActions = []string{"read", "write", "create", "delete"}
)

const usersOfOracle = 3

// text is the condition as a value of an action; field is the predicate that
// depends on what is asked, with its parameters.
func (c condition) text(params, field string) string {
	predicate := func(body string) string { return `Query(Lambda(` + params + `, ` + body + `))` }
	switch c {
	case never:
		return "false"
	case always:
		return "true"
	case saysTrue:
		return predicate("true")
	case saysFalse:
		return predicate("false")
	case saysOne:
		return predicate("1")
	case aborts:
		return predicate(`Abort("no")`)
	case writes:
		return predicate(`Do(NewId(), true)`)
	case calls:
		return predicate(`Call("yes", 1)`)
	case hasIdentity:
		return predicate(`HasCurrentIdentity()`)
	}
	return predicate(field)
}

// fieldPredicates are the byField predicates of the actions.
var fieldPredicates = map[string][2]string{
	"read":              {`"x"`, `Select(["data", "open"], Get(Var("x")))`},
	"delete":            {`"x"`, `Select(["data", "open"], Get(Var("x")))`},
	"history_read":      {`"x"`, `Select(["data", "open"], Get(Var("x")))`},
	"write":             {`["old", "new"]`, `And(Select(["data", "open"], Var("old")), Select(["data", "open"], Var("new")))`},
	"create":            {`"x"`, `Select(["data", "open"], Var("x"))`},
	"create_with_id":    {`["x", "ref"]`, `Equals(Select("id", Var("ref")), "99")`},
	"history_write":     {`["ref", "ts", "action", "data"]`, `Equals(Var("action"), "update")`},
	"unrestricted_read": {`"x"`, `Equals(Var("x"), [true])`},
	"call":              {`"x"`, `Equals(Var("x"), 1)`},
}

// holds is the model's predicate.
func (c condition) holds(who *caller, field bool) bool {
	switch c {
	case always, saysTrue, calls:
		return true
	case hasIdentity:
		return who.user != 0
	case byField:
		return field
	}
	return false
}

// may is the model: what the caller may do.
func (who *caller) may(q *question) bool {
	switch who.builtin {
	case "admin":
		return true
	case "server", "server-readonly":
		for _, only := range []string{`Keys()`, `Databases()`, `Roles()`, `AccessProviders()`} {
			if q.resource == only {
				return false
			}
		}
		return who.builtin == "server" || slices.Contains([]string{"read", "history_read", "unrestricted_read"}, q.action)
	}
	for _, role := range who.roles {
		if role.privileges[q.resource][q.action].holds(who, q.field) {
			return true
		}
	}
	if q.owner != 0 && q.owner == who.user && (q.action == "read" || q.action == "delete" && q.resource == `Tokens()`) {
		return true
	}
	if len(q.alternative) == 0 {
		return false
	}
	for i := range q.alternative {
		if !who.may(&q.alternative[i]) {
			return false
		}
	}
	return true
}

// makeRole generates a role and writes it.
func (o *oracle) makeRole(i int) *oracleRole {
	role := &oracleRole{name: fmt.Sprintf("r%d", i), privileges: map[string]map[string]condition{}}
	var privileges []string
	add := func(resource string, actions []string) {
		given := map[string]condition{}
		var text []string
		for _, action := range actions {
			c := condition(o.r.IntN(int(conditions)))
			if o.r.IntN(6) == 0 {
				c = always
			}
			if c == absent {
				continue
			}
			field := fieldPredicates[action]
			if strings.HasPrefix(resource, "Index") {
				field = fieldPredicates["unrestricted_read"] // of terms
			}
			given[action] = c
			text = append(text, action+": "+c.text(field[0], field[1]))
		}
		role.privileges[resource] = given
		privileges = append(privileges, "{ resource: "+resource+", actions: { "+strings.Join(text, ", ")+" } }")
	}
	for _, c := range oracleCollections {
		add(c, documentActions)
	}
	for _, x := range oracleIndexes {
		add(x, []string{"read", "unrestricted_read"})
	}
	for _, f := range oracleFunctions {
		add(f, []string{"call"})
	}
	for _, n := range oracleNatives {
		add(n.collection, nativeActions)
	}
	role.member = condition(o.r.IntN(int(conditions)))
	member := ""
	switch role.member {
	case absent, never:
		role.member = absent
	case always:
		member = `, membership: { resource: Collection("users") }`
	default:
		member = `, membership: { resource: Collection("users"), predicate: ` + role.member.text(`"x"`, fieldPredicates["read"][1]) + ` }`
	}
	o.must(`CreateRole({ name: "` + role.name + `", privileges: [` + strings.Join(privileges, ", ") + `]` + member + ` })`)
	return role
}

func (o *oracle) must(text string) string { return mustAsk(o.t, o.db, text, secret(o.admin)) }

// newOracle makes a database beneath the root's with roles and callers.
func newOracle(t *testing.T, db *seriatim.DB, r *rand.Rand, name string) *oracle {
	o := &oracle{t: t, db: db, r: r, admin: "secret:" + name + ":admin"}
	mustAsk(t, db, `CreateDatabase({ name: "`+name+`" })`)
	for _, text := range []string{
		`Foreach(["a", "b", "users"], Lambda("c", CreateCollection({ name: Var("c") })))`,
		`CreateIndex({ name: "ia", source: Collection("a"), terms: [{ field: ["data", "open"] }] })`,
		`CreateIndex({ name: "ib", source: Collection("b"), terms: [{ field: ["data", "open"] }] })`,
		`Foreach([Collection("a"), Collection("b"), Collection("users")], Lambda("c", Foreach([1, 2, 3], Lambda("id", Create(Ref(Var("c"), Var("id")), { data: { open: LT(Var("id"), 3) } })))))`,
		`Foreach(["f", "g", "yes"], Lambda("f", CreateFunction({ name: Var("f"), body: Query(Lambda("_", true)) })))`,
		`CreateDatabase({ name: "beneath" })`,
		`Create(Ref(Keys(), "5"), { role: "client" })`,
		`Create(Ref(Tokens(), "6"), { instance: Ref(Collection("users"), "1") })`,
		`Create(Ref(Credentials(), "7"), { instance: Ref(Collection("users"), "1") })`,
		`CreateAccessProvider({ name: "p", issuer: "i", jwks_uri: "https://i.example/" })`,
	} {
		o.must(text)
	}
	for i := range 6 {
		o.roles = append(o.roles, o.makeRole(i))
	}
	o.makeCallers()
	return o
}

func (o *oracle) makeCallers() {
	key := func(role string) string {
		return strings.Trim(o.must(`Select("secret", CreateKey({ role: `+role+` }))`), "'")
	}
	secrets := map[string]string{}
	for _, role := range []string{"admin", "server", "server-readonly", "client"} {
		secrets[role] = key(`"` + role + `"`)
		o.callers = append(o.callers, &caller{name: role, secret: secrets[role], builtin: role})
	}
	for _, role := range o.roles {
		o.callers = append(o.callers,
			&caller{name: "key of " + role.name, secret: key(`"` + role.name + `"`), roles: []*oracleRole{role}},
			&caller{name: "admin as " + role.name, secret: secrets["admin"] + ":@role/" + role.name, roles: []*oracleRole{role}})
	}
	several := o.roles[:3]
	o.callers = append(o.callers, &caller{name: "key of three", secret: key(`["r0", Role("r1"), "r2"]`), roles: several})
	for user := 1; user <= usersOfOracle; user++ {
		var roles []*oracleRole
		who := &caller{user: user}
		for _, role := range o.roles {
			if role.member.holds(who, user < 3) {
				roles = append(roles, role)
			}
		}
		token := strings.Trim(o.must(fmt.Sprintf(`Select("secret", Create(Tokens(), { instance: Ref(Collection("users"), "%d") }))`, user)), "'")
		document := fmt.Sprintf(":@doc/users/%d", user)
		for _, as := range []struct{ name, secret string }{
			{"token of", token}, {"admin as", secrets["admin"] + document}, {"server as", secrets["server"] + document},
		} {
			o.callers = append(o.callers, &caller{name: fmt.Sprintf("%s user %d", as.name, user), secret: as.secret, roles: roles, user: user})
		}
	}
}

// question generates something to ask.
func (o *oracle) question() *question {
	switch n := o.r.IntN(10); {
	case n < 5:
		return o.aboutDocument()
	case n < 6:
		return o.aboutIndex()
	case n < 7:
		arg := 1 + o.r.IntN(2)
		f := oracleFunctions[o.r.IntN(2)]
		return &question{action: "call", resource: f, kind: "function", query: fmt.Sprintf(`Call(%s, %d)`, f, arg), field: arg == 1}
	}
	return o.aboutDefinition()
}

func (o *oracle) aboutDocument() *question {
	c, id, open := oracleCollections[o.r.IntN(2)], 1+o.r.IntN(3), o.r.IntN(2) == 0
	ref := fmt.Sprintf(`Ref(%s, "%d")`, c, id)
	params := fmt.Sprintf(`{ data: { open: %v } }`, open)
	q := &question{action: documentActions[o.r.IntN(len(documentActions))], resource: c, kind: "document", field: id < 3}
	switch q.action {
	case "read":
		q.query = `Get(` + ref + `)`
	case "write":
		q.query, q.field = `Update(`+ref+`, `+params+`)`, id < 3 && open
	case "create":
		q.query, q.field = `Create(`+c+`, `+params+`)`, open
	case "create_with_id":
		fresh := 98 + o.r.IntN(2)
		q.query, q.field = fmt.Sprintf(`Create(Ref(%s, "%d"), %s)`, c, fresh, params), fresh == 99
		q.alternative = []question{{action: "create", resource: c, field: open}, {action: "history_write", resource: c, field: false}}
	case "delete":
		q.query = `Delete(` + ref + `)`
	case "history_read":
		q.query = `Paginate(Events(` + ref + `))`
	case "history_write":
		update := o.r.IntN(2) == 0
		q.field = update
		q.query = fmt.Sprintf(`Insert(%s, TimeSubtract(Now(), 1, "hour"), "%s", %s)`, ref, map[bool]string{true: "update", false: "create"}[update], params)
	case "unrestricted_read":
		q.query, q.field = `Paginate(Documents(`+c+`))`, false // its argument is null
		q.want = func(_ *oracle, who *caller) string { return readable(who, q, c, []int{1, 2, 3}) }
	}
	return q
}

// readable is the page of the documents of a collection that the caller sees.
func readable(who *caller, unrestricted *question, c string, ids []int) string {
	var refs []string
	for _, id := range ids {
		if who.may(unrestricted) || who.may(&question{action: "read", resource: c, field: id < 3}) {
			refs = append(refs, fmt.Sprintf(`Ref(%s, "%d")`, c, id))
		}
	}
	if len(refs) == 0 {
		return "{ data: [] }"
	}
	return "{ data: [ " + strings.Join(refs, ", ") + " ] }"
}

func (o *oracle) aboutIndex() *question {
	i, open := o.r.IntN(2), o.r.IntN(2) == 0
	q := &question{action: "read", resource: oracleIndexes[i], kind: "index", field: open}
	q.query = fmt.Sprintf(`Paginate(Match(%s, %v))`, q.resource, open)
	unrestricted := &question{action: "unrestricted_read", resource: q.resource, field: open}
	if o.r.IntN(2) == 0 {
		q.action = "unrestricted_read"
	}
	read := &question{action: "read", resource: q.resource, field: open}
	ids := map[bool][]int{true: {1, 2}, false: {3}}[open]
	q.want = func(_ *oracle, who *caller) string {
		if !who.may(unrestricted) && !who.may(read) {
			return "denied"
		}
		return readable(who, unrestricted, oracleCollections[i], ids)
	}
	return q
}

func (o *oracle) aboutDefinition() *question {
	n := oracleNatives[o.r.IntN(len(oracleNatives))]
	q := &question{action: nativeActions[o.r.IntN(len(nativeActions))], resource: n.collection, kind: "definition"}
	if n.collection == `Tokens()` || n.collection == `Credentials()` {
		q.owner = 1
	}
	switch q.action {
	case "read":
		if q.query = `Get(` + n.definition + `)`; o.r.IntN(2) == 0 {
			q.query, q.owner = `Paginate(`+n.collection+`)`, 0
		}
	case "write":
		q.query = `Update(` + n.definition + `, { data: { x: 1 } })`
	case "create":
		q.query = `Create(` + n.collection + `, ` + n.params + `)`
	case "delete":
		q.query = `Delete(` + n.definition + `)`
	}
	// Definitions have no data.open: such a predicate ends in an error.
	return q
}

// ask compares the database's answer with the model's and tells whether it was yes.
func (o *oracle) ask(who *caller, q *question) (allowed bool) {
	want, query := "allowed", `Do(`+q.query+`, Abort("allowed"))`
	if q.want != nil {
		want, query = q.want(o, who), q.query
	} else if !who.may(q) {
		want = "denied"
	}
	resp := ask(o.t, o.db, query, secret(who.secret))
	got := string(resp.Body)
	switch {
	case resp.Status == http.StatusForbidden:
		got = "denied"
	case strings.Contains(got, `"code":"transaction aborted","description":"allowed"`):
		got = "allowed"
	case resp.Status == http.StatusOK:
		got, _ = show(o.t, resp)
		got = strings.Join(strings.Fields(got), " ") // one line, however long
	}
	if got != want {
		o.t.Errorf("%s: %s\n  got  %s\n  want %s", who.name, query, got, want)
	}
	return want != "denied" && want != "{ data: [] }"
}

// TestOracle asks until there were enough questions, of every kind.
func TestOracle(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	db := opened(t, seriatim.Options{})
	const perWorld = 1000
	asked, yes := map[string]int{}, 0
	for n := 0; n < *oracleCases && !t.Failed(); n += perWorld {
		o := newOracle(t, db, r, fmt.Sprintf("w%d", n/perWorld))
		for range perWorld {
			q := o.question()
			if o.ask(o.callers[r.IntN(len(o.callers))], q) {
				yes++
			}
			asked[q.kind+" "+q.action]++
		}
	}
	for what, n := range asked {
		if *oracleCases >= 20000 && n < 50 {
			t.Errorf("%s was asked %d times only", what, n)
		}
	}
	share := float64(yes) / float64(*oracleCases)
	t.Logf("%d kinds of questions, %.0f %% allowed", len(asked), 100*share)
	if *oracleCases >= 20000 && (share < 0.3 || share > 0.7) {
		t.Errorf("%.0f %% are allowed", 100*share)
	}
}
