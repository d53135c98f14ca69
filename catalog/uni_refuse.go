package catalog

import (
	"slices"
	"strings"

	"seriatim/value"
)

// checkDelete refuses the deletion of what a uni needs, and of the database of one.
func (v *View) checkDelete(ref value.Ref, prev *value.Object) error {
	if ref.Collection == value.Databases {
		return v.checkUniDatabase(ref.ID, prev, nil)
	}
	if ref.Collection >= value.FirstUserCollection || !v.savesChange() {
		return nil
	}
	return v.checkUniDefinition(ref, prev, nil)
}

// checkUniDefinition refuses changes of definitions that a uni could not show or that
// would take from it what it made itself. prev is nil for a new definition, next for
// one that goes.
func (v *View) checkUniDefinition(ref value.Ref, prev, next *value.Object) error {
	switch ref.Collection {
	case value.Collections:
		return v.checkUniCollection(prev, next)
	case value.Indexes:
		return v.checkUniIndex(ref.ID, prev, next)
	case value.Keys:
		return v.checkUniKey("keys", true, prev, next)
	case value.AccessProviders:
		return v.checkUniKey("access providers", false, prev, next)
	}
	return nil
}

func (v *View) checkUniCollection(prev, next *value.Object) error {
	if prev != nil && v.defs.uni.made(nameOf(prev)) {
		name := nameOf(prev)
		switch {
		case next == nil:
			return refused("The collection %s is an entity of the uni %s and cannot be deleted.", name, v.defs.uni.Name)
		case nameOf(next) != name:
			return refused("The collection %s is an entity of the uni %s and cannot be renamed.", name, v.defs.uni.Name)
		case differs(prev, next, "history_days"):
			return refused("The collection %s is an entity of the uni %s, which keeps its history.", name, v.defs.uni.Name)
		}
	}
	if next == nil {
		return nil
	}
	if days, ok := next.Get("ttl_days"); ok && days != value.Value(value.Int(0)) {
		return refused("Collections of a uni cannot have ttl_days: its ledger would not tell when their documents expire.")
	}
	if (prev == nil || differs(prev, next, "name")) && strings.HasPrefix(nameOf(next), reservedPrefix) {
		return refused("Names that begin with %s are the uni's own.", reservedPrefix)
	}
	return nil
}

// made reports whether a collection is one that the uni made.
func (u *Uni) made(name string) bool {
	if u.Model == nil {
		return false
	}
	_, entity := u.Model.Entity(name)
	return entity || slices.Contains(SystemCollections, name)
}

func differs(a, b *value.Object, name string) bool {
	m, inA := a.Get(name)
	n, inB := b.Get(name)
	return inA != inB || inA && !identical(m, n)
}

func (v *View) checkUniIndex(id int64, prev, next *value.Object) error {
	if prev != nil && strings.HasPrefix(nameOf(prev), reservedPrefix) {
		return refused("The index %s belongs to the uni %s and cannot be changed.", nameOf(prev), v.defs.uni.Name)
	}
	if next == nil {
		return nil
	}
	if strings.HasPrefix(nameOf(next), reservedPrefix) {
		return refused("Names that begin with %s are the uni's own.", reservedPrefix)
	}
	x, failures := parseIndex(id, next)
	if len(failures) > 0 {
		return nil // the write says them
	}
	if name, ok := v.GuardedIndex(x); ok && prev == nil {
		return refused("The rows of %s are not for all nodes, which an index over it would not know.", name)
	}
	return nil
}

// GuardedCollection reports whether the rows of a collection are not for all nodes,
// which only the uni's own API knows: they have access control lists, or are system
// documents of their owner's alone. Without a model nothing is known and all is guarded.
func (v *View) GuardedCollection(c value.CollectionID) bool {
	u := v.Uni()
	if u == nil {
		return false
	}
	def := v.defs.collections[c]
	return def != nil && (u.Model == nil || u.Model.Guarded(def.Name) || slices.Contains(privateCollections, def.Name))
}

// SystemCollection reports whether a collection of a uni holds system documents.
func (v *View) SystemCollection(c value.CollectionID) bool {
	def, ok := v.Collection(c)
	return ok && v.Uni() != nil && slices.Contains(SystemCollections, def.Name)
}

// privateCollections are those of system documents that only their owner sees.
var privateCollections = []string{"Vendia_ApiKey", jwtSettings, "Vendia_Settings"}

// GuardedIndex returns the first guarded collection that an index has entries of.
func (v *View) GuardedIndex(x *Index) (name string, ok bool) {
	if v.Uni() == nil {
		return "", false
	}
	sources := x.Sources()
	if x.Wildcard() {
		sources = sortedKeys(v.defs.collections)
	}
	for _, c := range sources {
		if v.GuardedCollection(c) {
			return v.defs.collections[c].Name, true
		}
	}
	return "", false
}

// checkUniKey checks a key or access provider that is written in a uni: it is of the
// node that writes it, so that no node can make itself another. A key has to be of one,
// so that none can make itself nobody, to whom nothing is closed.
func (v *View) checkUniKey(what string, bound bool, versions ...*value.Object) error {
	if v.writing().row != nil {
		return nil
	}
	for _, key := range versions {
		if key == nil {
			continue
		}
		if node, given := key.Get("node"); (bound || given) && node != value.Value(value.String(v.Author())) {
			return refused("A node can only make and change %s of its own (node: %s).", what, v.Author())
		}
	}
	return nil
}
