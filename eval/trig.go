package eval

import (
	"math"

	"seriatim/syntax"
	"seriatim/value"
)

// The functions of this family are computed differently by different processors
// and releases of Go, in the last digits: they are unstable.

// transcendental returns the function of one number that gives a double. Outside
// of domain it fails with what the argument must be; a nil domain is everything.
func transcendental(of func(float64) float64, domain func(float64) bool, must string) function {
	return function{unstable: true, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		v, f := c.argNumber(e, 0, s)
		if f != nil {
			return nil, f
		}
		d := toFloat(v)
		if domain != nil && !domain(d) {
			return nil, outOfBounds(numberText(v), must)
		}
		return value.Double(of(d)), nil
	}}
}

func always(of func(float64) float64) function { return transcendental(of, nil, "") }

func unitInterval(d float64) bool { return d >= -1 && d <= 1 }

func positive(d float64) bool { return d > 0 }

// pairs returns the function of two numbers that gives a double. The second may be
// left out: absent gives it from the first.
func pairs(of func(a, b float64) float64, absent func(a float64) float64) function {
	return function{unstable: true, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		v, f := c.argNumber(e, 0, s)
		if f != nil {
			return nil, f
		}
		a := toFloat(v)
		if len(e.Args) < 2 || e.Args[1] == nil {
			return value.Double(of(a, absent(a))), nil
		}
		w, f := c.argNumber(e, 1, s)
		if f != nil {
			return nil, f
		}
		return value.Double(of(a, toFloat(w))), nil
	}}
}

// log10 is exact for powers of ten, as users expect, which math.Log10 is not.
func log10(d float64) float64 {
	l := math.Log10(d)
	if whole := math.Round(l); math.Pow10(int(whole)) == d {
		return whole
	}
	return l
}

const (
	degreesPerRadian = 180 / math.Pi
	radiansPerDegree = math.Pi / 180
)

var trigFuncs = family{
	syntax.OpAcos:    transcendental(math.Acos, unitInterval, "between -1 and 1 inclusive"),
	syntax.OpAsin:    transcendental(math.Asin, unitInterval, "between -1 and 1 inclusive"),
	syntax.OpAtan:    always(math.Atan),
	syntax.OpCos:     always(math.Cos),
	syntax.OpCosh:    always(math.Cosh),
	syntax.OpSin:     always(math.Sin),
	syntax.OpSinh:    always(math.Sinh),
	syntax.OpTan:     always(math.Tan),
	syntax.OpTanh:    always(math.Tanh),
	syntax.OpDegrees: always(func(d float64) float64 { return d * degreesPerRadian }),
	syntax.OpRadians: always(func(d float64) float64 { return d * radiansPerDegree }),
	syntax.OpExp:     always(math.Exp),
	syntax.OpLn:      transcendental(math.Log, positive, "greater than 0"),
	syntax.OpLog:     transcendental(log10, positive, "greater than 0"),
	syntax.OpHypot:   pairs(math.Hypot, func(a float64) float64 { return a }),
	syntax.OpPow:     pairs(math.Pow, func(float64) float64 { return 2 }),
}
