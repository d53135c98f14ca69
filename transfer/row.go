package transfer

import (
	"errors"
	"fmt"
	"strconv"
)

// row is what a piece of a source becomes: a query that writes it and tells what
// happened, as one of the results below.
type row struct {
	target string // a collection, or a native one such as indexes
	id     string // of the document; the name of a definition; "" for a new one
	query  []byte
	dated  bool // it keeps the source's time
	fields []field
}

// field is for the report.
type field struct {
	name string
	kind string
}

// The results of a row's query.
const (
	resultMade    = 0 // it is there now
	resultSame    = 1 // it was, with the same content
	resultDiffers = 2 // another one is there
)

// shape is how the rows of a source are spelled.
type shape int

const (
	shapeAny      shape = iota // by what the row looks like
	shapePlain                 // a row is the document's data
	shapeDriver                // {ref, ts, data, …} as drivers and the HTTP API print documents
	shapeSnapshot              // {id, coll, ts, …data} as snapshot exports do
)

// pattern makes rows of the pieces of one file.
type pattern struct {
	shape      shape
	collection string // where rows go that do not say it, or all of them if always
	always     bool
	withoutTS  bool
	types      map[string]*conversion
	idColumn   string
	tsColumn   string
	reading    *reading
}

// rowsOf returns the rows in a piece: a page of a driver's has many.
func (p *pattern) rowsOf(raw []byte) ([][]byte, error) {
	if isArray(raw) {
		s := &scan{b: raw}
		if _, err := s.skip(); err != nil {
			return nil, err
		}
		return elements(raw)
	}
	if p.shape == shapePlain || !isObject(raw) {
		return [][]byte{raw}, nil
	}
	all, err := members(raw)
	if err != nil {
		return nil, err
	}
	var data []byte
	for _, m := range all {
		switch {
		case m.name == "data" && isArray(m.raw):
			data = m.raw
		case m.name == "resource" && len(all) == 1:
			return p.rowsOf(m.raw)
		case m.name != "after" && m.name != "before":
			return [][]byte{raw}, nil
		}
	}
	if data == nil {
		return [][]byte{raw}, nil
	}
	return elements(data)
}

// row makes one.
func (p *pattern) row(raw []byte) (*row, error) {
	if !isObject(raw) {
		return nil, errors.New("a row is an object")
	}
	all, err := members(raw)
	if err == nil && p.reading.tags {
		all, err = untagged(all)
	}
	if err != nil {
		return nil, err
	}
	switch shape := p.shapeOf(all); shape {
	case shapeDriver:
		return p.driverRow(all)
	case shapeSnapshot:
		return p.snapshotRow(all)
	}
	return p.plainRow(all)
}

// untagged returns the members of an object that stands in a tag, because names in it
// begin with @.
func untagged(all []member) ([]member, error) {
	if len(all) == 1 && (all[0].name == "@obj" || all[0].name == "@object") && isObject(all[0].raw) {
		return members(all[0].raw)
	}
	return all, nil
}

func (p *pattern) shapeOf(all []member) shape {
	if p.shape != shapeAny {
		return p.shape
	}
	var ref, id, coll, ts bool
	for _, m := range all {
		switch m.name {
		case "ref":
			ref = isObject(m.raw)
		case "id":
			id = isString(m.raw)
		case "coll":
			coll = isObject(m.raw) || isString(m.raw)
		case "ts":
			ts = true
		}
	}
	switch {
	case ref && ts:
		return shapeDriver
	case id && coll && ts:
		return shapeSnapshot
	}
	return shapePlain
}

// document is a row on its way.
type document struct {
	target string
	id     string
	ts     int64
	params []member // besides data
	data   []member
	bare   bool // there is no data, which is not the same as empty data
}

func (p *pattern) plainRow(all []member) (*row, error) {
	d := document{target: p.collection}
	for _, m := range all {
		switch m.name {
		case p.idColumn:
			text, err := plainText(m.raw)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			if !isNull(m.raw) {
				d.id = text
			}
		case p.tsColumn:
			ts, err := toMicros(m.raw)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.name, err)
			}
			d.ts = ts
		default:
			d.data = append(d.data, m)
		}
	}
	return p.finish(&d)
}

// driverRow reads what Get gives: {ref, ts, data, …}. The ref says which collection.
func (p *pattern) driverRow(all []member) (*row, error) {
	d := document{bare: true}
	for _, m := range all {
		var err error
		switch m.name {
		case "ref":
			err = p.identity(&d, m.raw)
		case "ts":
			d.ts, err = toMicros(m.raw)
		case "data":
			if isObject(m.raw) && d.data == nil {
				d.bare = false
				if d.data, err = members(m.raw); err == nil {
					d.data, err = untagged(d.data)
				}
			} else if !isNull(m.raw) {
				err = errors.New("data is no object")
			}
		default:
			d.params = append(d.params, m)
		}
		if err != nil {
			return nil, err
		}
	}
	if d.target == "" {
		return nil, errors.New("a document without ref")
	}
	return p.finish(&d)
}

// identity takes the id and the collection from a ref.
func (p *pattern) identity(d *document, raw []byte) (err error) {
	all, err := members(raw)
	if err != nil || len(all) != 1 || all[0].name != "@ref" {
		return errors.New("ref is no reference")
	}
	if d.id, d.target, err = referenceParts(all[0].raw); err != nil {
		return err
	}
	if d.target == "classes" {
		d.target = "collections"
	}
	if p.always && !natives[d.target] {
		d.target = p.collection
	}
	return nil
}

// snapshotRow reads {id, coll, ts, …}: metadata and data side by side. Members that have
// names of metadata stand in a member data.
func (p *pattern) snapshotRow(all []member) (*row, error) {
	d := document{target: p.collection}
	for _, m := range all {
		var err error
		switch m.name {
		case "id":
			d.id, err = plainText(m.raw)
		case "coll":
			var name string
			if name, err = moduleOf(m.raw); err == nil && !p.always {
				d.target = nativeName(name)
			}
		case "ts":
			d.ts, err = toMicros(m.raw)
		case "ttl":
			if isString(m.raw) { // of a simple export
				m.raw, err = toTime(nil, nil, m.raw)
				m.done = true
			}
			d.params = append(d.params, m)
		case "data":
			if isObject(m.raw) {
				var inner []member
				inner, err = members(m.raw)
				d.data = append(d.data, inner...)
				break
			}
			d.data = append(d.data, m)
		default:
			d.data = append(d.data, m)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
	}
	if d.target == "credentials" {
		d.params = append(d.params, d.data...)
		d.data = nil
		for i := range d.params {
			if d.params[i].name == "document" {
				d.params[i].name = "instance"
			}
		}
	}
	return p.finish(&d)
}

// finish makes the query. The row has its target also when there is an error.
func (p *pattern) finish(d *document) (*row, error) {
	r := &row{target: d.target, id: d.id}
	if p.withoutTS {
		d.ts = 0
	}
	if d.id != "" && !natives[d.target] && !isID(d.id) {
		return r, fmt.Errorf("%.60q is no id of a document", d.id)
	}
	if d.ts != 0 && d.id == "" {
		return r, errors.New("a row with a time needs an id")
	}
	params, err := p.paramsOf(d, r)
	if err != nil {
		return r, err
	}
	switch d.target {
	case "":
		return r, errors.New("it is not said which collection the row belongs to (--collection)")
	case "collections", "indexes", "functions", "roles", "access_providers":
		r.query = definitionQuery(d.target, d.id, params)
	case "credentials":
		r.query = credentialsQuery(d.id, params)
	case "keys", "tokens":
		return r, fmt.Errorf("secrets of %s cannot be brought along: a source has bcrypt hashes, this server keeps none. Make new ones", d.target)
	case "databases":
		return r, errors.New("child databases are imported one by one (--db)")
	default:
		r.query, r.dated = documentQuery(d, params), d.ts != 0
	}
	return r, nil
}

// paramsOf returns the object that a document is made of.
func (p *pattern) paramsOf(d *document, r *row) ([]byte, error) {
	out := append(make([]byte, 0, 256), `{"object":{`...)
	first := len(out)
	var err error
	for _, m := range d.params {
		if isNull(m.raw) || skipped[d.target][m.name] {
			continue
		}
		if d.target == "collections" && m.name == "history_days" {
			m = member{m.name, []byte("null"), true} // see setHistories
		}
		if out, err = p.member(out, m, first); err != nil {
			return nil, err
		}
	}
	if d.data != nil || !d.bare && !natives[d.target] {
		if len(out) > first {
			out = append(out, ',')
		}
		out = append(out, `"data":`...)
		start, only := len(out), ""
		out = append(out, `{"object":{`...)
		first = len(out)
		for _, m := range d.data {
			r.fields = append(r.fields, field{m.name, p.kindOf(&m)})
			if isNull(m.raw) {
				continue
			}
			if only = m.name; len(out) > first {
				only = ""
			}
			if out, err = p.member(out, m, first); err != nil {
				return nil, err
			}
		}
		out = closeObject(out, start, only)
	}
	return append(out, "}}"...), nil
}

// skipped are members that the server makes itself.
var skipped = map[string]map[string]bool{
	"indexes":     {"active": true, "build": true},
	"functions":   {"role": true}, // set when roles are there
	"credentials": {"coll": true},
}

// member appends one, converted as --type says.
func (p *pattern) member(dst []byte, m member, first int) ([]byte, error) {
	if len(dst) > first {
		dst = append(dst, ',')
	}
	dst = append(quote(dst, m.name), ':')
	if m.done {
		return append(dst, m.raw...), nil
	}
	if c := p.types[m.name]; c != nil && c.to != nil {
		return c.apply(dst, m.raw)
	}
	out, err := p.reading.value(dst, &scan{b: m.raw})
	if err != nil {
		err = fmt.Errorf("%s: %w", m.name, err)
	}
	return out, err
}

// kindOf names a member's type for the report.
func (p *pattern) kindOf(m *member) string {
	if isNull(m.raw) {
		return "null"
	}
	if c := p.types[m.name]; c != nil && c.to != nil {
		switch c.kind {
		case "dateString", "dateEpochMillis", "dateEpochSeconds":
			return "time"
		}
		return c.kind
	}
	switch c := m.raw[0]; {
	case c == '"':
		return "string"
	case c == '[':
		return "array"
	case c == '{':
		return p.tagKind(m.raw)
	case c == 't' || c == 'f':
		return "bool"
	}
	if _, err := strconv.ParseInt(string(m.raw), 10, 64); err == nil {
		return "integer"
	}
	return "double"
}

var tagKinds = map[string]string{
	"@ref": "ref", "@doc": "ref", "@mod": "ref", "@ts": "time", "@time": "time", "@date": "date", "@bytes": "bytes", "@uuid": "uuid",
	"@set": "set", "@query": "query", "@int": "integer", "@long": "integer", "@double": "double",
}

func (p *pattern) tagKind(raw []byte) string {
	s := &scan{b: raw, i: 1}
	if s.peek() != '"' {
		return "object"
	}
	name, err := s.text()
	if err != nil || !p.reading.tags {
		return "object"
	}
	if kind := tagKinds[string(name[1:len(name)-1])]; kind != "" {
		return kind
	}
	return "object"
}
