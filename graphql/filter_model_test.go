package graphql

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

var modelRounds = flag.Int("graphql.rounds", 150, "random lists that are held against the model")

const itemSchema = `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
 "x-vendia-indexes":{"I1":[{"type":"Item","property":"s"}],"I2":[{"type":"Item","property":"n"}]},
 "properties":{"Item":{"type":"array","items":{"type":"object","x-vendia-unique":["u"],"properties":{
  "u":{"type":"string"},"s":{"type":"string"},"n":{"type":"number"},"i":{"type":"integer"},"b":{"type":"boolean"},
  "e":{"type":"string","enum":["RED","BLUE"]},"d":{"type":"string","format":"date-time"},
  "o":{"type":"object","properties":{"s":{"type":"string"},"i":{"type":"integer"}}},
  "l":{"type":"array","items":{"type":"string"}},
  "r":{"type":"array","items":{"type":"object","properties":{"s":{"type":"string"},"i":{"type":"integer"}}}}}}}}}`

// model answers lists as slowly and plainly as it can: over decoded JSON.
type model struct {
	*rand.Rand
	rows []map[string]any // with _id, in order of making
}

var words = []string{"a", "ab", "abc", "b", "ba", "c"}

func (m *model) word() string { return words[m.IntN(len(words))] }

func (m *model) moment() string {
	return time.Unix(int64(m.IntN(6))*43200+m.Int64N(2), int64(m.IntN(2))*5e8).UTC().Format(time.RFC3339Nano)
}

// scalar returns a random value of a property's type, by the property's name.
func (m *model) scalar(name string) any {
	switch name {
	case "s", "l":
		return m.word()
	case "n":
		return float64(m.IntN(8)) / 2
	case "i":
		return float64(m.IntN(4))
	case "b":
		return m.IntN(2) == 0
	case "e":
		return []string{"RED", "BLUE"}[m.IntN(2)]
	case "d":
		return m.moment()
	}
	return fmt.Sprintf("u%d", m.IntN(60))
}

func (m *model) object() map[string]any {
	o := map[string]any{}
	for _, name := range []string{"s", "i"} {
		if m.IntN(3) > 0 {
			o[name] = m.scalar(name)
		}
	}
	return o
}

func (m *model) row(i int) map[string]any {
	row := map[string]any{"u": fmt.Sprintf("u%d", i)}
	for _, name := range []string{"s", "n", "i", "b", "e", "d"} {
		if m.IntN(4) > 0 {
			row[name] = m.scalar(name)
		}
	}
	if m.IntN(2) > 0 {
		row["o"] = m.object()
	}
	if m.IntN(2) > 0 {
		list := []any{}
		for range m.IntN(3) {
			list = append(list, m.word())
		}
		row["l"] = list
	}
	if m.IntN(2) > 0 {
		list := []any{}
		for range m.IntN(3) {
			list = append(list, m.object())
		}
		row["r"] = list
	}
	return row
}

// predicate is a filter as text and as a function of a decoded value.
type predicate struct {
	text  string
	holds func(v any) bool
}

// filter returns a random filter on an object that has the properties named.
func (m *model) filter(depth int, props []string) predicate {
	var parts []predicate
	used := map[string]bool{}
	for range 1 + m.IntN(2) {
		p, key := m.clause(depth, props)
		if !used[key] {
			used[key] = true
			parts = append(parts, p)
		}
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.text
	}
	return predicate{"{" + strings.Join(texts, ", ") + "}", func(v any) bool {
		return !slices.ContainsFunc(parts, func(p predicate) bool { return !p.holds(v) })
	}}
}

func (m *model) clause(depth int, props []string) (predicate, string) {
	if depth > 0 && m.IntN(3) == 0 {
		a, b := m.filter(depth-1, props), m.filter(depth-1, props)
		switch m.IntN(3) {
		case 0:
			return predicate{"_and: [" + a.text + ", " + b.text + "]", func(v any) bool { return a.holds(v) && b.holds(v) }}, "_and"
		case 1:
			return predicate{"_or: [" + a.text + ", " + b.text + "]", func(v any) bool { return a.holds(v) || b.holds(v) }}, "_or"
		}
		return predicate{"_not: " + a.text, func(v any) bool { return !a.holds(v) }}, "_not"
	}
	name := props[m.IntN(len(props))]
	key := name
	var inner predicate
	holds := func(v any) bool { return inner.holds(v) }
	switch name {
	case "o":
		inner = m.filter(depth-1, []string{"s", "i"})
	case "r":
		inner = m.filter(depth-1, []string{"s", "i"})
		key = "_rItem"
		holds = func(v any) bool {
			list, _ := v.([]any)
			return slices.ContainsFunc(list, inner.holds)
		}
	default:
		inner = m.operator(name)
	}
	return predicate{key + ": " + inner.text, func(v any) bool {
		o, _ := v.(map[string]any)
		return holds(o[name])
	}}, key
}

func asLiteral(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// operator returns a random operator on a scalar or a list of scalars.
func (m *model) operator(name string) predicate {
	x, y := m.scalar(name), m.scalar(name)
	ops := []string{"eq", "ne", "lt", "le", "gt", "ge", "between", "attributeExists"}
	switch name {
	case "s", "u", "l", "e":
		ops = append(ops, "contains", "notContains", "beginsWith", "size")
	case "b":
		ops = []string{"eq", "ne", "attributeExists"}
	case "d":
		ops = []string{"eq", "ne", "eq_no_us", "before", "after", "between", "date_before", "date_after", "date_between", "time_before", "time_after", "time_between"}
	}
	op := ops[m.IntN(len(ops))]
	operand := asLiteral(x)
	if strings.HasSuffix(op, "between") {
		operand = "[" + asLiteral(x) + ", " + asLiteral(y) + "]"
	}
	switch op {
	case "attributeExists":
		want := m.IntN(2) == 0
		return predicate{fmt.Sprintf("{attributeExists: %v}", want), func(v any) bool { return (v != nil) == want }}
	case "size":
		n := m.IntN(4)
		return predicate{fmt.Sprintf("{size: {le: %d}}", n), func(v any) bool {
			switch v := v.(type) {
			case string:
				return len(v) <= n
			case []any:
				return len(v) <= n
			}
			return false
		}}
	}
	negative := op == "ne" || op == "notContains"
	return predicate{"{" + op + ": " + operand + "}", func(v any) bool {
		if v == nil {
			return negative
		}
		list, ok := v.([]any)
		if !ok {
			return plainly(op, v, x, y)
		}
		for _, e := range list {
			if plainly(op, e, x, y) != negative {
				return !negative
			}
		}
		return negative
	}}
}

// plainly applies an operator to a value that is there.
func plainly(op string, v, x, y any) bool {
	if s, ok := v.(string); ok {
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			tx, _ := time.Parse(time.RFC3339Nano, x.(string))
			ty, _ := time.Parse(time.RFC3339Nano, y.(string))
			return plainMoment(op, t, tx, ty)
		}
		o := x.(string)
		switch op {
		case "contains":
			return strings.Contains(s, o)
		case "notContains":
			return !strings.Contains(s, o)
		case "beginsWith":
			return strings.HasPrefix(s, o)
		}
	}
	if b, ok := v.(bool); ok {
		return (b == x.(bool)) == (op == "eq")
	}
	c, d := compareAny(v, x), compareAny(v, y)
	switch op {
	case "eq":
		return c == 0
	case "ne":
		return c != 0
	case "lt":
		return c < 0
	case "le":
		return c <= 0
	case "gt":
		return c > 0
	case "ge":
		return c >= 0
	}
	return c >= 0 && d <= 0
}

func plainMoment(op string, t, x, y time.Time) bool {
	switch {
	case strings.HasPrefix(op, "date_"):
		t, x, y = t.Truncate(24*time.Hour), x.Truncate(24*time.Hour), y.Truncate(24*time.Hour)
	case strings.HasPrefix(op, "time_"):
		of := func(t time.Time) time.Time { return time.Unix(0, 0).Add(t.Sub(t.Truncate(24 * time.Hour))) }
		t, x, y = of(t), of(x), of(y)
	case op == "eq_no_us":
		t, x = t.Truncate(time.Second), x.Truncate(time.Second)
	}
	switch {
	case op == "eq" || op == "eq_no_us":
		return t.Equal(x)
	case op == "ne":
		return !t.Equal(x)
	case strings.HasSuffix(op, "before"):
		return t.Before(x)
	case strings.HasSuffix(op, "after"):
		return t.After(x)
	}
	return !t.Before(x) && !t.After(y)
}

// compareAny orders numbers, strings of plain letters, and what is absent last.
func compareAny(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	if s, ok := a.(string); ok {
		return strings.Compare(s, b.(string))
	}
	return cmp.Compare(a.(float64), b.(float64))
}

// TestListsAgainstModel asks random filters and orders, in pages of random sizes
// with writes between them that do not matter, and holds the rows and their order
// against the model.
func TestListsAgainstModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	m := &model{Rand: rand.New(rand.NewPCG(seed, 1))}
	r := newRig(t, itemSchema)
	for i := range 60 {
		row := m.row(i)
		text, _ := json.Marshal(map[string]any{"in": row})
		data, errs := r.run("A", &Request{Query: `mutation m($in: Self_Item_Input_!) { add_Item(input: $in) { result { _id } } }`, Variables: text})
		if errs != nil {
			t.Fatal(errs[0])
		}
		var out struct {
			Add struct {
				Result struct {
					ID string `json:"_id"`
				}
			} `json:"add_Item"`
		}
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatal(err)
		}
		row["_id"] = out.Add.Result.ID
		m.rows = append(m.rows, row)
	}
	for round := range *modelRounds {
		m.check(t, r, round)
	}
}

func (m *model) check(t *testing.T, r *rig, round int) {
	t.Helper()
	f := m.filter(3, []string{"u", "s", "n", "i", "b", "e", "d", "o", "l", "r", "s", "n"})
	orders := []struct {
		text    string
		key     []string
		reverse []bool
	}{{"", nil, nil}, {"{_id: DESC}", nil, []bool{true}}, {"{s: ASC}", []string{"s"}, []bool{false}},
		{"{n: DESC}", []string{"n"}, []bool{true}}, {"{s: DESC}, {n: ASC}", []string{"s", "n"}, []bool{true, false}}}
	o := orders[m.IntN(len(orders))]
	var want []map[string]any
	for _, row := range m.rows {
		if f.holds(row) {
			want = append(want, row)
		}
	}
	slices.SortStableFunc(want, func(a, b map[string]any) int {
		for i, k := range o.key {
			if c := compareAny(a[k], b[k]); c != 0 {
				return turned(c, o.reverse[i])
			}
		}
		last := len(o.reverse) > 0 && o.reverse[len(o.reverse)-1]
		return turned(strings.Compare(a["_id"].(string), b["_id"].(string)), last)
	})
	var got []string
	token := ""
	for page := 0; ; page++ {
		limit := 1 + m.IntN(25)
		q := fmt.Sprintf(`{ list_ItemItems(filter: %s, order: [%s], limit: %d, nextToken: %q) { _ItemItems { _id } nextToken } }`, f.text, o.text, limit, token)
		data, errs := r.run("B", &Request{Query: q})
		if errs != nil {
			t.Fatalf("round %d: %s: %v", round, q, errs[0])
		}
		var out struct {
			List struct {
				Rows []struct {
					ID string `json:"_id"`
				} `json:"_ItemItems"`
				Next *string `json:"nextToken"`
			} `json:"list_ItemItems"`
		}
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatal(err)
		}
		for _, row := range out.List.Rows {
			got = append(got, row.ID)
		}
		if out.List.Next == nil {
			break
		}
		if len(out.List.Rows) != limit || page > 100 {
			t.Fatalf("round %d: %s: a page of %d and a token", round, q, len(out.List.Rows))
		}
		token = *out.List.Next
	}
	ids := make([]string, len(want))
	for i, row := range want {
		ids[i] = row["_id"].(string)
	}
	if o.text == "" { // any order
		slices.Sort(ids)
		slices.Sort(got)
	}
	if !slices.Equal(ids, got) {
		t.Fatalf("round %d: filter %s order [%s]\n got %s\nwant %s", round, f.text, o.text,
			r.asPlaceholders(fmt.Sprint(got)), r.asPlaceholders(fmt.Sprint(ids)))
	}
}
