package wire

import (
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"seriatim/syntax"
	"seriatim/value"
)

// seeds adds every body of the decoder's scripts, and the fixtures.
func seeds(f *testing.F) {
	f.Add(readFixture(f, "order.json"), uint8(syntax.V4))
	f.Add(readFixture(f, "call.json"), uint8(syntax.V4))
	err := filepath.WalkDir("testdata/decode", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		script, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, part := range strings.Split(string(script), "\n\n") {
			if _, rest, ok := strings.Cut(part, "\n"); ok {
				body, _, _ := strings.Cut(rest, "\n----")
				f.Add([]byte(body), uint8(syntax.V4))
				f.Add([]byte(body), uint8(syntax.V21))
			}
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
}

// withoutCode forgets the parsed forms of lambda values, which differ when a let
// was an array, and how an empty array is held.
func withoutCode(e syntax.Expr) {
	syntax.Walk(e, func(e syntax.Expr) bool {
		if a, ok := e.(*syntax.Array); ok && len(a.Elems) == 0 {
			a.Elems = nil
		}
		if l, ok := e.(*syntax.Literal); ok {
			if f, ok := l.Value.(*value.Lambda); ok {
				f.Code = nil
			}
		}
		return true
	})
}

// FuzzQuery checks that no body makes the decoder panic or spend more than it is
// worth, and that the tree of a good one is written and read again unchanged.
func FuzzQuery(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte, version uint8) {
		v := syntax.Version(version%uint8(syntax.V5)) + 1
		var e syntax.Expr
		var errs []Error
		frugal(t, len(body), func() int {
			e, errs = DecodeQuery(body, v)
			return placed(errs)
		})
		if errs != nil {
			if e != nil {
				t.Fatal("a tree and errors")
			}
			for _, err := range errs {
				if err.Code == "" || err.Description == "" || !err.HasPosition {
					t.Fatalf("error %+v", err)
				}
			}
			return
		}
		text := AppendExpr(nil, e)
		again, errs := DecodeQuery(text, v)
		if errs != nil {
			t.Fatalf("%s\nbecame %s\nwhich is refused: %s", body, text, AppendErrors(nil, errs))
		}
		withoutCode(e)
		withoutCode(again)
		if !reflect.DeepEqual(e, again) {
			t.Fatalf("%s\nbecame %s\nthen   %s", body, text, AppendExpr(nil, again))
		}
	})
}

// FuzzData is FuzzQuery for values.
func FuzzData(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte, _ uint8) {
		var e syntax.Expr
		var err error
		frugal(t, len(body), func() int {
			e, err = DecodeData(body)
			return 0
		})
		if err != nil {
			return
		}
		text := AppendData(nil, e)
		again, err := DecodeData(text)
		if err != nil {
			t.Fatalf("%s\nbecame %s\nwhich is refused: %v", body, text, err)
		}
		withoutCode(e)
		withoutCode(again)
		if !reflect.DeepEqual(e, again) {
			t.Fatalf("%s\nbecame %s\nthen   %s", body, text, AppendData(nil, again))
		}
	})
}

// FuzzErrors checks that reading a response never panics.
func FuzzErrors(f *testing.F) {
	f.Add([]byte(`{"errors":[{"position":["a",0],"code":"c","description":"d","failures":[{"field":["x"]}],"cause":[{}]}]}`))
	f.Add([]byte(`{"errors":[1,[],{"position":1,"failures":{},"cause":[1]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		errs, err := DecodeErrors(body)
		if err == nil {
			AppendErrors(nil, errs)
			StatusOf(errs)
		}
	})
}

// FuzzSpellings checks that a query means the same in both of its spellings: what a
// shell's text says is what its wire form says, or the wire refuses it.
func FuzzSpellings(f *testing.F) {
	for _, seed := range []string{
		`Map(Paginate(Documents(Collection("x")), {size: 2}), Lambda(["a", "_"], Get(Var("a"))))`,
		`Let({a: 1, "b": [1.5, -2]}, (a, b) => Add(a, b)); Now()`,
		`Quote({a: Time("2020-01-01T00:00:00Z"), "@ref": 1})`, `{"@x": null, object: {object: 1}}`, `Do([1])`, `Add([[1]])`,
		`Select(["data", 0], {a: null}, null)`, `Query(Lambda("x", Var("x")))`, `Ref(Collection("a", Database("b")), "1")`,
		`And(Or(true), Not(false))`, `Match(Index("i"), [])`, `Call(Function("f"), [1, 2])`, `Format("%s", "a")`, `Bytes("AQI=")`, `CreateIndex({source: [{fields: {f: Query(Lambda("x", 1))}}]})`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		queries, err := syntax.ParseQueries(text)
		if err != nil {
			return
		}
		for _, q := range queries {
			body := AppendExpr(nil, q.Expr)
			if d, err := scan(body); err == nil {
				d.release()
			} else {
				if !errors.Is(err, errNesting) {
					t.Fatalf("%s\nbecame %s\nwhich is no JSON", text, body)
				}
				continue
			}
			again, errs := DecodeQuery(body, syntax.V4)
			listOperands(q.Expr)
			// Data that only tags can spell loses its quote on the wire, where an object says the same.
			same := func() bool {
				return syntax.Equal(q.Expr, again) ||
					strings.Contains(strings.ToLower(text), "quote") && string(AppendExpr(nil, again)) == string(body)
			}
			switch unbound := syntax.Resolve(q.Expr, nil); {
			case errs == nil && (len(unbound) > 0 || !same()):
				t.Fatalf("%s\nbecame %s\nwhich is %s", text, body, syntax.Print(again))
			case errs != nil && len(unbound) == 0:
				t.Fatalf("%s\nbecame %s\nwhich is refused: %s", text, body, AppendErrors(nil, errs))
			}
		}
	})
}

// listOperands makes one operand of And or Or a list of one, as it becomes on the
// wire (core: Parser.scala).
func listOperands(e syntax.Expr) {
	syntax.Walk(e, func(e syntax.Expr) bool {
		if form, ok := e.(*syntax.Form); ok && (form.Op == syntax.OpAnd || form.Op == syntax.OpOr) {
			if _, ok := form.Args[0].(*syntax.Array); !ok {
				form.Args[0] = &syntax.Array{Elems: []syntax.Expr{form.Args[0]}}
			}
		}
		return true
	})
}

// generator makes random values from a seed.
type generator struct{ *rand.Rand }

func (g generator) text() string {
	const letters = "ab@\"\\\n\x00é😀 "
	runes := []rune(letters)
	s := make([]rune, g.IntN(6))
	for i := range s {
		s[i] = runes[g.IntN(len(runes))]
	}
	return string(s)
}

func (g generator) value(depth int) value.Value {
	n := 16
	if depth == 0 {
		n = 12
	}
	switch g.IntN(n) {
	case 0:
		return value.Null{}
	case 1:
		return value.Bool(g.IntN(2) == 0)
	case 2:
		return value.Int(int64(g.Uint64()) >> g.IntN(64))
	case 3:
		if f := math.Float64frombits(g.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return value.Double(f)
		}
		return value.Double(0.5)
	case 4, 5:
		return value.String(g.text())
	case 6:
		return value.Bytes(g.text())
	case 7:
		return value.Time{Seconds: g.Int64N(4e9) - 2e9, Nanos: g.Int32N(1e9)}
	case 8:
		return value.Date(g.Int64N(40000) - 20000)
	case 9:
		return user
	case 10:
		return value.UUID{byte(g.Uint32()), 15: byte(g.Uint32())}
	case 11:
		return []value.Value{byName, match, newFn, value.Ref{Database: 9, Collection: 1030, ID: 4}}[g.IntN(4)]
	case 12, 13:
		a := make(value.Array, g.IntN(4))
		for i := range a {
			a[i] = g.value(depth - 1)
		}
		return a
	}
	return g.object(depth)
}

func (g generator) object(depth int) *value.Object {
	o := &value.Object{}
	for range g.IntN(4) {
		name := g.text()
		if g.IntN(3) == 0 {
			name = []string{"@ref", "@obj", "@set", "@id", "@ts"}[g.IntN(5)]
		}
		if _, ok := o.Get(name); !ok {
			o.Fields = append(o.Fields, value.Field{Name: name, Value: g.value(depth - 1)})
		}
	}
	return o
}

// TestValueRoundTrip writes random values as a response and as a captured
// variable, reads both again, and checks that a document in stored form renders
// as the decoded one.
func TestValueRoundTrip(t *testing.T) {
	const seed = 11
	t.Logf("seed %d", seed)
	g := generator{rand.New(rand.NewPCG(seed, seed))}
	r := &Rendering{Version: syntax.V4, Names: names{}}
	for range 5000 {
		v := g.value(4)
		text := AppendValue(nil, v, r)
		e, err := DecodeData(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if again := AppendData(nil, e); string(again) != string(text) {
			t.Fatalf("%s\nbecame %s", text, again)
		}
		captured(t, v)
		stored, _ := value.Encode(v)
		w := writer{r: r}
		w.stored(stored)
		if string(w.dst) != string(text) {
			t.Fatalf("decoded %s\nstored  %s", text, w.dst)
		}
	}
}

// captured checks that a lambda that captured v reads as it was written.
func captured(t *testing.T, v value.Value) {
	t.Helper()
	l := &syntax.Lambda{Params: []string{"_"}, Version: syntax.V4, Body: &syntax.Literal{Value: v}}
	source := AppendLambda(nil, l)
	again, err := DecodeLambda(source, syntax.V4)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	if got := AppendLambda(nil, again); string(got) != string(source) {
		t.Fatalf("%s\nbecame %s", source, got)
	}
}

// TestSamplesCaptured is captured for the samples, which hold every kind.
func TestSamplesCaptured(t *testing.T) {
	for name, v := range samples {
		if name == "txn" {
			continue
		}
		t.Run(name, func(t *testing.T) { captured(t, v) })
	}
}
