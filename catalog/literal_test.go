package catalog

import (
	"fmt"
	"strconv"
	"strings"

	"seriatim/value"
)

// reading reads the statements of scripts. Values are JSON with bare member
// names and, besides: #COLLECTION/ID and #NATIVE:NAME refs, #NATIVE a native
// collection, time(MICROS), now() the transaction's time, fn("SOURCE") a lambda,
// foreign() a ref of another database, missing() a ref to nothing.
type reading struct {
	view *View
	text string
}

var natives = map[string]value.CollectionID{
	"databases": value.Databases, "collections": value.Collections, "indexes": value.Indexes,
	"functions": value.Functions, "roles": value.Roles, "keys": value.Keys, "tokens": value.Tokens,
	"credentials": value.Credentials, "access_providers": value.AccessProviders,
}

func (p *reading) space() { p.text = strings.TrimLeft(p.text, " \t,") }

func (p *reading) peek() byte {
	p.space()
	if p.text == "" {
		return 0
	}
	return p.text[0]
}

func (p *reading) until(stop string) string {
	p.space()
	i := strings.IndexAny(p.text, stop)
	if i < 0 {
		i = len(p.text)
	}
	word := p.text[:i]
	p.text = p.text[i:]
	return word
}

func (p *reading) word() string { return p.until(" \t,") }

func (p *reading) integer() int64 {
	i, err := strconv.ParseInt(p.until(" \t,{}[]()"), 10, 64)
	if err != nil {
		panic(err)
	}
	return i
}

func (p *reading) collection() value.CollectionID {
	name := p.word()
	if c, ok := natives[name]; ok {
		return c
	}
	r, ok, err := p.view.Lookup(value.Collections, name)
	if err != nil || !ok {
		panic(fmt.Sprint("no collection ", name, err))
	}
	return value.CollectionID(r.ID)
}

func (p *reading) index() *Index {
	name := p.word()
	r, _, _ := p.view.Lookup(value.Indexes, name)
	x, ok := p.view.Index(r.ID)
	if !ok {
		panic("no index " + name)
	}
	return x
}

// ref reads COLLECTION/ID, NATIVE:NAME or NATIVE.
func (p *reading) ref() value.Ref {
	word := p.until(" \t,{}[]()")
	if coll, id, ok := strings.Cut(word, "/"); ok {
		i, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			panic(err)
		}
		at := &reading{view: p.view, text: coll}
		return value.Ref{Collection: at.collection(), ID: i}
	}
	native, name, named := strings.Cut(word, ":")
	if !named {
		return value.Ref{Collection: natives[native], ID: value.Native}
	}
	r, ok, err := p.view.Lookup(natives[native], name)
	if err != nil || !ok {
		panic(fmt.Sprint("nothing called ", word, err))
	}
	return r
}

func (p *reading) object() *value.Object {
	if p.peek() != '{' {
		return nil
	}
	return p.value().(*value.Object)
}

func (p *reading) array() value.Array {
	if p.peek() != '[' {
		return nil
	}
	return p.value().(value.Array)
}

func (p *reading) value() value.Value {
	switch c := p.peek(); {
	case c == '{':
		p.text = p.text[1:]
		o := &value.Object{}
		for p.peek() != '}' {
			name := strings.Trim(p.until(":"), `" `)
			p.text = p.text[1:]
			o.Fields = append(o.Fields, value.Field{Name: name, Value: p.value()})
		}
		p.text = p.text[1:]
		return o
	case c == '[':
		p.text = p.text[1:]
		a := value.Array{}
		for p.peek() != ']' {
			a = append(a, p.value())
		}
		p.text = p.text[1:]
		return a
	case c == '"':
		quoted, err := strconv.QuotedPrefix(p.text)
		if err != nil {
			panic(err)
		}
		p.text = p.text[len(quoted):]
		s, _ := strconv.Unquote(quoted)
		return value.String(s)
	case c == '#':
		p.text = p.text[1:]
		return p.ref()
	}
	return p.scalar()
}

func (p *reading) scalar() value.Value {
	word := p.until(" \t,{}[]()")
	if strings.HasPrefix(p.text, "(") {
		inner, rest, _ := strings.Cut(p.text[1:], ")")
		p.text = rest
		switch word {
		case "time":
			us, _ := strconv.ParseInt(inner, 10, 64)
			return value.TimeOfMicros(us)
		case "now":
			return value.TxnTime{}
		case "fn":
			return &value.Lambda{Version: "4", Source: []byte(strings.Trim(inner, `"`))}
		case "foreign":
			return value.Ref{Database: 77, Collection: 1024, ID: 1}
		case "missing":
			return &value.UnresolvedRef{Collection: value.Collections, Name: "missing"}
		}
	}
	switch word {
	case "null":
		return value.Null{}
	case "true", "false":
		return value.Bool(word == "true")
	}
	if i, err := strconv.ParseInt(word, 10, 64); err == nil {
		return value.Int(i)
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil {
		panic("not a value: " + word)
	}
	return value.Double(f)
}

func (p *reading) ranges() (r Range) {
	for {
		name := p.until(" \t=")
		if name == "" {
			return r
		}
		if name == "reverse" {
			r.Reverse = true
			continue
		}
		p.text = p.text[1:]
		switch name {
		case "at":
			r.At = p.integer()
		case "from":
			r.From = p.array()
		case "to":
			r.To = p.array()
		case "after":
			r.From, r.FromExclusive = p.array(), true
		case "before":
			r.To, r.ToExclusive = p.array(), true
		default:
			panic("unknown range " + name)
		}
	}
}

// text shows a value as scripts write it.
func text(view *View, v value.Value) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case value.Null:
		return "null"
	case value.String:
		return strconv.Quote(string(v))
	case value.TxnTime:
		return "now()"
	case value.Time:
		return fmt.Sprintf("time(%d)", v.Micros())
	case value.Double:
		return strconv.FormatFloat(float64(v), 'g', -1, 64) + "d"
	case *value.Lambda:
		return fmt.Sprintf("fn(%q)", v.Source)
	case value.Array:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = text(view, e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *value.Object:
		parts := make([]string, len(v.Fields))
		for i, f := range v.Fields {
			parts[i] = f.Name + ": " + text(view, f.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case value.Ref:
		return refText(view, v)
	case *value.Document:
		ts := fmt.Sprint(v.TS)
		if v.Unresolved {
			ts = "pending"
		}
		return refText(view, v.Ref) + "@" + ts + " " + text(view, v.Body())
	case *value.Event:
		ts := fmt.Sprint(v.TS)
		if v.Unresolved {
			ts = "pending"
		}
		return fmt.Sprintf("%s %s %s %s", ts, v.Action, refText(view, v.Document), text(view, v.Data))
	}
	return fmt.Sprint(v)
}

func refText(view *View, r value.Ref) string {
	for name, c := range natives {
		if r.Collection != c {
			continue
		}
		if r.IsNative() {
			return "#" + name
		}
		if label, ok := view.Name(r); ok {
			return "#" + name + ":" + label
		}
		return fmt.Sprintf("#%s/%d", name, r.ID)
	}
	label, ok := view.CollectionName(0, r.Collection)
	if !ok {
		label = fmt.Sprintf("gone%d", r.Collection)
	}
	return fmt.Sprintf("#%s/%d", label, r.ID)
}
