package eval

import (
	"math"

	"seriatim/syntax"
	"seriatim/value"
)

// operator is a function of two numbers. It stays with integers, which wrap,
// until it meets a double. ok is false for a division by zero.
type operator struct {
	ints    func(a, b int64) (r int64, ok bool)
	doubles func(a, b float64) (r float64, ok bool)
}

// arithmetic returns the function that applies op from left to right.
func arithmetic(op operator) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		l, f := c.numbers(e, s)
		if f != nil {
			return nil, f
		}
		acc := l.values[0]
		for _, v := range l.values[1:] {
			var ok bool
			if acc, ok = op.apply(acc, v); !ok {
				return nil, invalidArgument("Illegal division by zero.")
			}
		}
		c.release(l)
		return acc, nil
	}}
}

// numbers evaluates the operands of a function of numbers.
func (c *context) numbers(e *syntax.Form, s *scope) (elems, *fault) {
	l, f := c.someOperands(e, 0, s)
	if f != nil {
		return l, f
	}
	for _, v := range l.values {
		if !isNumber(v) {
			return l, l.wrong(isNumber, key(e, 0), "Number")
		}
	}
	return l, c.spendArray(len(l.values))
}

func (op *operator) apply(a, b value.Value) (value.Value, bool) {
	x, ok := a.(value.Int)
	if ok {
		if y, ok := b.(value.Int); ok {
			r, ok := op.ints(int64(x), int64(y))
			return value.Int(r), ok
		}
	}
	r, ok := op.doubles(toFloat(a), toFloat(b))
	return value.Double(r), ok
}

// toFloat returns a number as a double.
func toFloat(v value.Value) float64 {
	if i, ok := v.(value.Int); ok {
		return float64(i)
	}
	d, _ := v.(value.Double)
	return float64(d)
}

// truncate makes an integer of a double as Java does: toward zero, the nearest
// integer when it is out of range, zero for NaN.
func truncate(d float64) int64 {
	switch {
	case d != d:
		return 0
	case d >= 1<<63:
		return math.MaxInt64
	case d < -1<<63:
		return math.MinInt64
	}
	return int64(d)
}

// bitwise returns the function that combines the bits of its operands. Doubles
// are truncated and make the result a double.
func bitwise(op func(a, b int64) int64) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		l, f := c.numbers(e, s)
		if f != nil {
			return nil, f
		}
		acc := l.values[0]
		for _, v := range l.values[1:] {
			acc = combine(op, acc, v)
		}
		c.release(l)
		return acc, nil
	}}
}

func combine(op func(a, b int64) int64, a, b value.Value) value.Value {
	x, wasInt := bits(a)
	y, isInt := bits(b)
	if wasInt && isInt {
		return value.Int(op(x, y))
	}
	return value.Double(op(x, y))
}

// bits returns a number as an integer and whether it was one.
func bits(v value.Value) (int64, bool) {
	if d, ok := v.(value.Double); ok {
		return truncate(float64(d)), false
	}
	i, _ := v.(value.Int)
	return int64(i), true
}

var numberFuncs = family{
	syntax.OpAdd: arithmetic(operator{
		func(a, b int64) (int64, bool) { return a + b, true },
		func(a, b float64) (float64, bool) { return a + b, true },
	}),
	syntax.OpSubtract: arithmetic(operator{
		func(a, b int64) (int64, bool) { return a - b, true },
		func(a, b float64) (float64, bool) { return a - b, true },
	}),
	syntax.OpMultiply: arithmetic(operator{
		func(a, b int64) (int64, bool) { return a * b, true },
		func(a, b float64) (float64, bool) { return float64(a * b), true },
	}),
	syntax.OpDivide: arithmetic(operator{
		func(a, b int64) (int64, bool) {
			if b == 0 {
				return 0, false
			}
			return a / b, true
		},
		func(a, b float64) (float64, bool) { return a / b, b != 0 },
	}),
	syntax.OpModulo: arithmetic(operator{
		func(a, b int64) (int64, bool) {
			if b == 0 {
				return 0, false
			}
			return a % b, true
		},
		func(a, b float64) (float64, bool) { return math.Mod(a, b), b != 0 },
	}),
	syntax.OpBitAnd: bitwise(func(a, b int64) int64 { return a & b }),
	syntax.OpBitOr:  bitwise(func(a, b int64) int64 { return a | b }),
	syntax.OpBitXor: bitwise(func(a, b int64) int64 { return a ^ b }),
	syntax.OpBitNot: {eval: evalBitNot},
	syntax.OpAbs:    {eval: evalAbs},
	syntax.OpCeil:   rounding(math.Ceil),
	syntax.OpFloor:  rounding(math.Floor),
	syntax.OpSign:   {eval: evalSign},
	syntax.OpSqrt:   {eval: evalSqrt},
	syntax.OpRound:  {eval: evalRound},
	syntax.OpTrunc:  {eval: evalTrunc},
}
