package value

// CollectionID identifies a collection inside its database. Identifiers below
// FirstUserCollection belong to the native collections, whose documents are the
// catalog itself; user collections have 1024 to 32767 (FQL v4 limits).
type CollectionID uint32

// The native collections. A Ref into one of them names a definition.
const (
	Databases CollectionID = 1 + iota
	Collections
	Indexes
	Functions
	Roles
	Keys
	Tokens
	Credentials
	AccessProviders
)

// Bounds of the identifiers that are given to user collections and indexes.
const (
	FirstUserCollection CollectionID = 1024
	LastUserCollection  CollectionID = 32767
	FirstIndex          int64        = 32768
	LastIndex           int64        = 65535
)

// Ref points to a document by identity, never by name: renaming a collection
// does not change it. Database is zero for the database of the query itself and
// otherwise the identity of a foreign one.
//
// A native collection itself, as in Collections(), is the Ref with ID Native.
type Ref struct {
	Database   uint64
	Collection CollectionID
	ID         int64
}

// Native is the ID of a Ref that means a native collection itself.
const Native int64 = -1

// IsNative reports whether r is a native collection itself, such as Databases().
func (r Ref) IsNative() bool { return r.ID == Native }

// IsSchema reports whether r is a definition in a native collection.
func (r Ref) IsSchema() bool { return r.Collection < FirstUserCollection && r.ID != Native }

// UnresolvedRef is a reference by a name that nothing has at present. It is an
// error only when it is used.
type UnresolvedRef struct {
	Collection CollectionID   // the native collection in which Name was looked up
	Name       string         // the name that was not found
	Scope      *UnresolvedRef // the database that was not found, nil when it was
	Database   uint64         // the database that was searched when Scope is nil; 0 is the query's own
	// ID is set for a reference to a document of a collection that is itself
	// unresolved, as in Ref(Collection("missing"), "1").
	ID    int64
	HasID bool
}
