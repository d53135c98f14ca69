package model

import (
	"math"
	"strconv"

	"seriatim/syntax"
)

var numberForms map[syntax.Op]func(*call) val

func init() { numberForms = numberTable() }

func numberTable() map[syntax.Op]func(*call) val {
	fold := func(f func(a, b val) val) func(*call) val {
		return func(c *call) val {
			l := c.numbers(0)
			out := l[0]
			for _, v := range l[1:] {
				out = f(out, v)
			}
			return out
		}
	}
	real := func(f func(float64) float64) func(*call) val {
		return func(c *call) val { return f(c.double(0)) }
	}
	within := func(ok func(float64) bool, text string, f func(float64) float64) func(*call) val {
		return func(c *call) val {
			x := c.double(0)
			if !ok(x) {
				c.fail("invalid argument", shown(c.v[0])+text)
			}
			return f(x)
		}
	}
	unit := func(x float64) bool { return x >= -1 && x <= 1 }
	positive := func(x float64) bool { return x > 0 }
	return map[syntax.Op]func(*call) val{
		syntax.OpAdd:      fold(add),
		syntax.OpSubtract: fold(arith(func(a, b int64) int64 { return a - b }, func(a, b float64) float64 { return a - b })),
		syntax.OpMultiply: fold(arith(func(a, b int64) int64 { return a * b }, func(a, b float64) float64 { return a * b })),
		syntax.OpDivide: func(c *call) val {
			return c.quotient(func(a, b int64) int64 { return a / b }, func(a, b float64) float64 { return a / b })
		},
		syntax.OpModulo: func(c *call) val { return c.quotient(func(a, b int64) int64 { return a % b }, math.Mod) },
		syntax.OpBitAnd: fold(bits(func(a, b int64) int64 { return a & b })),
		syntax.OpBitOr:  fold(bits(func(a, b int64) int64 { return a | b })),
		syntax.OpBitXor: fold(bits(func(a, b int64) int64 { return a ^ b })),
		syntax.OpBitNot: func(c *call) val { return ^saturate(c.number(0)) },
		syntax.OpAbs:    keepKind(func(n int64) int64 { return max(n, -n) }, math.Abs),
		syntax.OpCeil:   keepKind(func(n int64) int64 { return n }, math.Ceil),
		syntax.OpFloor:  keepKind(func(n int64) int64 { return n }, math.Floor),
		syntax.OpSign:   sign,
		syntax.OpSqrt:   within(func(x float64) bool { return x >= 0 }, " must be positive", math.Sqrt),
		syntax.OpRound:  func(c *call) val { return c.rounded(0.5) },
		syntax.OpTrunc:  func(c *call) val { return c.rounded(0) },
		syntax.OpAcos:   within(unit, " must be between -1 and 1 inclusive", math.Acos),
		syntax.OpAsin:   within(unit, " must be between -1 and 1 inclusive", math.Asin),
		syntax.OpAtan:   real(math.Atan), syntax.OpCos: real(math.Cos), syntax.OpCosh: real(math.Cosh), syntax.OpSin: real(math.Sin),
		syntax.OpSinh: real(math.Sinh), syntax.OpTan: real(math.Tan), syntax.OpTanh: real(math.Tanh), syntax.OpExp: real(math.Exp),
		syntax.OpDegrees: real(func(x float64) float64 { return x * 57.29577951308232 }),
		syntax.OpRadians: real(func(x float64) float64 { return x * 0.017453292519943295 }),
		syntax.OpLn:      within(positive, " must be greater than 0", math.Log),
		syntax.OpLog:     within(positive, " must be greater than 0", log10),
		syntax.OpHypot: func(c *call) val {
			a, b := c.double(0), c.double(0)
			if c.has(1) {
				b = c.double(1)
			}
			return math.Hypot(a, b)
		},
		syntax.OpPow: func(c *call) val {
			a, b := c.double(0), 2.0
			if c.has(1) {
				b = c.double(1)
			}
			return math.Pow(a, b)
		},
	}
}

// shown is a number as bounds errors print it.
func shown(v val) string {
	if n, ok := v.(int64); ok {
		return strconv.FormatInt(n, 10)
	}
	return javaDouble(v.(float64))
}

func arith(ints func(a, b int64) int64, doubles func(a, b float64) float64) func(a, b val) val {
	return func(a, b val) val {
		x, xi := a.(int64)
		y, yi := b.(int64)
		if xi && yi {
			return ints(x, y)
		}
		return doubles(toFloat(a), toFloat(b))
	}
}

var add = arith(func(a, b int64) int64 { return a + b }, func(a, b float64) float64 { return a + b })

func (c *call) quotient(ints func(a, b int64) int64, doubles func(a, b float64) float64) val {
	l := c.numbers(0)
	out := l[0]
	for _, v := range l[1:] {
		if toFloat(v) == 0 {
			c.fail("invalid argument", "Illegal division by zero.")
		}
		out = arith(ints, doubles)(out, v)
	}
	return out
}

// saturate is a number as an integer, as Java casts it.
func saturate(v val) int64 {
	x, ok := v.(float64)
	switch {
	case !ok:
		return v.(int64)
	case math.IsNaN(x):
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	}
	return int64(x)
}

func bits(f func(a, b int64) int64) func(a, b val) val {
	return func(a, b val) val {
		n := f(saturate(a), saturate(b))
		_, xi := a.(int64)
		_, yi := b.(int64)
		if xi && yi {
			return n
		}
		return float64(n)
	}
}

func keepKind(ints func(int64) int64, doubles func(float64) float64) func(*call) val {
	return func(c *call) val {
		if n, ok := c.number(0).(int64); ok {
			return ints(n)
		}
		return doubles(c.v[0].(float64))
	}
}

func sign(c *call) val {
	switch x := c.number(0).(type) {
	case int64:
		return int64(boolInt(x > 0) - boolInt(x < 0))
	case float64:
		if x < 0 {
			return int64(-1)
		}
	}
	return int64(1)
}

// rounded is Round, which adds a half first, and Trunc; the whole part and the
// fraction are treated apart, as the core does.
func (c *call) rounded(half float64) val {
	c.number(0)
	p := c.integerOr(1, 2)
	n, whole := c.v[0].(int64)
	if whole && (p > 0 || !c.has(1)) {
		return n
	}
	scale := math.Pow(10, float64(p))
	x := toFloat(c.v[0])
	if p <= 0 {
		out := saturate(float64(saturate(x*scale+half)) / scale)
		if whole {
			return out
		}
		return float64(out)
	}
	w := float64(saturate(x))
	return w + float64(saturate((x-w+half/scale)*scale))/scale
}

// log10 is exact for powers of ten, as Java's is.
func log10(x float64) float64 {
	n := math.Round(math.Log10(x))
	if exact, err := strconv.ParseFloat("1e"+strconv.Itoa(int(n)), 64); err == nil && exact == x {
		return n
	}
	return math.Log10(x)
}
