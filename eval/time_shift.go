package eval

import (
	"math"

	"seriatim/syntax"
	"seriatim/value"
)

// unit is a unit of time: a whole number of seconds, or of parts of a second.
type unit struct {
	name    string
	seconds int64 // zero for units below a second
	parts   int64 // units in a second, for those
	days    bool  // a date may be shifted by it
}

var units = map[string]unit{
	"day":         {seconds: secondsPerDay, days: true},
	"half day":    {seconds: secondsPerDay / 2},
	"hour":        {seconds: 3600},
	"minute":      {seconds: 60},
	"second":      {seconds: 1},
	"millisecond": {parts: 1e3},
	"microsecond": {parts: 1e6},
	"nanosecond":  {parts: 1e9},
}

func init() {
	for name, u := range units {
		units[name+"s"] = u
	}
}

// argUnit evaluates the i-th argument as the name of a unit.
func (c *context) argUnit(e *syntax.Form, i int, s *scope) (unit, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return unit{}, f
	}
	name, _ := v.(value.String)
	u, ok := units[javaTrim(string(name))]
	if !ok {
		return unit{}, wrongType(v, "Time Unit").at(key(e, i))
	}
	u.name = string(name)
	return u, nil
}

// argTemporal evaluates the i-th argument as a time or date.
func (c *context) argTemporal(e *syntax.Form, i int, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return nil, f
	}
	switch v.(type) {
	case value.Time, value.Date:
		return v, nil
	}
	return nil, wrongType(v, "Temporal").at(key(e, i))
}

// outOfTime is the error of a time that cannot be represented.
func outOfTime() *fault {
	first, last := value.Time{Seconds: value.MinSeconds}, value.Time{Seconds: value.MaxSeconds, Nanos: 999_999_999}
	return outOfBounds("dates and times", "between "+value.FormatTime(first)+" and "+value.FormatTime(last))
}

// evalEpoch makes a time of a number of units since 1970.
func evalEpoch(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	n, f := c.argInt(e, 0, s)
	if f != nil {
		return nil, f
	}
	u, f := c.argUnit(e, 1, s)
	if f != nil {
		return nil, f
	}
	t, ok := u.shift(value.Time{}, n, 1)
	if !ok {
		return nil, outOfTime()
	}
	return t, nil
}

// shifting returns TimeAdd or TimeSubtract.
func shifting(sign int64) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		base, f := c.argTemporal(e, 0, s)
		if f != nil {
			return nil, f
		}
		n, f := c.argInt(e, 1, s)
		if f != nil {
			return nil, f
		}
		u, f := c.argUnit(e, 2, s)
		if f != nil {
			return nil, f
		}
		switch base := base.(type) {
		case value.Time:
			if t, ok := u.shift(base, n, sign); ok {
				return t, nil
			}
		case value.Date:
			if !u.days {
				return nil, invalidArgument("Invalid time unit '%s'.", u.name).at(key(e, 2))
			}
			if d, ok := shiftDate(base, n, sign); ok {
				return d, nil
			}
		}
		return nil, outOfTime().at(key(e, 1))
	}}
}

// shift moves t by n units in the direction of sign. ok is false when the result
// is out of range.
func (u unit) shift(t value.Time, n, sign int64) (shifted value.Time, ok bool) {
	seconds, nanos := int64(0), int64(0)
	if u.seconds > 0 {
		if n > math.MaxInt64/u.seconds || n < math.MinInt64/u.seconds {
			return t, false
		}
		seconds = n * u.seconds
	} else {
		seconds, nanos = floorDivide(n, u.parts)
		nanos *= 1e9 / u.parts
	}
	// Both stay far from overflow once they are within the range of times.
	if seconds > 2*value.MaxSeconds || seconds < -2*value.MaxSeconds {
		return t, false
	}
	carry, rest := floorDivide(int64(t.Nanos)+sign*nanos, 1e9)
	shifted = value.Time{Seconds: t.Seconds + sign*seconds + carry, Nanos: int32(rest)}
	return shifted, shifted.Seconds >= value.MinSeconds && shifted.Seconds <= value.MaxSeconds
}

func shiftDate(d value.Date, n, sign int64) (value.Date, bool) {
	const farthest = 2 * int64(value.MaxDate)
	if n > farthest || n < -farthest {
		return 0, false
	}
	d += value.Date(sign * n)
	return d, d >= value.MinDate && d <= value.MaxDate
}

// evalTimeDiff counts the whole units from one time or date to another.
func evalTimeDiff(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	start, f := c.argTemporal(e, 0, s)
	if f != nil {
		return nil, f
	}
	finish, f := c.argTemporal(e, 1, s)
	if f != nil {
		return nil, f
	}
	u, f := c.argUnit(e, 2, s)
	if f != nil {
		return nil, f
	}
	if a, ok := start.(value.Date); ok {
		b, ok := finish.(value.Date)
		switch {
		case !ok:
			return nil, incompatibleTimes()
		case !u.days:
			return nil, invalidArgument("Invalid time unit '%s'.", u.name).at(key(e, 2))
		}
		return value.Int(b - a), nil
	}
	b, ok := finish.(value.Time)
	if !ok {
		return nil, incompatibleTimes()
	}
	n, ok := u.between(start.(value.Time), b)
	if !ok {
		return nil, outOfTime().at(key(e, 1))
	}
	return value.Int(n), nil
}

func incompatibleTimes() *fault {
	return invalidArgument("Incompatible time arguments.").at("time_diff")
}

// between counts the whole units from a to b, rounded toward zero. Milliseconds
// are the difference of both ends rounded down, as in Java. ok is false when the
// count does not fit.
func (u unit) between(a, b value.Time) (n int64, ok bool) {
	if u.parts == 1e3 {
		from, to := millisOf(a), millisOf(b)
		n = to - from
		return n, inMillis(a) && inMillis(b) && (to < from) == (n < 0)
	}
	seconds, nanos := b.Seconds-a.Seconds, int64(b.Nanos)-int64(a.Nanos)
	switch {
	case seconds > 0 && nanos < 0:
		seconds, nanos = seconds-1, nanos+1e9
	case seconds < 0 && nanos > 0:
		seconds, nanos = seconds+1, nanos-1e9
	}
	if u.seconds > 0 {
		return seconds / u.seconds, true
	}
	if limit := math.MaxInt64 / u.parts; seconds > limit || seconds < -limit {
		return 0, false
	}
	whole, rest := seconds*u.parts, nanos/(1e9/u.parts)
	n = whole + rest
	return n, (rest < 0) == (n < whole)
}

// inMillis reports whether a time can be counted in milliseconds: whether they lead
// back to its second.
func inMillis(t value.Time) bool {
	n := millisOf(t)
	s := n / 1000
	if n%1000 < 0 {
		s--
	}
	return s == t.Seconds
}
