package seriatim_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
	"seriatim/graphql"
	"seriatim/syntax"
	"seriatim/txlog"
	"seriatim/wire"
)

// twoNodes are two databases over one log; what the second applies may be held back.
func twoNodes(t *testing.T) (a, b *seriatim.DB, log *sharedLog) {
	common := commonLog(t)
	first := onLog(common, t.TempDir(), 1)
	second := onLog(common, t.TempDir(), 2)
	log = &sharedLog{Log: common}
	second.Shared.Log = log
	return opened(t, first), opened(t, second), log
}

// apart holds the second node back while the first does something, and then tells what the
// second answers: at once, or only when it is let go. One that waits is let go soon, and one that
// does not may be slow.
func apart(t *testing.T, log *sharedLog, waits bool, change, ask func() string) (answer string, waited bool) {
	t.Helper()
	release := log.hold()
	defer release()
	change()
	answered := make(chan string, 1)
	go func() { answered <- ask() }()
	patience := time.Minute
	if waits {
		patience = 100 * time.Millisecond // a right answer never comes before it is let go
	}
	select {
	case answer = <-answered:
		return answer, false
	case <-time.After(patience):
	}
	release()
	return <-answered, true
}

// TestAnswersOfTheFarNode: what a node that is behind answers. A query that may write is
// answered from the present also when it wrote nothing or ended in an error; one that only
// reads may be answered from the past, but not to a session that knows better.
func TestAnswersOfTheFarNode(t *testing.T) {
	a, b, log := twoNodes(t)
	run(t, a, `CreateCollection({ name: "things" }); Create(Ref(Collection("things"), "1"), { data: { n: 0 } })`)
	run(t, a, `CreateFunction({ name: "sell", body: Query(Lambda("x", If(GTE(Select(["data", "n"], Get(Ref(Collection("things"), "1"))), 1), Create(Collection("things"), {}), "sold out"))) });
		CreateFunction({ name: "look", body: Query(Lambda("x", Select(["data", "n"], Get(Ref(Collection("things"), "1"))))) });
		CreateFunction({ name: "indirect", body: Query(Lambda("x", Call(Var("x"), 1))) })`)
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	const stock = `Select(["data", "n"], Get(Ref(Collection("things"), "1")))`
	for i, c := range []struct {
		query  string
		waits  bool
		old    string // the answer of a node that is behind
		status int
	}{
		{stock, false, "0", 200},
		{`Call("look", 1)`, false, "0", 200},
		{`Call(Function("look"), 1)`, false, "0", 200},
		{`Abort("no")`, false, "", 400},
		{`Get(Ref(Collection("things"), "9%d"))`, false, "", 404},
		{`If(GTE(` + stock + `, 1), Create(Collection("things"), {}), "sold out")`, true, "", 201},
		{`If(GTE(` + stock + `, 1), Create(Collection("things"), {}), Abort("sold out"))`, true, "", 201},
		{`Call("sell", 1)`, true, "", 201},
		{`Call(Function("sell"), 1)`, true, "", 201},
		{`Call("indirect", "sell")`, true, "", 201},
		{`Update(Ref(Collection("things"), "9%d"), { data: { x: 1 } })`, true, "", 200},
		{`Call("new%d", 1)`, true, "", 200},
		{`If(Exists(Ref(Collection("things"), "9%d")), "there", Create(Collection("things"), {}))`, true, "", 200},
	} {
		mustAsk(t, a, `Update(Ref(Collection("things"), "1"), { data: { n: 0 } })`)
		if err := b.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		query := strings.ReplaceAll(c.query, "%d", fmt.Sprint(i))
		answer, waited := apart(t, log, c.waits, func() string {
			mustAsk(t, a, `Update(Ref(Collection("things"), "1"), { data: { n: 5 } })`)
			mustAsk(t, a, fmt.Sprintf(`CreateFunction({ name: "new%d", body: Query(Lambda("x", "new")) })`, i))
			return mustAsk(t, a, fmt.Sprintf(`Create(Ref(Collection("things"), "9%d"), {})`, i))
		}, func() string {
			resp := ask(t, b, query)
			return fmt.Sprint(resp.Status, " ", string(resp.Body))
		})
		if waited != c.waits || !strings.HasPrefix(answer, fmt.Sprint(c.status)) || !strings.Contains(answer, c.old) {
			t.Errorf("%s\nwaited %v: %s", query, waited, answer)
		}
	}
}

// TestSessionOfTheFarNode: a session that has seen something on one node sees it on another.
func TestSessionOfTheFarNode(t *testing.T) {
	a, b, log := twoNodes(t)
	run(t, a, `CreateCollection({ name: "things" })`)
	var seen int64
	lastSeen := func(r *seriatim.Request) { r.LastSeen = seen }
	answer, waited := apart(t, log, true, func() string {
		resp := ask(t, a, `Create(Ref(Collection("things"), "1"), {})`)
		seen = resp.TxnTS
		return ""
	}, func() string { return string(ask(t, b, `Exists(Ref(Collection("things"), "1"))`, lastSeen).Body) })
	if !waited || !strings.Contains(answer, "true") {
		t.Errorf("waited %v: %s", waited, answer)
	}
	// A time that nobody gave is not waited for.
	seen = time.Now().Add(1000 * time.Hour).UnixMicro()
	if resp := ask(t, b, `1`, lastSeen); resp.Status != 200 {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
	answer, waited = apart(t, log, true, func() string {
		return mustAsk(t, a, `Create(Ref(Collection("things"), "2"), {})`)
	}, func() string {
		return string(ask(t, b, `Exists(Ref(Collection("things"), "2"))`, func(r *seriatim.Request) { r.Linearized = true }).Body)
	})
	if !waited || !strings.Contains(answer, "true") {
		t.Errorf("linearized: waited %v: %s", waited, answer)
	}
}

// TestStrangersOfTheFarNode: who became known on one node is not turned away by another.
func TestStrangersOfTheFarNode(t *testing.T) {
	a, b, log := twoNodes(t)
	var key string
	answer, waited := apart(t, log, true, func() string {
		key = between(mustAsk(t, a, `CreateKey({ role: "server" })`), "secret: '", "'")
		return ""
	}, func() string { return fmt.Sprint(ask(t, b, `1`, secret(key)).Status) })
	if !waited || answer != "200" {
		t.Errorf("waited %v: %s", waited, answer)
	}
	mustAsk(t, a, `CreateCollection({ name: "Followed" })`)
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	followed, err := syntax.ParseQueries(`Documents(Collection("Followed"))`)
	if err != nil {
		t.Fatal(err)
	}
	answer, waited = apart(t, log, true, func() string {
		key = between(mustAsk(t, a, `CreateKey({ role: "server" })`), "secret: '", "'")
		return ""
	}, func() string {
		req := request(wire.AppendExpr(nil, followed[0].Expr))
		req.Authorization = "Bearer " + key
		one, resp := b.Stream(t.Context(), req, nil)
		if one == nil {
			return string(resp.Body)
		}
		one.Close()
		return "followed"
	})
	if !waited || answer != "followed" {
		t.Errorf("waited %v: %s", waited, answer)
	}
	if resp := ask(t, b, `1`, secret("nobody")); resp.Status != 401 {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
}

// TestMutationsOfTheFarNode: operations that fail, or that change nothing, do so by the
// present state; a uni that was made elsewhere is known.
func TestMutationsOfTheFarNode(t *testing.T) {
	for _, c := range []struct{ change, asked, want string }{
		{`mutation { update_Row(key: "a", input: {key: "c"}) { result { tag } } }`,
			`mutation { update_Row(key: "c", input: {tag: "x"}) { result { tag } } }`, `"tag":"x"`},
		{`mutation { update_Row(key: "a", input: {tag: "late"}) { result { tag } } }`,
			`mutation { update_Row(key: "a", condition: {tag: {eq: "late"}}, input: {tag: "x"}) { result { tag } } }`, `"tag":"x"`},
	} {
		p := newParties(t, 0)
		east, west := &p.nodes[0], &p.nodes[1]
		answer, waited := apart(t, west.log, true, func() string {
			body, err := p.ask(east, c.change)
			if err != nil || strings.Contains(body, "errors") {
				t.Errorf("%s %v", body, err)
			}
			return body
		}, func() string {
			body, err := p.ask(west, c.asked)
			return fmt.Sprint(body, err)
		})
		if !waited || !strings.Contains(answer, c.want) {
			t.Errorf("%s\nwaited %v: %s", c.asked, waited, answer)
		}
	}
	a, b, log := twoNodes(t)
	var uni *seriatim.Uni
	answer, waited := apart(t, log, true, func() string {
		var err error
		uni, err = a.CreateUni(t.Context(), admin, &seriatim.Registration{
			Name: "late", Nodes: []seriatim.NodeRegistration{{Name: "East"}},
			Schema: []byte(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}}}}}}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		return ""
	}, func() string {
		resp := b.Graph(context.Background(), &seriatim.GraphRequest{
			Uni: "late", Node: "East", Authorization: uni.Nodes[0].APIKey, Request: graphql.Request{Query: `{ list_RowItems { _RowItems { key } } }`},
		})
		return fmt.Sprint(resp.Status, string(resp.Body))
	})
	if !waited || !strings.HasPrefix(answer, "200") {
		t.Errorf("waited %v: %s", waited, answer)
	}
}

// mute is a log that does not tell its head.
type mute struct {
	*sharedLog
	silent atomic.Bool
}

func (m *mute) Head(ctx context.Context) (txlog.Position, error) {
	if m.silent.Load() {
		return 0, fmt.Errorf("%w: no majority", txlog.ErrUnavailable)
	}
	return m.sharedLog.Head(ctx)
}

// TestWithoutMajority: what a node answers whose log does not.
func TestWithoutMajority(t *testing.T) {
	o := onLog(commonLog(t), t.TempDir(), 1)
	log := &mute{sharedLog: &sharedLog{Log: o.Shared.Log}}
	o.Shared.Log = log
	db := opened(t, o)
	run(t, db, `CreateCollection({ name: "things" })`)
	log.silent.Store(true)
	defer log.silent.Store(false)
	for _, c := range []struct {
		query  string
		status int
		adjust func(*seriatim.Request)
	}{
		{`Count(Documents(Collection("things")))`, 200, func(*seriatim.Request) {}},
		{`Get(Ref(Collection("things"), "1"))`, 404, func(*seriatim.Request) {}},
		{`1`, 200, func(r *seriatim.Request) { r.LastSeen = db.Time() }},
		{`1`, 503, func(r *seriatim.Request) { r.Linearized = true }},
		{`1`, 503, func(r *seriatim.Request) { r.LastSeen = db.Time() + 1e6 }},
		{`1`, 503, secret("nobody")},
		{`If(Exists(Collection("things")), "there", Create(Collection("things"), {}))`, 503, func(*seriatim.Request) {}},
		{`Update(Ref(Collection("things"), "1"), {})`, 503, func(*seriatim.Request) {}},
	} {
		resp := ask(t, db, c.query, c.adjust)
		unavailable := strings.Contains(string(resp.Body), `"unavailable"`) && strings.Contains(string(resp.Body), "Nothing was written")
		if resp.Status != c.status || unavailable != (c.status == 503) {
			t.Errorf("%s: %d %s", c.query, resp.Status, resp.Body)
		}
	}
	var failure *seriatim.UniError
	if _, err := db.Unis(t.Context(), admin); err == nil {
		t.Error("management was answered")
	} else if failure, _ = err.(*seriatim.UniError); failure == nil || failure.Status != 503 {
		t.Errorf("management: %v", err)
	}
}

// TestOutOfTime: a query whose time ends while its commit is not confirmed is told that it
// may have happened, as it has here.
func TestOutOfTime(t *testing.T) {
	log := &sharedLog{Log: commonLog(t)}
	o := onLog(log, t.TempDir(), 1)
	db := opened(t, o)
	run(t, db, `CreateCollection({ name: "things" })`)
	release := log.hold()
	defer release()
	resp := ask(t, db, `Create(Ref(Collection("things"), "1"), {})`, func(r *seriatim.Request) { r.Timeout = 100 * time.Millisecond })
	if resp.Status != 503 || !strings.Contains(string(resp.Body), "it may or may not have happened") {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
	release()
	linearized := func(r *seriatim.Request) { r.Linearized = true }
	if resp := ask(t, db, `Exists(Ref(Collection("things"), "1"))`, linearized); !strings.Contains(string(resp.Body), "true") {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
}
