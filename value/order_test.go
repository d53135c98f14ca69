package value

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestOrder runs the scripts of testdata/order:
//
//	order   sorts the values of the lines, of which equal ones share a line, and
//	        checks every pair in every way that two values are compared
//	equal   "a | b" on each line: whether Equals holds, loosely and under version 5
//	encode  the stored bytes of each line
//	key     the key bytes of each line
func TestOrder(t *testing.T) {
	datadriven.Walk(t, "testdata/order", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			lines := strings.Split(strings.TrimSpace(d.Input), "\n")
			switch d.Cmd {
			case "order":
				return orderLines(t, lines)
			case "equal":
				for _, l := range lines {
					a, b, _ := strings.Cut(l, " | ")
					x, y := parseValue(t, a), parseValue(t, b)
					fmt.Fprintf(&out, "%s | %s: %v\n", a, b, equalBoth(t, x, y))
				}
			case "encode":
				for _, l := range lines {
					fmt.Fprintf(&out, "%s: %x\n", l, AppendEncoded(nil, parseValue(t, l)))
				}
			case "key":
				for _, l := range lines {
					fmt.Fprintf(&out, "%s: %x\n", l, AppendKey(nil, parseValue(t, l), d.HasArg("reverse")))
				}
			default:
				t.Fatalf("unknown command %s", d.Cmd)
			}
			return out.String()
		})
	})
}

func orderLines(t *testing.T, lines []string) string {
	values := make([]Value, len(lines))
	for i, l := range lines {
		values[i] = parseValue(t, l)
	}
	for _, a := range values {
		for _, b := range values {
			if hasTxnTime(a) || hasTxnTime(b) {
				if Compare(a, b) != -Compare(b, a) {
					t.Fatalf("Compare of %s and %s", show(a), show(b))
				}
				continue
			}
			checkKeys(t, a, b)
		}
		checkKeyRound(t, a, false)
		checkKeyRound(t, a, true)
		if got, _ := Encode(a); !same(got.Decode(), a) {
			t.Fatalf("%s decodes as %s", show(a), show(got.Decode()))
		}
	}
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if c := Compare(values[i], values[j]); c != 0 {
			return c
		}
		return bytes.Compare(AppendKey(nil, values[i], false), AppendKey(nil, values[j], false))
	})
	var out strings.Builder
	for n, i := range order {
		if n > 0 && Compare(values[order[n-1]], values[i]) == 0 {
			out.WriteString(" = ")
		} else if n > 0 {
			out.WriteString("\n")
		}
		out.WriteString(strings.TrimSpace(lines[i]))
	}
	return out.String() + "\n"
}

func hasTxnTime(v Value) bool {
	_, slots := AppendKeySlots(nil, nil, v, false)
	return len(slots) > 0
}

func equalBoth(t *testing.T, a, b Value) string {
	loose, exact := Equal(a, b, false), Equal(a, b, true)
	if loose != Equal(b, a, false) || exact != Equal(b, a, true) {
		t.Fatalf("Equal of %s and %s depends on their places", show(a), show(b))
	}
	if loose == exact {
		return fmt.Sprint(loose)
	}
	return fmt.Sprintf("%v, version 5 %v", loose, exact)
}

// TestEqualIsReflexive checks that values equal themselves and their stored form,
// but for NaN inside containers.
func TestEqualIsReflexive(t *testing.T) {
	g := newGenerator(t)
	for range 10_000 {
		v := g.stored(2)
		enc, _ := Encode(v)
		if strings.Contains(show(v), "NaN") {
			continue
		}
		if !Equal(v, enc.Decode(), true) || !Equal(v, v, false) {
			t.Fatalf("%s does not equal itself", show(v))
		}
	}
}
