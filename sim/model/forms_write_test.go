package model

import (
	"slices"

	"seriatim/syntax"
)

var writeForms map[syntax.Op]func(*call) val

func init() {
	writeForms = map[syntax.Op]func(*call) val{
		syntax.OpCreate:  (*call).create,
		syntax.OpUpdate:  func(c *call) val { return c.change("update") },
		syntax.OpReplace: func(c *call) val { return c.change("replace") },
		syntax.OpDelete:  (*call).remove,
		syntax.OpInsert:  (*call).insert,
		syntax.OpRemove:  (*call).removeEvent,
	}
}

// present refuses writes in the past.
func (c *call) present(pos ...string) {
	if c.at != latest {
		c.fail("invalid write time", "Cannot write outside of snapshot time.", pos...)
	}
}

// readable refuses params with references to nothing.
func (c *call) readable(params *rec) *rec {
	if hasLost(params) {
		c.invalid()
	}
	return params
}

func hasLost(v val) bool {
	switch v := v.(type) {
	case lost:
		return true
	case list:
		return slices.ContainsFunc(v, hasLost)
	case *rec:
		return slices.ContainsFunc(v.vals, hasLost)
	case *page, *sourced:
		return hasLost(dataRec(v))
	}
	return false
}

// body is what is stored of params: data and ttl, without nulls.
func (c *call) body(params *rec, old *rec, pos ...string) *rec {
	out := newRec()
	if old != nil {
		out = old.clone()
	}
	for i, n := range params.names {
		if n != "data" && n != "ttl" {
			continue
		}
		v := params.vals[i]
		if n == "data" && v != nil && (rank(v) != 5 || kindOf(v) == "Set") {
			c.invalid(pos...)
		}
		if _, ok := v.(instant); n == "ttl" && v != nil && !ok {
			c.invalid(pos...)
		}
		was, _ := out.get(n)
		if v = merged(was, v); v == nil {
			out.drop(n)
		} else {
			out.set(n, v)
		}
	}
	return out
}

func (c *call) invalid(pos ...string) {
	c.fail("validation failed", "document data is not valid.", pos...)
}

// merged is what is stored when v is written over old: objects member by member,
// nulls gone.
func merged(old, v val) val {
	switch v := v.(type) {
	case *rec:
		out := newRec()
		if o, ok := old.(*rec); ok {
			out = o.clone()
		}
		for i, n := range v.names {
			was, _ := out.get(n)
			if x := merged(was, v.vals[i]); x == nil {
				out.drop(n)
			} else {
				out.set(n, x)
			}
		}
		return out
	case *page, *event, *sourced, *docv:
		return merged(old, dataRec(v))
	case list:
		out := list{}
		for _, x := range v {
			if y := merged(nil, x); y != nil {
				out = append(out, y)
			}
		}
		return out
	}
	return v
}

func (c *call) unique(r ref, before *docv, pos ...string) {
	if c.w.clash(r, before) {
		c.fail("instance not unique", "document is not unique.", pos...)
	}
}

func (c *call) create() val {
	var r ref
	switch v := c.v[0].(type) {
	case ref:
		r = v
	case lost:
		c.undefined(v, "create")
	case string, native, act:
		skip("the id is the server's")
	default:
		c.expected("Identifier", v, "create")
	}
	params := c.readable(c.object(1))
	if slices.Contains(natives, r.coll) {
		skip("a definition is written")
	}
	c.once(r, "write")
	c.present("create")
	if c.w.at(r, latest) != nil {
		c.fail("instance already exists", "Document already exists.", "create")
	}
	c.w.put(r, latest, c.body(params, nil, "create"))
	c.unique(r, nil, "create")
	return &docv{r, pending{}, c.w.docs[r.coll][r.id][len(c.w.docs[r.coll][r.id])-1].body}
}

func (c *call) change(form string) val {
	r := c.document(0)
	params := c.readable(c.object(1))
	if slices.Contains(natives, r.coll) {
		skip("a definition is written")
	}
	c.once(r, "write")
	old := c.w.at(r, latest)
	if old == nil {
		c.fail("instance not found", "Document not found.", form)
	}
	c.present()
	var base *rec
	if form == "update" {
		base = old.body
	}
	body := c.body(params, base)
	c.w.put(r, latest, body)
	c.unique(r, old)
	return &docv{r, pending{}, body}
}

func (c *call) remove() val {
	r := c.document(0)
	if slices.Contains(natives, r.coll) {
		skip("a definition is written")
	}
	c.once(r, "write")
	old := c.w.at(r, latest)
	if old == nil {
		c.fail("instance not found", "Document not found.")
	}
	c.present()
	c.w.put(r, latest, nil)
	return old
}

// userDocument refuses events of what is no document of a user. Those of documents
// that the query has written too are refused on purpose; see docs/compatibility.md.
func (c *call) userDocument(r ref, verb string) {
	c.once(r, "events")
	if slices.Contains(natives, r.coll) {
		c.fail("invalid argument", "Cannot "+verb+" event for specified ref.")
	}
}

// once allows a document one kind of write in a query.
func (c *call) once(r ref, kind string) {
	if was, ok := c.w.touched[r]; ok && was != kind {
		skip("writes and events of one document in one query")
	}
	if c.w.touched == nil {
		c.w.touched = map[ref]string{}
	}
	c.w.touched[r] = kind
}

// skip gives up on a query that the model cannot answer.
func skip(why string) { panic(skipped(why)) }

type skipped string

func (c *call) action(i int) string {
	switch v := c.v[i].(type) {
	case string, act:
		if s := text(v); slices.Contains([]string{"create", "update", "delete"}, s) {
			return s
		}
	}
	c.expected("String 'create', 'update', or 'delete'", c.v[i], c.key(i))
	return ""
}

func (c *call) insert() val {
	r := c.document(0)
	ts := c.txTime(1)
	action := c.action(2)
	params := c.object(3)
	if ts > c.w.now.micros() {
		c.fail("invalid write time", "Cannot write outside of snapshot time.")
	}
	c.readable(params)
	c.userDocument(r, "insert")
	e := &event{ts: ts, act: "create", ref: r}
	var body *rec
	if action == "delete" {
		e.act = "delete"
	} else {
		body = c.body(params, nil)
		e.data = dataOf(body)
	}
	c.w.put(r, ts, body)
	return e
}

func (c *call) removeEvent() val {
	r := c.document(0)
	ts := c.txTime(1)
	action := c.action(2)
	c.userDocument(r, "remove")
	for _, v := range c.w.docs[r.coll][r.id] {
		if v.ts == ts && (v.body == nil) == (action == "delete") {
			c.w.cut(r, ts)
		}
	}
	return nil
}
