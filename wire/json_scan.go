package wire

import (
	"errors"
	"strconv"
	"unicode/utf8"
)

// space skips white space and returns the position reached.
func (a *arena) space() int {
	i := a.pos
	for i < len(a.text) {
		switch a.text[i] {
		case ' ', '\t', '\n', '\r':
			i++
			continue
		}
		break
	}
	a.pos = i
	return i
}

// value scans one value of any kind.
func (a *arena) value() error {
	i := a.space()
	if i == len(a.text) {
		return errJSON
	}
	switch c := a.text[i]; c {
	case '{':
		return a.object()
	case '[':
		return a.array()
	case '"':
		return a.quoted()
	case 't':
		return a.word("true", kindTrue)
	case 'f':
		return a.word("false", kindFalse)
	case 'n':
		return a.word("null", kindNull)
	default:
		if c == '-' || c >= '0' && c <= '9' {
			return a.number()
		}
	}
	return errJSON
}

func (a *arena) word(w string, k kind) error {
	if len(a.text)-a.pos < len(w) || a.text[a.pos:a.pos+len(w)] != w {
		return errJSON
	}
	a.pos += len(w)
	a.nodes = append(a.nodes, node{kind: k})
	return nil
}

// open begins an array or object and returns the index of its node.
func (a *arena) open(k kind) (int, error) {
	if a.depth++; a.depth > maxDepth {
		return 0, errNesting
	}
	a.pos++
	a.nodes = append(a.nodes, node{kind: k})
	return len(a.nodes) - 1, nil
}

// close ends the array or object at index i.
func (a *arena) close(i, size int) {
	a.pos++
	a.depth--
	a.nodes[i].size = int32(size)
	a.nodes[i].bits = uint64(len(a.nodes))
}

// next moves past the comma before another element and reports whether there
// is one; end closes the array or object.
func (a *arena) next(first bool, end byte) (bool, error) {
	i := a.space()
	if i == len(a.text) {
		return false, errJSON
	}
	c := a.text[i]
	if c == end {
		return false, nil
	}
	if first {
		return true, nil
	}
	if c != ',' {
		return false, errJSON
	}
	a.pos++
	return true, nil
}

func (a *arena) array() error {
	at, err := a.open(kindArray)
	if err != nil {
		return err
	}
	size := 0
	for {
		more, err := a.next(size == 0, ']')
		if err != nil {
			return err
		}
		if !more {
			a.close(at, size)
			return nil
		}
		if err := a.value(); err != nil {
			return err
		}
		size++
	}
}

func (a *arena) object() error {
	at, err := a.open(kindObject)
	if err != nil {
		return err
	}
	members := memberSet{in: a, first: at + 1}
	for scanned := 0; ; scanned++ {
		more, err := a.next(scanned == 0, '}')
		if err != nil {
			return err
		}
		if !more {
			a.close(at, members.size)
			return nil
		}
		if err := a.member(&members); err != nil {
			return err
		}
	}
}

// member scans one name and its value. A repeated name is scanned and dropped:
// the first one wins, as in the core.
func (a *arena) member(members *memberSet) error {
	key := len(a.nodes)
	if i := a.space(); i == len(a.text) || a.text[i] != '"' {
		return errJSON
	}
	if err := a.quoted(); err != nil {
		return err
	}
	if i := a.space(); i == len(a.text) || a.text[i] != ':' {
		return errJSON
	}
	a.pos++
	repeated := members.has(a.string(key))
	if err := a.value(); err != nil {
		return err
	}
	if repeated {
		a.nodes = a.nodes[:key]
		return nil
	}
	members.add(a.string(key))
	return nil
}

// number scans an integer, which must fit int64, or a double, which becomes
// infinite when it is too large.
func (a *arena) number() error {
	start := a.pos
	double, err := a.numberEnd()
	if err != nil {
		return err
	}
	text := a.text[start:a.pos]
	if len(text) > maxNumberLength {
		return errJSON
	}
	if !double {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errJSON
		}
		a.nodes = append(a.nodes, node{kind: kindInt, bits: uint64(n)})
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errJSON
	}
	a.nodes = append(a.nodes, node{kind: kindDouble, bits: floatBits(f)})
	return nil
}

// numberEnd moves past a number by the grammar of RFC 8259 and reports whether
// it has a point or an exponent.
func (a *arena) numberEnd() (double bool, err error) {
	if a.text[a.pos] == '-' {
		a.pos++
	}
	if a.pos < len(a.text) && a.text[a.pos] == '0' {
		a.pos++
	} else if !a.digits() {
		return false, errJSON
	}
	if a.pos < len(a.text) && a.text[a.pos] == '.' {
		a.pos++
		double = true
		if !a.digits() {
			return false, errJSON
		}
	}
	if a.pos < len(a.text) && a.text[a.pos]|0x20 == 'e' {
		a.pos++
		double = true
		if a.pos < len(a.text) && (a.text[a.pos] == '+' || a.text[a.pos] == '-') {
			a.pos++
		}
		if !a.digits() {
			return false, errJSON
		}
	}
	return double, nil
}

// digits moves past one or more digits.
func (a *arena) digits() bool {
	start := a.pos
	for a.pos < len(a.text) && a.text[a.pos] >= '0' && a.text[a.pos] <= '9' {
		a.pos++
	}
	return a.pos > start
}

// plainASCII marks the bytes of a string that need no second look.
var plainASCII = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// quoted scans a string. Without escapes it is a part of the text itself.
func (a *arena) quoted() error {
	text, start := a.text, a.pos+1
	ascii := true
	for i := start; i < len(text); i++ {
		c := text[i]
		switch {
		case plainASCII[c]:
		case c == '"':
			if !ascii && !utf8.ValidString(text[start:i]) {
				return errJSON
			}
			a.pos = i + 1
			a.nodes = append(a.nodes, node{kind: kindString, size: int32(i - start), bits: uint64(start)})
			return nil
		case c == '\\':
			return a.escaped(start, i)
		case c < 0x20:
			return errJSON
		default:
			ascii = false
		}
	}
	return errJSON
}
