package graphql

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"seriatim/catalog"
	"seriatim/value"
)

// lifecycle makes a uni of a schema and takes a document of every entity through its
// operations: made with every property that has a valid value, read, listed, changed
// to the same, and removed.
func lifecycle(t *testing.T, schema []byte) {
	t.Helper()
	r := newRig(t, string(schema))
	for _, e := range r.model.Entities {
		if e.System {
			continue
		}
		row, ok := example(e.Type)
		if !ok {
			t.Logf("%s: no valid value is known", e.Name)
			continue
		}
		l := life{r, e, row, selection(e.Type)}
		if e.single() {
			l.one()
		} else {
			l.rows()
		}
	}
}

type life struct {
	*rig
	e      *Entity
	row    value.Value
	fields string
}

func (l life) rows() {
	l.t.Helper()
	picked := l.fields
	if l.e.Kind == catalog.ScalarRows {
		picked = "{ " + l.e.TypeName + " }"
	}
	l.expect("add result", l.write(`mutation($input: %[1]s!) { x: add_%[2]s(input: $input) { result `+picked+` } }`, "_Input_"))
	made := l.send(`{ x: list_%[2]sItems { items: _%[2]sItems { _id } } }`, "")
	id := made["items"].([]any)[0].(map[string]any)["_id"].(string)
	l.expect("get", l.send(`{ x: get_%[2]s(id: "`+id+`") `+picked+` }`, ""))
	l.expect("update result", l.write(`mutation($input: %[1]s!) { x: update_%[2]s(id: "`+id+`", input: $input) { result `+picked+` } }`, "_UpdateInput_"))
	versions := l.send(`{ x: list_%[2]sVersions(id: "`+id+`") { versions { ordinal } } }`, "")
	if n := len(versions["versions"].([]any)); n == 0 {
		l.t.Errorf("%s has no versions", l.e.Name)
	}
	l.send(`mutation { x: remove_%[2]s(id: "`+id+`") { transaction { _id } } }`, "")
	if left := l.send(`{ x: get_%[2]s(id: "`+id+`") { _id } }`, ""); left != nil {
		l.t.Errorf("%s: removed, and there: %v", l.e.Name, left)
	}
}

func (l life) one() {
	l.t.Helper()
	l.expect("create result", l.write(`mutation($input: %[1]s!) { x: create_%[2]s(input: $input) { result `+l.fields+` } }`, "_Input_"))
	l.expect("update result", l.write(`mutation($input: %[1]s!) { x: update_%[2]s(input: $input) { result `+l.fields+` } }`, "_UpdateInput_"))
	l.send(`mutation { x: delete_%[2]s { transaction { _id } } }`, "")
}

// send runs a request, of which it returns what is under the alias x.
func (l life) send(query, form string) map[string]any {
	l.t.Helper()
	text := fmt.Sprintf(query, l.e.Type.Input(form), l.e.Name)
	variables := []byte("{}")
	if form != "" {
		variables = append(append([]byte(`{"input":`), appendJSON(nil, l.row)...), '}')
	}
	data, errs := l.run("A", &Request{Query: text, Variables: variables})
	if len(errs) > 0 {
		l.t.Fatalf("%s\n%s\n%s", text, variables, AppendErrors(nil, errs))
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		l.t.Fatal(err)
	}
	x, _ := out["x"].(map[string]any)
	return x
}

func (l life) write(query, form string) map[string]any {
	l.t.Helper()
	x := l.send(query, form)
	if object, ok := x["result"].(map[string]any); ok {
		return object
	}
	return map[string]any{l.e.TypeName: x["result"]}
}

// expect compares an answer with the row that was written.
func (l life) expect(what string, got map[string]any) {
	l.t.Helper()
	var want any
	if err := json.Unmarshal(appendJSON(nil, l.row), &want); err != nil {
		l.t.Fatal(err)
	}
	if l.e.Type.Kind != TypeObject {
		want = map[string]any{l.e.TypeName: want}
	}
	if got := stripped(got); !reflect.DeepEqual(got, want) {
		l.t.Errorf("%s of %s\ngot  %v\nwant %v", what, l.e.Name, got, want)
	}
}

func stripped(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil {
				delete(v, name)
			} else {
				v[name] = stripped(member)
			}
		}
	case []any:
		for i := range v {
			v[i] = stripped(v[i])
		}
	}
	return v
}

// selection selects everything below a type.
func selection(t *Type) string {
	switch t.Kind {
	case TypeList:
		return selection(t.Item)
	case TypeObject:
		var b strings.Builder
		b.WriteString("{")
		for _, p := range t.Properties {
			b.WriteString(" " + p.Name + " " + selection(p.Type))
		}
		return b.String() + "}"
	}
	return ""
}

// example returns a valid value of a type with all properties for which it knows
// one; ok is false when it knows none.
func example(t *Type) (v value.Value, ok bool) {
	switch t.Kind {
	case TypeObject:
		o := &value.Object{}
		for _, p := range t.Properties {
			member, ok := example(p.Type)
			if !ok && p.Required {
				return nil, false
			}
			if ok {
				o.Fields = append(o.Fields, value.Field{Name: p.Name, Value: member})
			}
		}
		return o, isValid(t, o)
	case TypeList:
		item, ok := example(t.Item)
		list := value.Array{item}
		return list, ok && isValid(t, list)
	}
	var tries []value.Value
	if t.rule != nil {
		tries = append(tries, t.rule.enum...)
		tries = append(tries, t.rule.min, t.rule.max)
	}
	for _, n := range []int64{1, 0, 5, 100, -1} {
		tries = append(tries, value.Int(n))
	}
	tries = append(tries, value.Double(0.5), value.Bool(true))
	for _, s := range []string{"2024-05-01", "10:00:00Z", "2024-05-01T10:00:00Z", "a@x.io", "https://x.io/", "TX", "2024-05", "10115", "text"} {
		tries = append(tries, value.String(s))
	}
	for n := range 20 {
		tries = append(tries, value.String(strings.Repeat("1", n)), value.String(strings.Repeat("A", n)))
	}
	for _, v := range tries {
		if v != nil && isValid(t, v) {
			return v, true
		}
	}
	return nil, false
}

func isValid(t *Type, v value.Value) bool {
	var c checker
	c.value(t, v)
	return len(c.found) == 0
}
