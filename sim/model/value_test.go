package model

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"
)

// val is a value of the model: nil, bool, int64, float64, string, or one of the
// types below.
type val any

type (
	// bin is a byte string, held as a string so that it compares with ==.
	bin string
	// uid is a UUID as it is written.
	uid string
	// day counts days since 1970.
	day int64
	// act is what an event did.
	act string
	// list is an array.
	list []val
	// pending is the time of the running transaction.
	pending struct{ asTime bool }
	// fn is a lambda as a value, held by its rendering.
	fn struct{ wire any }
)

// instant is a point in time.
type instant struct{ sec, ns int64 }

func micros(us int64) instant {
	s := us / 1e6
	if us%1e6 < 0 {
		s--
	}
	return instant{s, (us - s*1e6) * 1000}
}

func (t instant) micros() int64 { return t.sec*1e6 + t.ns/1000 }

// rec is an object: names in order, no name twice.
type rec struct {
	names []string
	vals  []val
}

func newRec(pairs ...any) *rec {
	r := &rec{}
	for i := 0; i < len(pairs); i += 2 {
		r.set(pairs[i].(string), pairs[i+1])
	}
	return r
}

func (r *rec) get(name string) (val, bool) {
	if i := slices.Index(r.names, name); i >= 0 {
		return r.vals[i], true
	}
	return nil, false
}

func (r *rec) set(name string, v val) {
	if i := slices.Index(r.names, name); i >= 0 {
		r.vals[i] = v
		return
	}
	r.names, r.vals = append(r.names, name), append(r.vals, v)
}

func (r *rec) drop(name string) {
	if i := slices.Index(r.names, name); i >= 0 {
		r.names, r.vals = slices.Delete(r.names, i, i+1), slices.Delete(r.vals, i, i+1)
	}
}

func (r *rec) clone() *rec { return &rec{slices.Clone(r.names), slices.Clone(r.vals)} }

// ref points to a document of a user collection, or to a definition when coll is
// one of the native collections, whose id is then a name.
type ref struct {
	coll string // "c0", or "collections", "indexes"...
	id   int64
	name string // for definitions
}

// native is a native collection itself.
type native string

// lost is a reference to what does not exist.
type lost struct {
	coll, name string
	id         int64
	hasID      bool
}

// docv is one version of a document, as read.
type docv struct {
	ref  ref
	ts   val
	body *rec // data, ttl
}

// event is an element of a history.
type event struct {
	ts   val
	act  string
	ref  ref
	data val
	bare bool // no data is shown
	void bool // nor a document: it is a place
	// A place may be behind all documents, or at the end.
	behind, end bool
	from        list // the sets it came from
}

// page is what Paginate gives.
type page struct {
	data          list
	before, after val    // absent: none
	curs          []list // the cursors of the elements, where they are known
}

// none is the absence of a cursor.
type none struct{}

// sourced is an element with the sets it came from.
type sourced struct {
	value   val
	sources list
}

// kindOf is the name that error texts have for the type of v.
func kindOf(v val) string {
	switch v := v.(type) {
	case nil:
		return "Null"
	case bool:
		return "Boolean"
	case int64:
		return "Integer"
	case float64:
		return "Double"
	case string:
		return "String"
	case bin:
		return "Bytes"
	case uid:
		return "UUID"
	case instant:
		return "Time"
	case day:
		return "Date"
	case act:
		return "Action"
	case list:
		return "Array"
	case pending:
		return "Unresolved Transaction Time"
	case fn:
		return "Lambda"
	case ref:
		return refKind(v.coll)
	case lost:
		if v.hasID {
			return "Ref"
		}
		return refKind(v.coll)
	case native:
		return "Collection Ref"
	case *set:
		return "Set"
	case *page:
		return "Page"
	}
	return "Object"
}

func refKind(coll string) string {
	switch coll {
	case "collections":
		return "Collection Ref"
	case "indexes":
		return "Index Ref"
	case "databases":
		return "Database Ref"
	case "functions":
		return "User Function Ref"
	case "keys":
		return "Key Ref"
	}
	return "Ref"
}

// rank is the place of a value's type in the total order.
func rank(v val) int {
	switch v := v.(type) {
	case int64, float64:
		return 1
	case bin:
		return 2
	case string, act:
		return 3
	case list:
		return 4
	case ref, native:
		return 6
	case instant:
		return 7
	case day:
		return 8
	case fn:
		return 9
	case pending:
		return 10
	case uid:
		return 11
	case bool:
		if v {
			return 13
		}
		return 12
	case nil:
		return 14
	}
	return 5
}

// compare is the total order of the fact sheet, section 2.4.
func compare(w *world, a, b val) int {
	if isLost(a) || isLost(b) {
		skip("the order of what does not exist")
	}
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch x := a.(type) {
	case int64, float64:
		return compareNumbers(a, b)
	case bin:
		return cmp.Compare(x, b.(bin))
	case string, act:
		return collate(text(a), text(b))
	case list:
		return compareLists(w, x, b.(list))
	case ref, native:
		return compareRefs(w, a, b)
	case instant:
		y := b.(instant)
		return cmp.Or(cmp.Compare(x.sec, y.sec), cmp.Compare(x.ns, y.ns))
	case day:
		return cmp.Compare(x, b.(day))
	case uid:
		return cmp.Compare(x, b.(uid))
	case fn:
		if !equal(a, b, false) {
			skip("the order of lambdas")
		}
		return 0
	case nil, bool, pending:
		return 0
	}
	return compareRecs(w, dataRec(a), dataRec(b))
}

func text(v val) string {
	if a, ok := v.(act); ok {
		return string(a)
	}
	return v.(string)
}

func compareNumbers(a, b val) int {
	x, xi := a.(int64)
	y, yi := b.(int64)
	if xi && yi {
		return cmp.Compare(x, y)
	}
	if c := javaCompare(toFloat(a), toFloat(b)); c != 0 || !xi && !yi {
		return c
	}
	// An integer beyond 2^53 compares exactly with a double, unlike in the core.
	p, q := exactly(a), exactly(b)
	return p.Cmp(q)
}

func exactly(v val) *big.Float {
	if n, ok := v.(int64); ok {
		return new(big.Float).SetInt64(n)
	}
	return big.NewFloat(v.(float64))
}

func toFloat(v val) float64 {
	if i, ok := v.(int64); ok {
		return float64(i)
	}
	return v.(float64)
}

// javaCompare puts -0.0 below 0.0 and NaN above all.
func javaCompare(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case math.IsNaN(x) || math.IsNaN(y):
		return boolInt(math.IsNaN(x)) - boolInt(math.IsNaN(y))
	}
	return boolInt(math.Signbit(y)) - boolInt(math.Signbit(x))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareLists(w *world, a, b list) int {
	for i := range min(len(a), len(b)) {
		if c := compare(w, a[i], b[i]); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func compareRefs(w *world, a, b val) int {
	ai, ac := identity(w, a)
	bi, bc := identity(w, b)
	return cmp.Or(cmp.Compare(ai, bi), cmp.Compare(ac, bc))
}

// identity gives the numbers behind a ref: those of documents and of the
// definitions that the model makes in a known order.
func identity(w *world, v val) (id, coll int64) {
	r, ok := v.(ref)
	if !ok {
		return -1, int64(slices.Index(natives, string(v.(native))))
	}
	if i := slices.Index(natives, r.coll); i >= 0 {
		return w.ids[r.coll+"/"+r.name], int64(i)
	}
	return r.id, w.ids["collections/"+r.coll]
}

var natives = []string{"", "databases", "collections", "indexes", "functions", "roles", "keys", "tokens", "credentials", "access_providers"}

func compareRecs(w *world, a, b *rec) int {
	x, y := sortedNames(a), sortedNames(b)
	for i := range min(len(x), len(y)) {
		if c := collate(x[i], y[i]); c != 0 {
			return c
		}
		p, _ := a.get(x[i])
		q, _ := b.get(y[i])
		if c := compare(w, p, q); c != 0 {
			return c
		}
	}
	return len(x) - len(y)
}

func sortedNames(r *rec) []string { return slices.Sorted(slices.Values(r.names)) }

// asRec gives the object that a value is where an object is wanted.
func asRec(v val) *rec {
	switch v := v.(type) {
	case *rec:
		return v
	case *docv:
		r := newRec("ref", v.ref, "ts", v.ts)
		for i, n := range v.body.names {
			r.set(n, v.body.vals[i])
		}
		return r
	case *event:
		r := newRec("ts", v.ts, "action", act(v.act))
		if !v.void {
			r.set("document", v.ref)
		}
		if !v.bare {
			r.set("data", v.data)
		}
		return r
	case *page:
		r := newRec()
		if v.before != (none{}) {
			r.set("before", v.before)
		}
		if v.after != (none{}) {
			r.set("after", v.after)
		}
		r.set("data", v.data)
		return r
	case *sourced:
		return newRec("value", v.value, "sources", v.sources)
	case *set:
		return newRec("@set", v.data())
	}
	return newRec()
}

// dataRec is the object that a value is stored and compared as, which for documents
// and events is not quite what is shown (value IR in the core).
func dataRec(v val) *rec {
	switch v := v.(type) {
	case *docv:
		coll, _ := step(v.ref, "collection")
		r := newRec("ref", v.ref, "class", coll, "collection", coll, "ts", v.ts)
		for i, n := range v.body.names {
			r.set(n, v.body.vals[i])
		}
		return r
	case *event:
		r := newRec("ts", v.ts, "action", v.act)
		if !v.void {
			r.set("resource", v.ref)
		}
		if l, ok := v.data.(list); ok && !v.bare {
			r.set("values", l)
		}
		return r
	}
	return asRec(v)
}

// equal is Equals of two values; numbers of two kinds are equal only at the top, and
// 0.0 and -0.0 only below it.
func equal(a, b val, top bool) bool {
	switch x := a.(type) {
	case int64, float64:
		if rank(b) != 1 {
			return false
		}
		_, xi := a.(int64)
		_, yi := b.(int64)
		if top || xi && yi {
			return compareNumbers(a, b) == 0
		}
		return xi == yi && toFloat(a) == toFloat(b)
	case string:
		if y, ok := b.(act); ok {
			return actionIs(y, x)
		}
		return a == b
	case act:
		if y, ok := b.(string); ok {
			return actionIs(x, y)
		}
		return a == b
	case list:
		y, ok := b.(list)
		return ok && slices.EqualFunc(x, y, func(a, b val) bool { return equal(a, b, false) })
	case *set:
		y, ok := b.(*set)
		return ok && equal(x.data(), y.data(), false)
	case fn:
		y, ok := b.(fn)
		return ok && slices.Equal([]string{flat(x.wire)}, []string{flat(y.wire)})
	case *rec, *docv, *event, *page, *sourced:
		return rank(b) == 5 && kindOf(b) != "Set" && !isLost(b) && equalRecs(dataRec(a), dataRec(b))
	}
	return a == b
}

// alike tells values that are stored alike: as equal, but 0.0 is not -0.0.
func alike(a, b val) bool {
	return equal(a, b, false) && flat(render(a, 0)) == flat(render(b, 0))
}

// actionIs is the loose equality before version 5.
func actionIs(a act, s string) bool {
	switch s {
	case "create":
		return a == "create" || a == "update" || a == "add"
	case "delete":
		return a == "delete" || a == "remove"
	}
	return string(a) == s
}

func equalRecs(a, b *rec) bool {
	if len(a.names) != len(b.names) {
		return false
	}
	for i, n := range a.names {
		v, ok := b.get(n)
		if !ok || !equal(a.vals[i], v, false) {
			return false
		}
	}
	return true
}

// collate is the order of strings: a prefix first, then weights from the first
// difference on, then bytes. The model's strings have the letters of alphabet only.
func collate(a, b string) int {
	x, y := []rune(a), []rune(b)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	if n == len(x) || n == len(y) {
		return len(x) - len(y)
	}
	for level := range 3 {
		if c := slices.Compare(weights(x[n:], level), weights(y[n:], level)); c != 0 {
			return c
		}
	}
	return strings.Compare(a, b)
}

const punctuation = "\t\n _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"

// weights are the collation weights of a text on one level: letters, accents, cases.
func weights(s []rune, level int) []int {
	var out []int
	for _, r := range s {
		base, accent, upper := r, 0, 0
		switch {
		case r == 'é' || r == 'É':
			base, accent = 'e', 1
		case r == '\u0301': // the accent alone, after its letter
			if level == 1 {
				out = append(out, 1)
			}
			continue
		}
		if base >= 'A' && base <= 'Z' || r == 'É' {
			upper = 1
		}
		base = toLowerASCII(base)
		if base == 'ß' { // as two letters that differ from "ss" last
			out = append(out, []int{1000 + 's', 0, 2}[level], []int{1000 + 's', 0, 2}[level])
			continue
		}
		primary := 1000 + int(base)
		switch i := strings.IndexRune(punctuation, base); {
		case i >= 0:
			primary = i + 1
		case base >= '0' && base <= '9':
			primary = 500 + int(base)
		}
		if accent == 1 && level == 1 {
			out = append(out, 0, 1)
			continue
		}
		out = append(out, []int{primary, 0, upper}[level])
	}
	return out
}

func toLowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// raw is a part of a definition, which the model hands through.
type raw struct{ wire any }
