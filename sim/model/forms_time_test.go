package model

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"seriatim/syntax"
)

var timeForms map[syntax.Op]func(*call) val

func init() { timeForms = timeTable() }

func timeTable() map[syntax.Op]func(*call) val {
	part := func(f func(time.Time) int) func(*call) val {
		return func(c *call) val { return int64(f(c.moment(0).clock())) }
	}
	return map[syntax.Op]func(*call) val{
		syntax.OpTimeOf: func(c *call) val {
			s := strings.TrimSpace(c.str(0))
			if s == "now" {
				return c.w.now
			}
			t, ok := parseTime(s)
			if !ok {
				c.fail("invalid argument", "Cannot cast '"+c.str(0)+"' to a time.")
			}
			return t
		},
		syntax.OpNow: func(c *call) val { return c.w.now },
		syntax.OpEpoch: func(c *call) val {
			n := c.integer(0)
			return c.bounded(fromNanos(new(big.Int).Mul(big.NewInt(n), big.NewInt(c.unit(1)))))
		},
		syntax.OpDateOf: func(c *call) val {
			d, ok := parseDate(c.str(0))
			if !ok {
				c.fail("invalid argument", "Cannot cast '"+c.str(0)+"' to a date.")
			}
			return d
		},
		syntax.OpToMicros:   func(c *call) val { return c.moment(0).micros() },
		syntax.OpToMillis:   func(c *call) val { return c.moment(0).sec*1000 + c.moment(0).ns/1e6 },
		syntax.OpToSeconds:  func(c *call) val { return c.moment(0).sec },
		syntax.OpSecond:     part(time.Time.Second),
		syntax.OpMinute:     part(time.Time.Minute),
		syntax.OpHour:       part(time.Time.Hour),
		syntax.OpDayOfMonth: part(time.Time.Day),
		syntax.OpDayOfWeek: part(func(t time.Time) int {
			return (int(t.Weekday())+6)%7 + 1
		}),
		syntax.OpDayOfYear:    part(time.Time.YearDay),
		syntax.OpMonth:        part(func(t time.Time) int { return int(t.Month()) }),
		syntax.OpYear:         part(time.Time.Year),
		syntax.OpTimeAdd:      func(c *call) val { return c.shift(1) },
		syntax.OpTimeSubtract: func(c *call) val { return c.shift(-1) },
		syntax.OpTimeDiff:     (*call).timeDiff,
	}
}

func (t instant) clock() time.Time { return time.Unix(t.sec, t.ns).UTC() }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// moment is an argument that is a time or microseconds.
func (c *call) moment(i int) instant {
	switch v := c.v[i].(type) {
	case instant:
		return v
	case int64:
		return micros(v)
	}
	c.expected("Time", c.v[i], c.key(i))
	return instant{}
}

var units = map[string]int64{"day": 86400e9, "half day": 43200e9, "hour": 3600e9, "minute": 60e9, "second": 1e9,
	"millisecond": 1e6, "microsecond": 1e3, "nanosecond": 1}

// unit is an argument that names a unit, in nanoseconds.
func (c *call) unit(i int) int64 {
	s, ok := c.v[i].(string)
	if ok {
		if n, ok := units[strings.TrimSuffix(strings.TrimSpace(s), "s")]; ok {
			return n
		}
	}
	c.expected("Time Unit", c.v[i], c.key(i))
	return 0
}

func fromNanos(n *big.Int) (sec *big.Int, ns int64) {
	sec, rest := new(big.Int).DivMod(n, big.NewInt(1e9), new(big.Int))
	return sec, rest.Int64()
}

func nanos(t instant) *big.Int {
	n := new(big.Int).Mul(big.NewInt(t.sec), big.NewInt(1e9))
	return n.Add(n, big.NewInt(t.ns))
}

func millis(t instant) *big.Int {
	return new(big.Int).Div(nanos(t), big.NewInt(1e6))
}

const outOfRange = "dates and times must be between -1000000000-01-01T00:00:00Z and +1000000000-12-31T23:59:59.999999999Z"

func (c *call) bounded(sec *big.Int, ns int64, pos ...string) instant {
	if new(big.Int).Abs(sec).Cmp(big.NewInt(31556889864403199)) > 0 {
		c.fail("invalid argument", outOfRange, pos...)
	}
	return instant{sec.Int64(), ns}
}

func (c *call) shift(sign int64) val {
	switch c.v[0].(type) {
	case instant, day:
	default:
		c.expected("Temporal", c.v[0], c.key(0))
	}
	n := c.integer(1)
	by := new(big.Int).Mul(big.NewInt(n), big.NewInt(sign))
	u := c.unit(2)
	switch v := c.v[0].(type) {
	case instant:
		by.Mul(by, big.NewInt(u))
		sec, ns := fromNanos(by.Add(by, nanos(v)))
		return c.bounded(sec, ns, "offset")
	case day:
		if u != 86400e9 {
			c.fail("invalid argument", "Invalid time unit '"+strings.TrimSpace(c.v[2].(string))+"'.", "unit")
		}
		by.Add(by, big.NewInt(int64(v)))
		if new(big.Int).Abs(by).Cmp(big.NewInt(31556889864403199/86400)) > 0 {
			c.fail("invalid argument", outOfRange, "offset")
		}
		return day(by.Int64())
	}
	return nil
}

func (c *call) timeDiff() val {
	for i := range 2 {
		switch c.v[i].(type) {
		case instant, day:
		default:
			c.expected("Temporal", c.v[i], c.key(i))
		}
	}
	u := c.unit(2)
	a, aTime := c.v[0].(instant)
	b, bTime := c.v[1].(instant)
	if aTime != bTime {
		c.fail("invalid argument", "Incompatible time arguments.", "time_diff")
	}
	if aTime && u == 1e6 { // Java subtracts whole milliseconds
		d := new(big.Int).Sub(millis(b), millis(a))
		if !d.IsInt64() {
			c.fail("invalid argument", outOfRange, "other")
		}
		return d.Int64()
	}
	if aTime {
		d := nanos(b)
		if d.Sub(d, nanos(a)).Quo(d, big.NewInt(u)); !d.IsInt64() {
			c.fail("invalid argument", outOfRange, "other")
		}
		return d.Int64()
	}
	if u != 86400e9 {
		c.fail("invalid argument", "Invalid time unit '"+strings.TrimSpace(c.v[2].(string))+"'.", "unit")
	}
	return int64(c.v[1].(day) - c.v[0].(day))
}

func parseTime(s string) (instant, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return instant{t.Unix(), int64(t.Nanosecond())}, true
		}
	}
	return instant{}, false
}

func parseDate(s string) (day, bool) {
	t, err := time.Parse("2006-01-02", s)
	return day(floorDiv(t.Unix(), 86400)), err == nil
}

var convertForms map[syntax.Op]func(*call) val

func init() { convertForms = convertTable() }

func convertTable() map[syntax.Op]func(*call) val {
	out := map[syntax.Op]func(*call) val{
		syntax.OpToString: func(c *call) val {
			s, ok := stringOf(c.v[0])
			if !ok {
				c.uncast("String")
			}
			return s
		},
		syntax.OpToNumber: func(c *call) val { return c.toNumber("Number") },
		syntax.OpToDouble: func(c *call) val { return toFloat(c.toNumber("Double", "to_double")) },
		syntax.OpToInteger: func(c *call) val {
			return saturate(c.toNumber("Integer", "to_integer"))
		},
		syntax.OpToTime:   (*call).toTime,
		syntax.OpToDate:   (*call).toDate,
		syntax.OpToObject: (*call).toObject,
		syntax.OpToArray: func(c *call) val {
			switch v := c.v[0].(type) {
			case list:
				return v
			case *rec, *docv:
				l := list{}
				for i, n := range asRec(v).names {
					l = append(l, list{n, asRec(v).vals[i]})
				}
				return l
			}
			c.uncast("Array", "to_array")
			return nil
		},
	}
	checks := map[syntax.Op]func(val) bool{
		syntax.OpIsNumber:    func(v val) bool { return rank(v) == 1 },
		syntax.OpIsDouble:    func(v val) bool { _, ok := v.(float64); return ok },
		syntax.OpIsInteger:   func(v val) bool { _, ok := v.(int64); return ok },
		syntax.OpIsBoolean:   func(v val) bool { _, ok := v.(bool); return ok },
		syntax.OpIsNull:      func(v val) bool { return v == nil },
		syntax.OpIsBytes:     func(v val) bool { _, ok := v.(bin); return ok },
		syntax.OpIsTimestamp: func(v val) bool { _, ok := v.(instant); return ok },
		syntax.OpIsDate:      func(v val) bool { _, ok := v.(day); return ok },
		syntax.OpIsUUID:      func(v val) bool { _, ok := v.(uid); return ok },
		syntax.OpIsString:    func(v val) bool { return rank(v) == 3 },
		syntax.OpIsArray:     func(v val) bool { _, ok := v.(list); return ok },
		syntax.OpIsObject: func(v val) bool {
			_, element := v.(*sourced)
			return !element && (kindOf(v) == "Object" || kindOf(v) == "Page")
		},
		syntax.OpIsRef: func(v val) bool { return rank(v) == 6 || isLost(v) },
		syntax.OpIsSet: func(v val) bool { _, n := v.(native); return n || kindOf(v) == "Set" },
		syntax.OpIsDoc: func(v val) bool {
			_, ok := v.(*docv)
			_, isRef := v.(ref)
			_, isNative := v.(native)
			return ok || isRef || isNative
		},
		syntax.OpIsLambda:      func(v val) bool { _, ok := v.(fn); return ok },
		syntax.OpIsCollection:  func(v val) bool { return refOf(v) == "collections" },
		syntax.OpIsDatabase:    func(v val) bool { return refOf(v) == "databases" },
		syntax.OpIsIndex:       func(v val) bool { return refOf(v) == "indexes" },
		syntax.OpIsFunction:    func(v val) bool { return refOf(v) == "functions" },
		syntax.OpIsRole:        func(v val) bool { return refOf(v) == "roles" },
		syntax.OpIsKey:         func(v val) bool { return refOf(v) == "keys" },
		syntax.OpIsToken:       func(v val) bool { return refOf(v) == "tokens" },
		syntax.OpIsCredentials: func(v val) bool { return refOf(v) == "credentials" },
	}
	for op, f := range checks {
		out[op] = func(c *call) val { return f(c.v[0]) }
	}
	return out
}

func isLost(v val) bool { _, ok := v.(lost); return ok }

// refOf is the native collection that a ref points into.
func refOf(v val) string {
	switch v := v.(type) {
	case ref:
		if slices.Contains(natives, v.coll) {
			return v.coll
		}
	case native:
		return "collections"
	}
	return ""
}

func (c *call) uncast(to string, pos ...string) {
	c.fail("invalid argument", "Cannot cast "+kindOf(c.v[0])+" to "+to+".", pos...)
}

// stringOf is a scalar as text.
func stringOf(v val) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case act:
		return string(v), true
	case nil:
		return "null", true
	case bool, int64:
		return flat(v), true
	case float64:
		return javaDouble(v), true
	case instant:
		return timeText(v), true
	case day:
		return dateText(v), true
	case uid:
		return string(v), true
	}
	return "", false
}

func (c *call) toNumber(to string, pos ...string) val {
	switch v := c.v[0].(type) {
	case int64, float64:
		return v
	case string, act:
		if n, ok := parseNumber(text(v)); ok {
			return n
		}
	}
	c.uncast(to, pos...)
	return nil
}

func (c *call) toTime() val {
	switch v := c.v[0].(type) {
	case int64:
		return instant{floorDiv(v, 1000), (v - floorDiv(v, 1000)*1000) * 1e6}
	case instant:
		return v
	case pending:
		return pending{asTime: true}
	case day:
		return instant{int64(v) * 86400, 0}
	case string, act:
		if t, ok := parseTime(strings.TrimSpace(text(v))); ok {
			return t
		}
		c.fail("invalid argument", "Cannot cast '"+text(v)+"' to a time.")
	}
	c.uncast("Time")
	return nil
}

func (c *call) toDate() val {
	switch v := c.v[0].(type) {
	case instant:
		return day(floorDiv(v.sec, 86400))
	case day:
		return v
	case string, act:
		if d, ok := parseDate(text(v)); ok {
			return d
		}
		c.fail("invalid argument", "Cannot cast '"+text(v)+"' to a date.")
	}
	c.uncast("Date")
	return nil
}

func (c *call) toObject() val {
	switch v := c.v[0].(type) {
	case *rec:
		return v
	case *docv:
		return asRec(v)
	case list:
		out := newRec()
		c.all(len(v), func(i int) {
			pair, ok := v[i].(list)
			if !ok || len(pair) != 2 || rank(pair[0]) != 3 {
				c.expected("Field/Value", v[i], "to_object", flat(i))
			}
			if _, has := out.get(text(pair[0])); !has {
				out.set(text(pair[0]), pair[1])
			}
		})
		return out
	}
	c.uncast("Object", "to_object")
	return nil
}
