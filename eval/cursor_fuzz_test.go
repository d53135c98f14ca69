package eval_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// cursorSets are sets of every kind, over what cursorSchema makes.
var cursorSets = []string{
	`Documents(Collection("c"))`, `Documents(Collection("none"))`, `Match(Index("n"))`, `Match(Index("down"))`, `Match(Index("both"))`,
	`Match(Index("term"), "a")`, `Match(Index("term"), "nobody")`, `Match(Index("wide"))`,
	`Union(Match(Index("n")), Match(Index("m")))`, `Intersection(Match(Index("n")), Match(Index("m")))`,
	`Difference(Match(Index("n")), Match(Index("m")))`, `Union(Match(Index("term"), "a"), Match(Index("term"), "b"))`,
	`Reverse(Match(Index("both")))`, `Reverse(Documents(Collection("c")))`, `Range(Match(Index("n")), 2, 5)`, `Range(Match(Index("both")), [2], [5, "b"])`,
	`Filter(Match(Index("n")), Lambda("n", LT(Var("n"), 5)))`, `Filter(Documents(Collection("c")), Lambda("d", Exists(Var("d"))))`,
	`Join(Documents(Collection("c")), Index("by_ref"))`, `Join(Match(Index("term"), "a"), Lambda("r", Singleton(Var("r"))))`,
	`Distinct(Match(Index("n")))`, `Distinct(Union(Match(Index("wide")), Match(Index("both"))))`, `Singleton(Ref(Collection("c"), "1"))`, `Ref(Collection("c"), "1")`, `Collections()`, `Indexes()`,
	`Events(Documents(Collection("c")))`, `Events(Ref(Collection("c"), "1"))`, `Events(Match(Index("term"), "a"))`, `Events(Singleton(Ref(Collection("c"), "2")))`,
}

const cursorSchema = `
	CreateCollection({ name: "c" });
	CreateCollection({ name: "none" });
	CreateIndex({ name: "n", source: Collection("c"), values: [{ field: ["data", "n"] }] });
	CreateIndex({ name: "m", source: Collection("c"), values: [{ field: ["data", "m"] }] });
	CreateIndex({ name: "down", source: Collection("c"), values: [{ field: ["data", "n"], reverse: true }] });
	CreateIndex({ name: "both", source: Collection("c"), values: [{ field: ["data", "n"] }, { field: ["data", "s"], reverse: true }, { field: ["ref"] }] });
	CreateIndex({ name: "wide", source: Collection("c"), values: [{ field: ["data", "x"] }, { field: ["data", "list"] }] });
	CreateIndex({ name: "term", source: Collection("c"), terms: [{ field: ["data", "s"] }] });
	CreateIndex({ name: "by_ref", source: Collection("c"), terms: [{ field: ["data", "to"] }], values: [{ field: ["data", "n"] }, { field: ["ref"] }] });
	Foreach([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], Lambda("i", Create(Ref(Collection("c"), Var("i")), { data: {
		n: Modulo(Multiply(Var("i"), 5), 7), m: Modulo(Multiply(Var("i"), 3), 5), s: Select(Modulo(Var("i"), 3), ["a", "b", "c"]),
		list: [Var("i"), { k: Var("i") }, "t"], x: Select(Modulo(Var("i"), 6), [1, 1.0, "é", null, { o: [1] }, Time("2020-01-01T00:00:00Z")], null),
		to: Ref(Collection("c"), Modulo(Var("i"), 4)) } })));
	Update(Ref(Collection("c"), "1"), { data: { n: 9 } });
	Delete(Ref(Collection("c"), "2"));
	Create(Ref(Collection("c"), "2"), { data: { n: 3, s: "a" } });
	Delete(Ref(Collection("c"), "5"))`

// FuzzCursor gives any value as a cursor and checks that it is an error of the
// query's, or a place that parts the set in two: what is before it and what is after
// it are the whole. From there it reads on, both ways and a few at a time, by the
// cursors of the pages as a client has them, and must come through the same elements.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{
		`null`, `1`, `[3]`, `[3,{"@ref":{"id":"4","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}]`, `[]`, `[[1]]`,
		`{"@ref":{"id":"4","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}`, `"a"`, `{"now":null}`, `-1.5`, `1e400`,
		`[{"@ref":{"id":"1","collection":{"@ref":{"id":"other","collection":{"@ref":{"id":"collections"}}}}}}]`, `[3,"b",1,2,3,4,5]`, `{"object":{}}`,
		`{"object":{"ts":1,"action":"create"}}`, `{"object":{"ts":0,"action":"add","document":{"ref":{"collection":"c"},"id":"1"}}}`, `9223372036854775807`,
		`{"object":{"ts":{"to_micros":{"now":null}},"action":"remove","document":{"ref":{"collection":"c"},"id":"5"},"data":[1]}}`, `{"@ts":"2020-01-02T03:04:05.5Z"}`,
		`{"@date":"2020-01-03"}`, `{"documents":{"collection":"c"}}`, `{"query":{"lambda":"x","expr":1}}`, `{"@bytes":"AQ=="}`, `true`, `{"get":{"ref":{"collection":"c"},"id":"1"}}`,
		`{"paginate":{"collections":null}}`, `[null,null]`, `{"object":{"ts":"x","action":"drop","document":1}}`, `{"collection":"c"}`, `{"collection":"nowhere"}`,
	} {
		for i := range cursorSets {
			f.Add(uint8(i), uint8(len(seed)), []byte(seed))
		}
	}
	s := newSession(f)
	queries, err := syntax.ParseQueries(cursorSchema)
	if err != nil {
		f.Fatal(err)
	}
	for _, q := range queries {
		if resp := s.db.Query(context.Background(), cursorRequest(wire.AppendExpr(nil, q.Expr), "")); resp.Status >= 300 {
			f.Fatalf("%s", resp.Body)
		}
	}
	f.Fuzz(func(t *testing.T, set, size uint8, cursor []byte) {
		r := cursorReader{t: t, db: s.db, set: cursorSets[int(set)%len(cursorSets)], cursor: cursor}
		if !json.Valid(cursor) {
			return
		}
		r.check(1 + int(size%5))
	})
}

func cursorRequest(body []byte, readOnly string) *seriatim.Request {
	return &seriatim.Request{Authorization: "Bearer secret", Body: body, Version: syntax.V4, Timeout: time.Minute, ReadOnly: readOnly}
}

// cursorReader reads one set from one cursor.
type cursorReader struct {
	t      *testing.T
	db     *seriatim.DB
	set    string
	cursor []byte
}

// cursorPage is a page as a client sees it.
type cursorPage struct {
	Data          []json.RawMessage
	Before, After json.RawMessage
}

// whole is more than any set of the test has.
const whole = 1000

func (r *cursorReader) check(size int) {
	three := r.pages(r.page("before", whole), r.page("after", whole), r.page("", whole))
	if three == nil {
		return
	}
	before, after, all := three[0], three[1], three[2]
	two := r.pages(r.page("before", size), r.page("after", size))
	if two == nil {
		r.t.Fatalf("%s at %s can be read whole, but not by %d", r.set, r.cursor, size)
	}
	r.equal("read on after it", after.Data, two[1].Data, r.rest("after", two[1].After, size))
	if strings.HasPrefix(r.set, "Distinct") {
		return // of equal neighbours it keeps the first that a page comes to
	}
	r.equal("what is before and after it", all.Data, before.Data, after.Data)
	r.equal("read on before it", before.Data, r.rest("before", two[0].Before, size), two[0].Data)
}

// page is the text of reading one page, from the cursor or from the end of the set.
func (r *cursorReader) page(side string, size int) string {
	if side == "" {
		return fmt.Sprintf(`Paginate(%s, { size: %d })`, r.set, size)
	}
	return fmt.Sprintf(`Paginate(%s, { size: %d, %s: Var("c") })`, r.set, size, side)
}

// pages reads pages in one query, in which the cursor is c; nil tells that it is
// refused. Whatever it is, the answer is one of the query's own.
func (r *cursorReader) pages(texts ...string) []cursorPage {
	r.t.Helper()
	e, err := syntax.Parse("[" + strings.Join(texts, ", ") + "]")
	if err != nil {
		r.t.Fatal(err)
	}
	body := fmt.Appendf(nil, `{"let":[{"c":%s}],"in":%s}`, r.cursor, wire.AppendExpr(nil, e))
	begin := time.Now()
	resp := r.db.Query(context.Background(), cursorRequest(body, "get requests"))
	if took := time.Since(begin); took > time.Minute {
		r.t.Fatalf("%s at %s took %v", r.set, r.cursor, took)
	}
	if resp.Status >= 300 {
		if errs, err := wire.DecodeErrors(resp.Body); err != nil || len(errs) == 0 || errs[0].Description == "" || resp.Err != nil ||
			resp.Status != 400 && resp.Status != 404 {
			r.t.Fatalf("%s at %s: %d %s %v", r.set, r.cursor, resp.Status, resp.Body, resp.Err)
		}
		return nil
	}
	var answer struct{ Resource []cursorPage }
	if err := json.Unmarshal(resp.Body, &answer); err != nil {
		r.t.Fatalf("%s: %v", resp.Body, err)
	}
	return answer.Resource
}

// rest reads on from a cursor as a client got it, to the end of the set.
func (r *cursorReader) rest(side string, cursor json.RawMessage, size int) (rest []json.RawMessage) {
	for range whole {
		if cursor == nil {
			return rest
		}
		data, err := wire.DecodeData(cursor)
		if err != nil {
			r.t.Fatalf("the cursor %s: %v", cursor, err)
		}
		on := *r
		on.cursor = wire.AppendExpr(nil, data)
		pages := on.pages(on.page(side, size))
		if pages == nil {
			r.t.Fatalf("%s at %s gives the cursor %s, which is refused", r.set, r.cursor, cursor)
		}
		if side == "after" {
			rest, cursor = append(rest, pages[0].Data...), pages[0].After
		} else {
			rest, cursor = slices.Concat(pages[0].Data, rest), pages[0].Before
		}
	}
	r.t.Fatalf("%s at %s has no end", r.set, r.cursor)
	return nil
}

func (r *cursorReader) equal(what string, want []json.RawMessage, got ...[]json.RawMessage) {
	r.t.Helper()
	if joined := slices.Concat(got...); !slices.EqualFunc(joined, want, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		r.t.Fatalf("%s at %s, %s:\n%s\nwant\n%s", r.set, r.cursor, what, got, want)
	}
}
