package catalog

import (
	"seriatim/value"
)

// Changes returns the writes of documents in the uni that the transaction wrote to, in
// order, unless TellNoChanges was called: what its ledger has to say of it. Two writes of one document are two changes.
// What DefineUni makes is one, of the entity Vendia_UniInfo. The slice is not to be
// modified.
func (v *View) Changes() []UniChange { return v.writing().changes }

// noteUni adds a definition of the uni to the changes.
func (v *View) noteUni(prev, u *Uni) {
	c := UniChange{Action: "add", Collection: uniInfo, Entity: true, ID: UUIDOf(SingleID), Data: u.object()}
	if prev != nil {
		c.Action = "put"
	}
	a := v.authored()
	a.changes = append(a.changes, c)
}

// note adds the write of a document to the changes. body is nil for a deletion.
func (v *View) note(ref value.Ref, prev version, body *value.Object) {
	c := UniChange{Ref: ref, Action: "remove"}
	name, _, entity := v.defs.entity(ref.Collection)
	c.Collection, c.Entity = name, entity
	if !entity {
		c.Collection = v.collectionWord(ref.Collection)
	}
	if body != nil {
		c.Action = "add"
		if prev.visible(v.session.tx.Clock()) {
			c.Action = "put"
		}
		c.Data = openMembers(body)
		if entity {
			data, _ := memberObject(body, "data")
			c.Data = properties(data)
		}
	}
	c.ID = UUIDOf(ref.ID)
	if entity {
		c.ID = uuidOfRow(ref, prev, body)
	}
	a := v.authored()
	a.changes = append(a.changes, c)
}

// uuidOfRow returns the UUID of a row, which a foreign one has in its data.
func uuidOfRow(ref value.Ref, prev version, body *value.Object) string {
	if body == nil && prev.live {
		body = prev.document(ref).Body()
	}
	if data, ok := memberObject(body, "data"); ok {
		if foreign, ok := data.Get(UUIDMember); ok {
			if text, ok := foreign.(value.String); ok {
				return string(text)
			}
		}
	}
	return UUIDOf(ref.ID)
}

// openMembers returns the members of a document that are no secrets.
func openMembers(body *value.Object) *value.Object {
	open := &value.Object{Fields: make([]value.Field, 0, len(body.Fields))}
	for _, f := range body.Fields {
		switch f.Name {
		case "hashed_secret", "secret", "hashed_password":
		default:
			open.Fields = append(open.Fields, f)
		}
	}
	return open
}

// collectionWord returns the name of a collection, for native ones that of queries.
func (v *View) collectionWord(c value.CollectionID) string {
	switch c {
	case value.Databases:
		return "databases"
	case value.Collections:
		return "collections"
	case value.Indexes:
		return "indexes"
	case value.Functions:
		return "functions"
	case value.Roles:
		return "roles"
	case value.Keys:
		return "keys"
	case value.Tokens:
		return "tokens"
	case value.Credentials:
		return "credentials"
	case value.AccessProviders:
		return "access_providers"
	}
	name, _ := v.CollectionName(0, c)
	return name
}

// InAs is In and, for the rest of the transaction, WriteAs.
func (v *View) InAs(db uint64, node string) (*View, error) {
	child, err := v.In(db)
	if err == nil {
		child.WriteAs(node)
	}
	return child, err
}

// Unis returns the children of the view's database that are unis, in order of their
// databases. That there are no others is in the read set.
func (v *View) Unis() ([]*View, error) {
	var unis []*View
	children := v.Documents(value.Databases, Range{})
	defer children.Close()
	for children.Next() {
		child, ok, err := v.isUni(children.Ref().ID)
		if err != nil {
			return nil, err
		}
		if ok {
			unis = append(unis, child)
		}
	}
	return unis, children.Err()
}

// isUni reports whether a child of the view's database is a uni, and opens it.
func (v *View) isUni(id int64) (*View, bool, error) {
	child, err := v.In(uint64(id))
	if err == ErrNotFound {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return child, child.Uni() != nil, nil
}

// DeleteUni deletes the database of a uni, a child of the view's, with its ledger. It
// returns ErrNotFound when ref is no uni.
func (v *View) DeleteUni(ref value.Ref) error {
	_, ok, err := v.isUni(ref.ID)
	if err != nil {
		return err
	}
	if !ok || ref.Collection != value.Databases {
		return ErrNotFound
	}
	defer v.asSystem()()
	_, err = v.Delete(ref)
	return err
}

// checkUniDatabase refuses to rename or delete the database of a uni, a child of
// the view's. next is nil when it goes.
func (v *View) checkUniDatabase(id int64, prev, next *value.Object) error {
	if v.writing().system || next != nil && nameOf(prev) == nameOf(next) {
		return nil
	}
	child, ok, err := v.isUni(id)
	if err != nil || !ok {
		return err
	}
	if next == nil {
		return refused("The database of the uni %s goes with the uni only, and its ledger with it (seriatim uni delete).", child.Uni().Name)
	}
	return refused("The uni %s cannot be renamed: its ledger says its name.", child.Uni().Name)
}

// savesChange reports whether a write is one in a uni, to be checked and noted.
func (v *View) savesChange() bool {
	return v.defs != nil && v.defs.uni != nil && !v.writing().system
}
