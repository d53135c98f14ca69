package wire

import (
	"strings"

	"seriatim/syntax"
	"seriatim/value"
)

// ref writes a reference by name, or nothing when it has none. Without names it
// is written by identity.
func (w *writer) ref(r value.Ref) bool {
	if w.r == nil || w.r.Names == nil {
		w.identity(r)
		return true
	}
	mark := len(w.dst)
	if w.named(r) {
		return true
	}
	w.dst = w.dst[:mark]
	return false
}

// identity writes a reference as DecodeLambda alone reads it.
func (w *writer) identity(r value.Ref) {
	w.dst = append(w.dst, identityMark...)
	w.dst = appendInt(w.dst, int64(r.Database))
	w.text(",")
	w.dst = appendInt(w.dst, int64(r.Collection))
	w.text(",")
	w.dst = appendInt(w.dst, r.ID)
	w.text("]}")
}

func (w *writer) named(r value.Ref) bool {
	switch {
	case r.IsNative():
		return w.native(r.Collection, r.Database)
	case !r.IsSchema():
		if !w.findCollection(r.Database, r.Collection) {
			return false
		}
		w.numberedRef(r.ID)
		return w.definition(w.last.name, value.Collections, r.Database) && w.endRef()
	case numbered(r.Collection):
		w.numberedRef(r.ID)
		return w.native(r.Collection, r.Database) && w.endRef()
	}
	name, ok := w.r.Names.Name(r)
	return ok && w.definition(name, r.Collection, r.Database)
}

// findCollection looks up the name of a user collection into last.
func (w *writer) findCollection(db uint64, id value.CollectionID) bool {
	if w.last.id == id && w.last.db == db {
		return true
	}
	name, ok := w.r.Names.CollectionName(db, id)
	if ok {
		w.last = collection{db, id, name}
	}
	return ok
}

// numbered reports whether the documents of native collection c have numbers
// rather than names.
func numbered(c value.CollectionID) bool {
	return c == value.Keys || c == value.Tokens || c == value.Credentials
}

// numberedRef writes the beginning of a reference to a numbered document, up to
// its collection.
func (w *writer) numberedRef(id int64) {
	w.text(`{"@ref":{"id":"`)
	w.dst = appendInt(w.dst, id)
	w.text(`",`)
	w.collectionKey()
}

func (w *writer) collectionKey() {
	if w.version() < syntax.V27 {
		w.text(`"class":`)
	} else {
		w.text(`"collection":`)
	}
}

func (w *writer) endRef() bool {
	w.text("}}")
	return true
}

// definition writes a reference to a definition by its name.
func (w *writer) definition(name string, native value.CollectionID, db uint64) bool {
	w.text(`{"@ref":{"id":`)
	w.dst = appendString(w.dst, name)
	w.text(",")
	w.collectionKey()
	return w.native(native, 0) && w.database(db) && w.endRef()
}

// native writes a reference to a native collection itself.
func (w *writer) native(c value.CollectionID, db uint64) bool {
	if c == 0 || int(c) >= len(natives) {
		return false
	}
	w.text(`{"@ref":{"id":"`)
	if c == value.Collections && w.version() < syntax.V27 {
		w.text("classes")
	} else {
		w.text(natives[c])
	}
	w.text(`"`)
	return w.database(db) && w.endRef()
}

// database writes the member that names a foreign database.
func (w *writer) database(db uint64) bool {
	if db == 0 {
		return true
	}
	path, ok := w.r.Names.DatabasePath(db)
	if !ok {
		return false
	}
	for i := len(path) - 1; i >= 0; i-- {
		w.text(`,"database":{"@ref":{"id":`)
		w.dst = appendString(w.dst, path[i])
		w.text(",")
		w.collectionKey()
		w.native(value.Databases, 0)
	}
	w.text(strings.Repeat("}}", len(path)))
	return true
}

// unresolved writes a reference by the name that nothing has.
func (w *writer) unresolved(u *value.UnresolvedRef) bool {
	mark := len(w.dst)
	if w.unresolvedName(u) {
		return true
	}
	w.dst = w.dst[:mark]
	return false
}

func (w *writer) unresolvedName(u *value.UnresolvedRef) bool {
	switch {
	case u.HasID:
		w.numberedRef(u.ID)
		c := *u
		c.HasID = false
		return w.unresolvedName(&c) && w.endRef()
	case u.Name == "":
		if int(u.Collection) >= len(natives) {
			return false
		}
		w.text(`{"@ref":{"id":"` + natives[u.Collection] + `"`)
	default:
		w.text(`{"@ref":{"id":`)
		w.dst = appendString(w.dst, u.Name)
		w.text(",")
		w.collectionKey()
		if !w.native(u.Collection, 0) {
			return false
		}
	}
	if u.Scope != nil {
		w.text(`,"database":`)
		return w.unresolvedName(u.Scope) && w.endRef()
	}
	if u.Database != 0 && (w.r == nil || w.r.Names == nil || !w.database(u.Database)) {
		return false
	}
	return w.endRef()
}
