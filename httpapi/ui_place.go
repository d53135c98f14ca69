package httpapi

import (
	"strings"
	"unicode/utf8"

	"seriatim/syntax"
	"seriatim/wire"
)

// place is a stretch of a script, as a browser counts: From and To in UTF-16 code
// units from 0, Line and Column, of From, from 1.
type place struct {
	From   int `json:"from"`
	To     int `json:"to"`
	Line   int `json:"line"`
	Column int `json:"column"`
}

// units translates byte offsets of a text to UTF-16 code units.
type units struct {
	text  string
	marks []mark
}

// mark is what is known at one offset; there is one for every markBytes of the text.
type mark struct{ offset, units, lines int }

const markBytes = 256

func newUnits(text string) *units {
	u := &units{text: text}
	at := mark{}
	for at.offset = range text {
		if at.offset >= len(u.marks)*markBytes {
			u.marks = append(u.marks, at)
		}
		at = at.over(text[at.offset:])
	}
	return u
}

// over returns the mark behind the first character of rest.
func (m mark) over(rest string) mark {
	c, size := utf8.DecodeRuneInString(rest)
	m.offset += size
	m.units++
	switch {
	case c > 0xffff:
		m.units++
	case c == '\n':
		m.lines++
	}
	return m
}

// mark returns the mark at a byte offset; one inside a character counts as its
// beginning.
func (u *units) mark(offset int) mark {
	var m mark
	for k := min(offset/markBytes, len(u.marks)-1); k >= 0; k-- {
		if m = u.marks[k]; m.offset <= offset {
			break
		}
	}
	for m.offset < min(offset, len(u.text)) {
		next := m.over(u.text[m.offset:])
		if next.offset > offset {
			break
		}
		m = next
	}
	return m
}

// at returns the code units before the byte offset.
func (u *units) at(offset int) int { return u.mark(offset).units }

// place returns the bytes from up to to.
func (u *units) place(from, to int) *place {
	begin := u.mark(from)
	line := strings.LastIndexByte(u.text[:begin.offset], '\n') + 1
	return &place{From: begin.units, To: u.at(to), Line: begin.lines + 1, Column: begin.units - u.at(line) + 1}
}

// cause is an error of a script, with its place where that is in the script's text.
type cause struct {
	Code        string `json:"code"`
	Description string `json:"description"`
	*place
	// Position is the wire's own: inside a called function in causes.
	Position []any          `json:"position,omitzero"`
	Failures []invalidField `json:"failures,omitempty"`
	Cause    []cause        `json:"cause,omitempty"`
}

type invalidField struct {
	Field       []any  `json:"field"`
	Code        string `json:"code"`
	Description string `json:"description"`
}

// mistakeCause is the cause of a text that does not parse.
func mistakeCause(u *units, e *syntax.Error) cause {
	return cause{Code: "syntax error", Description: e.Message, place: u.place(e.Pos.Offset, e.End)}
}

// causes translates the errors of a query. What caused an error is inside a function
// that it called, whose text is not at hand: q is nil there.
func causes(u *units, q *syntax.Query, errs []wire.Error) []cause {
	out := make([]cause, len(errs))
	for i := range errs {
		e := &errs[i]
		c := &out[i]
		c.Code, c.Description = e.Code, e.Description
		if e.HasPosition {
			c.Position = steps(e.Position)
		}
		if e.HasPosition && q != nil {
			c.place = u.place(q.Span(e.Position))
		}
		for _, f := range e.Failures {
			c.Failures = append(c.Failures, invalidField{steps(f.Field), f.Code, f.Description})
		}
		if len(e.Cause) > 0 {
			c.Cause = causes(u, nil, e.Cause)
		}
	}
	return out
}

// steps returns path, an empty one as a list.
func steps(path []any) []any {
	if path == nil {
		return []any{}
	}
	return path
}
