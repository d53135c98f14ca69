package graphql

import (
	"errors"
	"strings"

	"seriatim/catalog"
	"seriatim/value"
)

// one is a list of one error.
func one(e *Error) []*Error { return []*Error{e} }

func refusing(code, message string) []*Error { return one(refuse(code, message)) }

// write runs the write that a field of a mutation is.
func (r *run) write(f *Field) (written, []*Error) {
	if r.Node == "" {
		return written{}, refusing(CodeUnauthorized, "writing to a uni needs a key that is bound to one of its nodes")
	}
	e := f.Root.Entity
	if e.Name == "Vendia_ApiKey" {
		return r.writeKey(f, e)
	}
	acl, errs := r.aclOf(f, e)
	if len(errs) > 0 {
		return written{}, errs
	}
	if errs := r.checkSystem(f, e); len(errs) > 0 {
		return written{}, errs
	}
	switch f.Root.Action {
	case ActionAdd, ActionCreate:
		return r.create(f, e, acl, "")
	case ActionPut:
		return r.put(f, e, acl)
	case ActionUpdate:
		return r.update(f, e, acl)
	}
	return r.remove(f, e)
}

// target is the row that a field of a mutation is about.
type target struct {
	ref value.Ref
	row *row // nil when there is none
	id  string
}

// target finds the row, checks that the node may do op with it, and the condition.
func (r *run) target(f *Field, e *Entity) (target, []*Error) {
	var t target
	ref, ok, err := r.find(e, f)
	if err != nil {
		return t, one(explain(err))
	}
	t.ref = ref
	if t.id, _ = f.text("id"); e.Kind.Single() {
		t.id = catalog.UUIDOf(ref.ID)
	}
	if ok {
		if t.row, err = r.row(e, ref, 0); err != nil {
			return t, one(explain(err))
		}
	}
	if t.row != nil && !r.shows(t.row) {
		return t, refusing(CodeUnauthorized, unauthorized)
	}
	if t.row != nil {
		t.id = t.row.id()
	} else if !ok {
		t.ref.ID = 0
	}
	return t, nil
}

// condition evaluates a field's condition on what the node may see of the row.
func (r *run) condition(f *Field, row *row) ([]*Error, error) {
	if f.filter == nil {
		return nil, nil
	}
	var data value.Encoded
	if row != nil {
		seen := *row
		if err := r.redact(&seen, opGet); err != nil {
			return nil, err
		}
		data = seen.data
	}
	if holds, err := r.holds(f.filter, data); err != nil || holds {
		return nil, err
	}
	return refusing(CodeCondition, "the condition does not hold"), nil
}

func (r *run) create(f *Field, e *Entity, acl value.Array, uuid string) (written, []*Error) {
	c, err := r.collection(e)
	if err != nil {
		return written{}, one(explain(err))
	}
	w := catalog.Row{ACL: acl}
	id := int64(0)
	if e.Kind.Single() {
		id = r.singleID(e)
	} else if given, ok := f.text("id"); ok && uuid == "" {
		uuid = given
	}
	if uuid != "" {
		uuid = strings.ToLower(uuid) // one id has one spelling
		own, ours := catalog.IDOf(uuid)
		if ours {
			id = own
		} else if !foreignID(uuid) {
			return written{}, refusing(CodeInput, "the id is not a UUID: "+string(shortJSON(value.String(uuid))))
		} else {
			w.UUID = uuid
		}
	}
	d, err := r.View.CreateRow(c, id, withoutNulls(f.data()), w)
	if err != nil {
		return written{}, r.explainWrite(f, err)
	}
	row := rowOf(e, d)
	return written{row.id(), row}, nil
}

// foreignID reports whether a text may be the id of a row that was not made here: a
// UUID in lower case.
func foreignID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f':
		default:
			return false
		}
	}
	return true
}

func (r *run) put(f *Field, e *Entity, acl value.Array) (written, []*Error) {
	t, errs := r.target(f, e)
	if len(errs) > 0 {
		return written{}, errs
	}
	if errs := sameKeys(f, e); len(errs) > 0 {
		return written{}, errs
	}
	if t.row == nil {
		return r.putNew(f, e, acl, t)
	}
	if errs := r.mayReplace(t.row, acl); len(errs) > 0 {
		return written{}, errs
	}
	errs, err := r.condition(f, t.row)
	if err != nil {
		return written{}, one(explain(err))
	}
	d, err := r.View.ReplaceRow(t.ref, withoutNulls(f.data()), catalog.Row{ACL: acl})
	if err != nil {
		return written{}, append(errs, r.explainWrite(f, err)...)
	}
	return rewritten(t.id, e, d), errs
}

func (r *run) putNew(f *Field, e *Entity, acl value.Array, t target) (written, []*Error) {
	errs, err := r.condition(f, nil)
	if err != nil {
		return written{}, one(explain(err))
	}
	w, more := r.create(f, e, acl, t.id)
	return w, append(errs, more...)
}

// sameKeys checks that a put under a unique key says the same key inside.
func sameKeys(f *Field, e *Entity) []*Error {
	for _, key := range e.Unique {
		given := f.Arg(key)
		if given == nil {
			continue
		}
		inside, ok := f.data().Get(key)
		if !ok || value.Compare(inside, given) != 0 {
			return refusing(CodeInput, "the input's "+key+" must be the "+key+" that names the row")
		}
	}
	return nil
}

func (r *run) update(f *Field, e *Entity, acl value.Array) (written, []*Error) {
	t, errs := r.target(f, e)
	if len(errs) > 0 {
		return written{}, errs
	}
	if t.row == nil {
		if e.Name != "Vendia_Settings" { // which every node has, empty at first
			return written{}, notFound(e)
		}
		w, errs := r.create(f, e, acl, "")
		return w, errs
	}
	patch, errs := r.mayUpdate(t.row, f.data(), acl)
	if len(errs) > 0 {
		return written{}, errs
	}
	errs, err := r.condition(f, t.row)
	if err != nil {
		return written{}, one(explain(err))
	}
	d, err := r.View.UpdateRow(t.ref, patch, catalog.Row{ACL: acl})
	if err != nil {
		return written{}, append(errs, r.explainWrite(f, err)...)
	}
	return rewritten(t.id, e, d), errs
}

func (r *run) remove(f *Field, e *Entity) (written, []*Error) {
	t, errs := r.target(f, e)
	if len(errs) > 0 {
		return written{}, errs
	}
	if t.row == nil {
		return written{}, notFound(e)
	}
	a, err := r.rights(t.row)
	if err != nil {
		return written{}, one(explain(err))
	}
	if a.whole&opDelete == 0 {
		return written{}, refusing(CodeUnauthorized, unauthorized)
	}
	if errs, err = r.condition(f, t.row); err != nil || len(errs) > 0 {
		if err != nil {
			errs = one(explain(err))
		}
		return written{}, errs
	}
	if _, err := r.View.DeleteRow(t.ref); err != nil {
		return written{}, r.explainWrite(f, err)
	}
	r.forget(e)
	return written{id: t.id}, nil
}

func notFound(e *Entity) []*Error {
	return refusing(CodeNotFound, "there is no such "+e.Name)
}

// forget drops what the run remembers that a write of an entity may have changed.
func (r *run) forget(e *Entity) {
	if e.Name == "Vendia_SharingPolicy" {
		r.policies = nil
	}
}

// rewritten is a row that was there before, after a write.
func rewritten(id string, e *Entity, d *value.Document) written {
	row := rowOf(e, d)
	row.text = id
	return written{id, row}
}

// explainWrite turns an error of a write into the errors of the response, one for
// each cause.
func (r *run) explainWrite(f *Field, err error) []*Error {
	e := f.Root.Entity
	r.forget(e)
	var violated *catalog.Violated
	var exists *catalog.Exists
	var unique *catalog.NotUnique
	switch {
	case errors.As(err, &violated):
		errs := make([]*Error, len(violated.Violations))
		for i, v := range violated.Violations {
			errs[i] = refuse(CodeConstraint, violationMessage(e, v))
			x := errs[i].Extensions
			x.Pointer, x.Keyword, x.Limit = e.pointer(v.Pointer), v.Keyword, v.Limit
		}
		return errs
	case errors.As(err, &exists):
		return refusing(CodeExists, "the "+e.Name+" exists already")
	case errors.As(err, &unique):
		return one(r.notUnique(e, unique))
	case errors.Is(err, catalog.ErrNotFound):
		return notFound(e)
	}
	return one(explain(err))
}

// pointer returns a pointer into data as one into what the API shows: a scalar has
// no member called value.
func (e *Entity) pointer(inData string) string {
	if (e.Kind == catalog.Scalar || e.Kind == catalog.ScalarRows) && inData == "/value" {
		return ""
	}
	return inData
}

func violationMessage(e *Entity, v catalog.Violation) string {
	at := e.pointer(v.Pointer)
	if at == "" {
		return v.Message
	}
	return at + ": " + v.Message
}

// notUnique names the property whose value another row has.
func (r *run) notUnique(e *Entity, err *catalog.NotUnique) *Error {
	x, ok := r.View.Index(err.Index.ID)
	if ok && x.Name == catalog.UUIDIndex(e.Name) {
		return refuse(CodeExists, "the "+e.Name+" exists already")
	}
	out := refuse(CodeNotUnique, "another "+e.Name+" has the same unique value")
	out.Extensions.Keyword = "x-vendia-unique"
	if p := uniqueProperty(r.View, e, err); p != "" {
		out.Message = "another " + e.Name + " has the same " + p
		out.Extensions.Pointer = "/" + p
	}
	return out
}

// uniqueProperty returns the property of an entity's rows whose value another row has, ""
// when the index is none of the schema's.
func uniqueProperty(v *catalog.View, e *Entity, err *catalog.NotUnique) string {
	x, ok := v.Index(err.Index.ID)
	for _, p := range e.Unique {
		if ok && x.Name == catalog.UniqueIndex(e.Name, p) {
			return p
		}
	}
	return ""
}
