package catalog

import (
	"slices"
	"strings"

	"seriatim/value"
)

// WriteAs makes node the author of what the transaction writes from here on
// (Options.Author).
func (v *View) WriteAs(node string) { v.session.options.Author = node }

// TellNoChanges makes the transaction keep no Changes from here on, for a writer that
// tells its ledger otherwise what it does.
func (v *View) TellNoChanges() { v.authored().untold = true }

// Author returns the node that the transaction writes for, "" for none.
func (v *View) Author() string { return v.session.options.Author }

// uniWriting is what a transaction writes to a uni.
type uniWriting struct {
	system  bool   // the uni writes its own definitions
	row     *Row   // its API writes this row
	written uint64 // the uni that was written to, 0 for none
	changes []UniChange
	untold  bool // no changes are kept
}

// writing returns what the transaction writes to a uni, to be read.
func (v *View) writing() *uniWriting {
	if w := v.session.uni; w != nil {
		return w
	}
	return &noWriting
}

var noWriting uniWriting // is never written to

// authored returns what the transaction writes to a uni, to be changed.
func (v *View) authored() *uniWriting {
	if v.session.uni == nil {
		v.session.uni = &uniWriting{}
	}
	return v.session.uni
}

// uniWritable checks that something may be written in a collection of the uni that the
// view's database is.
func (v *View) uniWritable(s *schema, c value.CollectionID) error {
	t := v.writing()
	switch {
	case t.system:
		return nil
	case c == value.Databases:
		return refused("The uni %s has no child databases: its ledger would not tell of them.", s.uni.Name)
	case t.written != 0 && t.written != v.db:
		return errTwoUnis
	case s.uni.Model == nil:
		return s.uni.refusal
	}
	if _, ok := s.uni.Node(v.session.options.Author); !ok {
		return ErrNoAuthor
	}
	if t.row == nil && c >= value.FirstUserCollection && slices.Contains(SystemCollections, s.collections[c].Name) {
		return refused("The documents of %s are written through GraphQL.", s.collections[c].Name)
	}
	v.authored().written = v.db
	return nil
}

var errTwoUnis = refused("One transaction cannot write to two unis.")

// entity returns the name and shape of the entity that a collection is; ok is false
// for other collections.
func (s *schema) entity(c value.CollectionID) (name string, kind EntityKind, ok bool) {
	def := s.collections[c]
	if s.uni == nil || s.uni.Model == nil || def == nil {
		return "", 0, false
	}
	kind, ok = s.uni.Model.Entity(def.Name)
	return def.Name, kind, ok
}

// checkPatch checks what a query says of a document of a uni beside its properties:
// control members may only be what they are, prev being nil for a new document.
func (v *View) checkPatch(c value.CollectionID, prev, patch *value.Object) error {
	if c < value.FirstUserCollection || v.writing().system {
		return nil
	}
	if ttl, ok := patch.Get("ttl"); ok && ttl.Kind() != value.KindNull {
		return refused("Documents of a uni cannot have a ttl: its ledger would not tell when they expire.")
	}
	if _, _, ok := v.defs.entity(c); !ok {
		return nil
	}
	data, ok := memberObject(patch, "data")
	if !ok {
		return nil
	}
	held, _ := memberObject(prev, "data")
	for _, f := range data.Fields {
		if !strings.HasPrefix(f.Name, "_") {
			continue
		}
		if !slices.Contains(controlMembers, f.Name) {
			return refused("The name %s begins with an underscore, which no property's does.", f.Name)
		}
		now := v.control(held, f.Name, prev == nil)
		if v.writing().row != nil || now == nil || !identical(now, f.Value) {
			return refused("The member %s is set by the uni and cannot be written.", f.Name)
		}
	}
	return nil
}

var controlMembers = []string{OwnerMember, ACLMember, UUIDMember}

// memberObject returns a member that is an object. o may be nil.
func memberObject(o *value.Object, name string) (*value.Object, bool) {
	if o == nil {
		return nil, false
	}
	m, _ := o.Get(name)
	object, ok := m.(*value.Object)
	return object, ok
}

// control returns what a control member has to be, nil for absent. held is the data of
// the version before, nil for a new document.
func (v *View) control(held *value.Object, name string, fresh bool) value.Value {
	row := v.writing().row
	switch {
	case name == ACLMember && row != nil && row.ACL != nil:
		if len(row.ACL) == 0 {
			return nil
		}
		return row.ACL
	case fresh && name == OwnerMember:
		return value.String(v.session.options.Author)
	case fresh && name == UUIDMember && row != nil && row.UUID != "":
		return value.String(row.UUID)
	case held != nil:
		m, _ := held.Get(name)
		return m
	}
	return nil
}

// uniDocument checks the next version of a document of an entity and returns it with
// its control members. Documents of other collections are as they come.
func (v *View) uniDocument(c value.CollectionID, id int64, prev, next *value.Object) (*value.Object, error) {
	name, kind, ok := v.defs.entity(c)
	if !ok || v.writing().system {
		return next, nil
	}
	if kind.Single() && id != SingleID && v.writing().row == nil { // each node has settings of its own
		return nil, refused("%s is one value, the document with the id %d.", name, SingleID)
	}
	if row := v.writing().row; row != nil && row.UUID != "" {
		if _, ours := IDOf(row.UUID); ours {
			return nil, refused("The id %s is one of this database's own.", row.UUID)
		}
	}
	data, _ := memberObject(next, "data")
	plain := properties(data)
	found := v.defs.uni.Model.Check(name, plain)
	if found = append(found, checkSettings(name, plain)...); len(found) > 0 {
		return nil, &Violated{Collection: name, Ref: value.Ref{Collection: c, ID: id}, Violations: found}
	}
	held, _ := memberObject(prev, "data")
	var room [3]value.Field
	control := room[:0]
	for _, m := range controlMembers {
		if now := v.control(held, m, prev == nil); now != nil {
			control = append(control, value.Field{Name: m, Value: now})
		}
	}
	if data != nil && slices.EqualFunc(data.Fields[len(plain.Fields):], control, sameMember) {
		return next, nil
	}
	return next.With("data", &value.Object{Fields: append(plain.Fields, control...)}), nil
}

func sameMember(a, b value.Field) bool { return a.Name == b.Name && identical(a.Value, b.Value) }

// properties returns data without control members, empty for nil. Where those stand
// last, as in what the uni wrote, they are left out without a copy.
func properties(data *value.Object) *value.Object {
	plain := &value.Object{}
	if data == nil {
		return plain
	}
	n := len(data.Fields)
	for n > 0 && slices.Contains(controlMembers, data.Fields[n-1].Name) {
		n--
	}
	if !slices.ContainsFunc(data.Fields[:n], func(f value.Field) bool { return slices.Contains(controlMembers, f.Name) }) {
		plain.Fields = data.Fields[:n:n]
		return plain
	}
	plain.Fields = make([]value.Field, 0, len(data.Fields)+len(controlMembers))
	for _, f := range data.Fields {
		if !slices.Contains(controlMembers, f.Name) {
			plain.Fields = append(plain.Fields, f)
		}
	}
	return plain
}
