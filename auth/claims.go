package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"seriatim/value"
)

// Claims is the payload of a signed token (JSON Web Token, RFC 7519).
type Claims struct {
	// JSON is the payload as it was signed.
	JSON []byte
	// Object is what it says.
	Object *value.Object
}

var errClaims = errors.New("auth: malformed claims")

// maxClaimDepth bounds how deep a payload nests.
const maxClaimDepth = 32

// parseClaims reads a payload: one object, in which no name comes twice.
func parseClaims(payload []byte) (*Claims, error) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	v, err := claim(d, maxClaimDepth)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*value.Object)
	if _, end := d.Token(); !ok || end != io.EOF {
		return nil, errClaims
	}
	return &Claims{JSON: payload, Object: o}, nil
}

// claim reads one JSON value.
func claim(d *json.Decoder, depth int) (value.Value, error) {
	t, err := d.Token()
	if err != nil || depth == 0 {
		return nil, errClaims
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return claimObject(d, depth)
		}
		return claimArray(d, depth)
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return value.Int(n), nil
		}
		f, err := t.Float64()
		if err != nil {
			return nil, errClaims
		}
		return value.Double(f), nil
	case string:
		return value.String(t), nil
	case bool:
		return value.Bool(t), nil
	}
	return value.Null{}, nil
}

func claimObject(d *json.Decoder, depth int) (value.Value, error) {
	o := &value.Object{}
	for d.More() {
		name, err := d.Token()
		text, ok := name.(string)
		if err != nil || !ok {
			return nil, errClaims
		}
		if _, twice := o.Get(text); twice {
			return nil, errClaims
		}
		v, err := claim(d, depth-1)
		if err != nil {
			return nil, err
		}
		o.Fields = append(o.Fields, value.Field{Name: text, Value: v})
	}
	if _, err := d.Token(); err != nil {
		return nil, errClaims
	}
	return o, nil
}

func claimArray(d *json.Decoder, depth int) (value.Value, error) {
	a := value.Array{}
	for d.More() {
		v, err := claim(d, depth-1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
	if _, err := d.Token(); err != nil {
		return nil, errClaims
	}
	return a, nil
}

// text returns a claim that is a string.
func (c *Claims) text(name string) (string, bool) {
	m, _ := c.Object.Get(name)
	s, ok := m.(value.String)
	return string(s), ok
}

// audiences returns whom the token is for.
func (c *Claims) audiences() []string {
	m, _ := c.Object.Get("aud")
	list, ok := m.(value.Array)
	if !ok {
		list = value.Array{m}
	}
	var names []string
	for _, m := range list {
		if s, ok := m.(value.String); ok {
			names = append(names, string(s))
		}
	}
	return names
}

// grants reports whether the token grants all scopes: the words of scope (RFC 8693),
// or what scp or permissions list.
func (c *Claims) grants(scopes []string) bool {
	var granted []string
	for _, name := range []string{"scope", "scp", "permissions"} {
		m, _ := c.Object.Get(name)
		list, ok := m.(value.Array)
		if !ok {
			list = value.Array{m}
		}
		for _, m := range list {
			if s, ok := m.(value.String); ok {
				granted = append(granted, strings.Fields(string(s))...)
			}
		}
	}
	return !slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(granted, s) })
}

// moment returns a claim that is a time, in microseconds. given tells that it is
// there; one that is no time is not valid.
func (c *Claims) moment(name string) (us int64, given, valid bool) {
	m, ok := c.Object.Get(name)
	if !ok {
		return 0, false, true
	}
	switch m := m.(type) {
	case value.Int:
		if m > math.MaxInt64/1000000 || m < math.MinInt64/1000000 {
			return 0, true, false
		}
		return int64(m) * 1e6, true, true
	case value.Double:
		if math.Abs(float64(m)) > math.MaxInt64/1e6 || m != m {
			return 0, true, false
		}
		return int64(float64(m) * 1e6), true, true
	}
	return 0, true, false
}

// current reports whether the token is valid at a time in microseconds.
func (c *Claims) current(now int64) bool {
	end, ends, valid := c.moment("exp")
	start, starts, also := c.moment("nbf")
	return valid && also && (!ends || now < end) && (!starts || now > start)
}
