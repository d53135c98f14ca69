package value

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// The tests write values in a small notation:
//
//	null true 1 1.0 -0.0 NaN Infinity "text" action(update) txn(ts) txn(time)
//	bytes(00ff) uuid(…) time(…) date(…) ref(1024, 7) ref(1024, 7, db 3)
//	unresolved(2, "name") lambda(4, "source") [v, v] {name: v}
//	set(match ref(3, 5) [terms]) set(union [set(…), …]) set(range set(…) v v)
//	doc(ref, 12, {…}) page([…], before, after)
type notation struct {
	t *testing.T
	s string
}

func parseValue(t *testing.T, s string) Value {
	t.Helper()
	n := &notation{t, s}
	v := n.value()
	if n.space(); n.s != "" {
		t.Fatalf("%q: left over %q", s, n.s)
	}
	return v
}

func (n *notation) space() { n.s = strings.TrimLeft(n.s, " \t\n") }

func (n *notation) accept(p string) bool {
	n.space()
	if strings.HasPrefix(n.s, p) {
		n.s = n.s[len(p):]
		return true
	}
	return false
}

func (n *notation) expect(p string) {
	if !n.accept(p) {
		n.t.Helper()
		n.t.Fatalf("expected %q at %q", p, n.s)
	}
}

// word takes characters up to one that ends words.
func (n *notation) word() string {
	n.space()
	end := strings.IndexAny(n.s, ` ,()[]{}"`)
	if end < 0 {
		end = len(n.s)
	}
	w := n.s[:end]
	n.s = n.s[end:]
	return w
}

func (n *notation) quoted() string {
	n.space()
	q, err := strconv.QuotedPrefix(n.s)
	if err != nil {
		n.t.Fatalf("quoted text at %q: %v", n.s, err)
	}
	n.s = n.s[len(q):]
	s, _ := strconv.Unquote(q)
	return s
}

func (n *notation) integer() int64 {
	w := n.word()
	i, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		n.t.Fatal(err)
	}
	return i
}

func (n *notation) value() Value {
	n.space()
	switch {
	case strings.HasPrefix(n.s, `"`):
		return String(n.quoted())
	case n.accept("["):
		a := Array{}
		for !n.accept("]") {
			a = append(a, n.value())
			n.accept(",")
		}
		return a
	case n.accept("{"):
		o := &Object{Fields: []Field{}}
		for !n.accept("}") {
			var name string
			if n.space(); n.s[0] == '"' {
				name = n.quoted()
			} else {
				name, n.s, _ = strings.Cut(n.s, ":")
				n.s = ":" + n.s
			}
			n.expect(":")
			o.Fields = append(o.Fields, Field{name, n.value()})
			n.accept(",")
		}
		return o
	}
	return n.named(n.word())
}

func (n *notation) named(w string) Value {
	if n.accept("(") {
		v := n.call(w)
		n.expect(")")
		return v
	}
	switch w {
	case "null":
		return Null{}
	case "true", "false":
		return Bool(w == "true")
	case "NaN":
		return Double(math.NaN())
	case "Infinity", "-Infinity":
		return Double(math.Inf(len("Infinity") - len(w)))
	}
	if i, err := strconv.ParseInt(w, 10, 64); err == nil {
		return Int(i)
	}
	d, err := strconv.ParseFloat(w, 64)
	if err != nil {
		n.t.Fatalf("value %q at %q", w, n.s)
	}
	return Double(d)
}

func (n *notation) call(w string) Value {
	switch w {
	case "action":
		return Action(n.word())
	case "txn":
		return TxnTime{AsTime: n.word() == "time"}
	case "bytes":
		b, err := hex.DecodeString(n.word())
		if err != nil {
			n.t.Fatal(err)
		}
		return Bytes(b)
	case "uuid":
		u, err := ParseUUID(n.word())
		if err != nil {
			n.t.Fatal(err)
		}
		return u
	case "time":
		at, err := ParseTime(n.word())
		if err != nil {
			n.t.Fatal(err)
		}
		return at
	case "date":
		d, err := ParseDate(n.word())
		if err != nil {
			n.t.Fatal(err)
		}
		return d
	case "ref":
		return n.ref()
	case "unresolved":
		u := &UnresolvedRef{Collection: CollectionID(n.integer())}
		n.expect(",")
		u.Name = n.quoted()
		return u
	case "lambda":
		l := &Lambda{Version: n.word()}
		n.expect(",")
		l.Source = []byte(n.quoted())
		return l
	case "set":
		return n.set()
	case "doc":
		ref := n.value().(Ref)
		n.expect(",")
		ts := n.integer()
		n.expect(",")
		d := NewDocument(ref, n.value().(*Object))
		d.TS = ts
		return d
	case "page":
		p := &Page{Data: n.value().(Array)}
		if n.accept(",") {
			p.Before = n.value()
		}
		return p
	}
	n.t.Fatalf("no value is called %q", w)
	return nil
}

func (n *notation) ref() Ref {
	r := Ref{Collection: CollectionID(n.integer())}
	n.expect(",")
	r.ID = n.integer()
	if n.accept(",") {
		n.expect("db")
		r.Database = uint64(n.integer())
	}
	return r
}

func (n *notation) set() *Set {
	w := n.word()
	s := &Set{}
	for op, name := range setNames {
		if name == w {
			s.Op = SetOp(op)
		}
	}
	var args []Value
	for n.space(); n.s[0] != ')'; n.space() {
		args = append(args, n.value())
	}
	if s.Op == SetMatch {
		s.Ref = args[0].(Ref)
		if len(args) > 1 {
			s.Terms = args[1].(Array)
		}
		return s
	}
	for i, a := range args {
		switch a := a.(type) {
		case *Set:
			s.Of = append(s.Of, a)
		case *Lambda:
			s.Lambda = a
		default:
			if r, ok := a.(Ref); ok && s.Op != SetRange {
				s.Ref = r
			} else if i == 1 {
				s.From = a
			} else {
				s.To = a
			}
		}
	}
	return s
}

// show writes a value in the notation, for messages.
func show(v Value) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case Null:
		return "null"
	case Bool:
		return fmt.Sprint(bool(v))
	case Int:
		return fmt.Sprint(int64(v))
	case Double:
		return FormatDouble(float64(v))
	case String:
		return strconv.QuoteToASCII(string(v))
	case Action:
		return fmt.Sprintf("action(%s)", string(v))
	case TxnTime:
		if v.AsTime {
			return "txn(time)"
		}
		return "txn(ts)"
	case Bytes:
		return fmt.Sprintf("bytes(%x)", []byte(v))
	case UUID:
		return fmt.Sprintf("uuid(%s)", FormatUUID(v))
	case Time:
		return fmt.Sprintf("time(%s)", FormatTime(v))
	case Date:
		return fmt.Sprintf("date(%s)", FormatDate(v))
	case Ref:
		if v.Database != 0 {
			return fmt.Sprintf("ref(%d, %d, db %d)", v.Collection, v.ID, v.Database)
		}
		return fmt.Sprintf("ref(%d, %d)", v.Collection, v.ID)
	case *UnresolvedRef:
		return fmt.Sprintf("unresolved(%d, %q)", v.Collection, v.Name)
	case *Lambda:
		return fmt.Sprintf("lambda(%s, %q)", v.Version, v.Source)
	case Array:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = show(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *Object:
		parts := make([]string, len(v.Fields))
		for i, f := range v.Fields {
			parts[i] = strconv.QuoteToASCII(f.Name) + ": " + show(f.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *Set:
		inner, _ := v.data().Get(setMember)
		return "set" + show(inner)
	}
	return fmt.Sprintf("%T%s", v, show(Data(v)))
}
