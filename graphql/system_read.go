package graphql

import (
	"slices"

	"seriatim/catalog"
	"seriatim/value"
)

// system appends the result of a query of a system entity that is not kept as rows
// are: blocks, the uni itself, keys. done is false for the others.
func (r *run) system(dst []byte, f *Field, e *Entity) (done bool, out []byte, err error) {
	switch e.Name {
	case "Vendia_Block":
		out, err = r.blocks(dst, f, e)
	case "Vendia_UniInfo":
		out, err = r.uniInfo(dst, f)
	case "Vendia_ApiKey":
		out, err = r.keys(dst, f, e)
	default:
		return false, dst, nil
	}
	return true, out, err
}

// member makes a member of an object, left out when the text is empty.
func addText(o *value.Object, name, text string) {
	if text != "" {
		o.Fields = append(o.Fields, value.Field{Name: name, Value: value.String(text)})
	}
}

// uniInfo appends Vendia_UniInfo.
func (r *run) uniInfo(dst []byte, f *Field) ([]byte, error) {
	u := r.View.Uni()
	if u == nil {
		return append(dst, "null"...), nil
	}
	o := uniObject(u, r.model.Namespace)
	if r.Node != "" {
		addText(o, "localNodeName", r.Node)
	}
	enc, _ := value.Encode(o)
	return appendFields(dst, f.Fields, enc), nil
}

// uniObject returns a uni as the API shows it.
func uniObject(u *catalog.Uni, namespace string) *value.Object {
	o := &value.Object{}
	addText(o, "name", u.Name)
	addText(o, "sku", u.Type)
	addText(o, "schema", string(u.Schema))
	addText(o, "schemaNamespace", namespace)
	addText(o, "status", u.Status)
	addText(o, "createdTime", formatMicros(u.Created))
	addText(o, "updatedTime", formatMicros(u.Updated))
	nodes := make(value.Array, len(u.Nodes))
	for i := range u.Nodes {
		n := &u.Nodes[i]
		m := &value.Object{}
		addText(m, "name", n.Name)
		m.Fields = append(m.Fields, value.Field{Name: "userId", Value: value.String(n.UserID)})
		addText(m, "description", n.Description)
		addText(m, "status", n.Status)
		if n.CSP == "aws" || n.CSP == "azure" { // the enum's values; a machine of one's own is neither
			addText(m, "csp", n.CSP)
		}
		m.Fields = append(m.Fields, value.Field{Name: "region", Value: value.String(n.Region)})
		nodes[i] = m
	}
	o.Fields = append(o.Fields, value.Field{Name: "nodes", Value: nodes})
	return o
}

// keyRow returns a key of a node as a row of Vendia_ApiKey, nil for other keys.
func keyRow(e *Entity, d *value.Document) *row {
	if d == nil {
		return nil
	}
	o := keyObject(d.Body())
	if o == nil {
		return nil
	}
	row := &row{entity: e, ref: d.Ref}
	row.stored, _ = value.Encode(o)
	row.data = row.stored
	return row
}

// keyObject returns what Vendia_ApiKey shows of the members of a key's document, nil
// for a key of no node.
func keyObject(body *value.Object) *value.Object {
	node, _ := body.Get("node")
	owner, ok := node.(value.String)
	if !ok {
		return nil
	}
	o := &value.Object{}
	data, _ := body.Get("data")
	if kept, ok := data.(*value.Object); ok {
		for _, name := range []string{"name", "status"} {
			if v, ok := kept.Get(name); ok {
				o.Fields = append(o.Fields, value.Field{Name: name, Value: v})
			}
		}
	}
	if _, ok := o.Get("status"); !ok {
		addText(o, "status", "ACTIVE")
	}
	if ttl, ok := body.Get("ttl"); ok {
		if t, ok := ttl.(value.Time); ok {
			addText(o, "expiry", formatMicros(t.Micros()))
		}
	}
	if secret, ok := body.Get("secret"); ok {
		o.Fields = append(o.Fields, value.Field{Name: "apiKey", Value: secret})
	}
	addText(o, catalog.OwnerMember, string(owner))
	slices.SortFunc(o.Fields, compareNames)
	return o
}

// key reads one key of the node.
func (r *run) key(e *Entity, id string) (*row, error) {
	own, ok := catalog.IDOf(id)
	if !ok {
		return nil, nil
	}
	if err := r.spend(); err != nil {
		return nil, err
	}
	d, err := r.View.Get(value.Ref{Collection: value.Keys, ID: own}, 0)
	if err != nil {
		return nil, err
	}
	if row := keyRow(e, d); row != nil && r.shows(row) {
		return row, nil
	}
	return nil, nil
}

// keys appends the result of a query of Vendia_ApiKey.
func (r *run) keys(dst []byte, f *Field, e *Entity) ([]byte, error) {
	id, _ := f.text("id")
	switch f.Root.Action {
	case ActionGet:
		if n, given := f.Arg("version").(value.Int); given {
			return dst, refuse(CodeInput, "keys have no versions to ask for: "+value.FormatDouble(float64(n)))
		}
		row, err := r.key(e, id)
		if err != nil {
			return dst, err
		}
		return appendValue(dst, f, row), nil
	case ActionVersions:
		return dst, refuse(CodeInput, "the history of keys is not kept")
	}
	return r.made(dst, f, e, value.Keys, func(ref value.Ref) (*row, error) {
		return r.key(e, catalog.UUIDOf(ref.ID))
	})
}

// made appends a page of rows that are made of the documents of a collection.
func (r *run) made(dst []byte, f *Field, e *Entity, c value.CollectionID, read func(value.Ref) (*row, error)) ([]byte, error) {
	limit, refusal := f.pageSize()
	if refusal != nil {
		return dst, refusal
	}
	from, err := f.position()
	if err != nil {
		return dst, err
	}
	w := r.documents(c, from, len(f.order) > 0 && f.order[0].desc)
	defer w.close()
	p := &page{}
	for {
		at, ok, err := w.next()
		if err != nil {
			return dst, err
		}
		if !ok {
			break
		}
		row, err := read(at.ref)
		if err != nil {
			return dst, err
		}
		if row == nil {
			continue
		}
		if holds, err := r.holds(f.filter, row.data); err != nil {
			return dst, err
		} else if !holds {
			continue
		}
		if len(p.rows) == limit {
			p.next = f.token(position{ref: p.rows[limit-1].ref})
			break
		}
		p.rows = append(p.rows, row)
	}
	return appendPage(dst, f.Fields, p, func(dst []byte, item *Field, i int) []byte {
		return appendRow(dst, item.Fields, p.rows[i])
	}), nil
}

// writeKey runs a mutation of Vendia_ApiKey: of the node's own keys. The secret is
// in the result of add and nowhere else.
func (r *run) writeKey(f *Field, e *Entity) (written, []*Error) {
	in := f.data()
	data, expiry, errs := keyInput(in)
	if len(errs) > 0 {
		return written{}, errs
	}
	if f.Root.Action == ActionAdd {
		name, _ := data.Get("name")
		text, _ := name.(value.String)
		d, err := r.View.AddNodeKey(r.Node, string(text), max(expiry, 0))
		if err != nil {
			return written{}, one(explain(err))
		}
		if status, ok := data.Get("status"); ok && status != value.Value(value.String("ACTIVE")) {
			if _, err := r.View.Update(d.Ref, value.NewObject(value.Field{Name: "data", Value: data})); err != nil {
				return written{}, one(explain(err))
			}
			d = value.NewDocument(d.Ref, d.Body().With("data", data))
		}
		row := keyRow(e, d)
		return written{row.id(), row}, nil
	}
	id, _ := f.text("id")
	row, err := r.key(e, id)
	if err != nil {
		return written{}, one(explain(err))
	}
	if row == nil {
		return written{}, notFound(e)
	}
	if errs, err := r.condition(f, row); err != nil || len(errs) > 0 {
		if err != nil {
			errs = one(explain(err))
		}
		return written{}, errs
	}
	if f.Root.Action == ActionRemove {
		if _, err := r.View.Delete(row.ref); err != nil {
			return written{}, one(explain(err))
		}
		return written{id: id}, nil
	}
	params := value.NewObject(value.Field{Name: "data", Value: data})
	switch {
	case expiry > 0:
		params = params.With("ttl", value.TimeOfMicros(expiry))
	case expiry < 0:
		params = params.With("ttl", value.Null{})
	}
	d, err := r.View.Update(row.ref, params)
	if err != nil {
		return written{}, one(explain(err))
	}
	return written{id, keyRow(e, d)}, nil
}

// keyInput splits the input of a key: what its document's data has, and when it
// ends: 0 for not said, below 0 for never.
func keyInput(in *value.Object) (data *value.Object, expiry int64, errs []*Error) {
	data = &value.Object{}
	for _, f := range in.Fields {
		if f.Name != "expiry" {
			if f.Name == "name" && f.Value.Kind() == value.KindNull {
				return nil, 0, refusing(CodeInput, "a key needs a name")
			}
			data.Fields = append(data.Fields, f)
			continue
		}
		expiry = -1
		if s, ok := f.Value.(value.String); ok {
			m, ok := parseMoment(string(s), formDateTime)
			if !ok {
				return nil, 0, refusing(CodeInput, "expiry is not a date and time: "+string(shortJSON(s)))
			}
			expiry = m.seconds*1_000_000 + int64(m.nanos)/1000
		}
	}
	return data, expiry, nil
}
