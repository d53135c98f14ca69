package catalog

import (
	"fmt"

	"seriatim/value"
)

// cleaner turns the params of a query into what may be stored: plain values,
// refs spelled from the document's own database.
type cleaner struct {
	view     *View
	failures []Failure
	// path leads to the value at hand. It is kept only on a second walk, after
	// the first one found something to report.
	path   []any
	locate bool
}

// clean returns params ready to be merged, nulls kept. It fails with Invalid on
// refs that cannot be stored (section 3.14), and with TooLarge before it walks
// params that no document can hold.
func (v *View) clean(params *value.Object) (*value.Object, error) {
	if params == nil {
		return &value.Object{}, nil
	}
	switch bytes, depth := value.Extent(params, 1, MaxDocument); {
	case bytes > MaxDocument:
		return nil, &TooLarge{What: "Version", Bytes: bytes, Limit: MaxDocument}
	case depth > value.MaxNesting:
		return nil, &Unsupported{Feature: fmt.Sprintf("values nested deeper than %d levels", value.MaxNesting)}
	}
	c := cleaner{view: v}
	o := c.object(params)
	if len(c.failures) > 0 {
		c = cleaner{view: v, locate: true}
		c.object(params)
		return nil, &Invalid{c.failures}
	}
	return o, nil
}

func (c *cleaner) fail(description string) {
	c.failures = append(c.failures, Failure{append([]any(nil), c.path...), "invalid reference", description})
}

func (c *cleaner) value(v value.Value) value.Value {
	switch v := v.(type) {
	case nil:
		return value.Null{}
	case *value.Object:
		return c.object(v)
	case value.Array:
		return c.array(v)
	case value.Ref:
		return c.ref(v)
	case *value.UnresolvedRef:
		c.fail("Cannot read reference.")
		return v
	case value.Action:
		return value.String(v)
	case *value.Document, *value.Event, *value.Page, *value.Sourced:
		return c.value(value.Data(v))
	}
	return v
}

func (c *cleaner) ref(r value.Ref) value.Value {
	r, ok := c.view.local(r)
	if !ok {
		c.fail("Reference cannot be scoped.")
	}
	return r
}

func (c *cleaner) object(o *value.Object) *value.Object {
	clean, depth := o, len(c.path)
	for i, f := range o.Fields {
		if c.locate {
			c.path = append(c.path[:depth:depth], f.Name)
		}
		kept := c.value(f.Value)
		if unchanged(kept, f.Value) {
			continue
		}
		if clean == o {
			clean = &value.Object{Fields: append([]value.Field(nil), o.Fields...)}
		}
		clean.Fields[i].Value = kept
	}
	return clean
}

func (c *cleaner) array(a value.Array) value.Array {
	clean, copied, depth := a, false, len(c.path)
	for i, e := range a {
		if c.locate {
			c.path = append(c.path[:depth:depth], i)
		}
		kept := c.value(e)
		if unchanged(kept, e) {
			continue
		}
		if !copied {
			clean, copied = append(value.Array(nil), a...), true
		}
		clean[i] = kept
	}
	return clean
}

// unchanged reports whether cleaning gave the value back.
func unchanged(a, b value.Value) bool {
	switch a := a.(type) {
	case value.Ref:
		r, ok := b.(value.Ref)
		return ok && r == a
	case value.String:
		return b.Kind() == value.KindString
	case value.Null:
		return b != nil && b.Kind() == value.KindNull
	case *value.Object, value.Array:
		return same(a, b)
	}
	return true
}
