package graphql

import (
	"math"
	"slices"
	"strconv"

	"github.com/dlclark/regexp2/v2"

	"seriatim/value"
)

// rule is what a type demands of a value beyond its kind. Absent limits are nil
// or -1.
type rule struct {
	min, max, above, below value.Value // minimum, maximum and the exclusive ones
	step                   value.Value // multipleOf
	minLen, maxLen         int         // code points, items or properties
	pattern                *regexp2.Regexp
	source                 string // of pattern
	format                 func(string) bool
	formatName             string
	unique                 bool        // items
	enum                   value.Array // enum, or const with one value
	keyword                string      // which of the two
}

// GraphQL's Int has 32 bits, so an integer that does not fit could be stored and
// never be read. Every integer has these limits or tighter ones.
const (
	minInt = value.Int(math.MinInt32)
	maxInt = value.Int(math.MaxInt32)
)

// lengths are the names of minLen and maxLen by kind of type.
func lengths(k TypeKind) (lo, hi string) {
	switch k {
	case TypeList:
		return "minItems", "maxItems"
	case TypeObject:
		return "minProperties", "maxProperties"
	default:
		return "minLength", "maxLength"
	}
}

// withRule compiles the constraints of n into t.
func (c *builder) withRule(t *Type, n *node, at string) *Type {
	r := &rule{minLen: -1, maxLen: -1}
	any := (t.Kind == TypeInt || t.Kind == TypeFloat) && c.numberRules(r, t, n, at)
	lo, hi := lengths(t.Kind)
	any = c.count(&r.minLen, n, at, lo) || any
	any = c.count(&r.maxLen, n, at, hi) || any
	if r.minLen >= 0 && r.maxLen >= 0 && r.minLen > r.maxLen {
		c.fail(child(at, lo), "%s is over %s: nothing would be valid", lo, hi)
	}
	if t.Kind == TypeString || t.Kind == TypeEnum {
		any = c.textRules(r, t, n, at) || any
	}
	any = c.values(r, t, n, at) || any
	if u := n.get("uniqueItems"); u != nil && t.Kind == TypeList {
		if u.kind != 't' {
			c.fail(child(at, "uniqueItems"), "uniqueItems is true or false")
		}
		r.unique = u.truth
		any = any || u.truth
	}
	if any {
		t.rule = r
	}
	return t
}

func (c *builder) numberRules(r *rule, t *Type, n *node, at string) bool {
	any := false
	for _, one := range []struct {
		name string
		to   *value.Value
	}{{"minimum", &r.min}, {"maximum", &r.max}, {"exclusiveMinimum", &r.above}, {"exclusiveMaximum", &r.below}, {"multipleOf", &r.step}} {
		v := n.get(one.name)
		if v == nil {
			continue
		}
		num, ok := number(v)
		switch {
		case !ok:
			c.fail(child(at, one.name), "%s is a number", one.name)
		case one.name == "multipleOf" && value.Compare(num, value.Int(0)) <= 0:
			c.fail(child(at, one.name), "multipleOf is over zero")
		default:
			*one.to, any = num, true
		}
	}
	if t.Kind == TypeInt {
		any = true
		if r.min == nil || value.Compare(r.min, minInt) < 0 {
			r.min = minInt
		}
		if r.max == nil || value.Compare(r.max, maxInt) > 0 {
			r.max = maxInt
		}
	}
	if r.min != nil && r.max != nil && value.Compare(r.min, r.max) > 0 {
		c.fail(child(at, "minimum"), "minimum is over maximum: nothing would be valid")
	}
	return any
}

// number returns a JSON number as the value it denotes: an integer when it is
// written as one that fits.
func number(n *node) (value.Value, bool) {
	if n.kind != '0' {
		return nil, false
	}
	if i, err := strconv.ParseInt(n.text, 10, 64); err == nil {
		return value.Int(i), true
	}
	f, err := strconv.ParseFloat(n.text, 64)
	return value.Double(f), err == nil && !math.IsInf(f, 0)
}

func (c *builder) count(to *int, n *node, at, name string) bool {
	v := n.get(name)
	if v == nil {
		return false
	}
	i, err := strconv.Atoi(v.text)
	if v.kind != '0' || err != nil || i < 0 {
		c.fail(child(at, name), "%s is a whole number, zero or more", name)
		return false
	}
	*to = i
	return true
}

func (c *builder) textRules(r *rule, t *Type, n *node, at string) bool {
	any := false
	if f := n.get("format"); f != nil {
		check := formats[f.text]
		if f.kind != '"' || check == nil {
			c.fail(child(at, "format"), "the format is none of %s", formatNames)
		}
		t.Format, r.format, r.formatName, any = f.text, check, f.text, true
	}
	if p := n.get("pattern"); p != nil {
		r.pattern, r.source, any = c.pattern(p, child(at, "pattern")), p.text, true
	}
	return any
}

func (c *builder) pattern(n *node, at string) *regexp2.Regexp {
	if n.kind != '"' || len(n.text) > MaxPattern {
		c.fail(at, "a pattern is a regular expression of at most %d bytes", MaxPattern)
		return nil
	}
	c.patterns = true
	re, err := compilePattern(n.text)
	if err != nil {
		c.fail(at, "the pattern is not a regular expression of ECMA-262: %v", err)
		return nil
	}
	return re
}

// values compiles enum and const, which agree when both are there.
func (c *builder) values(r *rule, t *Type, n *node, at string) bool {
	if t.Kind >= TypeObject {
		for _, name := range []string{"enum", "const"} {
			if n.get(name) != nil {
				c.fail(child(at, name), "%s is of strings, numbers and booleans; objects and lists cannot be enumerated", name)
			}
		}
		return false
	}
	if e := n.get("enum"); e != nil && (t.Kind == TypeString || t.Kind == TypeEnum) {
		r.keyword = "enum"
		for _, s := range t.Enum {
			r.enum = append(r.enum, value.String(s))
		}
	} else if e != nil {
		r.keyword = "enum"
		r.enum = c.enumNumbers(e, t, child(at, "enum"))
	}
	k := n.get("const")
	if k == nil {
		return r.enum != nil
	}
	v := constant(k)
	switch {
	case v == nil || !c.ofKind(v, t.Kind):
		c.fail(child(at, "const"), "const has a value that the type does not")
	case r.enum != nil && !slices.ContainsFunc(r.enum, func(o value.Value) bool { return value.Equal(o, v, false) }):
		c.fail(child(at, "const"), "const is not of enum: nothing would be valid")
	default:
		r.enum, r.keyword = value.Array{v}, "const"
	}
	return true
}

func (c *builder) enumNumbers(n *node, t *Type, at string) value.Array {
	if n.kind != '[' || len(n.items) == 0 || len(n.items) > MaxEnumValues {
		c.fail(at, "an enum is a list of 1 to %d values", MaxEnumValues)
		return nil
	}
	var out value.Array
	for i, item := range n.items {
		v := constant(item)
		if v == nil || !c.ofKind(v, t.Kind) {
			c.fail(childIndex(at, i), "the type has no such value")
			continue
		}
		out = append(out, v)
	}
	return out
}

// constant returns a scalar of the text as a value, or nil.
func constant(n *node) value.Value {
	switch n.kind {
	case '"':
		return value.String(n.text)
	case 't':
		return value.Bool(n.truth)
	case '0':
		if v, ok := number(n); ok {
			return v
		}
	}
	return nil
}

func (c *builder) ofKind(v value.Value, k TypeKind) bool {
	switch v := v.(type) {
	case value.String:
		return k == TypeString || k == TypeEnum
	case value.Bool:
		return k == TypeBoolean
	case value.Int:
		return k == TypeInt || k == TypeFloat
	case value.Double:
		return k == TypeFloat || k == TypeInt && math.Trunc(float64(v)) == float64(v)
	}
	return false
}
