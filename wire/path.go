package wire

import (
	"strconv"
	"strings"
	"unicode"

	"seriatim/syntax"
)

// parsePath reads the old spelling of a reference, such as "databases",
// "indexes/by_name" or "classes/posts/123", or returns nil. Paths of events,
// which the old interface also had, are not references.
func parsePath(path string) *syntax.RefLiteral {
	first, rest, deeper := strings.Cut(path, "/")
	native, ok := nativeName(first)
	if !ok {
		return nil
	}
	c := &syntax.RefLiteral{ID: native}
	if !deeper {
		return c
	}
	switch native {
	case "keys", "tokens", "credentials":
		return pathDocument(c, rest)
	case "collections":
		name, id, deeper := strings.Cut(rest, "/")
		if !validPathName(name) {
			return nil
		}
		collection := &syntax.RefLiteral{ID: name, Collection: c}
		if !deeper {
			return collection
		}
		return pathDocument(collection, id)
	}
	if !validPathName(rest) {
		return nil
	}
	return &syntax.RefLiteral{ID: rest, Collection: c}
}

// pathDocument is the reference to document id of collection c.
func pathDocument(c *syntax.RefLiteral, id string) *syntax.RefLiteral {
	if id == "self" && c.ID != "keys" {
		return &syntax.RefLiteral{ID: id, Collection: c}
	}
	for _, digit := range []byte(id) {
		if digit < '0' || digit > '9' {
			return nil
		}
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	return &syntax.RefLiteral{ID: strconv.FormatInt(n, 10), Collection: c, Numeric: true}
}

// validPathName reports whether name may stand in a path.
func validPathName(name string) bool {
	if name == "" || name == "_" || name == "self" || name == "events" {
		return false
	}
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.Is(unicode.M, c) && !unicode.Is(unicode.Pc, c) &&
			!strings.ContainsRune(";@+$-.!~%", c) {
			return false
		}
	}
	return true
}
