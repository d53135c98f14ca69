package value

import (
	"flag"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var seed = flag.Uint64("seed", 0, "seed of random tests, 0 for a new one")

// generator makes random values. Small ranges make equal and close values
// frequent, which is where orders and encodings go wrong.
type generator struct{ *rand.Rand }

// newGenerator returns a generator whose seed is shown when the test fails.
func newGenerator(t testing.TB) generator {
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with -seed=%d", s)
		}
	})
	return generator{rand.New(rand.NewPCG(s, 0))}
}

var edgeInts = []int64{0, 1, -1, 2, 63, 64, 127, 128, 255, 256, 1 << 53, 1<<53 + 1, -1 << 53, -1<<53 - 1,
	math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1, 1_600_000_000_000_000}

var edgeDoubles = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, -1.5, 1 << 53, 1<<53 + 2, -1 << 53,
	1 << 63, -1 << 63, 1 << 64, -1 << 64, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64,
	-math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 1e300, 1e-300,
	math.Nextafter(1<<63, 0), math.Nextafter(1<<64, 0), 0.1, 2.5, 1e7, 1e-3}

// alphabet has characters that make collation work: cases, accents composed and
// not, ignorable and variable characters, contractions, several scripts.
var alphabet = []string{"a", "A", "b", "B", "z", "Z", "0", "9", " ", "-", "_", ".", "'", "@", "\x00", "\x01", "\x7f",
	"\t", "\n", "é", "e\u0301", "e", "E", "\u0301", "\u0323", "l", "\u00b7", "ß", "ss", "æ", "Æ", "ﬁ", "①", "1",
	"\u200b", "\u0e40", "\u0e01", "日", "本", "😀", "Ω", "\u2126", "я", "Я", "й", "\u0438\u0306", "\uffff", "\U0010ffff", "가",
	"\u1100\u1161", "K", "\u212a", "ı", "İ", "\ufffd"}

func (g generator) text() string {
	var s strings.Builder
	n := g.IntN(6)
	plain := g.IntN(2) == 0
	for range n {
		if plain {
			s.WriteByte(" -aAbBzZ09"[g.IntN(10)])
		} else {
			s.WriteString(alphabet[g.IntN(len(alphabet))])
		}
	}
	if g.IntN(50) == 0 {
		return strings.Repeat(s.String(), 40)
	}
	return s.String()
}

func (g generator) integer() int64 {
	switch g.IntN(4) {
	case 0:
		return edgeInts[g.IntN(len(edgeInts))]
	case 1:
		return int64(g.Uint64() >> g.IntN(64))
	}
	return g.Int64N(8) - 4
}

func (g generator) double() float64 {
	switch g.IntN(4) {
	case 0:
		return edgeDoubles[g.IntN(len(edgeDoubles))]
	case 1:
		return math.Float64frombits(g.Uint64())
	case 2:
		return float64(g.integer())
	}
	return float64(g.Int64N(16)-8) / 4
}

func (g generator) time() Time {
	t := Time{Seconds: g.Int64N(5) - 2, Nanos: []int32{0, 1, 999, 1000, 1001, 999_999_999, 500_000_000}[g.IntN(7)]}
	switch g.IntN(4) {
	case 0:
		t.Seconds = []int64{MinSeconds, MaxSeconds, maxMicroSeconds, maxMicroSeconds - 1, maxMicroSeconds + 1, 1_600_000_000}[g.IntN(6)]
	case 1:
		t.Seconds = g.Int64N(2*MaxSeconds) - MaxSeconds
	}
	return t
}

func (g generator) ref() Ref {
	r := Ref{Collection: CollectionID(1024 + g.IntN(3)), ID: g.integer()}
	switch g.IntN(6) {
	case 0:
		r.Database = g.Uint64()>>g.IntN(64) | 1
	case 1:
		r.Collection, r.ID = Indexes, Native
	}
	return r
}

// stored returns a random value of the kinds that decode to what they were,
// but for TxnTime.
func (g generator) stored(depth int) Value {
	n := 18
	if depth == 0 {
		n = 13
	}
	switch g.IntN(n) {
	case 0:
		return Null{}
	case 1:
		return Bool(g.IntN(2) == 0)
	case 2, 3:
		return Int(g.integer())
	case 4, 5:
		return Double(g.double())
	case 6, 7:
		return String(g.text())
	case 8:
		return append(Bytes{}, g.text()...)
	case 9:
		return UUID{byte(g.IntN(3)), 15: byte(g.IntN(3))}
	case 10:
		return g.time()
	case 11:
		return Date(g.integer() % int64(MaxDate))
	case 12:
		return g.ref()
	case 13:
		return &Lambda{Version: []string{"2.12", "4"}[g.IntN(2)], Source: []byte(g.text())}
	case 14:
		return g.set(depth - 1)
	case 15:
		return g.object(depth - 1)
	default:
		a := Array{}
		for range g.IntN(4) {
			a = append(a, g.stored(depth-1))
		}
		return a
	}
}

func (g generator) object(depth int) *Object {
	o := &Object{Fields: []Field{}}
	names := []string{"a", "B", "b", "é", "@set", "data", "", "z\x00"}
	for range g.IntN(4) {
		o = o.With(names[g.IntN(len(names))], g.stored(depth))
	}
	return o
}

func (g generator) set(depth int) *Set {
	s := &Set{Op: SetOp(g.IntN(int(SetJoin) + 1))}
	if depth <= 0 {
		s.Op = SetMatch
	}
	switch s.Op {
	case SetMatch:
		s.Ref = g.ref()
		for range g.IntN(3) {
			s.Terms = append(s.Terms, g.stored(max(depth, 0)))
		}
	case SetDocuments, SetSingleton:
		s.Ref = g.ref()
	case SetUnion, SetIntersection, SetDifference:
		for range g.IntN(3) {
			s.Of = append(s.Of, g.set(depth-1))
		}
	default:
		s.Of = []*Set{g.set(depth - 1)}
	}
	switch s.Op {
	case SetRange:
		s.From = g.stored(depth)
		if g.IntN(2) == 0 {
			s.To = g.stored(depth)
		}
	case SetFilter:
		s.Lambda = &Lambda{Version: "4", Source: []byte(g.text())}
	case SetJoin:
		if g.IntN(2) == 0 {
			s.Ref = g.ref()
		} else {
			s.Lambda = &Lambda{Version: "4", Source: []byte(g.text())}
		}
	}
	return s
}

// any returns a value of any kind, also of those that keys and documents hold in
// another form.
func (g generator) any(depth int) Value {
	switch g.IntN(12) {
	case 0:
		return Action([]string{"create", "update", "delete", "add", "remove"}[g.IntN(5)])
	case 1:
		return &UnresolvedRef{Collection: Indexes, Name: g.text(), HasID: g.IntN(2) == 0, ID: g.integer(),
			Scope: []*UnresolvedRef{nil, {Name: g.text(), Database: 1}}[g.IntN(2)]}
	case 2:
		d := NewDocument(g.ref(), g.object(depth))
		d.TS = g.integer()
		return d
	case 3:
		return &Event{TS: g.integer(), Action: "add", Document: g.ref(), Data: Array{g.stored(depth)}, IsSet: g.IntN(2) == 0}
	case 4:
		return &Page{Data: Array{g.stored(depth)}, Before: []Value{nil, g.stored(depth)}[g.IntN(2)]}
	case 5:
		return &Sourced{Value: g.stored(depth), Sources: []*Set{g.set(depth)}}
	case 6:
		return Array{g.any(0), g.any(0)}
	}
	return g.stored(depth)
}
