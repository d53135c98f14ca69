package wire

import (
	"errors"
	"sync"
)

// The bounds of a JSON text that the protocol accepts (fql-v4 section 1.6; the
// length of a number is the bound of the core's parser).
const (
	maxDepth        = 1000
	maxNumberLength = 1000
)

// The two ways in which a text fails to be JSON.
var (
	errJSON    = errors.New("not valid JSON")
	errNesting = errors.New("nested too deeply")
)

// kind is what a JSON node is. Integers and doubles are kept apart: a number
// with a point or an exponent is a double.
type kind uint8

const (
	kindNull kind = iota
	kindFalse
	kindTrue
	kindInt     // bits: an int64
	kindDouble  // bits: those of a float64
	kindString  // bits: where in the text it begins
	kindEscaped // a string; bits: its place in unescaped
	kindArray   // bits: the index of the node after the last element
	kindObject  // bits: the index of the node after the last member
)

// node is one JSON value in an arena, in the order of the text. An
// array is followed by its elements; an object by its members, a string node for
// each name and then its value. Nodes hold no pointers, so that the garbage
// collector has nothing to do with the arena.
type node struct {
	kind kind
	size int32  // elements of an array, members of an object, bytes of a string
	bits uint64 // see the kinds
}

// arena is one scanned JSON text. Strings without escapes share its copy,
// those with escapes are kept beside it.
type arena struct {
	nodes     []node
	text      string
	unescaped []string
	pos       int
	depth     int
}

var arenas = sync.Pool{New: func() any { return new(arena) }}

// maxPooledNodes keeps the arena of an unusually large request from staying.
const maxPooledNodes = 1 << 14

// scan reads one JSON text. The caller releases the arena when the nodes
// are no longer needed; strings stay valid.
func scan(body []byte) (*arena, error) {
	a := arenas.Get().(*arena)
	a.text, a.pos, a.depth = string(body), 0, 0
	if len(a.text) >= 3 && a.text[:3] == "\xef\xbb\xbf" {
		a.pos = 3
	}
	err := a.value()
	if err == nil && a.space() < len(a.text) {
		err = errJSON
	}
	if err != nil {
		a.release()
		return nil, err
	}
	return a, nil
}

// release gives the arena back.
func (a *arena) release() {
	if cap(a.nodes) > maxPooledNodes {
		a.nodes = nil
	}
	if cap(a.unescaped) > maxPooledNodes {
		a.unescaped = nil
	}
	clear(a.unescaped)
	a.nodes, a.unescaped, a.text = a.nodes[:0], a.unescaped[:0], ""
	arenas.Put(a)
}

// string returns the content of string node i; of other nodes it is empty.
func (a *arena) string(i int) string {
	switch n := &a.nodes[i]; n.kind {
	case kindString:
		return a.text[n.bits : n.bits+uint64(n.size)]
	case kindEscaped:
		return a.unescaped[n.bits]
	}
	return ""
}

// isString reports whether node i is a string.
func (a *arena) isString(i int) bool {
	return a.nodes[i].kind == kindString || a.nodes[i].kind == kindEscaped
}

// after returns the index of the node that follows the subtree at i.
func (a *arena) after(i int) int {
	if n := &a.nodes[i]; n.kind >= kindArray {
		return int(n.bits)
	}
	return i + 1
}
