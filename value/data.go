package value

// Data returns the plain value that v stands for when it is stored, compared
// or used as a key: documents, events, pages and sourced values become objects,
// every other kind is returned as it is. The core's members of these objects are
// kept: a document has ref, class, collection, ts and its body; an event ts,
// action, resource and values; a page before, after and data.
func Data(v Value) Value {
	switch v := v.(type) {
	case nil:
		return Null{}
	case *Document:
		return v.data()
	case *Event:
		return v.data()
	case *Page:
		return v.data()
	case *Sourced:
		sources := make(Array, len(v.Sources))
		for i, s := range v.Sources {
			sources[i] = s
		}
		return NewObject(Field{"value", v.Value}, Field{"sources", sources})
	}
	return v
}

// timestamp returns ts, or the transaction's own time when it is not known yet.
func timestamp(ts int64, unresolved bool) Value {
	if unresolved {
		return TxnTime{}
	}
	return Int(ts)
}

func (d *Document) data() *Object {
	body := d.Body().Fields
	collection := Ref{Database: d.Ref.Database, Collection: Collections, ID: int64(d.Ref.Collection)}
	fields := make([]Field, 0, len(body)+4)
	fields = append(fields,
		Field{"ref", d.Ref},
		Field{"class", collection},
		Field{"collection", collection},
		Field{"ts", timestamp(d.TS, d.Unresolved)})
	return &Object{Fields: append(fields, body...)}
}

func (e *Event) data() *Object {
	fields := []Field{
		{"ts", timestamp(e.TS, e.Unresolved)},
		{"action", String(e.Action)},
		{"resource", e.Document},
	}
	if values, ok := e.Data.(Array); e.IsSet && ok && len(values) > 0 {
		fields = append(fields, Field{"values", values})
	}
	return &Object{Fields: fields}
}

func (p *Page) data() *Object {
	fields := make([]Field, 0, 3)
	if p.Before != nil {
		fields = append(fields, Field{"before", p.Before})
	}
	if p.After != nil {
		fields = append(fields, Field{"after", p.After})
	}
	return &Object{Fields: append(fields, Field{"data", p.Data})}
}
