package graphql

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of a schema. They bound what compiling costs and how large the API
// gets; each refusal names its own.
const (
	MaxSchemaBytes = 512 << 10 // of the text
	MaxEntities    = 200
	MaxProperties  = 4000 // of all types together
	MaxTypeDepth   = 16   // objects and lists inside one another
	MaxEnumValues  = 1000 // of one enum
	MaxIndexes     = 100  // named by x-vendia-indexes
	MaxPattern     = 1024 // bytes of one pattern

	maxTextDepth = 100
	maxProblems  = 100
	maxName      = 100
)

// Problem is one reason why a schema is refused.
type Problem struct {
	Pointer string // RFC 6901 pointer into the schema's text; "" is the whole
	Message string
}

// Problems is every reason why a schema is refused, in order of the text, or the
// first hundred of them.
type Problems []Problem

func (p Problems) Error() string {
	var b strings.Builder
	b.WriteString("the schema cannot be a uni's")
	for _, one := range p {
		fmt.Fprintf(&b, "\n%s: %s", orRoot(one.Pointer), one.Message)
	}
	return b.String()
}

func orRoot(pointer string) string {
	if pointer == "" {
		return "(root)"
	}
	return pointer
}

// Compile makes the model of a uni from its JSON Schema (draft-07, in the dialect
// of docs/schemas.md). The text is not kept. An error is Problems.
func Compile(schema []byte) (*Model, error) {
	root, err := parseText(schema)
	if err != nil {
		return nil, err
	}
	system := systemModel()
	c := newBuilder("Self")
	c.reserve(system.names)
	m := c.root(root)
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	m.stable = !c.patterns
	if err := m.finish(system); err != nil {
		return nil, Problems{{Message: err.Error()}}
	}
	return m, nil
}

// builder carries what compiling one text gathers.
type builder struct {
	namespace   string
	system      bool // the system's description, which may use what users may not
	problems    Problems
	definitions *node
	shared      map[string]*Type  // types of definitions, by name
	open        []string          // definitions being compiled, outermost first
	names       map[string]string // GraphQL type name to the pointer that made it
	properties  int
	patterns    bool // there is one
}

func newBuilder(namespace string) *builder {
	return &builder{namespace: namespace, shared: map[string]*Type{}, names: map[string]string{}}
}

// reserve keeps names that the API has already from being made.
func (c *builder) reserve(names []string) {
	for _, name := range names {
		c.names[name] = "the system"
	}
}

// fail notes a problem at a place of the text.
func (c *builder) fail(at, format string, args ...any) {
	p := Problem{at, fmt.Sprintf(format, args...)}
	if len(c.problems) < maxProblems && !slices.Contains(c.problems, p) {
		c.problems = append(c.problems, p)
	}
}

// claim takes a GraphQL type name, which no other type may have.
func (c *builder) claim(at, name string) {
	if other, taken := c.names[name]; taken {
		c.fail(at, "its type would be called %s, as is that of %s", name, other)
		return
	}
	c.names[name] = at
}

// rootKeywords are what the root of a schema may say.
var rootKeywords = []string{"$schema", "$id", "title", "description", "$comment", "examples", "type",
	"properties", "definitions", "additionalProperties",
	"x-vendia-indexes", "x-vendia-acls", "x-seriatim-namespace"}

// root compiles the whole text to a model without its API.
func (c *builder) root(n *node) *Model {
	if n.kind != '{' {
		c.fail("", "a schema is a JSON object")
		return nil
	}
	c.onlyKeywords(n, "", rootKeywords)
	c.draft(n)
	if t := n.get("type"); t == nil || t.kind != '"' || t.text != "object" {
		c.fail("/type", "the root of a schema has the type object; each of its properties is an entity")
	}
	c.closed(n, "")
	if ns := n.get("x-seriatim-namespace"); ns != nil {
		c.namespace = c.namespaceOf(ns)
	}
	c.definitions = n.get("definitions")
	if d := c.definitions; d != nil && d.kind != '{' {
		c.fail("/definitions", "definitions is an object")
		c.definitions = nil
	}
	m := &Model{Namespace: c.namespace, entities: map[string]*Entity{}}
	c.entities(m, n)
	c.unused()
	c.indexes(m, n.get("x-vendia-indexes"))
	c.acls(m, n.get("x-vendia-acls"))
	return m
}

// draft accepts draft-07 by any of its spellings, and silence.
func (c *builder) draft(n *node) {
	s := n.get("$schema")
	if s == nil {
		return
	}
	id := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(s.text, "https://"), "http://"), "#")
	if s.kind != '"' || id != "json-schema.org/draft-07/schema" {
		c.fail("/$schema", "a uni's schema is JSON Schema draft-07: http://json-schema.org/draft-07/schema#")
	}
}

func (c *builder) namespaceOf(n *node) string {
	if n.kind != '"' || !isEntityName(n.text) || n.text == "Vendia" {
		c.fail("/x-seriatim-namespace", "a namespace is letters and digits, begins with a letter and is not Vendia")
		return c.namespace
	}
	return n.text
}

func (c *builder) entities(m *Model, n *node) {
	props := n.get("properties")
	if props == nil || props.kind != '{' || len(props.members) == 0 {
		c.fail("/properties", "properties names the entities, one or more")
		return
	}
	if len(props.members) > MaxEntities {
		c.fail("/properties", "there are %d entities; the limit is %d", len(props.members), MaxEntities)
		return
	}
	for _, p := range props.members {
		if e := c.entity(p.name, p.node, child("/properties", p.name)); e != nil {
			m.Entities = append(m.Entities, e)
			m.entities[e.Name] = e
		}
	}
}

// unused compiles the definitions that nothing refers to, for their problems.
func (c *builder) unused() {
	if c.definitions == nil {
		return
	}
	for _, d := range c.definitions.members {
		if !isPropertyName(d.name) {
			c.fail(child("/definitions", d.name), nameRule, d.name)
			continue
		}
		if _, done := c.shared[d.name]; !done {
			c.definition(d.name, child("/definitions", d.name))
		}
	}
}

// onlyKeywords refuses the members of n that are not allowed and says what is
// known of them.
func (c *builder) onlyKeywords(n *node, at string, allowed []string) {
	for _, m := range n.members {
		ours := c.system && strings.HasPrefix(m.name, "x-seriatim-")
		if !slices.Contains(allowed, m.name) && !annotation(m.name) && !ours {
			c.fail(child(at, m.name), "%s", refusal(m.name))
		}
	}
}

const nameRule = "%q is not a name the API can have: letters, digits and single underscores between them, beginning with a letter, at most 100"

func isPropertyName(s string) bool {
	return isEntityName(strings.ReplaceAll(s, "_", "")) && s[0] != '_' && s[len(s)-1] != '_' && !strings.Contains(s, "__") && len(s) <= maxName
}

// isEntityName reports whether s matches [a-zA-Z][a-zA-Z0-9]*, at most 100 long.
func isEntityName(s string) bool {
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
		if !letter && (i == 0 || s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != "" && len(s) <= maxName
}
