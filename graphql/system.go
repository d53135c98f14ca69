package graphql

import (
	_ "embed"
	"fmt"
	"sync"
)

// systemText describes the system's entities in the language of schemas. Two
// keywords are its own: x-seriatim-operations lists the root fields an entity has,
// and x-seriatim-output marks a property that no input has ("given") or no filter
// ("hidden").
//
//go:embed system.json
var systemText []byte

// system is the part of the API that all unis share.
type system struct {
	entities []*Entity
	names    []string // of GraphQL types
	parts    *parts
}

// systemModel compiles the description once. It cannot fail: the description is
// part of the program.
var systemModel = sync.OnceValue(func() *system {
	n, err := parseText(systemText)
	if err != nil {
		panic(err)
	}
	c := newBuilder("Vendia")
	c.system = true
	m := c.root(n)
	if len(c.problems) > 0 {
		panic(c.problems)
	}
	w := newParts()
	w.words()
	for _, e := range m.Entities {
		w.entity(e)
	}
	return &system{m.Entities, w.names(), w}
})

// actionWords spell the actions in x-seriatim-operations and begin the names of the
// root fields.
var actionWords = [...]string{ActionGet: "get", ActionList: "list", ActionVersions: "versions", ActionAdd: "add",
	ActionCreate: "create", ActionPut: "put", ActionUpdate: "update", ActionRemove: "remove", ActionDelete: "delete",
	ActionOnAdd: "onAdd", ActionOnCreate: "onCreate", ActionOnPut: "onPut", ActionOnUpdate: "onUpdate",
	ActionOnRemove: "onRemove", ActionOnDelete: "onDelete", ActionOnTransaction: "onUpdateVendia_Transaction"}

// String returns the word that begins the names of an action's root fields; for
// ActionVersions that is its own word, since those fields begin with list.
func (a Action) String() string { return actionWords[a] }

func systemOperations(n *node) []Action {
	var out []Action
	for _, word := range n.get("x-seriatim-operations").items {
		a := Action(0)
		for i, w := range actionWords {
			if w == word.text {
				a = Action(i)
			}
		}
		if a == 0 {
			panic(fmt.Sprintf("no operation is called %s", word.text))
		}
		out = append(out, a)
	}
	return out
}

// systemMarks reads x-seriatim-output.
func systemMarks(n *node) (hidden, given bool) {
	mark := n.get("x-seriatim-output")
	return mark != nil && mark.text == "hidden", mark != nil && mark.text == "given"
}
