package eval

import (
	"strconv"

	"seriatim/syntax"
	"seriatim/value"
)

// wrongCast is the error of a conversion that v does not have.
func wrongCast(v value.Value, to string) *fault {
	return invalidArgument("Cannot cast %s to %s.", typeName(v), to)
}

// textOf returns the text of a scalar; ok is false for what has none.
func textOf(v value.Value) (text string, ok bool) {
	switch v := v.(type) {
	case value.String:
		return string(v), true
	case value.Int:
		return strconv.FormatInt(int64(v), 10), true
	case value.Double:
		return value.FormatDouble(float64(v)), true
	case value.Bool:
		return strconv.FormatBool(bool(v)), true
	case value.Null:
		return "null", true
	case value.Time:
		return value.FormatTime(v), true
	case value.Date:
		return value.FormatDate(v), true
	case value.UUID:
		return value.FormatUUID(v), true
	case value.Action:
		return string(v), true
	}
	return "", false
}

func evalToString(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	if _, ok := v.(value.String); ok {
		return v, nil
	}
	text, ok := textOf(v)
	if !ok {
		return nil, wrongCast(v, "String")
	}
	return value.String(text), nil
}

// toNumber takes a number, or text that begins with one.
func toNumber(v value.Value) (value.Value, bool) {
	switch v := v.(type) {
	case value.Int, value.Double:
		return v, true
	case value.String:
		return parseNumber(javaTrim(string(v)))
	}
	return nil, false
}

func evalToNumber(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	n, ok := toNumber(v)
	if !ok {
		return nil, wrongCast(v, "Number")
	}
	return n, nil
}

func evalToDouble(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	n, ok := toNumber(v)
	if !ok {
		return nil, wrongCast(v, "Double").at(key(e, 0))
	}
	return value.Double(toFloat(n)), nil
}

func evalToInteger(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	n, ok := toNumber(v)
	if !ok {
		return nil, wrongCast(v, "Integer").at(key(e, 0))
	}
	i, _ := bits(n)
	return value.Int(i), nil
}

// evalToTime takes a time, a date, text, or milliseconds since 1970.
func evalToTime(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	switch v := v.(type) {
	case value.Time:
		return v, nil
	case value.Int:
		return timeOfMillis(int64(v)), nil
	case value.Date:
		return value.Time{Seconds: int64(v) * secondsPerDay}, nil
	case value.String:
		return c.parseTime(string(v))
	}
	return nil, wrongCast(v, "Time")
}

func evalToDate(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	switch v := v.(type) {
	case value.Date:
		return v, nil
	case value.Time:
		if d := value.Date(dayOf(v)); d >= value.MinDate && d <= value.MaxDate {
			return d, nil
		}
	case value.String:
		return parseDate(string(v))
	}
	return nil, wrongCast(v, "Date")
}

// evalToObject makes an object of [name, value] pairs, the first of a name
// counting, or of a document.
func evalToObject(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	if o, ok := c.objectOf(v); ok {
		return o, nil
	}
	list, ok := v.(value.Array)
	if !ok {
		return nil, wrongCast(v, "Object").at(key(e, 0))
	}
	if f := c.spendArray(len(list)); f != nil {
		return nil, f
	}
	o, f := objectOfPairs(list)
	if f != nil {
		return nil, f.at(key(e, 0))
	}
	return o, nil
}

// objectOfPairs reports all elements that are not pairs, at their index.
func objectOfPairs(list value.Array) (*value.Object, *fault) {
	fields := make([]value.Field, 0, len(list))
	seen := make(map[string]bool, len(list))
	var failed *fault
	for i, v := range list {
		name, member, ok := pair(v)
		if !ok {
			failed = failed.join(wrongType(v, "Field/Value").at(i))
			continue
		}
		if !seen[name] {
			seen[name] = true
			fields = append(fields, value.Field{Name: name, Value: member})
		}
	}
	if failed != nil {
		return nil, failed
	}
	return value.NewObject(fields...), nil
}

func pair(v value.Value) (name string, member value.Value, ok bool) {
	list, _ := v.(value.Array)
	if len(list) != 2 {
		return "", nil, false
	}
	s, ok := list[0].(value.String)
	return string(s), list[1], ok
}

// evalToArray makes [name, value] pairs of an object or document.
func evalToArray(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	if list, ok := v.(value.Array); ok {
		return list, nil
	}
	o, ok := c.objectOf(v)
	if !ok {
		return nil, wrongCast(v, "Array").at(key(e, 0))
	}
	out := make(value.Array, len(o.Fields))
	for i := range o.Fields {
		out[i] = value.Array{value.String(o.Fields[i].Name), o.Fields[i].Value}
	}
	return out, c.spendArray(len(out))
}

var convertFuncs = family{
	syntax.OpToString:  {eval: evalToString},
	syntax.OpToNumber:  {eval: evalToNumber},
	syntax.OpToDouble:  {eval: evalToDouble},
	syntax.OpToInteger: {eval: evalToInteger},
	syntax.OpToTime:    {eval: evalToTime},
	syntax.OpToDate:    {eval: evalToDate},
	syntax.OpToObject:  {eval: evalToObject},
	syntax.OpToArray:   {eval: evalToArray},
}

// notTime and notDate are the errors of text that does not read as one.
func notTime(text string) *fault {
	return invalidArgument("Cannot cast '%s' to a time.", text)
}

func notDate(text string) *fault {
	return invalidArgument("Cannot cast '%s' to a date.", text)
}
