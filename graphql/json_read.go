package graphql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"seriatim/value"
)

// maxJSONDepth is how deep the JSON of variables may nest.
const maxJSONDepth = 64

// readVariables reads a JSON object: whole numbers that fit are Int, others Double.
// Empty text and null are the empty object. A name given twice is an error, so
// that no two readers can take the same text for different things.
func readVariables(text []byte) (*value.Object, error) {
	text = bytes.Trim(text, " \t\r\n")
	if len(text) == 0 {
		return &value.Object{}, nil
	}
	if !json.Valid(text) {
		return nil, whyInvalid(text)
	}
	if !utf8.Valid(text) {
		return nil, errors.New("the text is not UTF-8")
	}
	r := jsonReader{rest: string(text)}
	v := r.value(0)
	switch v := v.(type) {
	case *value.Object:
		return v, r.err
	case value.Null:
		return &value.Object{}, r.err
	}
	if r.err == nil {
		r.err = errors.New("not an object")
	}
	return nil, r.err
}

// whyInvalid returns what is wrong with a text that is no JSON.
func whyInvalid(text []byte) error {
	var v json.RawMessage
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return errors.New("not JSON")
}

// jsonReader reads text that is known to be JSON, so it looks no further than it
// must. Strings share the text.
type jsonReader struct {
	rest string
	err  error
}

func (r *jsonReader) space() {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
}

// skip passes over the sign at the front and space around it.
func (r *jsonReader) skip() {
	r.rest = r.rest[1:]
	r.space()
}

func (r *jsonReader) value(depth int) value.Value {
	if depth > maxJSONDepth && r.err == nil {
		r.err = fmt.Errorf("nested deeper than %d", maxJSONDepth)
	}
	if r.err != nil {
		return value.Null{}
	}
	r.space()
	switch r.rest[0] {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		return value.String(r.text())
	case 't':
		r.rest = r.rest[len("true"):]
		return value.Bool(true)
	case 'f':
		r.rest = r.rest[len("false"):]
		return value.Bool(false)
	case 'n':
		r.rest = r.rest[len("null"):]
		return value.Null{}
	}
	return r.number()
}

func (r *jsonReader) number() value.Value {
	n := 0
	for n < len(r.rest) && strings.IndexByte("+-.0123456789eE", r.rest[n]) >= 0 {
		n++
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value.Int(i)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.err = fmt.Errorf("number %s is out of range", text)
	}
	return value.Double(f)
}

// text reads a string.
func (r *jsonReader) text() string {
	n := 1
	for r.rest[n] != '"' {
		if r.rest[n] == '\\' {
			n++
		}
		n++
	}
	quoted := r.rest[:n+1]
	r.rest = r.rest[n+1:]
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1:n]
	}
	var s string
	if err := json.Unmarshal([]byte(quoted), &s); err != nil {
		r.err = err
	}
	return s
}

// manyMembers is from how many members on names are looked for in a map.
const manyMembers = 16

func (r *jsonReader) object(depth int) value.Value {
	o := &value.Object{}
	if depth == 0 {
		o.Fields = make([]value.Field, 0, 4) // as many variables as most operations have
	}
	var seen map[string]bool
	for r.skip(); r.rest[0] != '}' && r.err == nil; {
		name := r.text()
		r.space()
		r.skip() // the colon
		v := r.value(depth + 1)
		if r.err != nil {
			return o
		}
		if len(o.Fields) == manyMembers {
			seen = make(map[string]bool)
			for _, f := range o.Fields {
				seen[f.Name] = true
			}
		}
		twice := seen[name]
		if seen == nil {
			_, twice = o.Get(name)
		} else {
			seen[name] = true
		}
		if twice {
			r.err = fmt.Errorf("%q is given twice", name)
			return o
		}
		o.Fields = append(o.Fields, value.Field{Name: name, Value: v})
		if r.space(); r.rest[0] == ',' {
			r.skip()
		}
	}
	if r.err == nil {
		r.rest = r.rest[1:]
	}
	return o
}

func (r *jsonReader) array(depth int) value.Value {
	a := value.Array{}
	for r.skip(); r.rest[0] != ']' && r.err == nil; {
		a = append(a, r.value(depth+1))
		if r.err != nil {
			return a
		}
		if r.space(); r.rest[0] == ',' {
			r.skip()
		}
	}
	if r.err == nil {
		r.rest = r.rest[1:]
	}
	return a
}
