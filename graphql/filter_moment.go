package graphql

import (
	"strings"
	"time"

	"seriatim/value"
)

// form tells how the values of a property are compared: as they are, or as the
// date, time or moment that a string says.
type form uint8

const (
	formPlain form = iota
	formDate
	formTime
	formDateTime
)

// String names the form for messages.
func (f form) String() string {
	switch f {
	case formDate:
		return "a date (2006-01-02)"
	case formTime:
		return "a time (15:04:05Z)"
	case formDateTime:
		return "a date and time (2006-01-02T15:04:05Z)"
	}
	return "a value"
}

func formOf(t *Type) form {
	if t.Kind == TypeList {
		return formOf(t.Item)
	}
	if t.Kind == TypeString {
		switch t.Format {
		case "date":
			return formDate
		case "time":
			return formTime
		case "date-time":
			return formDateTime
		}
	}
	return formPlain
}

// moment is a date, a time of the day or both, in UTC: seconds and nanoseconds
// that compare as what they are read from.
type moment struct {
	seconds int64
	nanos   int
}

const secondsOfDay = 24 * 60 * 60

func (m moment) compare(o moment) int {
	switch {
	case m.seconds < o.seconds || m.seconds == o.seconds && m.nanos < o.nanos:
		return -1
	case m == o:
		return 0
	}
	return 1
}

// part returns the part of a moment that an operator looks at.
func (m moment) part(op string) moment {
	day := m.seconds - ((m.seconds%secondsOfDay)+secondsOfDay)%secondsOfDay
	switch {
	case strings.HasPrefix(op, "date_"):
		return moment{day, 0}
	case strings.HasPrefix(op, "time_"):
		return moment{m.seconds - day, m.nanos}
	case op == "eq_no_us":
		return moment{m.seconds, 0}
	}
	return m
}

var momentLayouts = map[form][]string{
	formDate:     {"2006-01-02"},
	formTime:     {"15:04:05Z07:00", "15:04:05", "15:04"},
	formDateTime: {time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00"},
}

// readMoment reads an operand. Operators on the date or the time of a moment take
// either that part or the whole.
func readMoment(v value.Value, f form, op string) (moment, bool) {
	s, ok := v.(value.String)
	if !ok {
		return moment{}, false
	}
	forms := []form{f}
	if f == formDateTime && strings.HasPrefix(op, "date_") {
		forms = []form{formDate, formDateTime}
	} else if f == formDateTime && strings.HasPrefix(op, "time_") {
		forms = []form{formTime, formDateTime}
	}
	for _, f := range forms {
		if m, ok := parseMoment(string(s), f); ok {
			return m.part(op), true
		}
	}
	return moment{}, false
}

func parseMoment(s string, f form) (moment, bool) {
	s = strings.ToUpper(s)
	for _, layout := range momentLayouts[f] {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if f == formTime {
			t = t.UTC()
			return moment{int64(t.Hour()*3600 + t.Minute()*60 + t.Second()), t.Nanosecond()}, true
		}
		return moment{t.Unix(), t.Nanosecond()}, true
	}
	return moment{}, false
}

// momentHolds applies the operators of dates and times. A stored string that is
// none satisfies only ne.
func (t *test) momentHolds(e value.Encoded, f form) bool {
	var m moment
	ok := e.Kind() == value.KindString
	if ok {
		m, ok = parseMoment(string(e.Text()), f)
	}
	if !ok {
		return t.op == "ne"
	}
	m = m.part(t.op)
	switch t.op {
	case "eq", "eq_no_us":
		return m.compare(t.at) == 0
	case "ne":
		return m.compare(t.at) != 0
	case "before", "date_before", "time_before":
		return m.compare(t.at) < 0
	case "after", "date_after", "time_after":
		return m.compare(t.at) > 0
	}
	return m.compare(t.at) >= 0 && m.compare(t.to) <= 0 // the three between
}
