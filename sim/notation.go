package sim

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The notation writes one operation as one line:
//
//	T3 p1 [30,45] final: read x [1 2], get acct none via index ok session @77 # note
//
// name, process, interval, an optional kind, the steps, the outcome (ok, fail,
// info), an optional "session", an optional timestamp, an optional note. The
// return of an operation without an answer is written "-". Steps:
//
//	append x 1             read x [1 2] [via W]
//	set r 5                get r 5 | none [via W] [at TS]
//	cas r 1 5 [refused]    add a -3
//	insert k 7 [refused]   delete k 7 [refused]

// String writes the operation in the notation; ParseHistory reads it back.
func (o Op) String() string { return string(o.text(nil, 0)) }

// brief writes the operation with long lists cut in the middle.
func (o *Op) brief() string { return string(o.text(nil, 12)) }

func (o *Op) text(b []byte, most int) []byte {
	b = append(b, 'T')
	b = strconv.AppendInt(b, int64(o.ID), 10)
	b = append(b, " p"...)
	b = strconv.AppendInt(b, int64(o.Process), 10)
	b = append(b, " ["...)
	b = strconv.AppendInt(b, o.Invoke, 10)
	b = append(b, ',')
	if o.Return == Never {
		b = append(b, '-')
	} else {
		b = strconv.AppendInt(b, o.Return, 10)
	}
	b = append(b, "] "...)
	if o.Kind != "" {
		b = append(append(b, o.Kind...), ": "...)
	}
	for i := range o.Micros {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = o.Micros[i].text(b, most)
	}
	if len(o.Micros) > 0 {
		b = append(b, ' ')
	}
	return o.tail(b)
}

func (o *Op) tail(b []byte) []byte {
	b = append(b, outcomeNames[o.Outcome]...)
	if o.Session {
		b = append(b, " session"...)
	}
	if o.TS != 0 {
		b = append(b, " @"...)
		b = strconv.AppendInt(b, o.TS, 10)
	}
	if o.Note != "" {
		b = append(append(b, " # "...), o.Note...)
	}
	return b
}

var outcomeNames = [...]string{"ok", "fail", "info"}

func (m *Micro) text(b []byte, most int) []byte {
	b = append(append(b, actNames[m.Act]...), ' ')
	b = append(append(b, m.Key...), ' ')
	switch {
	case m.Act == Read:
		b = appendList(b, m.List, most)
	case m.Act == Get && m.None:
		b = append(b, "none"...)
	case m.Act == Cas:
		b = append(strconv.AppendInt(b, m.Old, 10), ' ')
		b = strconv.AppendInt(b, m.Value, 10)
	default:
		b = strconv.AppendInt(b, m.Value, 10)
	}
	if m.Refused {
		b = append(b, " refused"...)
	}
	if m.Via != "" {
		b = append(append(b, " via "...), m.Via...)
	}
	if m.At != 0 {
		b = append(b, " at "...)
		b = strconv.AppendInt(b, m.At, 10)
	}
	return b
}

// appendList writes [1 2 3]; a list of more than most elements (0: no limit)
// keeps its last few, which are the ones that explain an order.
func appendList(b []byte, list []int64, most int) []byte {
	b = append(b, '[')
	if most > 0 && len(list) > most {
		b = append(b, strconv.Itoa(len(list)-most+2)...)
		b = append(b, " more … "...)
		list = list[len(list)-most+2:]
	}
	for i, v := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, v, 10)
	}
	return append(b, ']')
}

func listText(list []int64) string { return string(appendList(nil, list, 12)) }

// plain reports whether s can stand in the notation as one word.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(",:#[]", r)
	})
}
