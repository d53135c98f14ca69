package syntax

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// layout is a text to be set: words, or a bracket around items.
type layout struct {
	prefix      string // a member's name with its colon, before the rest
	text        string // words; with open set, the function's name
	open, close string
	items       []layout
}

// flat appends l on one line. Objects get a space inside their braces when
// spaced is set.
func (l *layout) flat(b []byte, spaced bool) []byte {
	b = append(append(b, l.prefix...), l.text...)
	if l.open == "" {
		return b
	}
	pad := spaced && l.open == "{" && len(l.items) > 0
	b = append(b, l.open...)
	if pad {
		b = append(b, ' ')
	}
	for i := range l.items {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = l.items[i].flat(b, spaced)
	}
	if pad {
		b = append(b, ' ')
	}
	return append(b, l.close...)
}

// setter sets a layout in a width of columns.
type setter struct {
	b     []byte
	width int
}

// set appends l at the given indentation, followed on its last line by after
// columns: on one line when it fits, else with its items on lines of their own.
func (s *setter) set(l *layout, indent, after int) {
	line := l.flat(nil, true)
	if l.open == "" || s.column()+utf8.RuneCount(line)+after <= s.width || len(l.items) == 0 {
		s.b = append(s.b, line...)
		return
	}
	s.b = append(append(append(s.b, l.prefix...), l.text...), l.open...)
	first := 0
	if l.open == "(" {
		if s.hug(l, indent, after) {
			return
		}
		first = s.lead(l)
	}
	for i := first; i < len(l.items); i++ {
		s.line(indent + 2)
		comma := i < len(l.items)-1
		s.set(&l.items[i], indent+2, btoi(comma))
		if comma {
			s.b = append(s.b, ',')
		}
	}
	s.line(indent)
	s.b = append(s.b, l.close...)
}

// hug sets the items of a call that ends in an object or array on the line of its
// name, as in Create(Collection("x"), {, when those before the last fit there.
func (s *setter) hug(l *layout, indent, after int) bool {
	last := &l.items[len(l.items)-1]
	if last.open != "{" && last.open != "[" || len(last.items) == 0 {
		return false
	}
	var line []byte
	for i := range l.items[:len(l.items)-1] {
		line = append(l.items[i].flat(line, true), ", "...)
	}
	if s.column()+utf8.RuneCount(line)+1 > s.width {
		return false
	}
	s.b = append(s.b, line...)
	s.set(last, indent, after+1)
	s.b = append(s.b, l.close...)
	return true
}

// lead sets the name that a function's parameters are on the line of the call, as
// in Lambda("x", and returns the number of items set.
func (s *setter) lead(l *layout) int {
	line := l.items[0].flat(nil, true)
	if l.text != "Lambda" || s.column()+len(line)+1 > s.width {
		return 0
	}
	s.b = append(append(s.b, line...), ',')
	return 1
}

func (s *setter) line(indent int) {
	s.b = append(s.b, '\n')
	s.b = append(s.b, strings.Repeat(" ", indent)...)
}

// column returns the columns already set on the current line.
func (s *setter) column() int {
	start := bytes.LastIndexByte(s.b, '\n') + 1
	return utf8.RuneCount(s.b[start:])
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
