package graphql

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"unicode/utf8"

	"seriatim/catalog"
	"seriatim/value"
)

// MaxViolations bounds what one document's check lists.
const MaxViolations = 50

// Check holds the data of one document, without control members, against the
// schema: the object of a row or the {value: scalar} of a scalar. It returns every
// broken constraint, or the first MaxViolations, in order of their pointers, and
// nothing when the data is valid. A missing property is reported at its own place,
// as is one that the schema does not name.
func (m *Model) Check(collection string, data *value.Object) []catalog.Violation {
	e := m.entities[collection]
	if e == nil {
		return []catalog.Violation{{Keyword: "type", Message: "there is no entity " + strconv.Quote(collection)}}
	}
	var c checker
	if e.Kind == catalog.Rows || e.Kind == catalog.Object {
		c.object(e.Type, data)
	} else {
		c.object(e.wrapped, data)
	}
	slices.SortStableFunc(c.found, func(a, b catalog.Violation) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Keyword, b.Keyword))
	})
	return c.found
}

// step is one member or item on the way to a value; its index is -1 for a member.
type step struct {
	name  string
	index int
}

// checker walks one document. The first depth steps of path are where it is; a type
// is at most MaxTypeDepth objects and lists, each of which is one step.
type checker struct {
	found []catalog.Violation
	path  [MaxTypeDepth + 2]step
	depth int
}

func (c *checker) enter(name string, index int) {
	c.path[c.depth] = step{name, index}
	c.depth++
}

func (c *checker) leave() { c.depth-- }

func (c *checker) fail(keyword string, limit value.Value, message string) {
	if len(c.found) >= MaxViolations {
		return
	}
	at := ""
	for _, s := range c.path[:c.depth] {
		if s.index >= 0 {
			at = childIndex(at, s.index)
		} else {
			at = child(at, s.name)
		}
	}
	c.found = append(c.found, catalog.Violation{Pointer: at, Keyword: keyword, Limit: limit, Message: message})
}

func (c *checker) value(t *Type, v value.Value) {
	switch t.Kind {
	case TypeString, TypeEnum:
		if s, ok := v.(value.String); ok {
			c.text(t.rule, string(s))
			return
		}
	case TypeInt:
		if c.integer(t.rule, v) {
			return
		}
	case TypeFloat:
		if isFinite(v) {
			c.number(t.rule, v)
			return
		}
	case TypeBoolean:
		if _, ok := v.(value.Bool); ok {
			c.oneOf(t.rule, v)
			return
		}
	case TypeObject:
		if o, ok := v.(*value.Object); ok {
			c.object(t, o)
			return
		}
	case TypeList:
		if a, ok := v.(value.Array); ok {
			c.list(t, a)
			return
		}
	}
	c.fail("type", value.String(kindWords[t.Kind]), fmt.Sprintf("must be %s", kindWithArticle[t.Kind]))
}

var kindWords = [...]string{TypeString: "string", TypeInt: "integer", TypeFloat: "number", TypeBoolean: "boolean",
	TypeEnum: "string", TypeObject: "object", TypeList: "array"}

var kindWithArticle = [...]string{TypeString: "a string", TypeInt: "an integer", TypeFloat: "a number", TypeBoolean: "true or false",
	TypeEnum: "a string", TypeObject: "an object", TypeList: "a list"}

// object walks the members as they come. Data is mostly written in the schema's
// order, so the property expected next is tried before the map.
func (c *checker) object(t *Type, o *value.Object) {
	next, required := 0, 0
	for i := range o.Fields {
		f := &o.Fields[i]
		var p *Property
		if next < len(t.Properties) && t.Properties[next].Name == f.Name {
			p = t.Properties[next]
		} else {
			p = t.byName[f.Name]
		}
		c.enter(f.Name, -1)
		if p == nil {
			c.fail("additionalProperties", nil, "is not a property of the schema")
		} else {
			if next = p.position + 1; p.Required {
				required++
			}
			c.value(p.Type, f.Value)
		}
		c.leave()
	}
	if required < t.required {
		c.missing(t, o)
	}
	c.length(TypeObject, t.rule, len(o.Fields))
}

func (c *checker) missing(t *Type, o *value.Object) {
	for _, p := range t.Properties {
		if _, ok := o.Get(p.Name); p.Required && !ok {
			c.enter(p.Name, -1)
			c.fail("required", nil, "is required")
			c.leave()
		}
	}
}

func (c *checker) list(t *Type, a value.Array) {
	for i, v := range a {
		c.enter("", i)
		c.value(t.Item, v)
		c.leave()
	}
	c.length(TypeList, t.rule, len(a))
	if t.rule != nil && t.rule.unique {
		c.distinct(a)
	}
}

// distinct notes each item that equals an earlier one.
func (c *checker) distinct(a value.Array) {
	seen := make(map[string]int, len(a))
	for i, v := range a {
		key := string(appendIdentity(nil, v))
		if first, ok := seen[key]; ok {
			c.enter("", i)
			c.fail("uniqueItems", value.Bool(true), fmt.Sprintf("equals item %d; the items are distinct", first))
			c.leave()
			continue
		}
		seen[key] = i
	}
}

// appendIdentity appends bytes that two JSON values share exactly when JSON Schema
// holds them equal: numbers by what they are worth, objects in any order.
func appendIdentity(dst []byte, v value.Value) []byte {
	switch v := v.(type) {
	case value.Array:
		dst = append(dst, '[')
		for _, item := range v {
			dst = append(appendIdentity(dst, item), ',')
		}
		return append(dst, ']')
	case *value.Object:
		fields := slices.Clone(v.Fields)
		slices.SortFunc(fields, func(a, b value.Field) int { return cmp.Compare(a.Name, b.Name) })
		dst = append(dst, '{')
		for _, f := range fields {
			dst = append(strconv.AppendQuote(dst, f.Name), ':')
			dst = append(appendIdentity(dst, f.Value), ',')
		}
		return append(dst, '}')
	case value.String:
		return strconv.AppendQuote(dst, string(v))
	case value.Int:
		return strconv.AppendInt(dst, int64(v), 10)
	case value.Double:
		if f := float64(v); math.Trunc(f) == f && math.Abs(f) < 1<<63 {
			return strconv.AppendInt(dst, int64(f), 10)
		}
		return strconv.AppendFloat(dst, float64(v), 'g', -1, 64)
	case value.Bool:
		return strconv.AppendBool(dst, bool(v))
	}
	return append(dst, "null"...)
}

func (c *checker) length(k TypeKind, r *rule, n int) {
	if r == nil {
		return
	}
	lo, hi := lengths(k)
	if r.minLen >= 0 && n < r.minLen {
		c.fail(lo, value.Int(r.minLen), fmt.Sprintf("has %s; at least %d are needed", counted(n, k), r.minLen))
	}
	if r.maxLen >= 0 && n > r.maxLen {
		c.fail(hi, value.Int(r.maxLen), fmt.Sprintf("has %s; at most %d are allowed", counted(n, k), r.maxLen))
	}
}

// counted says how many items, properties or characters there are.
func counted(n int, k TypeKind) string {
	one, many := "character", "characters"
	switch k {
	case TypeList:
		one, many = "item", "items"
	case TypeObject:
		one, many = "property", "properties"
	}
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func (c *checker) text(r *rule, s string) {
	if r == nil {
		return
	}
	if r.minLen >= 0 || r.maxLen >= 0 {
		c.length(TypeString, r, utf8.RuneCountInString(s))
	}
	if r.enum != nil {
		c.oneOf(r, value.String(s))
	}
	if r.format != nil && !r.format(s) {
		c.fail("format", value.String(r.formatName), fmt.Sprintf("is not of the format %s", r.formatName))
	}
	if r.pattern == nil {
		return
	}
	switch ok, err := r.pattern.MatchString(s); {
	case err != nil:
		c.fail("pattern", value.String(r.source), fmt.Sprintf("takes too long to match %s", r.source))
	case !ok:
		c.fail("pattern", value.String(r.source), fmt.Sprintf("does not match %s", r.source))
	}
}

// integer reports whether v is one, after checking it. As in JSON Schema a double
// without fraction is.
func (c *checker) integer(r *rule, v value.Value) bool {
	switch n := v.(type) {
	case value.Int:
	case value.Double:
		if math.Trunc(float64(n)) != float64(n) || math.IsInf(float64(n), 0) {
			return false
		}
	default:
		return false
	}
	c.number(r, v)
	return true
}

func isFinite(v value.Value) bool {
	switch n := v.(type) {
	case value.Int:
		return true
	case value.Double:
		return !math.IsInf(float64(n), 0) && !math.IsNaN(float64(n))
	}
	return false
}

func (c *checker) number(r *rule, v value.Value) {
	if r == nil {
		return
	}
	if r.min != nil && value.Compare(v, r.min) < 0 {
		c.fail("minimum", r.min, fmt.Sprintf("must be %s or more%s", numeral(r.min), ofInt(r.min)))
	}
	if r.max != nil && value.Compare(v, r.max) > 0 {
		c.fail("maximum", r.max, fmt.Sprintf("must be %s or less%s", numeral(r.max), ofInt(r.max)))
	}
	if r.above != nil && value.Compare(v, r.above) <= 0 {
		c.fail("exclusiveMinimum", r.above, fmt.Sprintf("must be over %s", numeral(r.above)))
	}
	if r.below != nil && value.Compare(v, r.below) >= 0 {
		c.fail("exclusiveMaximum", r.below, fmt.Sprintf("must be under %s", numeral(r.below)))
	}
	if r.step != nil && !isMultiple(v, r.step) {
		c.fail("multipleOf", r.step, fmt.Sprintf("must be a multiple of %s", numeral(r.step)))
	}
	c.oneOf(r, v)
}

// ofInt explains a limit that is not the schema's.
func ofInt(limit value.Value) string {
	if limit == minInt || limit == maxInt {
		return " (GraphQL's Int has 32 bits)"
	}
	return ""
}

// isMultiple divides exactly, taking doubles as the decimals they are written as,
// so that 0.3 is a multiple of 0.1.
func isMultiple(v, step value.Value) bool {
	if x, ok := v.(value.Int); ok {
		if y, ok := step.(value.Int); ok {
			return x%y == 0
		}
	}
	x, _ := new(big.Rat).SetString(numeral(v))
	y, _ := new(big.Rat).SetString(numeral(step))
	return x.Quo(x, y).IsInt()
}

// numeral writes a number as JSON does.
func numeral(v value.Value) string {
	if i, ok := v.(value.Int); ok {
		return strconv.FormatInt(int64(i), 10)
	}
	return strconv.FormatFloat(float64(v.(value.Double)), 'g', -1, 64)
}

func (c *checker) oneOf(r *rule, v value.Value) {
	if r == nil || r.enum == nil {
		return
	}
	for _, one := range r.enum {
		if value.Equal(one, v, false) {
			return
		}
	}
	if r.keyword == "const" {
		c.fail("const", r.enum[0], "is not the one value allowed")
		return
	}
	c.fail("enum", r.enum, fmt.Sprintf("is not one of the %d values allowed", len(r.enum)))
}
