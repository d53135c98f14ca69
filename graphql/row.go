package graphql

import (
	"strings"

	"seriatim/catalog"
	"seriatim/value"
)

// row is one row of an entity, or its one value.
type row struct {
	entity *Entity
	ref    value.Ref
	stored value.Encoded // the document's data, control members included
	data   value.Encoded // what the reader may see of it
	now    *row          // of an older version: the row as it is or last was, whose list holds
	text   string        // its id as the API spells it, when that is known
}

// id returns the row's id as the API spells it.
func (r *row) id() string {
	if r.text != "" {
		return r.text
	}
	if foreign := present(r.stored, catalog.UUIDMember); foreign != nil {
		return string(foreign.Text())
	}
	return catalog.UUIDOf(r.ref.ID)
}

// owner returns the node that made the row.
func (r *row) owner() string {
	if o := present(r.stored, catalog.OwnerMember); o != nil {
		return string(o.Text())
	}
	return ""
}

// rowOf returns a document as a row.
func rowOf(e *Entity, d *value.Document) *row {
	if d == nil {
		return nil
	}
	r := &row{entity: e, ref: d.Ref}
	if stored, ok := d.Undecoded(); ok {
		r.stored, _ = stored.Field("data")
	} else if data, ok := d.Body().Get("data"); ok {
		r.stored, _ = value.Encode(data)
	}
	r.data = r.stored
	return r
}

// row reads a row as it is at a timestamp, 0 for now; nil when there is none. What
// of it the node may see is not decided yet.
func (r *run) row(e *Entity, ref value.Ref, at int64) (*row, error) {
	if err := r.spend(); err != nil {
		return nil, err
	}
	d, err := r.View.Get(ref, at)
	if err != nil {
		return nil, err
	}
	return rowOf(e, d), nil
}

// find returns the document that a field's arguments name: by id, by unique keys,
// or the one there is. ok is false when there is none. Given several keys, all
// must name the same row.
func (r *run) find(e *Entity, f *Field) (ref value.Ref, ok bool, err error) {
	c, err := r.collection(e)
	if err != nil {
		return ref, false, err
	}
	if e.Kind.Single() {
		return value.Ref{Collection: c, ID: r.singleID(e)}, true, nil
	}
	named := false
	if id, given := f.text("id"); given {
		if ref, ok, err = r.byUUID(e, c, id); err != nil || !ok {
			return ref, false, err
		}
		named = true
	}
	for _, key := range e.Unique {
		given := f.Arg(key)
		if given == nil {
			continue
		}
		other, ok, err := r.byUnique(e, key, given)
		if err != nil || !ok || named && other != ref {
			return ref, false, err
		}
		ref, named = other, true
	}
	if !named {
		return ref, false, refuse(CodeInput, "name the row: by id or by a unique key")
	}
	return ref, true, nil
}

// byUUID returns the document with this id: it need not exist when the id is one of
// ours.
func (r *run) byUUID(e *Entity, c value.CollectionID, id string) (value.Ref, bool, error) {
	if own, ok := catalog.IDOf(id); ok {
		return value.Ref{Collection: c, ID: own}, true, nil
	}
	return r.first(catalog.UUIDIndex(e.Name), value.String(strings.ToLower(id)))
}

// byUnique returns the row whose unique property has this value, if the node may
// see that it has.
func (r *run) byUnique(e *Entity, key string, v value.Value) (value.Ref, bool, error) {
	ref, ok, err := r.underKey(e, key, v)
	if err != nil || !ok || !e.Guarded {
		return ref, ok, err
	}
	row, err := r.row(e, ref, 0)
	if err != nil || row == nil {
		return ref, false, err
	}
	if err := r.redact(row, opGet); err != nil {
		return ref, false, err
	}
	return ref, present(row.data, key) != nil, nil
}

// underKey returns the row whose unique property has this value.
func (r *run) underKey(e *Entity, key string, v value.Value) (value.Ref, bool, error) {
	ref, ok, err := r.first(catalog.UniqueIndex(e.Name, key), v)
	if d, isDouble := v.(value.Double); err == nil && !ok && isDouble && value.Double(value.Int(d)) == d {
		ref, ok, err = r.first(catalog.UniqueIndex(e.Name, key), value.Int(d)) // as FQL may have written it
	}
	return ref, ok, err
}

// first returns the first document under a term of an index.
func (r *run) first(index string, term value.Value) (ref value.Ref, ok bool, err error) {
	x, err := r.index(index)
	if err != nil || x == nil {
		return ref, false, err
	}
	c := r.View.Entries(x, []value.Value{term}, catalog.Range{})
	defer c.Close()
	if c.Next() {
		return c.Entry().Ref, true, nil
	}
	return ref, false, c.Err()
}
