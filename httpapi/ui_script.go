package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// fewestColumns is the narrowest that a result is laid out for, and maxShown how
// many bytes of it are shown at most. Indentation makes much of a little.
const (
	fewestColumns = 20
	maxShown      = 16 << 20
)

// script is one text of a run.
type script struct {
	*run
	index   int
	columns int
	units   *units
	queries []syntax.Query
	bodies  [][]byte // of the queries, as the protocol has them
	ran     int      // queries that ran, one that failed included
}

// parse reads the text and tells where its queries are, or the mistake in it, which
// makes it return false.
func (t *script) parse() bool {
	queries, err := syntax.ParseQueries(t.units.text)
	if err == nil && len(queries) > maxQueries {
		at := queries[maxQueries].Pos
		err = &syntax.Error{Pos: at, End: at.Offset, Message: fmt.Sprintf("a text may have %d queries, this is one more", maxQueries)}
	}
	var mistake *syntax.Error
	if errors.As(err, &mistake) {
		t.events.send(failureEvent{Event: "failure", Script: t.index, Errors: []cause{mistakeCause(t.units, mistake)}})
		return false
	}
	t.queries = queries
	told := parsedEvent{Event: "parsed", Script: t.index, Queries: make([]extent, len(queries))}
	for i := range queries {
		told.Queries[i] = t.extent(queries[i].Span(nil))
		body := wire.AppendExpr(nil, queries[i].Expr)
		if t.past != "" {
			body = atPast(t.past, body)
		}
		t.bodies = append(t.bodies, body)
	}
	t.events.send(told)
	return true
}

func (t *script) extent(from, to int) extent { return extent{t.units.at(from), t.units.at(to)} }

// execute runs the queries in order, once the run starts. It stops at the first that
// fails.
func (t *script) execute(ctx context.Context) {
	defer t.done()
	defer t.recover()
	t.together()
	for ctx.Err() == nil && t.ran < len(t.bodies) && t.query(ctx, t.ran) {
	}
}

// done tells that the script has ended.
func (t *script) done() { t.events.send(doneEvent{"done", t.index, t.ran, len(t.queries)}) }

// query runs one query and tells its result. It reports whether there is one.
func (t *script) query(ctx context.Context, n int) bool {
	t.ran++
	begin := time.Now()
	resp := t.server.db.Query(ctx, &seriatim.Request{
		Authorization: t.authorization, Body: t.bodies[n], Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries,
		LastSeen: t.session.seen.Load(),
	})
	took := time.Since(begin)
	t.session.see(resp.TxnTS)
	if resp.Status == http.StatusInternalServerError {
		t.server.options.Logger.Error("query failed", "err", resp.Err)
	}
	end := ending{
		Query: n, At: begin.Sub(t.began).Microseconds(), Took: took.Microseconds(),
		Txn: resp.TxnTS, Status: resp.Status, Cost: costOf(resp.Cost),
	}
	if resp.Status < http.StatusBadRequest {
		t.events.send(t.result(&end, resp))
		return true
	}
	if resp.Status == http.StatusUnauthorized && t.itself {
		t.server.sessions.drop(t.session.token)
	}
	t.events.send(t.failure(&end, resp))
	return false
}

// result is the event of a query that was answered.
func (t *script) result(end *ending, resp *seriatim.Response) resultEvent {
	e := resultEvent{Event: "result", Script: t.index, ending: end}
	body, err := wire.Resource(resp.Body)
	if err != nil {
		panic(err)
	}
	if size := indented(body); size > maxShown {
		e.Omitted = fmt.Sprintf("The result takes %d MiB as text, more than the %d that are shown.", (size-1)>>20+1, maxShown>>20)
		return e
	}
	value, err := wire.DecodeData(body)
	if err != nil {
		panic(err)
	}
	e.Shell = syntax.Inspect(value, t.width())
	e.JSON = string(bytes.TrimSuffix(wire.AppendPretty(nil, body), []byte("\n")))
	return e
}

func (t *script) width() int {
	if t.columns <= 0 {
		return syntax.InspectWidth
	}
	return min(max(t.columns, fewestColumns), syntax.InspectWidth)
}

// failure is the event of a query that ended in an error.
func (t *script) failure(end *ending, resp *seriatim.Response) failureEvent {
	errs, err := wire.DecodeErrors(resp.Body)
	if err != nil {
		panic(err)
	}
	if t.past != "" {
		errs = unwrapped(errs)
	}
	e := failureEvent{Event: "failure", Script: t.index, ending: end, Errors: causes(t.units, &t.queries[end.Query], errs)}
	if text, ok := wire.AbortIn(errs); ok {
		e.Abort = &text
	}
	return e
}

// recover turns a fault of ours into a failure: it must not end the process, which
// serves others.
func (t *script) recover() {
	fault := recover()
	if fault == nil {
		return
	}
	t.server.options.Logger.Error("query failed", "fault", fault, "stack", string(debug.Stack()))
	t.events.send(failureEvent{
		Event: "failure", Script: t.index, ending: &ending{Query: t.ran - 1, Status: http.StatusInternalServerError},
		Errors: []cause{{Code: "internal server error", Description: "An internal error occurred."}},
	})
}

// indented returns about how many bytes JSON takes when it is indented.
func indented(body []byte) int {
	size, depth, quoted := 0, 0, false
	for i := 0; i < len(body); i++ {
		size++
		switch c := body[i]; {
		case quoted:
			if c == '\\' {
				i++
				size++
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{', c == '[':
			depth++
			size += 1 + 2*depth
		case c == '}', c == ']':
			depth--
			size += 1 + 2*depth
		case c == ',':
			size += 1 + 2*depth
		}
	}
	return size
}
