package wire

import (
	"math"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/syntax"
	"seriatim/value"
)

// names is a small catalog: collection users (1024), index by_name (32768),
// function f (7) and role r (8) here; database 9 at child/leaf with collection
// far (1030). Everything else is gone.
type names struct{}

var namesOf = map[value.Ref]string{
	{Collection: value.Collections, ID: 1024}:              "users",
	{Collection: value.Indexes, ID: 32768}:                 "by_name",
	{Collection: value.Functions, ID: 7}:                   "f",
	{Collection: value.Roles, ID: 8}:                       "r",
	{Collection: value.Databases, ID: 9}:                   "child",
	{Database: 9, Collection: value.Collections, ID: 1030}: "far",
}

func (names) Name(r value.Ref) (string, bool) {
	name, ok := namesOf[r]
	return name, ok
}

func (n names) CollectionName(db uint64, id value.CollectionID) (string, bool) {
	return n.Name(value.Ref{Database: db, Collection: value.Collections, ID: int64(id)})
}

func (names) DatabasePath(db uint64) ([]string, bool) {
	return []string{"child", "leaf"}, db == 9
}

var (
	user    = value.Ref{Collection: 1024, ID: 101}
	gone    = value.Ref{Collection: 1999, ID: 1}
	byName  = value.Ref{Collection: value.Indexes, ID: 32768}
	noon    = value.Time{Seconds: 1577966645, Nanos: 123456000}
	match   = &value.Set{Op: value.SetMatch, Ref: byName, Terms: []value.Value{value.String("a")}}
	plainFn = &value.Lambda{Version: "2.12", Source: []byte(`{"lambda":"x","expr":{"var":"x"}}`)}
	newFn   = &value.Lambda{Version: "4", Source: []byte(`{"lambda":"_","expr":{"get":{"@id":[0,1024,101]}}}`)}
	lostFn  = &value.Lambda{Version: "4", Source: []byte(`{"lambda":"_","expr":{"@id":[0,1999,1]}}`)}
)

func fields(pairs ...any) *value.Object {
	o := &value.Object{}
	for i := 0; i < len(pairs); i += 2 {
		o.Fields = append(o.Fields, value.Field{Name: pairs[i].(string), Value: pairs[i+1].(value.Value)})
	}
	return o
}

func setOf(op value.SetOp, of ...*value.Set) *value.Set { return &value.Set{Op: op, Of: of} }

func storedDocument() *value.Document {
	body, _ := value.Encode(fields("data", everyKind(), "ttl", noon))
	return &value.Document{Ref: user, TS: 5, Stored: body}
}

// everyKind holds every kind of value that a document can store.
func everyKind() *value.Object {
	return fields("null", value.Null{}, "bool", value.Bool(true), "int", value.Int(-5), "big", value.Int(math.MaxInt64),
		"double", value.Double(1e10), "string", value.String("é\"\n"), "bytes", value.Bytes{1, 2},
		"uuid", value.UUID{0x9c, 15: 1}, "time", noon, "date", value.Date(18262), "ref", user, "gone", gone,
		"array", value.Array{value.Int(1), gone, value.Array{}}, "object", fields(), "tagged", fields("a", value.Int(1), "@b", gone),
		"set", match, "query", plainFn)
}

// samples are the values that the scripts name.
var samples = map[string]value.Value{
	"numbers": value.Array{value.Int(math.MinInt64), value.Double(1), value.Double(0.1), value.Double(1e10), value.Double(1e-5),
		value.Double(math.NaN()), value.Double(math.Inf(1)), value.Double(math.Inf(-1)), value.Double(math.Copysign(0, -1))},
	"every":    everyKind(),
	"txn":      value.Array{value.TxnTime{}, value.TxnTime{AsTime: true}},
	"action":   value.Action("create"),
	"gone":     gone,
	"document": value.NewDocument(user, fields("data", fields("a", value.Int(1), "g", gone))),
	"deleted":  &value.Document{Ref: user, TS: 5, Deleted: true},
	"own":      &value.Document{Ref: user, Unresolved: true},
	"stored":   storedDocument(),
	"refs": value.Array{user, value.Ref{Collection: value.Collections, ID: 1024}, byName, value.Ref{Collection: value.Functions, ID: 7},
		value.Ref{Collection: value.Keys, ID: 3}, value.Ref{Collection: value.Collections, ID: value.Native}, gone,
		value.Ref{Collection: value.Tokens, ID: value.Native}},
	"foreign": value.Array{value.Ref{Database: 9, Collection: 1030, ID: 1}, value.Ref{Database: 9, Collection: value.Collections, ID: 1030},
		value.Ref{Database: 9, Collection: value.Databases, ID: value.Native}, value.Ref{Database: 9, Collection: value.Keys, ID: 4},
		value.Ref{Database: 8, Collection: value.Databases, ID: value.Native}},
	"unresolved": value.Array{
		&value.UnresolvedRef{Collection: value.Collections, Name: "x"},
		&value.UnresolvedRef{Collection: value.Collections, Name: "x", ID: 5, HasID: true},
		&value.UnresolvedRef{Collection: value.Indexes, Name: "x", Scope: &value.UnresolvedRef{Collection: value.Databases, Name: "d"}},
		&value.UnresolvedRef{Collection: value.Roles, Name: "x", Database: 9},
		&value.UnresolvedRef{Collection: value.Roles, Name: "x", Database: 8},
	},
	"event":    &value.Event{TS: 7, Action: "create", Document: user, Data: fields("a", value.Int(1))},
	"removal":  &value.Event{TS: 7, Action: "delete", Document: user},
	"setevent": &value.Event{TS: 7, Action: "add", Document: user, IsSet: true, Data: value.Array{value.Int(1), gone}},
	"events":   value.Array{&value.Event{Unresolved: true, Action: "add", Document: user, IsSet: true}, &value.Event{TS: 7, Action: "add", Document: gone}},
	"page":     &value.Page{Data: value.Array{user, gone}, Before: value.Array{value.Int(1), user}, After: value.Array{gone}},
	"eventpage": &value.Page{Data: value.Array{}, After: &value.Event{TS: 7, Action: "create", Document: user,
		Data: fields("a", value.Int(1))}},
	"sourced": value.Array{&value.Sourced{Value: value.Int(1), Sources: []*value.Set{match}}, &value.Sourced{Value: gone}},
	"sets": value.Array{match, &value.Set{Op: value.SetMatch, Ref: byName}, &value.Set{Op: value.SetMatch, Ref: byName, Terms: []value.Value{value.Int(1), gone}},
		&value.Set{Op: value.SetDocuments, Ref: value.Ref{Collection: value.Collections, ID: 1024}}, &value.Set{Op: value.SetSingleton, Ref: user},
		&value.Set{Op: value.SetEvents, Ref: user}, setOf(value.SetEvents, match), setOf(value.SetUnion, match, match),
		setOf(value.SetIntersection, match), setOf(value.SetDifference, match, match), setOf(value.SetDistinct, match), setOf(value.SetReverse, match),
		&value.Set{Op: value.SetMatch, Ref: gone}},
	"ranges": value.Array{&value.Set{Op: value.SetRange, Of: []*value.Set{match}, From: value.Array{value.Int(1)}, To: value.Array{value.Int(1), user}},
		&value.Set{Op: value.SetRange, Of: []*value.Set{match}, From: value.Array{}, To: value.Int(3)}},
	"lambdasets": value.Array{&value.Set{Op: value.SetFilter, Of: []*value.Set{match}, Lambda: plainFn}, &value.Set{Op: value.SetJoin, Of: []*value.Set{match}, Lambda: newFn},
		&value.Set{Op: value.SetJoin, Of: []*value.Set{match}, Ref: byName}},
	"lambdas": value.Array{plainFn, newFn, lostFn},
}

// TestValue runs the scripts in testdata/value: "render NAME [version=4]" prints
// one of the samples as a response of that version shows it.
func TestValue(t *testing.T) {
	datadriven.Walk(t, "testdata/value", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			r := &Rendering{Version: syntax.V4, Names: names{}, TxnTS: 1577966645123456}
			if d.HasArg("version") {
				var name string
				d.ScanArgs(t, "version", &name)
				r.Version, _ = syntax.ParseVersion(name)
			}
			v, ok := samples[d.CmdArgs[0].Key]
			if !ok {
				d.Fatalf(t, "no sample %s", d.CmdArgs[0].Key)
			}
			switch d.Cmd {
			case "render":
				return string(AppendResource(nil, v, r)) + "\n"
			case "source":
				return string(AppendExpr(nil, &syntax.Literal{Value: v})) + "\n"
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

// TestStored checks that a document goes to JSON the same way whether it was
// decoded or not.
func TestStored(t *testing.T) {
	for _, v := range []syntax.Version{syntax.V21, syntax.V4} {
		r := &Rendering{Version: v, Names: names{}}
		d := storedDocument()
		bytes := AppendValue(nil, d, r)
		decoded := AppendValue(nil, &value.Document{Ref: d.Ref, TS: d.TS, Stored: nil}, r)
		if string(bytes) == string(decoded) {
			t.Fatal("the stored fields are missing")
		}
		plain := value.NewDocument(d.Ref, d.Body())
		plain.TS = d.TS
		if want := AppendValue(nil, plain, r); string(bytes) != string(want) {
			t.Errorf("from bytes:\n%s\ndecoded:\n%s", bytes, want)
		}
	}
}

// TestHoles checks that times left open and filled in later read as if they had
// been known.
func TestHoles(t *testing.T) {
	const ts = 1577966645123456
	for name, v := range samples {
		open := AppendResource(nil, v, &Rendering{Version: syntax.V4, Names: names{}, TxnTS: Hole})
		known := AppendResource(nil, v, &Rendering{Version: syntax.V4, Names: names{}, TxnTS: ts})
		if got := FillHoles(nil, open, ts); string(got) != string(known) {
			t.Errorf("%s: filled %s\nknown %s", name, got, known)
		}
		inner, err := Resource(known)
		if want := known[len(`{"resource":`) : len(known)-1]; err != nil || string(inner) != string(want) {
			t.Errorf("%s: resource %s, want %s (%v)", name, inner, want, err)
		}
	}
	for _, bad := range []string{``, `{`, `[]`, `{"errors":[]}`, `{"resource"}`} {
		if _, err := Resource([]byte(bad)); err == nil {
			t.Errorf("%q has a resource", bad)
		}
	}
}
