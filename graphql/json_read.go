package graphql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"seriatim/value"
)

// maxJSONDepth is how deep the JSON of variables may nest.
const maxJSONDepth = 64

// readVariables reads a JSON object: whole numbers that fit are Int, others Double.
// Empty text and null are the empty object. A name given twice is an error, so
// that no two readers can take the same text for different things.
func readVariables(text []byte) (*value.Object, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return &value.Object{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := readJSON(d, 0)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text follows the object")
	}
	switch v := v.(type) {
	case *value.Object:
		return v, nil
	case value.Null:
		return &value.Object{}, nil
	}
	return nil, errors.New("not an object")
}

func readJSON(d *json.Decoder, depth int) (value.Value, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxJSONDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return readMembersJSON(d, depth)
		}
		return readListJSON(d, depth)
	case string:
		return value.String(t), nil
	case bool:
		return value.Bool(t), nil
	case json.Number:
		return readNumber(string(t))
	}
	return value.Null{}, nil
}

func readNumber(text string) (value.Value, error) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value.Int(i), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("number %s is out of range", text)
	}
	return value.Double(f), nil
}

func readMembersJSON(d *json.Decoder, depth int) (value.Value, error) {
	o := &value.Object{}
	var seen map[string]bool
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := t.(string)
		if seen == nil {
			seen = make(map[string]bool)
		}
		if seen[name] {
			return nil, fmt.Errorf("%q is given twice", name)
		}
		seen[name] = true
		v, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		o.Fields = append(o.Fields, value.Field{Name: name, Value: v})
	}
	_, err := d.Token()
	return o, err
}

func readListJSON(d *json.Decoder, depth int) (value.Value, error) {
	a := value.Array{}
	for d.More() {
		v, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
	_, err := d.Token()
	return a, err
}
