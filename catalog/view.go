package catalog

import (
	"seriatim/txn"
	"seriatim/value"
)

// The two databases that are always known. Global is the key space of what
// belongs to no database; Root is the database all others are beneath.
const (
	Global uint64 = 0
	Root   uint64 = 1
)

// Options is what a View needs from above.
type Options struct {
	// Cache holds parsed definitions; it may be shared by all transactions of a
	// process. Nil means that every View parses its own.
	Cache *Cache
	// NewID returns a fresh document identity, unique over restarts. It is
	// called once for each document created without an explicit one.
	NewID func() int64
	// MaxBuild is how many versions an index is filled from at once when it is
	// created; a job fills a larger one. 0 is the default. It must be the same on
	// all replicas.
	MaxBuild int
	// Binding evaluates an index binding on a document version. It must be pure.
	// Any error counts as a missing value. Nil makes every binding missing.
	Binding func(*value.Lambda, *value.Document) (value.Value, error)
	// Pure reports whether a binding is a pure function of one parameter;
	// definitions of indexes are refused otherwise. Nil accepts every lambda.
	Pure func(*value.Lambda) bool
	// Arity returns how many parameters a lambda has, or that it takes any
	// argument. Nil leaves the predicates of roles unchecked.
	Arity func(*value.Lambda) (n int, any bool)
	// NewSecret returns a new secret for the key or token ref of the database db.
	// Nil makes creating keys and tokens Unsupported.
	NewSecret func(ref value.Ref, db uint64) string
	// Model makes the model of a uni from its schema. It must be pure. Nil makes every
	// write to a uni Unsupported.
	Model func(schema []byte) (Model, error)
	// Author is the node of a uni that the transaction writes for; "" is none, and
	// leaves unis as they are. WriteAs tells it later.
	Author string
}

// View is one database as one transaction sees it. It reads the schema keys of
// the database and its ancestors, so that the transaction conflicts with every
// change of definitions. A View is not safe for concurrent use and ends with
// its transaction. It implements wire's Names.
type View struct {
	session   *session
	db        uint64
	parent    uint64  // Global for Root
	container bool    // it may hold only databases, keys, roles and access providers
	version   int64   // timestamp of the schema key
	defs      *schema // nil until a definition is asked for
	own       bool    // defs is this transaction's private copy
}

// session is what the views of one transaction share.
type session struct {
	tx      *txn.Tx
	options Options
	views   map[uint64]*View
	spliced map[string]bool    // document keys whose history was rewritten
	deleted map[string]bool    // document keys that were deleted, for good or not
	builds  map[int64]*builder // by index: what a new one is filled with
	uni     *uniWriting        // nil as long as no uni was written to
}

// NewView returns the view that tx has of the database db. It returns
// ErrNotFound when the database or an ancestor does not exist.
func NewView(tx *txn.Tx, db uint64, o Options) (*View, error) {
	s := &session{tx: tx, options: o, views: make(map[uint64]*View, 1)}
	return s.open(db)
}

// In returns the view of another database in the same transaction, or
// ErrNotFound. Zero means the view's own database.
func (v *View) In(db uint64) (*View, error) {
	if db == 0 || db == v.db {
		return v, nil
	}
	return v.session.open(db)
}

// open returns a view whose definitions are known, so that looking them up later
// cannot fail.
func (s *session) open(db uint64) (*View, error) {
	v, err := s.view(db)
	if err != nil {
		return nil, err
	}
	_, err = v.schema()
	return v, err
}

// view reads the schema keys from db up to Root.
func (s *session) view(db uint64) (*View, error) {
	if v := s.views[db]; v != nil {
		return v, nil
	}
	state, ts, ok, err := s.tx.Get(schemaKey(db))
	if err != nil {
		return nil, err
	}
	if !ok || db == Global {
		return nil, ErrNotFound
	}
	v := &View{session: s, db: db, version: ts}
	v.parent, v.container = decodeSchemaState(state)
	if db != Root {
		if _, err := s.view(v.parent); err != nil {
			return nil, err
		}
	}
	s.views[db] = v
	return v, nil
}

// Database returns the identity of the view's database.
func (v *View) Database() uint64 { return v.db }

// Parent returns the database that the view's is a child of, Global for Root.
func (v *View) Parent() uint64 { return v.parent }

// Bind makes the whole transaction evaluate index bindings with f from here on, which
// must give what Options.Binding does.
func (v *View) Bind(f func(*value.Lambda, *value.Document) (value.Value, error)) {
	v.session.options.Binding = f
}

// Tx returns the transaction.
func (v *View) Tx() *txn.Tx { return v.session.tx }

// local returns r as the view's own database spells it, and whether it lies there.
func (v *View) local(r value.Ref) (value.Ref, bool) {
	if r.Database == v.db {
		r.Database = 0
	}
	return r, r.Database == 0
}
