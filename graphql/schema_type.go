package graphql

import (
	"slices"
	"strings"
)

// place says what is being compiled: where in the text, under which GraphQL name
// a type of its own would go, and what the last step of that name is.
type place struct {
	at, path, last string
}

func (p place) property(name string) place {
	return place{child(child(p.at, "properties"), name), p.path + "_" + name, name}
}

func (p place) item() place {
	return place{child(p.at, "items"), p.path + "_" + p.last + "Item", p.last + "Item"}
}

// typeOf compiles one schema to a type, or returns nil after noting why not.
func (c *builder) typeOf(n *node, p place) *Type {
	if n.kind != '{' {
		c.fail(p.at, "a schema is an object")
		return nil
	}
	if _, _, ok := refOf(n); ok {
		return c.reference(n, p)
	}
	kind := c.typeName(n, p.at)
	if kind != "" {
		c.onlyKeywords(n, p.at, plainKeywords)
	}
	switch kind {
	case "string":
		return c.stringType(n, p)
	case "integer", "number":
		return c.numberType(n, p, kind)
	case "boolean":
		return c.withRule(&Type{Kind: TypeBoolean, Name: "Boolean", height: 1}, n, p.at)
	case "object":
		return c.objectType(n, p)
	case "array":
		return c.listType(n, p)
	}
	return nil
}

// typeName returns the one type that n names, or "" after noting why not.
func (c *builder) typeName(n *node, at string) string {
	t := n.get("type")
	switch {
	case t == nil:
		c.unsupported(n, at)
		c.fail(at, "the type is missing: string, integer, number, boolean, object or array")
		return ""
	case t.kind == '[':
		c.fail(child(at, "type"), "a field has one type; what is not required may be left out, and null removes it in an update")
		return ""
	case t.kind != '"' || !slices.Contains([]string{"string", "integer", "number", "boolean", "object", "array"}, t.text):
		c.fail(child(at, "type"), "the type is one of string, integer, number, boolean, object, array")
		return ""
	}
	return t.text
}

// unsupported notes the keywords of a schema without type that would be refused
// with one, since those are often why it has none.
func (c *builder) unsupported(n *node, at string) {
	for _, m := range n.members {
		if why, ok := known[m.name]; ok {
			c.fail(child(at, m.name), "%s", why)
		}
	}
}

// refOf returns the reference of n, written as $ref or as the type's, and the
// keyword that holds it.
func refOf(n *node) (ref *node, keyword string, ok bool) {
	if r := n.get("$ref"); r != nil {
		return r, "$ref", true
	}
	if t := n.get("type"); t != nil && t.kind == '{' {
		return t, "type", true
	}
	return nil, "", false
}

// refName returns the name of the definition that n refers to, or "" after noting
// why there is none.
func (c *builder) refName(n *node, at string) string {
	ref, keyword, _ := refOf(n)
	where := child(at, keyword)
	if keyword == "type" {
		if ref = ref.get("$ref"); ref == nil || len(n.get("type").members) != 1 {
			c.fail(where, "a type is a word, or an object whose one member is $ref")
			return ""
		}
		where = child(where, "$ref")
	}
	c.alone(n, at, keyword)
	name, ok := strings.CutPrefix(ref.text, "#/definitions/")
	if ref.kind != '"' || !ok || strings.Contains(name, "/") {
		c.fail(where, "a reference is to #/definitions/ and a name")
		return ""
	}
	if c.definitions == nil || c.definitions.get(name) == nil {
		c.fail(where, "there is no definition %q", name)
		return ""
	}
	if !isPropertyName(name) {
		c.fail(child("/definitions", name), nameRule, name)
		return ""
	}
	return name
}

// reference compiles what n refers to.
func (c *builder) reference(n *node, p place) *Type {
	name := c.refName(n, p.at)
	if name == "" {
		return nil
	}
	return c.definition(name, p.at)
}

// definition compiles a definition once; all references share its type.
func (c *builder) definition(name, from string) *Type {
	if t, ok := c.shared[name]; ok {
		return t
	}
	if slices.Contains(c.open, name) {
		c.fail(from, "the definition %s contains itself (%s): a GraphQL input of it could not end, and recursion is not supported",
			name, strings.Join(append(slices.Clone(c.open), name), " → "))
		return nil
	}
	c.open = append(c.open, name)
	t := c.typeOf(c.definitions.get(name), place{child("/definitions", name), c.namespace + "__definitions_" + name, name})
	c.open = c.open[:len(c.open)-1]
	c.shared[name] = t
	return t
}

// resolve follows references to the schema behind them, for the places where the
// type takes the entity's name instead of the definition's.
func (c *builder) resolve(n *node, at string) (*node, string, bool) {
	for steps := 0; ; steps++ {
		if n.kind != '{' {
			c.fail(at, "a schema is an object")
			return nil, "", false
		}
		if _, _, ok := refOf(n); !ok {
			return n, at, true
		}
		if steps == MaxTypeDepth {
			c.fail(at, "the definitions refer to one another in a circle")
			return nil, "", false
		}
		name := c.refName(n, at)
		if name == "" {
			return nil, "", false
		}
		n, at = c.definitions.get(name), child("/definitions", name)
	}
}

func (c *builder) stringType(n *node, p place) *Type {
	t := &Type{Kind: TypeString, Name: "String", height: 1}
	if e := n.get("enum"); e != nil {
		t.Enum = c.enumStrings(e, child(p.at, "enum"))
		if len(t.Enum) > 0 && !slices.ContainsFunc(t.Enum, notEnumName) {
			t.Kind, t.Name = TypeEnum, p.path+"Enum"
			c.claim(p.at, t.Name)
		}
	}
	return c.withRule(t, n, p.at)
}

// notEnumName reports whether GraphQL cannot have s as the name of an enum's
// value. An enum with such a value is a String with the same constraint.
func notEnumName(s string) bool {
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] == '_'
		if !letter && (i == 0 || s[i] < '0' || s[i] > '9') {
			return true
		}
	}
	return s == "" || s == "true" || s == "false" || s == "null" || strings.HasPrefix(s, "__") || len(s) > maxName
}

func (c *builder) enumStrings(n *node, at string) []string {
	if n.kind != '[' || len(n.items) == 0 || len(n.items) > MaxEnumValues {
		c.fail(at, "an enum is a list of 1 to %d values", MaxEnumValues)
		return nil
	}
	seen := map[string]bool{}
	var out []string
	for i, v := range n.items {
		switch {
		case v.kind != '"':
			c.fail(childIndex(at, i), "an enum of strings has only strings")
		case seen[v.text]:
			c.fail(childIndex(at, i), "the value is there twice")
		default:
			seen[v.text] = true
			out = append(out, v.text)
		}
	}
	return out
}

func (c *builder) numberType(n *node, p place, kind string) *Type {
	t := &Type{Kind: TypeFloat, Name: "Float", height: 1}
	if kind == "integer" {
		t.Kind, t.Name = TypeInt, "Int"
	}
	return c.withRule(t, n, p.at)
}

func (c *builder) listType(n *node, p place) *Type {
	items := n.get("items")
	if items == nil || items.kind != '{' {
		c.fail(child(p.at, "items"), "items is the schema that all items of the list have")
		return nil
	}
	t := &Type{Kind: TypeList, Item: c.typeOf(items, p.item())}
	if t.Item == nil {
		return nil
	}
	t.height = t.Item.height + 1
	return c.withRule(t, n, p.at)
}

// objectType compiles an object, whose keywords the caller has checked.
func (c *builder) objectType(n *node, p place) *Type {
	t := &Type{Kind: TypeObject, Name: p.path, byName: map[string]*Property{}, height: 1}
	c.claim(p.at, p.path)
	c.closed(n, p.at)
	props := n.get("properties")
	if props == nil || props.kind != '{' || len(props.members) == 0 {
		c.fail(child(p.at, "properties"), "an object names its properties, one or more")
		return nil
	}
	if c.properties += len(props.members); c.properties > MaxProperties {
		c.fail(child(p.at, "properties"), "the schema has more than %d properties", MaxProperties)
		return nil
	}
	for _, m := range props.members {
		c.property(t, m, p)
	}
	c.required(t, props, n.get("required"), child(p.at, "required"))
	return c.withRule(t, n, p.at)
}

func (c *builder) property(t *Type, m member, p place) {
	at := p.property(m.name)
	if !isPropertyName(m.name) && !c.system {
		c.fail(at.at, nameRule, m.name)
		return
	}
	prop := &Property{Name: m.name, Description: describe(m.node), Type: c.typeOf(m.node, at), position: len(t.Properties)}
	if prop.Type == nil {
		return
	}
	if c.system {
		prop.hidden, prop.given = systemMarks(m.node)
	}
	t.Properties = append(t.Properties, prop)
	t.byName[m.name] = prop
	t.height = max(t.height, prop.Type.height+1)
}

func describe(n *node) string {
	if n.kind != '{' {
		return ""
	}
	return description(n)
}

func (c *builder) required(t *Type, props, n *node, at string) {
	if n == nil {
		return
	}
	if n.kind != '[' {
		c.fail(at, "required is a list of names")
		return
	}
	for i, v := range n.items {
		prop := t.byName[v.text]
		switch {
		case v.kind != '"' || props.get(v.text) == nil:
			c.fail(childIndex(at, i), "required names what properties does not")
		case prop == nil: // refused already
		case prop.Required:
			c.fail(childIndex(at, i), "the name is there twice")
		default:
			prop.Required = true
			t.required++
		}
	}
}
