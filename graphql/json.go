package graphql

import (
	"math"
	"strconv"
	"unicode/utf8"

	"seriatim/value"
)

const hexDigits = "0123456789abcdef"

// appendJSONString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD, and the two line separators of JavaScript are escaped.
func appendJSONString[T ~string | ~[]byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' && c != 0x7f {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\\ufffd"...)
			start = i + n
		case r == '\u2028' || r == '\u2029':
			dst = append(dst, s[start:i]...)
			dst = append(dst, "\\u202"...)
			dst = append(dst, hexDigits[r&0xf])
			start = i + n
		}
		i += n
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}

// appendNumber appends a double as JSON, as JavaScript writes it: without a point
// when it is whole. What JSON cannot say is null.
func appendNumber(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendInt(dst, int64(f), 10)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}

// appendJSON appends a value that came from JSON or GraphQL. Values of other kinds
// are null.
func appendJSON(dst []byte, v value.Value) []byte {
	switch v := v.(type) {
	case value.Bool:
		return strconv.AppendBool(dst, bool(v))
	case value.Int:
		return strconv.AppendInt(dst, int64(v), 10)
	case value.Double:
		return appendNumber(dst, float64(v))
	case value.String:
		return appendJSONString(dst, string(v))
	case value.Array, *value.Object:
		return appendMembers(dst, v, appendJSON)
	}
	return append(dst, "null"...)
}

// appendMembers appends an array or an object, each value in it with one.
func appendMembers(dst []byte, v value.Value, one func([]byte, value.Value) []byte) []byte {
	if list, ok := v.(value.Array); ok {
		dst = append(dst, '[')
		for i, e := range list {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = one(dst, e)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, f := range v.(*value.Object).Fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, f.Name), ':')
		dst = one(dst, f.Value)
	}
	return append(dst, '}')
}
