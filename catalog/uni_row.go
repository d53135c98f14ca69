package catalog

import "seriatim/value"

// The writes of a uni's own API. Unlike Create, Update, Replace and Delete, which are
// FQL's, they may set control members and write system documents; constraints, history,
// indexes and Changes are the same. As with those, a transaction in which one failed
// must not be committed: part of it may be there.

// Row is what a write of a uni's API says of a row beside its data.
type Row struct {
	// ACL is the row's access control list, as it is stored in _acl: nil leaves the
	// one there is, an empty list removes it.
	ACL value.Array
	// UUID is the foreign id of a new row, "" for one with an id of ours.
	UUID string
}

// CreateRow makes a document of an entity: data is its data without control members
// and nulls. id is its identity, 0 for a fresh one; that of a single object or scalar
// is SingleID in any case. The owner is the author. Errors are those of Create,
// Violated, ErrNoAuthor and ErrUniRefused.
func (v *View) CreateRow(c value.CollectionID, id int64, data *value.Object, r Row) (*value.Document, error) {
	defer v.asRow(&r)()
	return v.create(c, id, id == 0, value.NewObject(value.Field{Name: "data", Value: data}))
}

// UpdateRow merges data into a document: objects deeply, null removes. Its owner and
// its foreign id stay. Errors are those of CreateRow, and ErrNotFound.
func (v *View) UpdateRow(ref value.Ref, data *value.Object, r Row) (*value.Document, error) {
	defer v.asRow(&r)()
	return v.rewrite(ref, value.NewObject(value.Field{Name: "data", Value: data}), false)
}

// ReplaceRow makes data the whole data of a document, less control members: its owner,
// its foreign id and, when r has none, its access control list stay. Errors are those
// of UpdateRow.
func (v *View) ReplaceRow(ref value.Ref, data *value.Object, r Row) (*value.Document, error) {
	defer v.asRow(&r)()
	return v.rewrite(ref, value.NewObject(value.Field{Name: "data", Value: data}), true)
}

// DeleteRow removes a document and returns it as it was. Errors are those of Delete.
func (v *View) DeleteRow(ref value.Ref) (*value.Document, error) {
	defer v.asRow(&Row{})()
	return v.Delete(ref)
}

// asRow makes what follows a write of the uni's API, until the function returned is
// called.
func (v *View) asRow(r *Row) (restore func()) {
	before := v.writing().row
	v.authored().row = r
	return func() { v.authored().row = before }
}
