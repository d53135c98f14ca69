package graphql

import (
	"seriatim/value"
)

// orderKey is one property to order by; "_id" is the order in which rows were made.
type orderKey struct {
	name string
	desc bool
}

// orderKeys reads the order argument: a list of objects with one property each, the first
// deciding. Members of an input object have no order, so an object with two is refused.
func orderKeys(v value.Value) ([]orderKey, *Error) {
	list, _ := v.(value.Array)
	var keys []orderKey
	for _, e := range list {
		o, ok := e.(*value.Object)
		if !ok {
			continue
		}
		given := len(keys)
		for _, f := range o.Fields {
			if s, ok := f.Value.(value.String); ok {
				keys = append(keys, orderKey{f.Name, s == "DESC"})
			}
		}
		if len(keys) > given+1 {
			return nil, refuse(CodeInput, "order: each object names one property, such as [{"+
				keys[given].name+": ASC}, {"+keys[given+1].name+": DESC}], so that it is clear which one decides first")
		}
	}
	for i, k := range keys {
		if k.name == "_id" {
			return keys[:i+1], nil // nothing is left to decide
		}
	}
	return keys, nil
}

// prepare compiles what the arguments of a root field say of rows.
func (c *shaper) prepare(f *Field) *Error {
	e := f.Root.Entity
	if e == nil {
		return nil
	}
	var err *Error
	if f.order, err = orderKeys(f.Arg("order")); err != nil {
		return err
	}
	for _, name := range []string{"filter", "condition"} {
		in, ok := f.Arg(name).(*value.Object)
		if !ok {
			continue
		}
		if f.filter, err = e.filters(in); err != nil {
			return err
		}
	}
	return nil
}
