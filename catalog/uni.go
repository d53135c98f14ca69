package catalog

import (
	"seriatim/value"
)

// A uni is a database with a model: entities, which are collections of their names,
// shared by named nodes. Its definition is one key (kindUni) that the schema key
// guards, so every transaction that wrote by a model conflicts with a change of it.

// Uni is the definition of a uni. What View.Uni returns is shared by all transactions
// of a process and must not be modified.
type Uni struct {
	// Name is the name of the uni and of its database. Type is what its creator calls
	// its kind; nothing depends on it.
	Name, Type string
	// Identity tells the uni from all others anywhere, one of the same name made later
	// included: what its ledger calls it. It never changes.
	Identity string
	// Schema is the text of the JSON Schema (draft-07) that the model is made of.
	Schema []byte
	// Nodes are the parties, in the order in which they joined.
	Nodes []Node
	// Status is what the uni is doing, for people.
	Status string
	// Created and Updated are when the uni was defined first and last, in microseconds;
	// DefineUni fills in the transaction's clock for 0.
	Created, Updated int64
	// Version counts the definitions: 1 for the first. DefineUni sets it.
	Version int64
	// Model is what Options.Model made of Schema. DefineUni sets it. It is nil when
	// there was nothing to make it with, or it failed: such a uni cannot be written to.
	Model Model

	refusal error // why Model is nil
}

// Node is a party of a uni: a named owner of what it writes.
type Node struct {
	Name, UserID, CSP, Region, Description, Status string
	// PublicKey is the Ed25519 key, of 32 bytes, that the node's transactions are
	// signed with.
	PublicKey []byte
	// Replica names the replica of a cluster that acts for the node, "" for any.
	Replica string
	// Settings are the node's own (Vendia_Settings); nil for none.
	Settings *value.Object
}

// Node returns the node called name.
func (u *Uni) Node(name string) (*Node, bool) {
	for i := range u.Nodes {
		if u.Nodes[i].Name == name {
			return &u.Nodes[i], true
		}
	}
	return nil, false
}

// EntityKind is the shape of an entity: which documents its collection holds.
type EntityKind uint8

const (
	// Rows is an array of objects: a document a row, whose data is the object.
	Rows EntityKind = 1 + iota
	// ScalarRows is an array of scalars: a document a row, whose data is {value: scalar}.
	ScalarRows
	// Object is one object: the document with the id SingleID, whose data is the object.
	Object
	// Scalar is one scalar: the document with the id SingleID, whose data is {value: scalar}.
	Scalar
)

// SingleID is the id of the one document of an entity that is an Object or a Scalar.
const SingleID int64 = 1

// Single reports whether an entity of this kind has one document only.
func (k EntityKind) Single() bool { return k == Object || k == Scalar }

// Model is what a schema says of the documents of a uni. It is made by Options.Model
// and must be immutable.
type Model interface {
	// Entity returns the shape of an entity, system ones included; ok is false for a
	// collection that is none.
	Entity(collection string) (kind EntityKind, ok bool)
	// Check checks the data of a document of an entity, without control members. It
	// returns nothing when the data is valid.
	Check(collection string, data *value.Object) []Violation
	// Unique names the properties whose values no two rows share (x-vendia-unique).
	Unique(collection string) []string
	// Indexes names the properties that lists are filtered and ordered by (x-vendia-indexes).
	Indexes(collection string) []string
	// Guarded reports whether rows have access control lists (x-vendia-acls).
	Guarded(collection string) bool
	// Collections names all entities that are not system ones, in order.
	Collections() []string
}

// The control members of data, which say what a row is and not what it holds. No
// property has such a name, because those have no underscores.
const (
	// OwnerMember holds the name of the node that made the row.
	OwnerMember = "_owner"
	// ACLMember holds the access control list of a row of a guarded entity.
	ACLMember = "_acl"
	// UUIDMember holds the id of a row that was made with one that is not ours.
	UUIDMember = "_id"
)

// SystemCollections are the collections that hold the system documents of a uni. FQL
// may read and never write them.
var SystemCollections = []string{
	"Vendia_ApiKey", "Vendia_DeploymentInfo", "Vendia_JwtAuthentication", "Vendia_Settings", "Vendia_SharingPolicy",
}

// uniInfo is the entity that a uni's definition is in its ledger.
const uniInfo = "Vendia_UniInfo"

// reservedPrefix begins the names of collections and indexes that a uni makes itself.
const reservedPrefix = "Vendia_"

// UUIDIndex returns the name of the unique index through which the rows of an entity
// are found whose id is a foreign UUID: terms [data _id].
func UUIDIndex(entity string) string { return UniqueIndex(entity, UUIDMember) }

// UniqueIndex returns the name of the unique index of a property: terms [data property].
func UniqueIndex(entity, property string) string { return reservedPrefix + entity + "_" + property }

// ValueIndex returns the name of the index that orders an entity by a property: no
// terms, values [data property] and ref. Rows without the property are in it, with null.
func ValueIndex(entity, property string) string { return reservedPrefix + entity + "_by_" + property }

// UniChange is one write of a document in a uni, for the text of its ledger.
type UniChange struct {
	// Action is "add" for a document that was made, "put" for one that was changed, as
	// a whole, and "remove".
	Action string
	// Collection is the name of the entity or collection, or "keys", "functions" and so
	// on for definitions. Entity tells that it is an entity of the model.
	Collection string
	Entity     bool
	// Ref is the document, as the uni's database spells it, and ID its UUID, a foreign
	// one included.
	Ref value.Ref
	ID  string
	// Data is what the document holds now, nil for "remove": the data of an entity
	// without control members, all members of other documents. There is never a secret
	// or a hash of one in it.
	Data *value.Object
}
