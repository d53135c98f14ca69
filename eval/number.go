package eval

import (
	"math"

	"seriatim/syntax"
	"seriatim/value"
)

// argNumber evaluates the i-th argument as a number: a value.Int or value.Double.
func (c *context) argNumber(e *syntax.Form, i int, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return nil, f
	}
	if !isNumber(v) {
		return nil, wrongType(v, "Number").at(key(e, i))
	}
	return v, nil
}

// outOfBounds is the error of an argument whose value is not acceptable.
func outOfBounds(what, must string) *fault { return invalidArgument("%s must be %s", what, must) }

func evalBitNot(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.argNumber(e, 0, s)
	if f != nil {
		return nil, f
	}
	n, _ := bits(v)
	return value.Int(^n), nil
}

func evalAbs(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.argNumber(e, 0, s)
	if f != nil {
		return nil, f
	}
	switch v := v.(type) {
	case value.Double:
		return value.Double(math.Abs(float64(v))), nil
	case value.Int:
		if v < 0 {
			return -v, nil
		}
	}
	return v, nil
}

// rounding returns the function that rounds doubles to a whole double.
func rounding(round func(float64) float64) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		v, f := c.argNumber(e, 0, s)
		if d, ok := v.(value.Double); ok {
			return value.Double(round(float64(d))), nil
		}
		return v, f
	}}
}

// evalSign gives -1, 0 or 1; for the double zero and NaN it is 1, as in the core.
func evalSign(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.argNumber(e, 0, s)
	if f != nil {
		return nil, f
	}
	switch {
	case v == value.Value(value.Int(0)):
		return v, nil
	case toFloat(v) < 0:
		return value.Int(-1), nil
	}
	return value.Int(1), nil
}

func evalSqrt(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.argNumber(e, 0, s)
	if f != nil {
		return nil, f
	}
	d := toFloat(v)
	if !(d >= 0) {
		return nil, outOfBounds(numberText(v), "positive")
	}
	return value.Double(math.Sqrt(d)), nil
}

// argPrecision evaluates the arguments of Round and Trunc. set is false when the
// precision was left out.
func (c *context) argPrecision(e *syntax.Form, s *scope) (v value.Value, digits int64, set bool, f *fault) {
	if v, f = c.argNumber(e, 0, s); f != nil {
		return nil, 0, false, f
	}
	set = len(e.Args) > 1 && e.Args[1] != nil
	digits, f = c.argIntOr(e, 1, s, 2)
	return v, digits, set, f
}

// evalRound adds half and truncates, so negative numbers round towards it.
func evalRound(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, digits, set, f := c.argPrecision(e, s)
	if f != nil {
		return nil, f
	}
	switch v := v.(type) {
	case value.Int:
		if set && digits <= 0 {
			return value.Int(roundLeft(float64(v), digits, 0.5)), nil
		}
	case value.Double:
		if digits <= 0 {
			return value.Double(roundLeft(float64(v), digits, 0.5)), nil
		}
		return value.Double(roundRight(float64(v), digits, 0.5)), nil
	}
	return v, nil
}

// evalTrunc drops digits. Unlike Round it keeps what dividing by the power of ten
// gives, as the core does.
func evalTrunc(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, digits, set, f := c.argPrecision(e, s)
	if f != nil {
		return nil, f
	}
	switch v := v.(type) {
	case value.Int:
		if set && digits <= 0 {
			return value.Int(roundLeft(float64(v), digits, 0)), nil
		}
	case value.Double:
		if digits <= 0 {
			scale := powerOfTen(digits)
			return value.Double(float64(truncate(float64(v)*scale)) / scale), nil
		}
		return value.Double(roundRight(float64(v), digits, 0)), nil
	}
	return v, nil
}

// powerOfTen returns ten to the power of digits. Its results are the same on all
// machines, which math.Pow does not promise.
func powerOfTen(digits int64) float64 { return math.Pow10(int(min(max(digits, -400), 400))) }

// roundLeft rounds to digits <= 0 places right of the point after adding half. The
// conversions keep the compiler from fusing steps.
func roundLeft(d float64, digits int64, half float64) int64 {
	scale := powerOfTen(digits)
	return truncate(float64(truncate(float64(d*scale)+half)) / scale)
}

// roundRight rounds the fraction to digits > 0 places after adding half. The
// whole part stays apart so that it does not overflow.
func roundRight(d float64, digits int64, half float64) float64 {
	scale := float64(min(truncate(powerOfTen(digits)), math.MaxInt32))
	whole := float64(truncate(d))
	fraction := float64(truncate(float64((float64(d-whole) + half/scale) * scale)))
	return whole + fraction/scale
}

// numberText returns a number as errors and ToString show it.
func numberText(v value.Value) string {
	s, _ := textOf(v)
	return s
}
