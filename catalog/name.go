package catalog

import (
	"encoding/binary"
	"strings"
	"unicode"

	"seriatim/value"
)

// What names are made of (core Parsing.scala; \w there is the Unicode one).
const validName = `[;@+$\-_.!~%\w]+`

const namePunctuation = ";@+$-_.!~%"

// checkName checks the name of a definition (section 4.1).
func (k *checker) checkName(o *value.Object) {
	v, ok := o.Get("name")
	if !ok {
		k.required("name")
		return
	}
	name, ok := v.(value.String)
	switch {
	case !ok:
		k.wrongType(v, "Name", "name")
	case name == "_":
		k.fail("reserved name", "Invalid name _. Reserved names: _.", "name")
	case !isName(string(name)):
		k.fail("invalid characters", "The name "+string(name)+
			" uses invalid characters. Valid characters must match: "+validName, "name")
	}
}

func isName(name string) bool {
	for _, r := range name {
		if !strings.ContainsRune(namePunctuation, r) && !isWord(r) {
			return false
		}
	}
	return name != ""
}

// isWord is Java's \w under UNICODE_CHARACTER_CLASS.
func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.Nd, r) ||
		unicode.Is(unicode.Pc, r) || unicode.Is(unicode.Other_Alphabetic, r) ||
		unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Join_Control, r)
}

// nameOf returns the name of a definition.
func nameOf(body *value.Object) string {
	v, _ := body.Get("name")
	name, _ := v.(value.String)
	return string(name)
}

// reserve checks that a definition may take the name of its next version.
func (v *View) reserve(native value.CollectionID, id int64, next *value.Object) error {
	held, ok, err := v.named(native, nameOf(next))
	if err != nil {
		return err
	}
	if ok && held != id {
		return &Exists{Ref: value.Ref{Collection: native, ID: held}}
	}
	return nil
}

// rename keeps the key of a definition's name up to date. prev or next is nil
// when there is no version before or after.
func (v *View) rename(native value.CollectionID, id int64, prev, next *value.Object) {
	tx := v.session.tx
	if prev != nil && (next == nil || nameOf(prev) != nameOf(next)) {
		tx.Delete(nameKey(v.db, native, nameOf(prev)))
	}
	if next != nil && (prev == nil || nameOf(prev) != nameOf(next)) {
		tx.Put(nameKey(v.db, native, nameOf(next)), binary.BigEndian.AppendUint64(nil, uint64(id)), nil, nil)
	}
}

// named reads which definition has a name.
func (v *View) named(native value.CollectionID, name string) (id int64, ok bool, err error) {
	b, _, ok, err := v.session.tx.Get(nameKey(v.db, native, name))
	if err != nil || !ok {
		return 0, false, err
	}
	return int64(binary.BigEndian.Uint64(b)), true, nil
}

// Lookup finds a definition of the view's database by name. ok is false when
// there is none; that nothing has the name then is in the read set.
func (v *View) Lookup(native value.CollectionID, name string) (r value.Ref, ok bool, err error) {
	var id int64
	switch native {
	case value.Collections, value.Indexes, value.Functions, value.Roles, value.AccessProviders:
		s, err := v.schema()
		if err != nil {
			return r, false, err
		}
		id, ok = s.names[native][name]
	default:
		if id, ok, err = v.named(native, name); err != nil {
			return r, false, err
		}
	}
	return value.Ref{Collection: native, ID: id}, ok, nil
}

// Name returns the name of the definition r. ok is false when it does not exist
// or has no name (wire.Names). The answer is in the read set, by the schema key or
// by the definition's own.
func (v *View) Name(r value.Ref) (name string, ok bool) {
	other, err := v.In(r.Database)
	if err != nil {
		return "", false
	}
	switch r.Collection {
	case value.Collections:
		return other.CollectionName(0, value.CollectionID(r.ID))
	case value.Indexes:
		if x, ok := other.Index(r.ID); ok {
			return x.Name, true
		}
	case value.Functions:
		if f, ok := other.Function(r.ID); ok {
			return f.Name, true
		}
	case value.Roles:
		if r, ok := other.Role(r.ID); ok {
			return r.Name, true
		}
	case value.AccessProviders:
		if p, ok := other.AccessProvider(r.ID); ok {
			return p.Name, true
		}
	case value.Databases:
		stored, ts, ok, err := v.session.tx.Get(documentKey(other.db, r.Collection, r.ID))
		if err != nil || !ok {
			return "", false
		}
		if d, err := decodeVersion(r, stored, ts); err == nil {
			name = nameOf(d.Body())
		}
		return name, name != ""
	}
	return "", false
}

// CollectionName returns the name of a user collection of the database db, 0
// for the view's own (wire.Names).
func (v *View) CollectionName(db uint64, id value.CollectionID) (name string, ok bool) {
	other, err := v.In(db)
	if err != nil {
		return "", false
	}
	c, ok := other.Collection(id)
	if !ok {
		return "", false
	}
	return c.Name, true
}

// DatabasePath returns the names that lead from the view's database down to db.
// ok is false when db is not beneath it (wire.Names).
func (v *View) DatabasePath(db uint64) (path []string, ok bool) {
	other, err := v.In(db)
	if err != nil {
		return nil, false
	}
	for other != v {
		parent := v.session.views[other.parent]
		if parent == nil {
			return nil, false
		}
		name, ok := parent.Name(value.Ref{Collection: value.Databases, ID: int64(other.db)})
		if !ok {
			return nil, false
		}
		path = append([]string{name}, path...)
		other = parent
	}
	return path, true
}

// Collection returns the definition of a user collection.
func (v *View) Collection(id value.CollectionID) (*Collection, bool) {
	s, err := v.schema()
	if err != nil {
		return nil, false
	}
	c, ok := s.collections[id]
	return c, ok
}

// Index returns the definition of an index.
func (v *View) Index(id int64) (*Index, bool) {
	s, err := v.schema()
	if err != nil {
		return nil, false
	}
	x, ok := s.indexes[id]
	return x, ok
}

// Function returns the definition of a function.
func (v *View) Function(id int64) (*Function, bool) {
	s, err := v.schema()
	if err != nil {
		return nil, false
	}
	f, ok := s.functions[id]
	return f, ok
}
