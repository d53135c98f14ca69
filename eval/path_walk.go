package eval

import (
	"strconv"

	"seriatim/syntax"
	"seriatim/value"
)

// valueAt follows path from v and reports whether something is there. With all,
// arrays that a name meets and arrays at the end are flattened.
//
// These are the cases of the core's ReadAdaptor.valueAtPath.
func (c *context) valueAt(v value.Value, path []value.Value, all bool) (value.Value, bool) {
	for i, step := range path {
		var ok bool
		switch step := step.(type) {
		case value.Int:
			list, has := data(v)
			if !has || step < 0 || int64(step) >= int64(len(list)) {
				return nil, false
			}
			v = list[step]
			continue
		case value.String:
			if doc, is := v.(*value.Document); is {
				if stored, is := doc.Undecoded(); is && !isDocumentHead(step) {
					return c.storedAt(stored, path[i:], all)
				}
			}
			if list, is := v.(value.Array); is {
				if all {
					return c.flatten(list, path[i:]), true
				}
				return nil, false
			}
			v, ok = c.member(v, string(step), i+1 == len(path))
		}
		if !ok {
			return nil, false
		}
	}
	if list, ok := v.(value.Array); ok && all {
		return c.flatten(list, nil), true
	}
	return v, true
}

// flatten collects what is at path in every element.
func (c *context) flatten(list value.Array, path []value.Value) value.Value {
	out := make(value.Array, 0, len(list))
	c.hold(len(list) * heldElement)
	for _, v := range list {
		found, ok := c.valueAt(v, path, true)
		if !ok {
			continue
		}
		if inner, ok := found.(value.Array); ok {
			out = append(out, inner...)
			c.hold(len(inner) * heldElement)
		} else {
			out = append(out, found)
		}
	}
	return out
}

// storedAt is valueAt in stored bytes, of which only what is found is decoded.
func (c *context) storedAt(at value.Encoded, path []value.Value, all bool) (value.Value, bool) {
	for i, step := range path {
		var ok bool
		switch step := step.(type) {
		case value.Int:
			at, ok = at.Elem(int(min(int64(step), 1<<31-1)))
		case value.String:
			switch at.Kind() {
			case value.KindObject:
				at, ok = at.Field(string(step))
			case value.KindRef, value.KindSet:
				return c.valueAt(c.decoded(at), path[i:], all)
			case value.KindArray:
				if all {
					return c.valueAt(c.decoded(at), path[i:], all)
				}
			}
		}
		if !ok {
			return nil, false
		}
	}
	return c.valueAt(c.decoded(at), nil, all)
}

// decoded returns a stored value and counts what decoding it takes.
func (c *context) decoded(stored value.Encoded) value.Value {
	v := stored.Decode()
	switch v.(type) {
	case value.Array, *value.Object, value.String, value.Bytes:
		c.holdParts(v)
	}
	return v
}

// isDocumentHead tells the names in a document that are not in its body.
func isDocumentHead(name value.String) bool {
	switch name {
	case "ref", "ts", "class":
		return true
	}
	return false
}

// member returns the member of v called name. last tells that the path ends here.
func (c *context) member(v value.Value, name string, last bool) (value.Value, bool) {
	switch v := v.(type) {
	case *value.Object:
		return v.Get(name)
	case *value.Document:
		return documentMember(v, name)
	case value.Ref:
		return c.refMember(v, name, last)
	case *value.Page:
		return pageMember(v, name)
	case *value.Event:
		return eventMember(v, name)
	case *value.Sourced:
		return sourcedMember(v, name)
	case *value.Set:
		if name == "@set" {
			return setMember(v, last), true
		}
	}
	return nil, false
}

func documentMember(d *value.Document, name string) (value.Value, bool) {
	switch name {
	case "ref":
		return d.Ref, true
	case "class":
		return homeOf(d.Ref), true
	case "ts":
		return timestamp(d.TS, d.Unresolved), true
	}
	return d.Body().Get(name)
}

// homeOf returns the collection that r points into.
func homeOf(r value.Ref) value.Ref {
	switch {
	case r.IsNative():
		return value.Ref{Database: r.Database, Collection: value.Collections, ID: value.Native}
	case r.IsSchema():
		return value.Ref{Database: r.Database, Collection: r.Collection, ID: value.Native}
	}
	return value.Ref{Database: r.Database, Collection: value.Collections, ID: int64(r.Collection)}
}

func (c *context) refMember(r value.Ref, name string, last bool) (value.Value, bool) {
	switch name {
	case "class", "collection":
		return homeOf(r), true
	case "id":
		if last {
			return c.refID(r)
		}
	case "database":
		if r.Database != 0 && c.View != nil {
			return c.databaseOf(r.Database)
		}
	}
	return nil, false
}

// databaseOf returns the reference to the definition of a foreign database, as
// its parent holds it.
func (c *context) databaseOf(db uint64) (value.Value, bool) {
	path, ok := c.View.DatabasePath(db)
	if !ok || len(path) == 0 {
		return nil, false
	}
	var parent uint64
	view := c.View
	for _, name := range path[:len(path)-1] {
		ref, ok, err := view.Lookup(value.Databases, name)
		if err != nil || !ok {
			return nil, false
		}
		parent = uint64(ref.ID)
		if view, err = c.View.In(parent); err != nil {
			return nil, false
		}
	}
	return value.Ref{Database: parent, Collection: value.Databases, ID: int64(db)}, true
}

// refID returns what the id of a reference is rendered as: a name or a number.
func (c *context) refID(r value.Ref) (value.Value, bool) {
	switch {
	case r.IsNative():
		return value.String(nativeName(r.Collection, c.Version)), true
	case r.IsSchema() && named(r.Collection):
		if c.View == nil {
			return nil, false
		}
		name, ok := c.View.Name(r)
		return value.String(name), ok
	}
	return value.String(strconv.FormatInt(r.ID, 10)), true
}

// nativeName returns what a native collection is called in an API version.
func nativeName(coll value.CollectionID, version syntax.Version) string {
	if coll == value.Collections && version < syntax.V27 {
		return "classes"
	}
	for name, c := range natives {
		if c == coll && name != "classes" {
			return name
		}
	}
	return ""
}

func pageMember(p *value.Page, name string) (value.Value, bool) {
	switch name {
	case "data":
		return p.Data, true
	case "before":
		return p.Before, p.Before != nil
	case "after":
		return p.After, p.After != nil
	}
	return nil, false
}

func eventMember(e *value.Event, name string) (value.Value, bool) {
	switch name {
	case "ts":
		return timestamp(e.TS, e.Unresolved), true
	case "action":
		return e.Action, true
	case "resource", "instance", "document":
		return e.Document, true
	case "data":
		if list, ok := e.Data.(value.Array); ok && e.IsSet && len(list) == 1 {
			return list[0], true
		}
		return e.Data, e.Data != nil
	}
	return nil, false
}

func sourcedMember(v *value.Sourced, name string) (value.Value, bool) {
	switch name {
	case "value":
		return v.Value, true
	case "sources":
		sources := make(value.Array, len(v.Sources))
		for i, s := range v.Sources {
			sources[i] = s
		}
		return sources, true
	}
	return nil, false
}
