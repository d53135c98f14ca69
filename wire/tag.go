package wire

import (
	"encoding/base64"
	"strconv"
	"strings"

	"seriatim/syntax"
	"seriatim/value"
)

// isTag reports whether key marks an object as a value of another type.
func isTag(key string) bool {
	switch key {
	case "@obj", "@ref", "@set", "@ts", "@date", "@query", "@bytes", "@uuid":
		return true
	}
	return false
}

// data decodes node i in data position, where nothing is evaluated: objects are
// data unless they are @-tags.
func (d *decoder) data(i int) syntax.Expr {
	switch d.nodes[i].kind {
	case kindObject:
		if d.nodes[i].size == 1 {
			if e, ok := d.tag(i, true); ok {
				return e
			}
		}
		return d.dataObject(i)
	case kindArray:
		return d.list(i, (*decoder).data)
	}
	return d.scalar(i)
}

// dataObject decodes object i as data. The path has no step for the object.
func (d *decoder) dataObject(i int) syntax.Expr {
	o := d.tree.object(d.tree.bindings(int(d.nodes[i].size)))
	j := i + 1
	for k := range o.Members {
		d.enter(j + 1)
		o.Members[k] = syntax.Member{Name: d.string(j), Expr: d.data(j + 1)}
		d.leave()
		j = d.after(j + 1)
	}
	return o
}

// tag decodes object i, which has one member, when that member is an @-tag.
// inData tells data position from query position, where the payload of @obj is
// an expression, as in the core.
func (d *decoder) tag(i int, inData bool) (syntax.Expr, bool) {
	payload := i + 2
	switch d.string(i + 1) {
	case "@obj":
		return d.taggedObject(payload, inData), true
	case "@ref":
		return d.taggedRef(payload), true
	case "@set":
		return d.taggedSet(payload), true
	case "@query":
		return d.query(payload), true
	case "@ts":
		return d.taggedText(payload, "Invalid time.", parseTime), true
	case "@date":
		return d.taggedText(payload, "Invalid date.", parseDate), true
	case "@bytes":
		return d.taggedText(payload, "Invalid bytes.", parseBytes), true
	case "@uuid":
		return d.taggedText(payload, "Invalid UUID.", parseUUID), true
	case "@id":
		if d.stored {
			return d.identity(payload)
		}
	}
	return nil, false
}

// identity decodes a reference by identity, which only sources of lambdas hold:
// [database, collection, id].
func (d *decoder) identity(i int) (syntax.Expr, bool) {
	if d.nodes[i].kind != kindArray || d.nodes[i].size != 3 {
		return nil, false
	}
	parts := d.nodes[i+1 : i+4]
	for k := range parts {
		if parts[k].kind != kindInt {
			return nil, false
		}
	}
	return d.tree.literal(value.Ref{
		Database:   parts[0].bits,
		Collection: value.CollectionID(parts[1].bits),
		ID:         int64(parts[2].bits),
	}), true
}

func (d *decoder) taggedObject(i int, inData bool) syntax.Expr {
	if d.nodes[i].kind != kindObject {
		d.fail("Invalid object.")
		return nil
	}
	if inData {
		return d.dataObject(i)
	}
	d.enter(i)
	e := d.form(i)
	d.leave()
	return e
}

// taggedText decodes a tag whose payload i is a string that parse understands.
func (d *decoder) taggedText(i int, invalid string, parse func(string) (value.Value, bool)) syntax.Expr {
	if d.isString(i) {
		if v, ok := parse(d.string(i)); ok {
			return d.tree.literal(v)
		}
	}
	d.fail(invalid)
	return nil
}

func parseTime(s string) (value.Value, bool) {
	t, err := value.ParseTime(s)
	return t, err == nil
}

func parseDate(s string) (value.Value, bool) {
	t, err := value.ParseDate(s)
	return t, err == nil
}

// urlAlphabet turns the standard base64 alphabet into the one of URLs: both are
// accepted, with or without padding.
var urlAlphabet = strings.NewReplacer("+", "-", "/", "_")

func parseBytes(s string) (value.Value, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	s = urlAlphabet.Replace(s)
	if strings.HasSuffix(s, "=") {
		b, err := base64.URLEncoding.DecodeString(s)
		return value.Bytes(b), err == nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	return value.Bytes(b), err == nil
}

// parseUUID reads five groups of hexadecimal digits; groups may be shorter than
// printed ones, as Java's UUID.fromString takes them.
func parseUUID(s string) (value.Value, bool) {
	groups := strings.Split(s, "-")
	widths := [...]int{8, 4, 4, 4, 12}
	if len(groups) != len(widths) || len(s) > 36 {
		return nil, false
	}
	var full strings.Builder
	for i, g := range groups {
		n, err := strconv.ParseUint(g, 16, 4*widths[i])
		if err != nil || len(g) > widths[i] {
			return nil, false
		}
		digits := strconv.FormatUint(n, 16)
		full.WriteString("000000000000"[:widths[i]-len(digits)])
		full.WriteString(digits)
	}
	var u value.UUID
	for i := range u {
		n, _ := strconv.ParseUint(full.String()[2*i:2*i+2], 16, 8)
		u[i] = byte(n)
	}
	return u, true
}

// literalType returns what the protocol calls the value of an @-tag.
func literalType(e syntax.Expr) string {
	switch e := e.(type) {
	case *syntax.RefLiteral:
		return refType(e)
	case *syntax.SetLiteral:
		return "Set"
	case *syntax.Literal:
		switch e.Value.Kind() {
		case value.KindTime:
			return "Time"
		case value.KindDate:
			return "Date"
		case value.KindBytes:
			return "Bytes"
		case value.KindUUID:
			return "UUID"
		case value.KindLambda:
			return "Lambda"
		}
	}
	return "Object"
}
