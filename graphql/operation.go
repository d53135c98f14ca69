package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/value"
)

// Level is how far a read or write must have come, in the order of strength.
type Level uint8

// The levels of syncMode and readMode (vendia.md 2.5). LevelCached is of reads
// only, LevelAsync of writes only: the answer does not wait for the result.
const (
	LevelCached Level = iota
	LevelNodeCommitted
	LevelNodeLedgered
	LevelUniLedgered
	LevelAsync = LevelCached
)

var levels = map[string]Level{
	"CACHED": LevelCached, "ASYNC": LevelAsync, "NODE_COMMITTED": LevelNodeCommitted,
	"NODE_LEDGERED": LevelNodeLedgered, "UNI_LEDGERED": LevelUniLedgered,
}

// Operation is one operation of a request, checked against its model and with its
// variables in place. It is immutable: running it again, after a conflict, is the
// same operation. It is safe for concurrent use.
type Operation struct {
	Model *Model
	Kind  ast.Operation
	Name  string
	// Transactional tells that the operation stands under @vendia_transaction.
	Transactional bool
	// Level is the strongest readMode or syncMode of the fields.
	Level Level
	// Fields are the root's, in the order of the text, fragments in place. Of a
	// mutation each is one operation, its alias unique.
	Fields []*Field
}

// Field is one field of a result with all that was selected under its key.
type Field struct {
	Key    string // the alias, or the name
	Name   string
	Args   []Arg    // those that were given or have a default, in order of the definition
	Fields []*Field // nil for a leaf
	// Root tells what a root field does; nil below the root and for __typename,
	// __schema and __type.
	Root *Root
	Line int
	Col  int

	def    *ast.FieldDefinition
	parent *ast.Definition // the type the field is of
	filter *filter         // compiled from filter or condition
	order  []orderKey
}

// Arg is an argument whose value has the type the schema gives it: enum values
// are strings, objects have their members in order of name.
type Arg struct {
	Name  string
	Value value.Value
}

// Arg returns the value of an argument, nil when it is absent or null.
func (f *Field) Arg(name string) value.Value {
	for i := range f.Args {
		if f.Args[i].Name == name {
			if f.Args[i].Value.Kind() == value.KindNull {
				return nil
			}
			return f.Args[i].Value
		}
	}
	return nil
}

// text returns a string argument.
func (f *Field) text(name string) (string, bool) {
	s, ok := f.Arg(name).(value.String)
	return string(s), ok
}

// level returns what the field's syncMode or readMode asks for.
func (f *Field) level() Level {
	for _, name := range []string{"syncMode", "readMode"} {
		if s, ok := f.text(name); ok {
			return levels[s]
		}
	}
	return LevelNodeCommitted
}

// Async reports whether the field's syncMode is ASYNC.
func (f *Field) Async() bool {
	s, _ := f.text("syncMode")
	return s == "ASYNC"
}

// fail makes an error at the field.
func (f *Field) fail(code, message string) *Error {
	e := refuse(code, message)
	return f.at(e)
}

// at gives an error the field's place in text and result.
func (f *Field) at(e *Error) *Error {
	e.Locations = []Location{{f.Line, f.Col}}
	e.Path = []any{f.Key}
	return e
}

// ShowsSecret reports whether a root field's result shows a secret that it makes.
func (f *Field) ShowsSecret() bool {
	return f.Root != nil && f.Root.Action == ActionAdd && f.Root.Entity.Name == "Vendia_ApiKey"
}
