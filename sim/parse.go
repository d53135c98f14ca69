package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParseHistory reads operations in the notation, one a line. Empty lines and
// lines that start with # are skipped. The error names the line, counted
// from 1.
func ParseHistory(text string) (History, error) {
	var h History
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		op, err := parseOp(line)
		if err != nil {
			return nil, fmt.Errorf("sim: parse: line %d: %w", number, err)
		}
		h = append(h, op)
	}
	return h, nil
}

// words is a cursor over the words of a line; the first failure sticks.
type words struct {
	rest []string
	err  error
}

func (w *words) peek() string {
	if len(w.rest) == 0 {
		return ""
	}
	return w.rest[0]
}

func (w *words) next() string {
	s := w.peek()
	if s == "" {
		w.fail("the line ends too early")
		return ""
	}
	w.rest = w.rest[1:]
	return s
}

// take skips the next word if it is s.
func (w *words) take(s string) bool {
	if len(w.rest) == 0 || w.rest[0] != s {
		return false
	}
	w.rest = w.rest[1:]
	return true
}

func (w *words) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

func (w *words) number(s, prefix string) int64 {
	digits, ok := strings.CutPrefix(s, prefix)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		w.fail("%q is not %q and a number", s, prefix)
	}
	return n
}

var spacer = strings.NewReplacer("[", " [ ", "]", " ] ", ",", " , ", ":", " : ")

func parseOp(line string) (Op, error) {
	line, note, _ := strings.Cut(line, "#")
	w := &words{rest: strings.Fields(spacer.Replace(line))}
	op := Op{Note: strings.TrimSpace(note)}
	op.ID = int(w.number(w.next(), "T"))
	op.Process = int(w.number(w.next(), "p"))
	w.interval(&op)
	if len(w.rest) > 1 && w.rest[1] == ":" {
		op.Kind = w.next()
		w.take(":")
	}
	for w.err == nil && !slices.Contains(outcomeNames[:], w.peek()) {
		op.Micros = append(op.Micros, w.micro())
		if !w.take(",") {
			break
		}
	}
	w.tail(&op)
	return op, w.err
}

func (w *words) interval(op *Op) {
	if !w.take("[") {
		w.fail("the interval must start with [")
	}
	op.Invoke = w.number(w.next(), "")
	w.take(",")
	if w.take("-") {
		op.Return = Never
	} else {
		op.Return = w.number(w.next(), "")
	}
	if !w.take("]") {
		w.fail("the interval must end with ]")
	}
}

func (w *words) tail(op *Op) {
	s := w.next()
	outcome := slices.Index(outcomeNames[:], s)
	if outcome < 0 {
		w.fail("%q is not an outcome", s)
		return
	}
	op.Outcome = Outcome(outcome)
	op.Session = w.take("session")
	if strings.HasPrefix(w.peek(), "@") {
		op.TS = w.number(w.next(), "@")
	}
	if len(w.rest) > 0 {
		w.fail("%q is left over", w.peek())
	}
}

func (w *words) micro() Micro {
	verb := w.next()
	act := slices.Index(actNames[:], verb)
	if act < 0 {
		w.fail("%q is not a step", verb)
		return Micro{}
	}
	m := Micro{Act: Act(act), Key: w.next()}
	if !plain(m.Key) {
		w.fail("%q is not a key", m.Key)
	}
	switch {
	case m.Act == Read:
		m.List = w.list()
	case m.Act == Get && w.take("none"):
		m.None = true
	case m.Act == Cas:
		m.Old = w.number(w.next(), "")
		m.Value = w.number(w.next(), "")
	default:
		m.Value = w.number(w.next(), "")
	}
	m.Refused = w.take("refused")
	if w.take("via") {
		m.Via = w.next()
	}
	if w.take("at") {
		m.At = w.number(w.next(), "")
	}
	return m
}

func (w *words) list() []int64 {
	if !w.take("[") {
		w.fail("a list must start with [")
	}
	var list []int64
	for w.err == nil && !w.take("]") {
		list = append(list, w.number(w.next(), ""))
	}
	return list
}
