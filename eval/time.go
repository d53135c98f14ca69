package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

const secondsPerDay = 86_400

// evalTime reads a time of day in ISO form, or "now".
func evalTime(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	return c.parseTime(text)
}

func (c *context) parseTime(text string) (value.Value, *fault) {
	if text == "now" {
		return value.TimeOfMicros(c.Clock), nil
	}
	t, err := value.ParseTime(javaTrim(text))
	if err != nil {
		return nil, notTime(text)
	}
	return t, nil
}

// evalNow gives the clock of the snapshot, the same through the whole query.
func evalNow(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	if _, ok := v.(value.Null); v != nil && !ok {
		return nil, wrongType(v, "Null").at(key(e, 0))
	}
	return value.TimeOfMicros(c.Clock), nil
}

func evalDate(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	return parseDate(text)
}

func parseDate(text string) (value.Value, *fault) {
	d, err := value.ParseDate(javaTrim(text))
	if err != nil {
		return nil, notDate(text)
	}
	return d, nil
}

// argTimestamp evaluates the i-th argument as a time; an integer is microseconds.
func (c *context) argTimestamp(e *syntax.Form, i int, s *scope) (value.Time, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return value.Time{}, f
	}
	switch v := v.(type) {
	case value.Time:
		return v, nil
	case value.Int:
		return value.TimeOfMicros(int64(v)), nil
	}
	return value.Time{}, wrongType(v, "Time").at(key(e, i))
}

// component returns the function that takes an integer from a time in UTC.
func component(of func(t value.Time) int64) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		t, f := c.argTimestamp(e, 0, s)
		if f != nil {
			return nil, f
		}
		return value.Int(of(t)), nil
	}}
}

// dayOf returns the days from 1970-01-01 to the day of t in UTC.
func dayOf(t value.Time) int64 {
	day, _ := floorDivide(t.Seconds, secondsPerDay)
	return day
}

// secondOf returns the second of the day of t in UTC.
func secondOf(t value.Time) int64 {
	_, second := floorDivide(t.Seconds, secondsPerDay)
	return second
}

// floorDivide rounds down, so that the remainder is not negative. b is positive.
func floorDivide(a, b int64) (q, r int64) {
	q, r = a/b, a%b
	if r < 0 {
		q, r = q-1, r+b
	}
	return q, r
}

func dayOfYear(t value.Time) int64 {
	day := value.Date(dayOf(t))
	year, _, _ := day.Civil()
	first, _ := value.DateOf(year, 1, 1)
	return int64(day-first) + 1
}

func year(t value.Time) int64 {
	y, _, _ := value.Date(dayOf(t)).Civil()
	return y
}

func month(t value.Time) int64 {
	_, m, _ := value.Date(dayOf(t)).Civil()
	return int64(m)
}

func dayOfMonth(t value.Time) int64 {
	_, _, d := value.Date(dayOf(t)).Civil()
	return int64(d)
}

// dayOfWeek counts from Monday, 1. The first of January 1970 was a Thursday.
func dayOfWeek(t value.Time) int64 {
	_, d := floorDivide(dayOf(t)+3, 7)
	return d + 1
}

func millisOf(t value.Time) int64 { return t.Seconds*1000 + int64(t.Nanos)/1_000_000 }

func timeOfMillis(ms int64) value.Time {
	seconds, rest := floorDivide(ms, 1000)
	return value.Time{Seconds: seconds, Nanos: int32(rest) * 1_000_000}
}

var timeFuncs = family{
	syntax.OpTimeOf:       {eval: evalTime},
	syntax.OpNow:          {eval: evalNow},
	syntax.OpEpoch:        {eval: evalEpoch},
	syntax.OpDateOf:       {eval: evalDate},
	syntax.OpToMicros:     component(value.Time.Micros),
	syntax.OpToMillis:     component(millisOf),
	syntax.OpToSeconds:    component(func(t value.Time) int64 { return t.Seconds }),
	syntax.OpSecond:       component(func(t value.Time) int64 { return secondOf(t) % 60 }),
	syntax.OpMinute:       component(func(t value.Time) int64 { return secondOf(t) / 60 % 60 }),
	syntax.OpHour:         component(func(t value.Time) int64 { return secondOf(t) / 3600 }),
	syntax.OpDayOfMonth:   component(dayOfMonth),
	syntax.OpDayOfWeek:    component(dayOfWeek),
	syntax.OpDayOfYear:    component(dayOfYear),
	syntax.OpMonth:        component(month),
	syntax.OpYear:         component(year),
	syntax.OpTimeAdd:      shifting(1),
	syntax.OpTimeSubtract: shifting(-1),
	syntax.OpTimeDiff:     {eval: evalTimeDiff},
}
