package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"seriatim/value"
)

// A query spells an object {"object": {…}}, and other values by tags. Sources spell
// values by the tags of FQL v4 (@ref, @ts, @date, @bytes, @uuid, @set, @query, @obj)
// or by those of a snapshot export, which are FQL v10's (@int, @long, @double, @time,
// @date, @bytes, @uuid, @ref, @doc, @mod, @object). No tag is in both with different
// meanings but @ref, whose members differ: one reader reads both.

// reading is how values of a source are read.
type reading struct {
	tags bool            // tags are values; otherwise they are objects like any other
	refs map[string]bool // collections whose {"id", "coll"} are references, as "simple" exports spell them
	// guessed counts what was taken for a reference.
	guessed int
}

// value appends the query for what stands at s.
func (r *reading) value(dst []byte, s *scan) ([]byte, error) {
	switch s.peek() {
	case '{':
		return r.object(dst, s)
	case '[':
		dst = append(dst, '[')
		first := len(dst)
		err := s.each('[', ']', func() (err error) {
			if s.peek() == 'n' {
				return s.word()
			}
			if len(dst) > first {
				dst = append(dst, ',')
			}
			dst, err = r.value(dst, s)
			return err
		})
		return append(dst, ']'), err
	}
	raw, err := s.skip()
	switch {
	case err != nil:
	case isString(raw):
		_, err = unquote(raw)
	case len(raw) > 4:
		err = inRange(raw)
	}
	return append(dst, raw...), err
}

// inRange tells of a number that is none of the database's.
func inRange(raw []byte) error {
	switch fraction := bytes.ContainsAny(raw, ".eE"); {
	case !fraction && len(raw) > 18 && raw[0] != 'f':
		if _, err := strconv.ParseInt(string(raw), 10, 64); err != nil {
			return fmt.Errorf("%.40s has more than 64 bits", raw)
		}
	case fraction && raw[0] != 'f' && (len(raw) > 300 || bytes.ContainsAny(raw, "eE")):
		if _, err := strconv.ParseFloat(string(raw), 64); err != nil {
			return fmt.Errorf("%.40s is larger than a number can be", raw)
		}
	}
	return nil
}

// object appends the query for an object or a tag. Members that are null are left
// out, and so are elements of arrays, as the database leaves them out of documents.
func (r *reading) object(dst []byte, s *scan) ([]byte, error) {
	start := s.i
	if out, ok, err := r.special(dst, s); ok || err != nil {
		return out, err
	}
	s.i = start
	return r.plain(dst, s)
}

func (r *reading) plain(dst []byte, s *scan) ([]byte, error) {
	start := len(dst)
	dst = append(dst, `{"object":{`...)
	first := len(dst)
	only := ""
	err := s.each('{', '}', func() error {
		name, err := s.name()
		if err != nil {
			return err
		}
		text, err := unquote(name)
		if err != nil {
			return err
		}
		if s.peek() == 'n' {
			return s.word()
		}
		only = text
		if len(dst) > first {
			dst = append(dst, ',')
			only = ""
		}
		dst = append(append(dst, name...), ':')
		dst, err = r.value(dst, s)
		return err
	})
	return closeObject(dst, start, only), err
}

// closeObject ends {"object":{…} that began at start. An object whose only member has the name
// of a tag would be taken for that tag: it gets a tag around it that says object.
func closeObject(dst []byte, start int, only string) []byte {
	switch only {
	case "@obj", "@ref", "@set", "@ts", "@date", "@query", "@bytes", "@uuid":
		dst = slices.Insert(dst, start+len(`{"object":`), []byte(`{"@obj":`)...)
		dst = append(dst, '}')
	}
	return append(dst, '}', '}')
}

// special appends the query for an object that stands for another value; ok is false
// for all others.
func (r *reading) special(dst []byte, s *scan) (out []byte, ok bool, err error) {
	start := s.i
	s.i++
	if s.peek() != '"' {
		return dst, false, nil
	}
	quoted, err := s.name()
	if err != nil {
		return dst, false, err
	}
	if r.refs != nil && string(quoted) == `"id"` {
		s.i = start
		return r.simpleRef(dst, s)
	}
	if !r.tags || len(quoted) < 4 || quoted[1] != '@' {
		return dst, false, nil
	}
	s.space()
	payload, err := s.skip()
	if err != nil || s.peek() != '}' {
		return dst, false, err
	}
	out, ok, err = r.tag(dst, string(quoted[1:len(quoted)-1]), payload)
	if ok {
		s.i++
	}
	return out, ok, err
}

// tag appends the query for {"@…": payload}.
func (r *reading) tag(dst []byte, tag string, payload []byte) (out []byte, ok bool, err error) {
	switch tag {
	case "@ref", "@doc":
		out, err = r.reference(dst, payload)
		return out, true, err
	case "@object", "@obj":
		if !isObject(payload) {
			return dst, true, fmt.Errorf("%s holds no object", tag)
		}
		out, err = r.plain(dst, &scan{b: payload})
		return out, true, err
	case "@int", "@long", "@double":
		out, err = number(dst, payload)
		return out, true, err
	case "@mod":
		name, err := textOf(payload)
		return appendCollection(dst, name), true, err
	case "@ts", "@time":
		return timeTag(dst, payload)
	case "@date":
		text, err := textOf(payload)
		if err == nil {
			_, err = value.ParseDate(text)
		}
		if err != nil {
			return dst, true, fmt.Errorf("%q is no date", text)
		}
		return append(append(append(dst, `{"@date":`...), payload...), '}'), true, nil
	case "@bytes", "@uuid", "@set", "@query":
		dst = append(append(append(dst, `{"`...), tag...), `":`...)
		return append(append(dst, payload...), '}'), true, nil
	}
	return dst, false, nil
}

func timeTag(dst, payload []byte) (out []byte, ok bool, err error) {
	text, err := textOf(payload)
	if err == nil {
		_, err = value.ParseTime(text)
	}
	if err != nil {
		return dst, true, fmt.Errorf("%q is no time", text)
	}
	return append(append(append(dst, `{"@ts":`...), payload...), '}'), true, nil
}

func textOf(raw []byte) (string, error) {
	if !isString(raw) {
		return "", fmt.Errorf("%.40s is no text", raw)
	}
	return unquote(raw)
}

// number appends a number that is spelled as text.
func number(dst, payload []byte) ([]byte, error) {
	text, err := textOf(payload)
	if err != nil {
		return dst, err
	}
	switch text {
	case "NaN", "Infinity", "-Infinity":
		return dst, fmt.Errorf("%s is no number that JSON can say", text)
	}
	s := scan{b: []byte(text)}
	if s.number() != nil || s.i != len(text) {
		return dst, fmt.Errorf("%q is no number", text)
	}
	if err := inRange([]byte(text)); err != nil {
		return dst, err
	}
	return append(dst, text...), nil
}

// natives are the collections of definitions, by their names in references.
var natives = map[string]bool{
	"databases": true, "collections": true, "classes": true, "indexes": true, "functions": true, "roles": true,
	"keys": true, "tokens": true, "credentials": true, "access_providers": true,
}

// reference appends a reference of either version.
func (r *reading) reference(dst, payload []byte) ([]byte, error) {
	id, coll, err := referenceParts(payload)
	switch {
	case err != nil:
		return dst, err
	case coll == "" && natives[id]:
		return append(quote(append(dst, `{"@ref":{"id":`...), id), '}', '}'), nil
	case natives[coll]:
		if coll == "classes" {
			coll = "collections"
		}
		dst = quote(append(dst, `{"@ref":{"id":`...), id)
		return append(quote(append(dst, `,"collection":{"@ref":{"id":`...), coll), "}}}}"...), nil
	}
	return appendRef(dst, coll, id), nil
}

// referenceParts returns the id and the collection that a reference names. A collection
// by itself has the collection "collections".
func referenceParts(payload []byte) (id, coll string, err error) {
	all, err := members(payload)
	if err != nil {
		return "", "", fmt.Errorf("a reference is malformed: %w", err)
	}
	for _, m := range all {
		switch m.name {
		case "id", "name":
			if id, err = textOf(m.raw); err != nil {
				id, err = string(m.raw), nil
			}
		case "coll":
			coll, err = moduleOf(m.raw)
		case "collection", "class":
			coll, err = collectionOf(m.raw)
		case "database":
			return "", "", errors.New("a reference into another database")
		}
		if err != nil {
			return "", "", err
		}
	}
	if id == "" {
		return "", "", errors.New("a reference has no id")
	}
	return id, coll, nil
}

// moduleOf reads {"@mod": "X"} or "X".
func moduleOf(raw []byte) (string, error) {
	if !isObject(raw) {
		return textOf(raw)
	}
	all, err := members(raw)
	if err != nil || len(all) != 1 || all[0].name != "@mod" {
		return "", errors.New("a reference without a collection")
	}
	name, err := textOf(all[0].raw)
	return nativeName(name), err
}

// nativeName is what FQL v4 calls a collection of v10.
func nativeName(module string) string {
	switch module {
	case "Credential", "Token", "Key", "Role", "Function", "Collection", "Database":
		if module != "Credential" {
			module += "s"
		} else {
			module = "credentials"
		}
		return strings.ToLower(module)
	}
	return module
}

// collectionOf reads {"@ref": {"id": "X", "collection": {"@ref": {"id": "collections"}}}}, and
// natives, which have an id only.
func collectionOf(raw []byte) (string, error) {
	all, err := members(raw)
	if err != nil || len(all) != 1 || all[0].name != "@ref" {
		return "", errors.New("a reference without a collection")
	}
	id, _, err := referenceParts(all[0].raw)
	return id, err
}

// simpleRef reads {"id": "1", "coll": "X"} when there is a collection X.
func (r *reading) simpleRef(dst []byte, s *scan) (out []byte, ok bool, err error) {
	raw, err := s.skip()
	if err != nil {
		return dst, false, err
	}
	all, err := members(raw)
	if err != nil || len(all) != 2 || all[1].name != "coll" || !isString(all[0].raw) || !isString(all[1].raw) {
		return dst, false, err
	}
	id, _ := unquote(all[0].raw)
	coll, _ := unquote(all[1].raw)
	if !isID(id) || !r.refs[coll] {
		return dst, false, nil
	}
	r.guessed++
	return appendRef(dst, coll, id), true, nil
}

// isID reports whether text can be the id of a document.
func isID(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}

func appendCollection(dst []byte, name string) []byte {
	return append(quote(append(dst, `{"collection":`...), name), '}')
}

func appendRef(dst []byte, coll, id string) []byte {
	dst = append(appendCollection(append(dst, `{"ref":`...), coll), `,"id":`...)
	return append(quote(dst, id), '}')
}
