package model

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"seriatim/syntax"
)

// parseJSON reads JSON with its numbers as they are written.
func parseJSON(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(fmt.Sprintf("%v in %s", err, text))
	}
	return v
}

// unordered sorts what has no order: the sources of an element.
func unordered(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = unordered(v[i])
		}
	case map[string]any:
		for n := range v {
			v[n] = unordered(v[n])
			if l, ok := v[n].([]any); ok && n == "sources" {
				slices.SortFunc(l, func(a, b any) int { return strings.Compare(flat(a), flat(b)) })
			}
		}
	}
	return v
}

// flat is JSON in one spelling.
func flat(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// render is the wire form of a result; before version 3 lambdas that are as old tell no
// version.
func (w *world) render(v val, ts int64) any {
	out := render(v, ts)
	if w.version < syntax.V3 {
		dropVersions(out)
	}
	if w.version < syntax.V27 {
		out = inClasses(out)
	}
	return out
}

// inClasses puts a result into the words before version 2.7: a reference is to an
// instance of a class.
func inClasses(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = inClasses(v[i])
		}
	case map[string]any:
		if v["lambda"] != nil && v["expr"] != nil {
			break // code is as it was written
		}
		for n := range v {
			v[n] = inClasses(v[n])
		}
		r, ok := v["@ref"].(map[string]any)
		if !ok {
			break
		}
		if c, has := r["collection"]; has {
			delete(r, "collection")
			r["class"] = c
		} else if r["id"] == "collections" {
			r["id"] = "classes"
		}
	}
	return v
}

// oldWords are how texts of errors begin since version 2.7, and before.
var oldWords = [][2]string{{"Document ", "Instance "}, {"Collection not", "Class not"}, {"document ", "instance "},
	{"Ref refers to undefined collection", "Ref refers to undefined class"}}

// wording is the description of an error in the words of the query's version.
func (w *world) wording(f *fault) {
	if w.version < syntax.V27 && f.code != "transaction aborted" {
		for _, pair := range oldWords {
			if rest, ok := strings.CutPrefix(f.desc, pair[0]); ok {
				f.desc = pair[1] + rest
				break
			}
		}
	}
	for i := range f.cause {
		w.wording(&f.cause[i])
	}
}

func dropVersions(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			dropVersions(x)
		}
	case map[string]any:
		for n, x := range v {
			if q, ok := x.(map[string]any); ok && q["lambda"] != nil && q["expr"] != nil && q["api_version"] == "2.12" {
				x = map[string]any{"lambda": q["lambda"], "expr": q["expr"]}
				v[n] = x
			}
			dropVersions(x)
		}
	}
}

// before27 says that the running query is asked in words before version 2.7.
var before27 bool

// render is the wire form of a value, as parseJSON gives it; ts is the time of the
// transaction.
func render(v val, ts int64) any {
	switch v := v.(type) {
	case nil, bool, string:
		return v
	case act:
		return string(v)
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return javaDouble(v)
		}
		return json.Number(javaDouble(v))
	case bin:
		return tag("@bytes", base64.StdEncoding.EncodeToString([]byte(v)))
	case uid:
		return tag("@uuid", string(v))
	case instant:
		return tag("@ts", timeText(v))
	case day:
		return tag("@date", dateText(v))
	case pending:
		return render(settled(v, ts), ts)
	case list:
		out := []any{}
		for _, x := range v {
			out = append(out, render(x, ts))
		}
		return out
	case ref:
		return refWire(v)
	case native:
		return tag("@ref", map[string]any{"id": string(v)})
	case raw:
		if before27 {
			return sourcesInClasses(parseJSON([]byte(flat(v.wire))))
		}
		return parseJSON([]byte(flat(v.wire)))
	case fn:
		return tag("@query", v.wire)
	case *set:
		return renderSet(v, ts)
	case *rec:
		m := renderRec(v, ts)
		if slices.ContainsFunc(v.names, func(n string) bool { return strings.HasPrefix(n, "@") }) {
			return tag("@obj", m)
		}
		return m
	case *event:
		r := asRec(v)
		if i := slices.Index(r.names, "document"); i >= 0 && before27 {
			r.names[i] = "instance"
		}
		return renderRec(r, ts)
	case *page:
		shown := *v
		if e, ok := v.before.(*event); ok {
			shown.before = e.cursor()
		}
		if e, ok := v.after.(*event); ok {
			shown.after = e.cursor()
		}
		return renderRec(asRec(&shown), ts)
	case *docv, *sourced:
		return renderRec(asRec(v), ts)
	case lost:
		if v.hasID {
			return refWire(ref{coll: v.name, id: v.id})
		}
		return refWire(ref{coll: v.coll, name: v.name})
	}
	panic(fmt.Sprintf("no wire form of %T", v))
}

// sourcesInClasses names the sources of an index in the words before version 2.7.
func sourcesInClasses(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = sourcesInClasses(v[i])
		}
	case map[string]any:
		for n := range v {
			v[n] = sourcesInClasses(v[n])
		}
		if c, ok := v["collection"]; ok && v["fields"] != nil {
			delete(v, "collection")
			v["class"] = c
		}
	}
	return v
}

func renderRec(r *rec, ts int64) map[string]any {
	m := map[string]any{}
	for i, n := range r.names {
		m[n] = render(r.vals[i], ts)
	}
	return m
}

func tag(name string, v any) any { return map[string]any{name: v} }

func refWire(r ref) any {
	if slices.Contains(natives, r.coll) {
		return tag("@ref", map[string]any{"id": r.name, "collection": tag("@ref", map[string]any{"id": r.coll})})
	}
	return tag("@ref", map[string]any{"id": strconv.FormatInt(r.id, 10), "collection": refWire(ref{coll: "collections", name: r.coll})})
}

func renderSet(s *set, ts int64) any {
	m := map[string]any{}
	of := func() any {
		if len(s.of) > 0 {
			return renderSet(s.of[0], ts)
		}
		return render(s.ref, ts)
	}
	switch s.op {
	case "native":
		return render(s.ref, ts)
	case "doc":
		return render(s.ref, ts)
	case "match":
		m["match"] = refWire(ref{coll: "indexes", name: s.index.name})
		if len(s.terms) == 1 {
			m["terms"] = render(s.terms[0], ts)
		} else if len(s.terms) > 1 {
			m["terms"] = render(s.terms, ts)
		}
	case "union", "intersection", "difference":
		var out []any
		for _, x := range s.of {
			out = append(out, renderSet(x, ts))
		}
		m[s.op] = out
		if len(out) == 1 {
			m[s.op] = out[0]
		}
	case "filter":
		m["filter"], m["collection"] = s.lambda.wire, of()
	case "join":
		m["join"] = of()
		m["with"] = render(s.ref, ts)
		if s.lambda != nil {
			m["with"] = s.lambda.wire
		}
	case "events":
		inner := renderSet(s.of[0], ts)
		if tagged, ok := inner.(map[string]any)["@set"]; ok {
			inner = tagged
		}
		m[s.op] = inner
	default:
		m[s.op] = of()
	}
	if s.from != nil {
		m["from"] = render(bare(s.from), ts)
	}
	if s.to != nil {
		m["to"] = render(bare(s.to), ts)
	}
	return tag("@set", m)
}

// bare is a bound as it was given.
func bare(l list) val {
	if len(l) == 1 {
		return l[0]
	}
	return l
}

// javaDouble is a double as Java prints it.
func javaDouble(x float64) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "Infinity"
	case math.IsInf(x, -1):
		return "-Infinity"
	case x == 0 && math.Signbit(x):
		return "-0.0"
	case x == 0:
		return "0.0"
	}
	if a := math.Abs(x); a >= 1e-3 && a < 1e7 {
		s := strconv.FormatFloat(x, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	m, e, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, 64), "e")
	if !strings.Contains(m, ".") {
		m += ".0"
	}
	n, _ := strconv.Atoi(e)
	return m + "E" + strconv.Itoa(n)
}

func timeText(t instant) string {
	s := farYear(time.Unix(t.sec, 0).UTC()) + time.Unix(t.sec, 0).UTC().Format("-01-02T15:04:05")
	switch {
	case t.ns == 0:
	case t.ns%1e6 == 0:
		s += fmt.Sprintf(".%03d", t.ns/1e6)
	case t.ns%1e3 == 0:
		s += fmt.Sprintf(".%06d", t.ns/1e3)
	default:
		s += fmt.Sprintf(".%09d", t.ns)
	}
	return s + "Z"
}

func dateText(d day) string {
	t := time.Unix(int64(d)*86400, 0).UTC()
	return farYear(t) + t.Format("-01-02")
}

// farYear is a year of at least four digits, with a sign where it has more.
func farYear(t time.Time) string {
	switch y := t.Year(); {
	case y > 9999:
		return fmt.Sprintf("+%d", y)
	case y < 0:
		return fmt.Sprintf("-%04d", -y)
	default:
		return fmt.Sprintf("%04d", y)
	}
}

// show prints errors in the form that both sides share.
func (f fault) wire() any {
	m := map[string]any{"code": f.code, "description": f.desc, "position": strings.Join(f.pos, ".")}
	if len(f.cause) > 0 {
		var out []any
		for _, c := range f.cause {
			out = append(out, c.wire())
		}
		m["cause"] = out
	}
	return m
}

// errorsOf reads the errors of a response in that form.
func errorsOf(list []any) any {
	var out []any
	for _, x := range list {
		m := x.(map[string]any)
		var pos []string
		for _, p := range m["position"].([]any) {
			pos = append(pos, fmt.Sprint(p))
		}
		e := map[string]any{"code": m["code"], "description": m["description"], "position": strings.Join(pos, ".")}
		if cause, ok := m["cause"].([]any); ok {
			e["cause"] = errorsOf(cause)
		}
		out = append(out, e)
	}
	return out
}
