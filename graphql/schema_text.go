package graphql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// node is one JSON value of a schema's text. Members keep the order of the text,
// because entities and fields do.
type node struct {
	kind    byte // one of { [ " 0 t n: object, array, string, number, boolean, null
	text    string
	truth   bool
	members []member
	items   []*node
}

type member struct {
	name string
	node *node
}

// get returns the member called name, or nil.
func (n *node) get(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return n.members[i].node
		}
	}
	return nil
}

// parseText reads one JSON value. It refuses what a reader could take two ways:
// members of one name, bytes that are not UTF-8, text behind the value.
func parseText(text []byte) (*node, error) {
	if len(text) > MaxSchemaBytes {
		return nil, fmt.Errorf("the schema has %d bytes; the limit is %d", len(text), MaxSchemaBytes)
	}
	if !utf8.Valid(text) {
		return nil, errors.New("the schema is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	n, err := readNode(d, "", 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("the schema goes on after its JSON value")
	}
	return n, nil
}

func readNode(d *json.Decoder, at string, depth int) (*node, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("the schema is not JSON: %w", noEOF(err))
	}
	switch tok := tok.(type) {
	case json.Delim:
		if depth == maxTextDepth {
			return nil, fmt.Errorf("%s: the schema nests deeper than %d", at, maxTextDepth)
		}
		if tok == '{' {
			return readObject(d, at, depth)
		}
		return readArray(d, at, depth)
	case string:
		return &node{kind: '"', text: tok}, nil
	case json.Number:
		return &node{kind: '0', text: tok.String()}, nil
	case bool:
		return &node{kind: 't', truth: tok}, nil
	default:
		return &node{kind: 'n'}, nil
	}
}

func readObject(d *json.Decoder, at string, depth int) (*node, error) {
	n := &node{kind: '{'}
	seen := map[string]bool{}
	for d.More() {
		tok, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("the schema is not JSON: %w", noEOF(err))
		}
		name := tok.(string)
		if seen[name] {
			return nil, fmt.Errorf("%s: the member is there twice", child(at, name))
		}
		seen[name] = true
		v, err := readNode(d, child(at, name), depth+1)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{name, v})
	}
	_, err := d.Token()
	return n, noEOF(err)
}

func readArray(d *json.Decoder, at string, depth int) (*node, error) {
	n := &node{kind: '['}
	for d.More() {
		v, err := readNode(d, childIndex(at, len(n.items)), depth+1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, v)
	}
	_, err := d.Token()
	return n, noEOF(err)
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// child returns the JSON pointer of a member (RFC 6901).
func child(at, name string) string { return at + "/" + pointerEscapes.Replace(name) }

func childIndex(at string, i int) string { return fmt.Sprintf("%s/%d", at, i) }
