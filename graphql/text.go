package graphql

import (
	"slices"
	"strconv"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/catalog"
	"seriatim/ledger"
	"seriatim/value"
)

// Canonical text is what a ledger says of a transaction (vendia.md 1.5): the
// operation by the name of its entity's type, variables in place, members in order
// of name. updateSelf_Inventory(id:"..",input: {a: 1}){error} is one operation;
// several are mutation m{alias: ...\nalias: ...}. ledgerFields reads it again.

// verbs begin the names of operations in canonical text.
var verbs = map[Action]string{
	ActionAdd: "add", ActionCreate: "create", ActionPut: "put", ActionUpdate: "update",
	ActionRemove: "remove", ActionDelete: "delete",
}

// scribe writes the canonical text of one transaction. Values of guarded entities
// become parts of their own.
type scribe struct {
	model   *Model
	parts   []ledger.Part
	open    []byte // the end of the text, which is not in parts yet
	guarded string // "Entity/uuid" while the values of a row are written that not all may read
}

// flush makes the open text a part.
func (w *scribe) flush() {
	if len(w.open) > 0 {
		w.parts = append(w.parts, ledger.Part{Text: string(w.open)})
		w.open = w.open[:0]
	}
}

func (w *scribe) text(s string) { w.open = append(w.open, s...) }

// statement is one operation to be written.
type statement struct {
	alias  string
	action Action
	entity *Entity
	id     string // "" for an entity with one document
	owner  string // the node whose alone the row of a private entity is
	args   []Arg  // input, condition, aclInput
}

// write returns the text of the statements as parts; no statement is no part.
func write(m *Model, list []statement) []ledger.Part {
	if len(list) == 0 {
		return nil
	}
	room := texts.Get().(*[]byte)
	w := &scribe{model: m, open: (*room)[:0]}
	if len(list) == 1 {
		w.statement(&list[0])
	} else {
		w.text("mutation m{")
		for i := range list {
			if i > 0 {
				w.text("\n")
			}
			w.text(list[i].alias)
			w.text(": ")
			w.statement(&list[i])
		}
		w.text("}")
	}
	w.flush()
	if cap(w.open) <= maxKeptText {
		*room = w.open
		texts.Put(room)
	}
	return w.parts
}

// texts are buffers to write in. Those that a long text made are not kept.
var texts = sync.Pool{New: func() any { return new([]byte) }}

const maxKeptText = 64 << 10

func (w *scribe) statement(s *statement) {
	w.text(verbs[s.action])
	w.text(s.entity.TypeName)
	separator := "("
	if s.id != "" {
		w.text(`(id:`)
		w.open = appendJSONString(w.open, s.id)
		separator = ","
	}
	for _, a := range s.args {
		w.text(separator)
		separator = ","
		w.text(a.Name)
		w.text(": ")
		w.guarded = ""
		switch {
		case s.entity.private():
			w.guarded = s.entity.Name + "/" + s.owner
		case s.entity.Guarded && a.Name != "aclInput":
			w.guarded = s.entity.Name + "/" + s.id
		}
		w.value(a.Value, w.model.argumentType(s.entity, s.action, a.Name), "")
	}
	w.guarded = ""
	if separator == "," {
		w.text(")")
	}
	w.text("{error}")
}

// argumentType returns the type of an operation's argument, nil when unknown.
func (m *Model) argumentType(e *Entity, action Action, name string) *ast.Type {
	for _, field := range m.Schema.Mutation.Fields {
		if root := m.Root(ast.Mutation, field.Name); root != nil && root.Entity == e && root.Action == action {
			if def := field.Arguments.ForName(name); def != nil {
				return def.Type
			}
			return nil
		}
	}
	return nil
}

// value writes a literal. pointer is where it is in the row.
func (w *scribe) value(v value.Value, t *ast.Type, pointer string) {
	switch v := v.(type) {
	case *value.Object:
		w.object(v, t, pointer)
		return
	case value.Array:
		var item *ast.Type
		if t != nil {
			item = t.Elem
		}
		w.text("[")
		for i, e := range v {
			if i > 0 {
				w.text(", ")
			}
			w.value(e, item, w.below(pointer, strconv.Itoa(i)))
		}
		w.text("]")
		return
	}
	if w.guarded == "" {
		w.open = appendLiteral(w.open, v, w.isEnum(t))
		return
	}
	w.flush()
	w.parts = append(w.parts, ledger.Part{
		Text: string(appendLiteral(nil, v, w.isEnum(t))), Guarded: true, Path: w.guarded + pointer})
}

// below returns the place of a member or item of what is at pointer. It matters for
// guarded values alone.
func (w *scribe) below(pointer, step string) string {
	if w.guarded == "" {
		return ""
	}
	return pointer + "/" + step
}

func (w *scribe) isEnum(t *ast.Type) bool {
	if t == nil {
		return false
	}
	def := w.model.Schema.Types[t.NamedType]
	return def != nil && def.Kind == ast.Enum
}

func (w *scribe) object(o *value.Object, t *ast.Type, pointer string) {
	var def *ast.Definition
	if t != nil {
		def = w.model.Schema.Types[t.NamedType]
	}
	fields := o.Fields
	if !slices.IsSortedFunc(fields, compareNames) {
		fields = slices.Clone(fields)
		slices.SortFunc(fields, compareNames)
	}
	w.text("{")
	for i, f := range fields {
		if i > 0 {
			w.text(", ")
		}
		w.text(f.Name)
		w.text(": ")
		var member *ast.Type
		if def != nil {
			if m := def.Fields.ForName(f.Name); m != nil {
				member = m.Type
			}
		}
		w.value(f.Value, member, w.below(pointer, f.Name))
	}
	w.text("}")
}

func compareNames(a, b value.Field) int {
	switch {
	case a.Name < b.Name:
		return -1
	case a.Name > b.Name:
		return 1
	}
	return 0
}

// appendLiteral appends a scalar as a GraphQL literal.
func appendLiteral(dst []byte, v value.Value, enum bool) []byte {
	if s, ok := v.(value.String); ok && enum {
		return append(dst, s...)
	}
	return appendJSON(dst, v) // whose strings and numbers are GraphQL's too
}

// Text returns what writes through FQL leave in the ledger, as canonical text:
// rows of entities as operations on them, and documents of other collections as
// putVendia_Document and removeVendia_Document with their members as JSON.
func Text(changes []catalog.UniChange, m *Model) []ledger.Part {
	if len(changes) == 0 {
		return nil
	}
	w := &scribe{model: m}
	if len(changes) > 1 {
		w.text("mutation m{")
	}
	for i := range changes {
		if i > 0 {
			w.text("\n")
		}
		if len(changes) > 1 {
			w.text("w" + strconv.Itoa(i+1) + ": ")
		}
		w.change(&changes[i])
	}
	if len(changes) > 1 {
		w.text("}")
	}
	w.flush()
	return w.parts
}

func (w *scribe) change(c *catalog.UniChange) {
	if s, ok := w.model.restate(c); ok {
		w.statement(&s)
		return
	}
	e := w.model.Lookup(c.Collection)
	if !c.Entity || e == nil {
		w.document(c)
		return
	}
	s := statement{entity: e, id: c.ID, action: ActionPut}
	single := e.Kind.Single()
	switch {
	case c.Action == "remove" && single:
		s.action = ActionDelete
	case c.Action == "remove":
		s.action = ActionRemove
	case c.Action == "add" && single:
		s.action = ActionCreate
	case c.Action == "add":
		s.action = ActionAdd
	}
	if single {
		s.id = ""
	}
	if c.Data != nil {
		s.args = []Arg{{"input", inputOf(e, c.Data)}}
	}
	w.statement(&s)
}

// inputOf returns the input that makes the data of a document.
func inputOf(e *Entity, data *value.Object) value.Value {
	if e.Kind == catalog.ScalarRows || e.Kind == catalog.Scalar {
		v, ok := data.Get("value")
		if !ok {
			return value.Null{}
		}
		return v
	}
	return data
}

// document writes a change of something that is no entity.
func (w *scribe) document(c *catalog.UniChange) {
	verb := "put"
	if c.Action == "remove" {
		verb = "remove"
	}
	w.text(verb + "Vendia_Document(id:\"" + strconv.FormatInt(c.Ref.ID, 10) + "\",collection: ")
	w.open = appendJSONString(w.open, c.Collection)
	if c.Data != nil {
		w.text(",input: ")
		w.open = appendJSONString(w.open, appendTagged(nil, c.Data))
	}
	w.text("){error}")
}
