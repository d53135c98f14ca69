package graphql

import (
	"fmt"
	"slices"

	"seriatim/value"
)

// BreakingChange is one way in which a schema does not merely add to another.
type BreakingChange struct {
	Kind    string // one of the words below
	Pointer string // into the old schema's text, or the new one's for what is added
	Reason  string
}

// The kinds of breaking changes. IndexRemoved is the one that can be allowed.
const (
	NamespaceChanged  = "NAMESPACE_CHANGED"
	EntityRemoved     = "ENTITY_REMOVED"
	ShapeChanged      = "ENTITY_SHAPE_CHANGED"
	ACLChanged        = "ACL_CHANGED"
	UniqueChanged     = "UNIQUE_CHANGED"
	IndexRemoved      = "INDEX_REMOVED"
	PropertyRemoved   = "PROPERTY_REMOVED"
	TypeChanged       = "TYPE_CHANGED"
	TypeRenamed       = "TYPE_RENAMED"
	RequiredChanged   = "REQUIRED_CHANGED"
	EnumValueRemoved  = "ENUM_VALUE_REMOVED"
	ConstraintChanged = "CONSTRAINT_CHANGED"
)

// Breaking lists what the schema of next takes from that of old. A schema evolves by
// adding: entities, properties that are not required, values of enums, indexes, and
// descriptions as one likes. Everything else would make documents invalid that
// parties have signed, or operations that their programs send. Indexes may go with
// allowIndexRemoved.
func Breaking(old, next *Model, allowIndexRemoved bool) []BreakingChange {
	d := differ{seen: map[[2]*Type]bool{}}
	if old.Namespace != next.Namespace {
		d.add(NamespaceChanged, "/x-seriatim-namespace", "all types would be renamed from %s to %s", old.Namespace, next.Namespace)
	}
	for _, e := range old.Entities {
		if !e.System {
			d.entity(e, next.entities[e.Name], allowIndexRemoved)
		}
	}
	return d.found
}

type differ struct {
	found []BreakingChange
	seen  map[[2]*Type]bool // shared definitions are compared once
}

func (d *differ) add(kind, at, format string, args ...any) {
	d.found = append(d.found, BreakingChange{kind, at, fmt.Sprintf(format, args...)})
}

func (d *differ) entity(old, next *Entity, allowIndexRemoved bool) {
	at := child("/properties", old.Name)
	switch {
	case next == nil:
		d.add(EntityRemoved, at, "the entity %s is gone", old.Name)
		return
	case old.Kind != next.Kind:
		d.add(ShapeChanged, at, "the entity %s has another of the four shapes", old.Name)
		return
	}
	if old.Guarded != next.Guarded {
		d.add(ACLChanged, "/x-vendia-acls", "%s: whether an entity has access lists is decided when it is added", old.Name)
	}
	if !old.single() {
		at = child(at, "items")
	}
	if !slices.Equal(old.Unique, next.Unique) {
		d.add(UniqueChanged, child(at, "x-vendia-unique"), "the unique properties are decided when an entity is added: rows of it may share a value, and operations name rows by it")
	}
	for _, name := range old.Indexed {
		if !allowIndexRemoved && !slices.Contains(next.Indexed, name) {
			d.add(IndexRemoved, "/x-vendia-indexes", "%s of %s is no longer indexed: lists could not be ordered by it", name, old.Name)
		}
	}
	d.types(old.Type, next.Type, at)
}

func (d *differ) types(old, next *Type, at string) {
	pair := [2]*Type{old, next}
	if d.seen[pair] {
		return
	}
	d.seen[pair] = true
	switch {
	case old.Kind != next.Kind:
		d.add(TypeChanged, at, "the type was %s and is %s", spelling(old), spelling(next))
		return
	case old.Name != next.Name:
		d.add(TypeRenamed, at, "its type would be renamed from %s to %s", old.Name, next.Name)
	}
	d.enum(old, next, at)
	d.rules(old, next, at)
	switch old.Kind {
	case TypeList:
		d.types(old.Item, next.Item, child(at, "items"))
	case TypeObject:
		d.properties(old, next, at)
	}
}

func spelling(t *Type) string {
	if t.Kind == TypeEnum {
		return "an enum"
	}
	return kindWithArticle[t.Kind]
}

func (d *differ) enum(old, next *Type, at string) {
	switch {
	case old.Enum == nil && next.Enum != nil:
		d.add(ConstraintChanged, child(at, "enum"), "the values were not limited and are")
	case old.Enum != nil && next.Enum == nil:
		d.add(ConstraintChanged, child(at, "enum"), "the values were limited and are not")
	}
	for _, v := range old.Enum {
		if next.Enum != nil && !slices.Contains(next.Enum, v) {
			d.add(EnumValueRemoved, child(at, "enum"), "the value %q is gone", v)
		}
	}
}

func (d *differ) properties(old, next *Type, at string) {
	for _, p := range old.Properties {
		here := child(child(at, "properties"), p.Name)
		now := next.byName[p.Name]
		switch {
		case now == nil:
			d.add(PropertyRemoved, here, "the property %s is gone", p.Name)
			continue
		case p.Required && !now.Required:
			d.add(RequiredChanged, here, "%s was required and is not: programs rely on its being there", p.Name)
		case !p.Required && now.Required:
			d.add(RequiredChanged, here, "%s was not required and is: rows may lack it", p.Name)
		}
		d.types(p.Type, now.Type, here)
	}
	for _, p := range next.Properties {
		if p.Required && old.byName[p.Name] == nil {
			d.add(RequiredChanged, child(child(at, "properties"), p.Name), "%s is new and required: rows lack it", p.Name)
		}
	}
}

// rules compares the constraints, where every change counts: a tighter one makes
// documents invalid, a looser one lets in what programs do not expect.
func (d *differ) rules(old, next *Type, at string) {
	a, b := old.rule, next.rule
	none := &rule{minLen: -1, maxLen: -1}
	if a == nil {
		a = none
	}
	if b == nil {
		b = none
	}
	lo, hi := lengths(old.Kind)
	for _, one := range []struct {
		keyword string
		same    bool
	}{
		{"minimum", sameLimit(a.min, b.min)}, {"maximum", sameLimit(a.max, b.max)},
		{"exclusiveMinimum", sameLimit(a.above, b.above)}, {"exclusiveMaximum", sameLimit(a.below, b.below)},
		{"multipleOf", sameLimit(a.step, b.step)}, {lo, a.minLen == b.minLen}, {hi, a.maxLen == b.maxLen},
		{"pattern", a.source == b.source && (a.pattern == nil) == (b.pattern == nil)},
		{"format", a.formatName == b.formatName}, {"uniqueItems", a.unique == b.unique},
		{"const", sameConst(a, b)}, {"enum", old.Enum != nil || next.Enum != nil || sameNumbers(a, b)},
	} {
		if !one.same {
			d.add(ConstraintChanged, child(at, one.keyword), "the constraint %s has changed", one.keyword)
		}
	}
}

func sameLimit(a, b value.Value) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return value.Compare(a, b) == 0
}

func sameConst(a, b *rule) bool {
	if a.keyword != "const" && b.keyword != "const" {
		return true
	}
	return a.keyword == b.keyword && value.Equal(a.enum[0], b.enum[0], false)
}

// sameNumbers holds when every number that the old enum has is in the new one.
func sameNumbers(a, b *rule) bool {
	if a.keyword == "const" || b.keyword == "const" {
		return true
	}
	if (a.enum == nil) != (b.enum == nil) {
		return false
	}
	for _, v := range a.enum {
		if !slices.ContainsFunc(b.enum, func(o value.Value) bool { return value.Equal(o, v, false) }) {
			return false
		}
	}
	return true
}
