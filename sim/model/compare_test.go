package model

import (
	"bytes"
	"cmp"
	"testing"

	"seriatim/syntax"
	"seriatim/value"
)

// orderSamples are values of every type of the total order, several of each, in
// the shell's text.
const orderSamples = `null; true; false; 0; 1; -1; 7; 9007199254740993; -9223372036854775808; 9223372036854775807; 0.5; 1.0; -2.25; 1.5e10; -1.0e-5; 1.0e300;
	Bytes(""); Bytes("AQID"); Bytes("AQ=="); ""; "a"; "A"; "ab"; "aB"; "b"; "é"; "e"; "10"; "9"; "a-b"; " x "; "ß"; "ss"; "a b";
	[]; [1]; [1.0]; ["a", 1]; ["a"]; [[1], 2]; [null]; {}; { a: 1 }; { a: 2 }; { b: 1 }; { a: 1, b: 2 }; { b: 2, a: 1 }; { A: 1 };
	Time("2020-01-02T03:04:05Z"); Time("1969-12-31T23:59:59.999999999Z"); Time("1970-01-01T00:00:00Z"); Date("2020-01-02"); Date("1969-12-31");
	UUID("00000000-0000-0000-0000-00000000000a"); UUID("ffffffff-0000-0000-0000-00000000000a"); Ref(Collection("c0"), 1); Ref(Collection("c1"), 1); Ref(Collection("c0"), 2)`

// TestCompare: the model's comparison of two values is that of their encodings as
// index keys, forwards and backwards, over all pairs of types.
func TestCompare(t *testing.T) {
	w := newWorld()
	for i, name := range []string{"c0", "c1"} {
		w.ids["collections/"+name] = 1024 + int64(i)
		w.schema["collections/"+name] = &docv{}
	}
	queries, err := syntax.ParseQueries(orderSamples)
	must(t, err)
	var vals []val
	for _, q := range queries {
		_, _, e, err := parse(syntax.Print(q.Expr))
		must(t, err)
		v, faults := w.run(e)
		if faults != nil {
			t.Fatal(syntax.Print(q.Expr), faults)
		}
		vals = append(vals, v)
	}
	ranks := map[[2]int]bool{}
	for _, a := range vals {
		for _, b := range vals {
			ranks[[2]int{rank(a), rank(b)}] = true
			want := cmp.Compare(compare(w, a, b), 0)
			for _, reverse := range []bool{false, true} {
				got := prefixOrder(plain(w, a), plain(w, b), reverse)
				if reverse {
					got = -got
				}
				if got != want {
					t.Errorf("%v and %v: the model says %d, their keys (reverse %v) %d", render(a, 0), render(b, 0), want, reverse, got)
				}
			}
		}
	}
	if len(ranks) < 12*12 {
		t.Errorf("only %d pairs of types", len(ranks))
	}
}

// prefixOrder orders keys by the part that holds the order; what tells equal
// numbers of two kinds apart comes after it.
func prefixOrder(a, b value.Value, reverse bool) int {
	var x, y value.KeyWriter
	x.Reset(nil)
	x.Add(a, reverse)
	y.Reset(nil)
	y.Add(b, reverse)
	return bytes.Compare(x.Prefix(), y.Prefix())
}

// plain is a value of the model as the database's.
func plain(w *world, v val) value.Value {
	switch v := v.(type) {
	case nil:
		return value.Null{}
	case bool:
		return value.Bool(v)
	case int64:
		return value.Int(v)
	case float64:
		return value.Double(v)
	case string:
		return value.String(v)
	case bin:
		return value.Bytes(v)
	case instant:
		return value.Time{Seconds: v.sec, Nanos: int32(v.ns)}
	case day:
		return value.Date(v)
	case uid:
		var u value.UUID
		n := 0
		for _, ch := range []byte(v) {
			if ch == '-' {
				continue
			}
			digit := ch - '0'
			if ch >= 'a' {
				digit = ch - 'a' + 10
			}
			u[n/2] |= digit << (4 * (1 - n%2))
			n++
		}
		return u
	case list:
		out := value.Array{}
		for _, x := range v {
			out = append(out, plain(w, x))
		}
		return out
	case ref:
		return value.Ref{Collection: value.CollectionID(w.ids["collections/"+v.coll]), ID: v.id}
	case *rec:
		out := &value.Object{}
		for i, n := range v.names {
			out.Fields = append(out.Fields, value.Field{Name: n, Value: plain(w, v.vals[i])})
		}
		return out
	}
	panic("no plain value")
}
