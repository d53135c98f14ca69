package catalog

import (
	"seriatim/txn"
	"seriatim/value"
)

// noun is what distinguishes the documents of one native collection, and user
// documents, when they are written. Its methods run in the order of the list.
type noun interface {
	// mask names the members that are kept.
	mask() []string
	// fresh gives an identity for a new document.
	fresh(v *View) (int64, error)
	// defaults is what a new document has before its params.
	defaults() *value.Object
	// kept is what Replace leaves of a document.
	kept(prev *value.Object) *value.Object
	// prepare checks the members of the next version, prev being nil for a new
	// document, and returns what is stored.
	prepare(v *View, id int64, prev, next *value.Object) (*value.Object, error)
	// saved follows the write of a version, and with a nil next of a deletion.
	saved(v *View, id int64, prev, next *value.Object) error
}

func nounOf(c value.CollectionID) (noun, error) {
	switch c {
	case value.Databases:
		return databaseNoun{}, nil
	case value.Collections:
		return collectionNoun{}, nil
	case value.Indexes:
		return indexNoun{}, nil
	case value.Functions:
		return functionNoun{}, nil
	case value.Keys:
		return keyNoun{}, nil
	case value.Roles:
		return roleNoun{}, nil
	case value.Tokens:
		return tokenNoun{}, nil
	case value.Credentials:
		return credentialsNoun{}, nil
	case value.AccessProviders:
		return providerNoun{}, nil
	}
	return documentNoun{c}, nil
}

// Create makes a document in a user or native collection. id is its identity, 0
// for a fresh one. params are the top-level members as given by the query;
// unknown ones are dropped. The document returned has Created set and, like all
// that this transaction wrote, is Unresolved. Errors: ErrNotFound when the
// collection does not exist, Exists, Invalid, NotUnique, TooLarge, Unsupported,
// ErrSequence, ErrContainer.
func (v *View) Create(coll value.CollectionID, id int64, params *value.Object) (*value.Document, error) {
	return v.create(coll, id, id == 0, params)
}

// CreateWithID is Create with an identity that may be 0.
func (v *View) CreateWithID(coll value.CollectionID, id int64, params *value.Object) (*value.Document, error) {
	return v.create(coll, id, false, params)
}

func (v *View) create(c value.CollectionID, id int64, fresh bool, params *value.Object) (*value.Document, error) {
	n, err := v.writable(c)
	if err != nil {
		return nil, err
	}
	if v.container && !inContainer(c) {
		return nil, ErrContainer
	}
	patch, err := v.clean(params)
	if err != nil {
		return nil, err
	}
	if v.defs.uni != nil {
		if err := v.checkPatch(c, nil, patch); err != nil {
			return nil, err
		}
		if _, kind, _ := v.defs.entity(c); fresh && kind.Single() {
			id, fresh = SingleID, false
		}
	}
	if fresh {
		if id, err = n.fresh(v); err != nil {
			return nil, err
		}
	}
	ref := value.Ref{Collection: c, ID: id}
	prev, err := v.current(ref)
	if err != nil {
		return nil, err
	}
	if prev.visible(v.session.tx.Clock()) {
		return nil, &Exists{Ref: ref}
	}
	defaults, err := v.defaultsOf(c, n)
	if err != nil {
		return nil, err
	}
	next := merge(defaults, mask(patch, n.mask()))
	var d *value.Document
	switch c {
	case value.Keys:
		d, err = v.createKey(ref, prev, next, patch)
	case value.Tokens:
		d, err = v.createToken(ref, prev, next, patch)
	default:
		d, err = v.change(n, ref, prev, nil, next)
	}
	if d != nil {
		d.Created = true
	}
	return d, err
}

// inContainer tells what a container database may hold.
func inContainer(c value.CollectionID) bool {
	switch c {
	case value.Databases, value.Keys, value.Roles, value.AccessProviders:
		return true
	}
	return false
}

// writable returns the noun of a collection that can be written.
func (v *View) writable(c value.CollectionID) (noun, error) {
	n, err := nounOf(c)
	if err != nil {
		return nil, err
	}
	// Definitions must be known before they change: what is loaded afterwards
	// would not be what the schema key of the snapshot stands for.
	s, err := v.schema()
	if err != nil {
		return nil, err
	}
	if c >= value.FirstUserCollection && s.collections[c] == nil {
		return nil, ErrNotFound
	}
	if s.uni != nil {
		return n, v.uniWritable(s, c)
	}
	return n, nil
}

// change checks and writes one version, over the version old whose members are
// prev, nil for a new document.
func (v *View) change(n noun, ref value.Ref, old version, prev, next *value.Object) (*value.Document, error) {
	if v.savesChange() && ref.Collection < value.FirstUserCollection {
		if err := v.checkUniDefinition(ref, prev, next); err != nil {
			return nil, err
		}
	}
	next, err := n.prepare(v, ref.ID, prev, next)
	if err != nil {
		return nil, err
	}
	saved, err := v.save(ref, old, next)
	if err != nil {
		return nil, err
	}
	if err := n.saved(v, ref.ID, prev, next); err != nil {
		return nil, err
	}
	if v.writing().row != nil {
		return saved.document(ref), nil // the uni's API shows a few of its members
	}
	return written(ref, next), nil
}

// Update merges params into a document: objects deeply, null removes. Errors are
// those of Create; ErrNotFound when the document does not exist.
func (v *View) Update(ref value.Ref, params *value.Object) (*value.Document, error) {
	return v.rewrite(ref, params, false)
}

// Replace makes params the whole content of a document, but for what its type
// keeps (section 4.3). Errors are those of Update.
func (v *View) Replace(ref value.Ref, params *value.Object) (*value.Document, error) {
	return v.rewrite(ref, params, true)
}

func (v *View) rewrite(ref value.Ref, params *value.Object, whole bool) (*value.Document, error) {
	n, ref, old, prev, err := v.existing(ref)
	if err != nil {
		return nil, err
	}
	patch, err := v.clean(params)
	if err != nil {
		return nil, err
	}
	if v.defs.uni != nil {
		if err := v.checkPatch(ref.Collection, prev, patch); err != nil {
			return nil, err
		}
	}
	base := prev
	if whole {
		base = n.kept(prev)
	}
	next := merge(base, mask(patch, n.mask()))
	if ref.Collection == value.Tokens {
		return v.rewriteToken(ref, old, prev, next, patch, whole)
	}
	return v.change(n, ref, old, prev, next)
}

// existing returns a living document that is to be changed: its noun, its ref
// in the view's own database, its version and members.
func (v *View) existing(ref value.Ref) (noun, value.Ref, version, *value.Object, error) {
	ref, ok := v.local(ref)
	if !ok {
		return nil, ref, version{}, nil, ErrNotFound
	}
	n, err := v.writable(ref.Collection)
	if err != nil {
		return nil, ref, version{}, nil, err
	}
	old, err := v.current(ref)
	if err != nil {
		return nil, ref, old, nil, err
	}
	if !old.visible(v.session.tx.Clock()) {
		return nil, ref, old, nil, ErrNotFound
	}
	prev := old.document(ref).Body()
	if len(old.slots) == 0 || old.ts == txn.Pending {
		old.members = prev
	}
	return n, ref, old, prev, nil
}

// Delete removes a document, with what belongs to it when it is a definition,
// and returns it as it was. It returns ErrNotFound when there is none.
func (v *View) Delete(ref value.Ref) (*value.Document, error) {
	n, ref, old, prev, err := v.existing(ref)
	if err != nil {
		return nil, err
	}
	if err := v.checkDelete(ref, prev); err != nil {
		return nil, err
	}
	if _, err := v.save(ref, old, nil); err != nil {
		return nil, err
	}
	if err := n.saved(v, ref.ID, prev, nil); err != nil {
		return nil, err
	}
	return old.document(ref), nil
}

// documentNoun is user documents.
type documentNoun struct{ collection value.CollectionID }

var documentMask = []string{"data", "ttl"}

func (documentNoun) mask() []string { return documentMask }

func (documentNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (documentNoun) defaults() *value.Object { return nil }

func (documentNoun) kept(*value.Object) *value.Object { return nil }

func (n documentNoun) prepare(v *View, id int64, prev, next *value.Object) (*value.Object, error) {
	var k checker
	k.checkData(next)
	k.checkTTL(next)
	if err := k.err(); err != nil {
		return nil, err
	}
	s, err := v.schema()
	if err != nil {
		return nil, err
	}
	if s.uni != nil {
		return v.uniDocument(n.collection, id, prev, next)
	}
	if days := s.collections[n.collection].TTLDays; days > 0 {
		if _, ok := next.Get("ttl"); !ok {
			ends := value.TimeOfMicros(v.session.tx.Clock() + days*day)
			return next.With("ttl", ends), nil
		}
	}
	return next, nil
}

func (documentNoun) saved(*View, int64, *value.Object, *value.Object) error { return nil }
