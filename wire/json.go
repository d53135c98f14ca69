package wire

import (
	"errors"
	"strconv"
	"sync"
	"unicode/utf8"
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

// node is one JSON value in a document's arena, in the order of the text. An
// array is followed by its elements; an object by its members, a string node for
// each name and then its value. Nodes hold no pointers, so that the garbage
// collector has nothing to do with the arena.
type node struct {
	kind kind
	size int32  // elements of an array, members of an object, bytes of a string
	bits uint64 // see the kinds
}

// document is one scanned JSON text. Strings without escapes share its copy,
// those with escapes are kept beside it.
type document struct {
	nodes     []node
	text      string
	unescaped []string
	pos       int
	depth     int
}

var documents = sync.Pool{New: func() any { return new(document) }}

// maxPooledNodes keeps the arena of an unusually large request from staying.
const maxPooledNodes = 1 << 14

// scan reads one JSON text. The caller releases the document when the nodes
// are no longer needed; strings stay valid.
func scan(body []byte) (*document, error) {
	d := documents.Get().(*document)
	d.text, d.pos, d.depth = string(body), 0, 0
	if len(d.text) >= 3 && d.text[:3] == "\xef\xbb\xbf" {
		d.pos = 3
	}
	err := d.value()
	if err == nil && d.space() < len(d.text) {
		err = errJSON
	}
	if err != nil {
		d.release()
		return nil, err
	}
	return d, nil
}

// release gives the arena back.
func (d *document) release() {
	if cap(d.nodes) > maxPooledNodes {
		d.nodes = nil
	}
	clear(d.unescaped)
	d.nodes, d.unescaped, d.text = d.nodes[:0], d.unescaped[:0], ""
	documents.Put(d)
}

// string returns the content of string node i; of other nodes it is empty.
func (d *document) string(i int) string {
	switch n := &d.nodes[i]; n.kind {
	case kindString:
		return d.text[n.bits : n.bits+uint64(n.size)]
	case kindEscaped:
		return d.unescaped[n.bits]
	}
	return ""
}

// isString reports whether node i is a string.
func (d *document) isString(i int) bool {
	return d.nodes[i].kind == kindString || d.nodes[i].kind == kindEscaped
}

// after returns the index of the node that follows the subtree at i.
func (d *document) after(i int) int {
	if n := &d.nodes[i]; n.kind >= kindArray {
		return int(n.bits)
	}
	return i + 1
}

// space skips white space and returns the position reached.
func (d *document) space() int {
	i := d.pos
	for i < len(d.text) {
		switch d.text[i] {
		case ' ', '\t', '\n', '\r':
			i++
			continue
		}
		break
	}
	d.pos = i
	return i
}

// value scans one value of any kind.
func (d *document) value() error {
	i := d.space()
	if i == len(d.text) {
		return errJSON
	}
	switch c := d.text[i]; c {
	case '{':
		return d.object()
	case '[':
		return d.array()
	case '"':
		return d.quoted()
	case 't':
		return d.word("true", kindTrue)
	case 'f':
		return d.word("false", kindFalse)
	case 'n':
		return d.word("null", kindNull)
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return d.number()
		}
	}
	return errJSON
}

func (d *document) word(w string, k kind) error {
	if len(d.text)-d.pos < len(w) || d.text[d.pos:d.pos+len(w)] != w {
		return errJSON
	}
	d.pos += len(w)
	d.nodes = append(d.nodes, node{kind: k})
	return nil
}

// open begins an array or object and returns the index of its node.
func (d *document) open(k kind) (int, error) {
	if d.depth++; d.depth > maxDepth {
		return 0, errNesting
	}
	d.pos++
	d.nodes = append(d.nodes, node{kind: k})
	return len(d.nodes) - 1, nil
}

// close ends the array or object at index i.
func (d *document) close(i, size int) {
	d.pos++
	d.depth--
	d.nodes[i].size = int32(size)
	d.nodes[i].bits = uint64(len(d.nodes))
}

// next moves past the comma before another element and reports whether there
// is one; end closes the array or object.
func (d *document) next(first bool, end byte) (bool, error) {
	i := d.space()
	if i == len(d.text) {
		return false, errJSON
	}
	c := d.text[i]
	if c == end {
		return false, nil
	}
	if first {
		return true, nil
	}
	if c != ',' {
		return false, errJSON
	}
	d.pos++
	return true, nil
}

func (d *document) array() error {
	at, err := d.open(kindArray)
	if err != nil {
		return err
	}
	size := 0
	for {
		more, err := d.next(size == 0, ']')
		if err != nil {
			return err
		}
		if !more {
			d.close(at, size)
			return nil
		}
		if err := d.value(); err != nil {
			return err
		}
		size++
	}
}

func (d *document) object() error {
	at, err := d.open(kindObject)
	if err != nil {
		return err
	}
	members := memberSet{doc: d, first: at + 1}
	for scanned := 0; ; scanned++ {
		more, err := d.next(scanned == 0, '}')
		if err != nil {
			return err
		}
		if !more {
			d.close(at, members.size)
			return nil
		}
		if err := d.member(&members); err != nil {
			return err
		}
	}
}

// member scans one name and its value. A repeated name is scanned and dropped:
// the first one wins, as in the core.
func (d *document) member(members *memberSet) error {
	key := len(d.nodes)
	if i := d.space(); i == len(d.text) || d.text[i] != '"' {
		return errJSON
	}
	if err := d.quoted(); err != nil {
		return err
	}
	if i := d.space(); i == len(d.text) || d.text[i] != ':' {
		return errJSON
	}
	d.pos++
	repeated := members.has(d.string(key))
	if err := d.value(); err != nil {
		return err
	}
	if repeated {
		d.nodes = d.nodes[:key]
		return nil
	}
	members.add(d.string(key))
	return nil
}

// memberSet finds repeated names of the object being scanned: by looking along
// its members while they are few, by a map from then on.
type memberSet struct {
	doc   *document
	first int
	size  int
	names map[string]struct{}
}

// fewMembers is how many members are searched one by one.
const fewMembers = 12

func (m *memberSet) has(name string) bool {
	if m.names != nil {
		_, ok := m.names[name]
		return ok
	}
	for i, n := m.first, 0; n < m.size; n++ {
		if m.doc.string(i) == name {
			return true
		}
		i = m.doc.after(i + 1)
	}
	return false
}

func (m *memberSet) add(name string) {
	m.size++
	if m.names != nil {
		m.names[name] = struct{}{}
		return
	}
	if m.size < fewMembers {
		return
	}
	m.names = make(map[string]struct{}, 4*fewMembers)
	for i, n := m.first, 0; n < m.size; n++ {
		m.names[m.doc.string(i)] = struct{}{}
		i = m.doc.after(i + 1)
	}
}

// number scans an integer, which must fit int64, or a double, which becomes
// infinite when it is too large.
func (d *document) number() error {
	start := d.pos
	double, err := d.numberEnd()
	if err != nil {
		return err
	}
	text := d.text[start:d.pos]
	if len(text) > maxNumberLength {
		return errJSON
	}
	if !double {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errJSON
		}
		d.nodes = append(d.nodes, node{kind: kindInt, bits: uint64(n)})
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errJSON
	}
	d.nodes = append(d.nodes, node{kind: kindDouble, bits: floatBits(f)})
	return nil
}

// numberEnd moves past a number by the grammar of RFC 8259 and reports whether
// it has a point or an exponent.
func (d *document) numberEnd() (double bool, err error) {
	if d.text[d.pos] == '-' {
		d.pos++
	}
	if d.pos < len(d.text) && d.text[d.pos] == '0' {
		d.pos++
	} else if !d.digits() {
		return false, errJSON
	}
	if d.pos < len(d.text) && d.text[d.pos] == '.' {
		d.pos++
		double = true
		if !d.digits() {
			return false, errJSON
		}
	}
	if d.pos < len(d.text) && d.text[d.pos]|0x20 == 'e' {
		d.pos++
		double = true
		if d.pos < len(d.text) && (d.text[d.pos] == '+' || d.text[d.pos] == '-') {
			d.pos++
		}
		if !d.digits() {
			return false, errJSON
		}
	}
	return double, nil
}

// digits moves past one or more digits.
func (d *document) digits() bool {
	start := d.pos
	for d.pos < len(d.text) && d.text[d.pos] >= '0' && d.text[d.pos] <= '9' {
		d.pos++
	}
	return d.pos > start
}

// plainASCII marks the bytes of a string that need no second look.
var plainASCII = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// quoted scans a string. Without escapes it is a part of the text itself.
func (d *document) quoted() error {
	text, start := d.text, d.pos+1
	ascii := true
	for i := start; i < len(text); i++ {
		c := text[i]
		switch {
		case plainASCII[c]:
		case c == '"':
			if !ascii && !utf8.ValidString(text[start:i]) {
				return errJSON
			}
			d.pos = i + 1
			d.nodes = append(d.nodes, node{kind: kindString, size: int32(i - start), bits: uint64(start)})
			return nil
		case c == '\\':
			return d.escaped(start, i)
		case c < 0x20:
			return errJSON
		default:
			ascii = false
		}
	}
	return errJSON
}
