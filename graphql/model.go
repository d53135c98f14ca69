package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/catalog"
)

// Model is a compiled uni schema: its entities, the GraphQL schema they make and
// the constraints of their documents. It is immutable and safe for concurrent
// use. Compile makes it; *Model is what catalog asks about a uni's documents.
type Model struct {
	Namespace string      // before the underscore of every user type's name; "Self" unless the schema says otherwise
	Entities  []*Entity   // of the user, in the order of the schema's text, then the system's
	Schema    *ast.Schema // the API, parsed from SDL; not to be modified

	stable   bool
	sdl      string
	entities map[string]*Entity
	roots    map[ast.Operation]map[string]*Root

	documents documentCache // requests that were read before
}

// Entity is one kind of record in a uni: a top-level property of its schema, or
// one of the system's. Its documents are the collection of its name.
type Entity struct {
	Name        string // X, or Vendia_X for the system's
	Description string
	TypeName    string             // the output type's name: Self_X or Vendia_X
	System      bool               // one of the system's, whose root fields have no underscore after the verb
	Kind        catalog.EntityKind // rows, rows of scalars, one object, one scalar
	Type        *Type              // of a row, or of the one value
	Unique      []string           // properties named by x-vendia-unique, in its order
	Indexed     []string           // properties named by x-vendia-indexes, in its order; what order: takes
	Guarded     bool               // named by x-vendia-acls: rows carry _acl

	operations []Action // of a system entity; nil for all that its kind has
	wrapped    *Type    // of the data of a scalar's document: {value: scalar}
}

// TypeKind tells what values a Type has.
type TypeKind uint8

// The kinds of types. An enum is of strings; its Type lists them.
const (
	TypeString TypeKind = iota + 1
	TypeInt
	TypeFloat
	TypeBoolean
	TypeEnum
	TypeObject
	TypeList
)

// Type is the type of an entity's rows, of a property or of a list's items.
type Type struct {
	Kind       TypeKind
	Name       string      // the GraphQL output type's name; empty for lists
	Format     string      // of a string: date, time, date-time, email, uri; empty for none
	Enum       []string    // the values of an enum, in order of the text
	Properties []*Property // of an object, in order of the text
	Item       *Type       // of a list

	byName   map[string]*Property
	required int   // how many Properties are
	height   int   // objects and lists inside one another, itself included
	rule     *rule // nil when there is none
}

// Property is one named member of an object type.
type Property struct {
	Name        string
	Description string // of the schema; may be empty
	Required    bool
	Type        *Type

	position int  // among the properties of its type
	hidden   bool // not in filters and conditions; of the system's types only
	given    bool // made by the system: not in inputs; of the system's types only
}

// Given reports whether the system makes the property, so that no input has it.
func (p *Property) Given() bool { return p.given }

// Property returns the member of an object type called name, or nil.
func (t *Type) Property(name string) *Property { return t.byName[name] }

// Input returns the name of the type of an input value of t: the scalar's or
// enum's own name, or for objects the input type that ends in form, one of
// "_Input_", "_UpdateInput_", "_PartialInput_", "_FilterInput_",
// "_ConditionInput_".
func (t *Type) Input(form string) string {
	if t.Kind == TypeObject {
		return t.Name + form
	}
	return t.Name
}

// Action tells what a root field does to its entity.
type Action uint8

// The actions of root fields. Create and Delete are of entities with one
// document, Add and Remove of those with rows. The On actions are subscriptions.
const (
	ActionGet Action = iota + 1
	ActionList
	ActionVersions
	ActionAdd
	ActionCreate
	ActionPut
	ActionUpdate
	ActionRemove
	ActionDelete
	ActionOnAdd
	ActionOnCreate
	ActionOnPut
	ActionOnUpdate
	ActionOnRemove
	ActionOnDelete
	ActionOnTransaction // onUpdateVendia_Transaction, of no entity
)

// Root is what one field of Query, Mutation or Subscription stands for.
type Root struct {
	Name   string // of the field
	Action Action
	Entity *Entity // nil for ActionOnTransaction
}

// Stable reports whether the same operations come to the same everywhere, so that every
// replica may execute them at their place in the log. Patterns are matched within a time,
// which is not the same everywhere.
func (m *Model) Stable() bool { return m.stable }

// Lookup returns the entity called name (X or Vendia_X), or nil.
func (m *Model) Lookup(name string) *Entity { return m.entities[name] }

// Root returns what the root field called name does in operations of kind op,
// or nil when there is none.
func (m *Model) Root(op ast.Operation, name string) *Root { return m.roots[op][name] }

// SDL returns the API in GraphQL's schema language. Equal schema texts give
// equal SDL.
func (m *Model) SDL() string { return m.sdl }
