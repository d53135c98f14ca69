package graphql

import (
	"slices"
	"strings"
)

// plainKeywords are what a schema may say. As in the standard one that is about
// values of another type holds of all values, so it stands for nothing: a maximum
// of a string is accepted, and not looked at.
var plainKeywords = []string{"type", "enum", "const",
	"format", "minLength", "maxLength", "pattern",
	"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
	"properties", "required", "additionalProperties", "minProperties", "maxProperties",
	"items", "minItems", "maxItems", "uniqueItems"}

var rowKeywords = append([]string{"x-vendia-unique"}, plainKeywords...)

// annotation reports whether a keyword describes without constraining. Keywords
// of others (x-) count as that, those of ours and Vendia's do not.
func annotation(keyword string) bool {
	switch keyword {
	case "title", "description", "$comment", "examples", "$id", "default":
		return true
	}
	return strings.HasPrefix(keyword, "x-") && !strings.HasPrefix(keyword, "x-vendia-") && !strings.HasPrefix(keyword, "x-seriatim-")
}

// known says for keywords that are refused everywhere what to do instead.
var known = map[string]string{
	"$defs":                "$defs is of later drafts; draft-07 has definitions",
	"oneOf":                "oneOf is not supported: a field has one type",
	"anyOf":                "anyOf is not supported: a field has one type",
	"allOf":                "allOf is not supported: write the members out",
	"not":                  "not is not supported",
	"if":                   "if is not supported: a constraint holds for every document",
	"then":                 "then is not supported: a constraint holds for every document",
	"else":                 "else is not supported: a constraint holds for every document",
	"patternProperties":    "patternProperties is not supported: every field has a name of its own",
	"propertyNames":        "propertyNames is not supported: every field has a name of its own",
	"additionalItems":      "additionalItems is not supported: all items of a list have one type",
	"contains":             "contains is not supported",
	"dependencies":         "dependencies is not supported",
	"nullable":             "nullable is not JSON Schema: leave the name out of required instead",
	"x-vendia-erasable":    "x-vendia-erasable is not supported: fields cannot be erased from this ledger",
	"x-vendia-indexes":     "x-vendia-indexes stands at the root of the schema",
	"x-vendia-acls":        "x-vendia-acls stands at the root of the schema",
	"x-vendia-unique":      "x-vendia-unique stands beside the properties of an entity's items",
	"x-seriatim-namespace": "x-seriatim-namespace stands at the root of the schema",
}

// refusal explains why a keyword may not stand where it does.
func refusal(keyword string) string {
	if why, ok := known[keyword]; ok {
		return why
	}
	if slices.Contains(plainKeywords, keyword) {
		return keyword + " says nothing here"
	}
	return "the keyword " + keyword + " is not supported"
}

// alone refuses what stands beside a reference, which draft-07 would ignore.
func (c *builder) alone(n *node, at, keyword string) {
	for _, m := range n.members {
		if m.name != keyword && !annotation(m.name) {
			c.fail(child(at, m.name), "nothing but a description may stand beside a $ref, where draft-07 ignores it: say it in the definition")
		}
	}
}

// closed accepts additionalProperties: false, which goes without saying.
func (c *builder) closed(n *node, at string) {
	if a := n.get("additionalProperties"); a != nil && (a.kind != 't' || a.truth) {
		c.fail(child(at, "additionalProperties"), "objects have the properties that are named and no others: only false is possible")
	}
}

// description returns the annotation of that name, or "".
func description(n *node) string {
	if d := n.get("description"); d != nil && d.kind == '"' {
		return d.text
	}
	return ""
}
