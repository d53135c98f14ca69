package graphql

import (
	"seriatim/value"
)

// orderKey is one property to order by; "_id" is the order in which rows were made.
type orderKey struct {
	name string
	desc bool
}

// orderKeys reads the order argument: a list of objects, each with one property or
// more, the first deciding.
func orderKeys(v value.Value) []orderKey {
	list, _ := v.(value.Array)
	var keys []orderKey
	for _, e := range list {
		o, ok := e.(*value.Object)
		if !ok {
			continue
		}
		for _, f := range o.Fields {
			if s, ok := f.Value.(value.String); ok {
				keys = append(keys, orderKey{f.Name, s == "DESC"})
			}
		}
	}
	for i, k := range keys {
		if k.name == "_id" {
			return keys[:i+1] // nothing is left to decide
		}
	}
	return keys
}

// prepare compiles what the arguments of a root field say of rows.
func (c *shaper) prepare(f *Field) *Error {
	e := f.Root.Entity
	if e == nil {
		return nil
	}
	f.order = orderKeys(f.Arg("order"))
	for _, name := range []string{"filter", "condition"} {
		in, ok := f.Arg(name).(*value.Object)
		if !ok {
			continue
		}
		var err *Error
		if f.filter, err = e.filters(in); err != nil {
			return err
		}
	}
	return nil
}
