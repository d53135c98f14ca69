package graphql

import (
	"bytes"
	"encoding/json"
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
// members of one name, bytes that are not UTF-8, text behind the value. Its errors
// are Problems.
func parseText(text []byte) (*node, error) {
	if len(text) > MaxSchemaBytes {
		return nil, unreadable("", "the schema has %d bytes; the limit is %d", len(text), MaxSchemaBytes)
	}
	if !utf8.Valid(text) {
		return nil, unreadable("", "the schema is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	n, err := readNode(d, "", 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, unreadable("", "the schema goes on after its JSON value")
	}
	return n, nil
}

func readNode(d *json.Decoder, at string, depth int) (*node, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, unreadable(at, "the schema is not JSON: %v", noEOF(err))
	}
	switch tok := tok.(type) {
	case json.Delim:
		if depth == maxTextDepth {
			return nil, unreadable(at, "the schema nests deeper than %d", maxTextDepth)
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
			return nil, unreadable(at, "the schema is not JSON: %v", noEOF(err))
		}
		name := tok.(string)
		if seen[name] {
			return nil, unreadable(child(at, name), "the member is there twice")
		}
		seen[name] = true
		v, err := readNode(d, child(at, name), depth+1)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{name, v})
	}
	return n, closing(d, at)
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
	return n, closing(d, at)
}

// closing reads the bracket that ends a list or object.
func closing(d *json.Decoder, at string) error {
	if _, err := d.Token(); err != nil {
		return unreadable(at, "the schema is not JSON: %v", noEOF(err))
	}
	return nil
}

func unreadable(at, format string, args ...any) error {
	return Problems{{at, fmt.Sprintf(format, args...)}}
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
