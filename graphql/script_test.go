package graphql

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/value"
)

// TestScripts runs testdata/compile, check and evolve. The commands:
//
//	compile            the input is a schema; prints the user's part of the API
//	refuse             the input is a schema; prints why it is refused
//	schema             the input is a schema that the following commands use
//	check <Entity>     the input is the data of a document; prints its violations
//	evolve [indexes]   the input is the next schema; prints what it would break;
//	                   with indexes, some may go
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		var m *Model
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "compile":
				return userSDL(mustCompile(t, d.Input))
			case "refuse":
				return refusalOf(t, d.Input)
			case "schema":
				m = mustCompile(t, d.Input)
				return ""
			case "check":
				return checkText(t, m, d)
			case "evolve":
				return evolveText(t, m, d)
			}
			t.Fatalf("no command is called %s", d.Cmd)
			return ""
		})
	})
}

func mustCompile(t testing.TB, schema string) *Model {
	t.Helper()
	m, err := Compile([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func refusalOf(t *testing.T, schema string) string {
	_, err := Compile([]byte(schema))
	var problems Problems
	switch {
	case err == nil:
		return "accepted\n"
	case !errors.As(err, &problems):
		t.Fatalf("%T is not a list of problems", err)
	}
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "%s: %s\n", orRoot(p.Pointer), p.Message)
	}
	return b.String()
}

// userSDL leaves out of an API what all unis have.
func userSDL(m *Model) string {
	var b strings.Builder
	for def := range strings.SplitSeq(m.SDL(), "\n\n") {
		head := def[strings.LastIndexByte(def[:strings.IndexByte(def+"{", '{')], '\n')+1:]
		switch {
		case strings.HasPrefix(head, "directive") || strings.Contains(strings.SplitN(head, "{", 2)[0], " Vendia_"):
		case strings.HasPrefix(def, "type Query"), strings.HasPrefix(def, "type Mutation"), strings.HasPrefix(def, "type Subscription"):
			for line := range strings.SplitSeq(def, "\n") {
				if name, _, _ := strings.Cut(line, "("); !strings.Contains(name, "Vendia_") || strings.Contains(name, ": ") {
					b.WriteString(line + "\n")
				}
			}
			b.WriteString("\n")
		default:
			b.WriteString(def + "\n\n")
		}
	}
	return strings.ReplaceAll(strings.TrimRight(b.String(), "\n"), "\n\n", "\n") + "\n"
}

func checkText(t *testing.T, m *Model, d *datadriven.TestData) string {
	n, err := parseText([]byte(d.Input))
	if err != nil {
		t.Fatal(err)
	}
	found := m.Check(d.CmdArgs[0].Key, object(n))
	if len(found) == 0 {
		return "valid\n"
	}
	var b strings.Builder
	for _, v := range found {
		fmt.Fprintf(&b, "%s: %s", v.Pointer, v.Keyword)
		if v.Limit != nil {
			fmt.Fprintf(&b, " %v", v.Limit)
		}
		fmt.Fprintf(&b, ": %s\n", v.Message)
	}
	return b.String()
}

func object(n *node) *value.Object { return valueOf(n).(*value.Object) }

// valueOf turns JSON into the values that documents have.
func valueOf(n *node) value.Value {
	switch n.kind {
	case '{':
		o := &value.Object{}
		for _, m := range n.members {
			o.Fields = append(o.Fields, value.Field{Name: m.name, Value: valueOf(m.node)})
		}
		return o
	case '[':
		a := value.Array{}
		for _, item := range n.items {
			a = append(a, valueOf(item))
		}
		return a
	case 'n':
		return value.Null{}
	}
	return constant(n)
}

func evolveText(t *testing.T, m *Model, d *datadriven.TestData) string {
	next, err := Compile([]byte(d.Input))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range Breaking(m, next, d.HasArg("indexes")) {
		fmt.Fprintf(&b, "%s %s: %s\n", c.Kind, orRoot(c.Pointer), c.Reason)
	}
	if b.Len() == 0 {
		return "nothing breaks\n"
	}
	return b.String()
}
