package wire

import (
	"strconv"
	"unicode"

	"seriatim/syntax"
	"seriatim/value"
)

// natives names the native collections as references spell them.
var natives = [...]string{
	value.Databases:       "databases",
	value.Collections:     "collections",
	value.Indexes:         "indexes",
	value.Functions:       "functions",
	value.Roles:           "roles",
	value.Keys:            "keys",
	value.Tokens:          "tokens",
	value.Credentials:     "credentials",
	value.AccessProviders: "access_providers",
}

// nativeName returns the spelling of native collection name that trees use, and
// whether there is such a collection; "classes" is the old word for "collections".
func nativeName(name string) (string, bool) {
	if name == "classes" {
		return "collections", true
	}
	for _, n := range natives[1:] {
		if n == name {
			return n, true
		}
	}
	return "", false
}

// schemaTypes is what the protocol calls a definition in each native collection
// whose documents have names.
var schemaTypes = map[string]string{
	"databases":        "Database Ref",
	"collections":      "Collection Ref",
	"indexes":          "Index Ref",
	"functions":        "User Function Ref",
	"roles":            "Role Ref",
	"access_providers": "Access Provider Ref",
}

// refType returns what the protocol calls the kind of a reference.
func refType(r *syntax.RefLiteral) string {
	c := r.Collection
	switch {
	case c == nil:
		return "Collection Ref"
	case c.Collection != nil || c.Database != nil:
		return "Ref"
	case r.Numeric && c.ID == "keys":
		return "Key Ref"
	case r.Numeric:
		return "Ref"
	}
	if t, ok := schemaTypes[c.ID]; ok {
		return t
	}
	return "Ref"
}

// taggedRef decodes the payload i of an @ref: an object, or an old path such as
// "classes/x/1".
func (d *decoder) taggedRef(i int) syntax.Expr {
	switch d.nodes[i].kind {
	case kindString, kindEscaped:
		if r := parsePath(d.string(i)); r != nil {
			return r
		}
	case kindObject:
		r := d.ref(i)
		if r == nil {
			return nil
		}
		if r.ID != "self" || r.Collection == nil || r.Collection.ID != "keys" {
			return r
		}
	}
	d.fail("Invalid ref.")
	return nil
}

// ref decodes the reference that node i spells, with or without its tag. Nil
// means that errors were added.
func (d *decoder) ref(i int) *syntax.RefLiteral {
	if d.nodes[i].kind != kindObject {
		d.failType("Ref", i)
		return nil
	}
	var id, class, database int
	j := i + 1
	for range int(d.nodes[i].size) {
		switch key := d.string(j); {
		case key == "id":
			id = j + 1
		case (key == "class" || key == "collection") && class == 0:
			class = j + 1
		case key == "database":
			database = j + 1
		case key == "@ref" && d.nodes[i].size == 1:
			return d.ref(j + 1)
		default:
			d.failType("Ref", i)
			return nil
		}
		j = d.after(j + 1)
	}
	if id == 0 {
		d.failType("Ref", i)
		return nil
	}
	return d.refParts(id, class, database)
}

// refParts decodes the members of a reference, each 0 when absent.
func (d *decoder) refParts(id, class, database int) *syntax.RefLiteral {
	failed := d.failed
	r := &syntax.RefLiteral{}
	switch n := &d.nodes[id]; n.kind {
	case kindString, kindEscaped:
		r.ID = d.string(id)
	case kindInt:
		r.ID, r.Numeric = strconv.FormatInt(int64(n.bits), 10), true
	default:
		d.failType("String or Integer", id, "id")
	}
	r.Collection = d.refPart(class, stepClass, "Collection Ref")
	r.Database = d.refPart(database, stepKey, "Database Ref")
	if d.failed > failed || !d.checkRef(r) {
		return nil
	}
	return r
}

// refPart decodes the reference at i, which must be of the type named; null
// counts as absent.
func (d *decoder) refPart(i int, kind stepKind, expected string) *syntax.RefLiteral {
	if i == 0 || d.nodes[i].kind == kindNull {
		return nil
	}
	d.path = append(d.path, step{kind, int32(i - 1)})
	defer d.leave()
	r := d.ref(i)
	if r == nil {
		return nil
	}
	if t := refType(r); t != expected {
		d.fail(expected + " expected, " + t + " provided.")
		return nil
	}
	return r
}

// checkRef checks how the parts of a reference fit together.
func (d *decoder) checkRef(r *syntax.RefLiteral) bool {
	if r.Collection == nil {
		if r.Numeric {
			d.fail("String expected, Number provided.", "id")
			return false
		}
		name, ok := nativeName(r.ID)
		if !ok {
			d.fail("Valid native "+collectionWord(d.version)+" name expected, '"+r.ID+"' provided.", "id")
		}
		r.ID = name
		return ok
	}
	if t := refType(r); t != "Ref" {
		return true
	}
	if r.Database != nil {
		d.fail("Null expected, Database Ref provided.", "database")
		return false
	}
	if r.Numeric || r.ID == "self" {
		return true
	}
	return d.checkID(r.ID)
}

// checkID checks that the id of a document is a number that fits.
func (d *decoder) checkID(id string) bool {
	if _, err := strconv.ParseInt(id, 10, 64); err == nil {
		return true
	}
	for _, c := range id {
		if !unicode.IsDigit(c) {
			d.fail("Number or numeric String expected, non-numeric '"+id+"' provided.", "id")
			return false
		}
	}
	d.fail("The id provided is too large: '"+id+"'", "id")
	return false
}

// collectionWord is what version v calls a collection.
func collectionWord(v syntax.Version) string {
	if v < syntax.V27 {
		return "class"
	}
	return "collection"
}
