package eval

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// scriptClock is the clock of evaluations in scripts: 2020-01-02T03:04:05.678901Z.
const scriptClock = 1577934245678901

// script is one file of testdata. Each case evaluates queries in shell text, and
// expects for each a line of JSON or the lines of its errors.
type script struct {
	version syntax.Version
	names   wire.Names
	// free names variables that run binds around each query, outermost first.
	free []string
}

// directives are what the cases of a script may begin with.
var directives = map[string]func(s *script, t *testing.T, d *datadriven.TestData) string{
	"eval": (*script).pure,
}

// TestScripts runs every file below testdata. An argument version=3 chooses the
// API version of a case.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.IsDir() {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := &script{}
			datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
				run := directives[d.Cmd]
				if run == nil {
					d.Fatalf(t, "unknown directive %s", d.Cmd)
				}
				s.version = syntax.V4
				if d.HasArg("version") {
					var name string
					d.ScanArgs(t, "version", &name)
					s.version, _ = syntax.ParseVersion(name)
				}
				return run(s, t, d)
			})
		})
	}
}

// pure evaluates queries that need no database. Values that no query can write
// without one are bound to variables.
func (s *script) pure(t *testing.T, d *datadriven.TestData) string {
	var bound *scope
	s.free = nil
	for _, sample := range samples() {
		s.free = append(s.free, sample.Name)
		bound = &scope{sample.Value, bound}
	}
	return s.each(t, d, func(e syntax.Expr) (value.Value, []wire.Error) {
		c := &context{Env: &Env{Version: s.version, Clock: scriptClock, Snapshot: scriptClock}, version: s.version}
		v, f := c.eval(e, bound)
		if c.cause != nil {
			return nil, []wire.Error{{Code: "stopped", Description: c.cause.Error()}}
		}
		if f != nil {
			return nil, f.errors()
		}
		return v, nil
	})
}

// samples returns the variables of pure cases: what else comes from a database.
func samples() []value.Field {
	ref := value.Ref{Collection: 1024, ID: 42}
	body := value.NewObject(
		value.Field{Name: "data", Value: value.NewObject(
			value.Field{Name: "name", Value: value.String("cups")},
			value.Field{Name: "quantity", Value: value.Int(7)},
			value.Field{Name: "tags", Value: value.Array{value.String("a"), value.Array{value.String("b")}}},
			value.Field{Name: "lines", Value: value.Array{
				value.NewObject(value.Field{Name: "n", Value: value.Int(1)}),
				value.NewObject(value.Field{Name: "n", Value: value.Array{value.Int(2), value.Int(3)}}),
			}},
			value.Field{Name: "store", Value: value.Ref{Collection: 1025, ID: 9}},
		)})
	stored, _ := value.Encode(body)
	cursor := func(i int) (value.Value, bool) {
		return value.Array{value.Int(i*10 + 10), ref}, i >= 0 && i < 3
	}
	page := &value.Page{
		Data:   value.Array{value.Int(10), value.Int(20), value.Int(30)},
		Before: value.Array{value.Int(10), ref}, After: value.Array{value.Int(40), ref}, Cursors: cursor,
	}
	created := value.NewDocument(ref, body)
	created.Unresolved = true
	return []value.Field{
		{Name: "doc", Value: &value.Document{Ref: ref, TS: 5, Stored: stored}},
		{Name: "created", Value: created},
		{Name: "page", Value: page},
		{Name: "empty", Value: &value.Page{Data: value.Array{}}},
		{Name: "event", Value: &value.Event{TS: 6, Action: "update", Document: ref, Data: value.NewObject(value.Field{Name: "a", Value: value.Int(1)})}},
		{Name: "entry", Value: &value.Event{TS: 7, Action: "add", Document: ref, Data: value.Array{value.String("v")}, IsSet: true}},
		{Name: "sourced", Value: &value.Sourced{Value: value.Int(1), Sources: []*value.Set{{Op: value.SetSingleton, Ref: ref}}}},
		{Name: "set", Value: &value.Set{Op: value.SetSingleton, Ref: ref}},
		{Name: "missing", Value: &value.UnresolvedRef{Collection: value.Collections, Name: "none"}},
		{Name: "ref", Value: ref},
		{Name: "txn", Value: value.TxnTime{}},
		{Name: "txntime", Value: value.TxnTime{AsTime: true}},
		{Name: "uuid", Value: value.UUID{1, 2, 3}},
	}
}

// each parses and resolves the queries of a case and shows what run gives.
func (s *script) each(t *testing.T, d *datadriven.TestData, run func(e syntax.Expr) (value.Value, []wire.Error)) string {
	queries, err := syntax.ParseQueries(d.Input)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, q := range queries {
		setVersion(q.Expr, s.version)
		if unbound := syntax.Resolve(q.Expr, s.free); len(unbound) > 0 {
			fmt.Fprintf(&b, "unbound %v\n", unbound)
			continue
		}
		v, errs := run(q.Expr)
		if errs != nil {
			s.showErrors(&b, errs, "")
			continue
		}
		b.Write(s.show(v))
		b.WriteByte('\n')
	}
	return b.String()
}

// setVersion makes the lambdas of a query those of an API version, as the wire does.
func setVersion(e syntax.Expr, version syntax.Version) {
	syntax.Walk(e, func(e syntax.Expr) bool {
		if l, ok := e.(*syntax.Lambda); ok {
			l.Version = version
		}
		return true
	})
}

// show renders a value as the wire does.
func (s *script) show(v value.Value) []byte {
	if v == nil {
		return []byte("no value")
	}
	return wire.AppendValue(nil, v, &wire.Rendering{Version: s.version, Names: s.names, TxnTS: scriptClock})
}

// showErrors writes a line for every error, and below it its failures and causes.
func (s *script) showErrors(b *strings.Builder, errs []wire.Error, indent string) {
	for i := range errs {
		e := &errs[i]
		fmt.Fprintf(b, "%s%s", indent, e.Code)
		if e.HasPosition {
			fmt.Fprintf(b, " at %s", positionText(e.Position))
		}
		fmt.Fprintf(b, ": %s\n", e.Description)
		for _, f := range e.Failures {
			fmt.Fprintf(b, "%s  %s at %s: %s\n", indent, f.Code, positionText(f.Field), f.Description)
		}
		s.showErrors(b, e.Cause, indent+"  ")
	}
}

func positionText(position []any) string {
	if len(position) == 0 {
		return "[]"
	}
	text, err := json.Marshal(position)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
