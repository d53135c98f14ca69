package graphql

import (
	"slices"
	"strings"

	"seriatim/catalog"
)

// entity compiles one top-level property: one of the four shapes.
func (c *builder) entity(name string, n *node, at string) *Entity {
	if !isEntityName(name) {
		c.fail(at, "%q is not a name an entity can have: letters and digits, beginning with a letter, at most %d", name, maxName)
		return nil
	}
	e := &Entity{Name: name, System: c.system, TypeName: c.namespace + "_" + name, Description: describe(n)}
	if c.system {
		e.Name = e.TypeName
		e.operations = systemOperations(n)
	}
	n, at, ok := c.resolve(n, at)
	if !ok {
		return nil
	}
	p := place{at, e.TypeName, name}
	switch c.typeName(n, at) {
	case "":
		return nil
	case "array":
		e = c.rows(e, n, p)
	case "object":
		c.onlyKeywords(n, at, plainKeywords)
		e.Kind, e.Type = catalog.Object, c.objectType(n, p)
	default:
		e.Kind, e.Type = catalog.Scalar, c.typeOf(n, p)
	}
	if e == nil || e.Type == nil {
		return nil
	}
	if e.Type.Kind != TypeObject {
		value := &Property{Name: "value", Required: true, Type: e.Type}
		e.wrapped = &Type{Kind: TypeObject, Properties: []*Property{value}, byName: map[string]*Property{"value": value}, required: 1}
	}
	if e.Type.height > MaxTypeDepth {
		c.fail(at, "objects and lists nest %d deep; the limit is %d", e.Type.height, MaxTypeDepth)
	}
	return e
}

// rows compiles an entity that is an array: of objects or of scalars.
func (c *builder) rows(e *Entity, n *node, p place) *Entity {
	for _, m := range n.members {
		switch m.name {
		case "minItems", "maxItems", "uniqueItems":
			c.fail(child(p.at, m.name), "%s cannot bind an entity: its rows are written one at a time", m.name)
		}
	}
	c.onlyKeywords(n, p.at, plainKeywords)
	items := n.get("items")
	if items == nil {
		c.fail(child(p.at, "items"), "items is the schema of the entity's rows")
		return nil
	}
	item, at, ok := c.resolve(items, child(p.at, "items"))
	if !ok {
		return nil
	}
	p.at = at
	switch c.typeName(item, at) {
	case "":
		return nil
	case "array":
		c.fail(at, "the rows of an entity are objects or scalars, not lists")
		return nil
	case "object":
		c.onlyKeywords(item, at, rowKeywords)
		e.Kind, e.Type = catalog.Rows, c.objectType(item, p)
		if e.Type != nil {
			e.Unique = c.unique(e, item.get("x-vendia-unique"), child(at, "x-vendia-unique"))
		}
	default:
		e.Kind, e.Type = catalog.ScalarRows, c.typeOf(item, p)
	}
	return e
}

// argumentNames are those of the root fields, which a unique property would share.
var argumentNames = []string{"id", "version", "readMode", "syncMode", "input", "condition", "aclInput"}

func (c *builder) unique(e *Entity, n *node, at string) []string {
	if n == nil {
		return nil
	}
	if n.kind != '[' || len(n.items) == 0 {
		c.fail(at, "x-vendia-unique is a list of the names of properties")
		return nil
	}
	var out []string
	for i, v := range n.items {
		prop := e.Type.Property(v.text)
		switch here := childIndex(at, i); {
		case v.kind != '"' || prop == nil:
			c.fail(here, "the rows have no such property")
		case slices.Contains(out, v.text):
			c.fail(here, "the name is there twice")
		case prop.Type.Kind >= TypeObject:
			c.fail(here, "only a string, a number or a boolean can be unique")
		case slices.Contains(argumentNames, v.text):
			c.fail(here, "%s is the name of another argument of the same operations", v.text)
		case strings.HasPrefix(v.text, "by_"):
			c.fail(here, "a unique property's name does not begin with by_: its index would be called like another's")
		default:
			out = append(out, v.text)
		}
	}
	return out
}

// indexes compiles x-vendia-indexes, which names properties by entity: the values
// are lists of {type, property}, or such an object alone.
func (c *builder) indexes(m *Model, n *node) {
	const at = "/x-vendia-indexes"
	if n == nil {
		return
	}
	if n.kind != '{' || len(n.members) > MaxIndexes {
		c.fail(at, "x-vendia-indexes is an object of at most %d indexes", MaxIndexes)
		return
	}
	for _, ix := range n.members {
		here := child(at, ix.name)
		switch ix.node.kind {
		case '{':
			c.index(m, ix.node, here)
		case '[':
			for i, one := range ix.node.items {
				c.index(m, one, childIndex(here, i))
			}
		default:
			c.fail(here, "an index is a list of objects with type and property")
		}
	}
}

func (c *builder) index(m *Model, n *node, at string) {
	c.onlyKeywords(n, at, []string{"type", "property"})
	e := c.named(m, n, at)
	if e == nil {
		return
	}
	p := n.get("property")
	switch {
	case p == nil || p.kind != '"':
		c.fail(child(at, "property"), "property is the name of what is indexed")
	case e.Kind != catalog.Rows || e.Type.Property(p.text) == nil:
		c.fail(child(at, "property"), "%s has no rows with the property %q", e.Name, p.text)
	case e.Type.Property(p.text).Type.Kind >= TypeObject:
		c.fail(child(at, "property"), "only a string, a number or a boolean can be indexed")
	case slices.Contains(e.Indexed, p.text):
		c.fail(at, "%s of %s is indexed already", p.text, e.Name)
	default:
		e.Indexed = append(e.Indexed, p.text)
	}
}

// acls compiles x-vendia-acls, which names the guarded entities.
func (c *builder) acls(m *Model, n *node) {
	const at = "/x-vendia-acls"
	if n == nil {
		return
	}
	if n.kind != '{' {
		c.fail(at, "x-vendia-acls is an object whose members name a type each")
		return
	}
	for _, acl := range n.members {
		here := child(at, acl.name)
		c.onlyKeywords(acl.node, here, []string{"type"})
		e := c.named(m, acl.node, here)
		switch {
		case e == nil:
		case e.Kind != catalog.Rows && e.Kind != catalog.Object:
			c.fail(here, "%s has scalars; only objects have an access list", e.Name)
		case e.Guarded:
			c.fail(here, "%s has an access list already", e.Name)
		default:
			e.Guarded = true
		}
	}
}

// named returns the entity that the member type of n names, or nil after noting
// why there is none.
func (c *builder) named(m *Model, n *node, at string) *Entity {
	t := n.get("type")
	if t == nil || t.kind != '"' {
		c.fail(child(at, "type"), "type is the name of an entity")
		return nil
	}
	name := t.text
	if c.system {
		name = c.namespace + "_" + name
	}
	e := m.entities[name]
	if e == nil && len(c.problems) == 0 {
		c.fail(child(at, "type"), "there is no entity %q", t.text)
	}
	return e
}
