package graphql

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/catalog"
)

// guard marks the types whose fields an access list may hide: there null is a
// possible value of all fields.
func (w *parts) guard(e *Entity) {
	if e.Guarded {
		w.guardType(e.Type)
	}
}

func (w *parts) guardType(t *Type) {
	switch {
	case t.Kind == TypeList:
		w.guardType(t.Item)
	case t.Kind == TypeObject && !w.nullable[t]:
		w.nullable[t] = true
		for _, p := range t.Properties {
			w.guardType(p.Type)
		}
	}
}

// entity writes the types and root fields of one entity.
func (w *parts) entity(e *Entity) {
	w.guard(e)
	switch e.Kind {
	case catalog.Rows, catalog.Object:
		w.object(e)
	case catalog.ScalarRows:
		w.scalarRows(e)
	case catalog.Scalar:
		w.scalar(e)
	}
	w.queries(e)
	w.mutations(e)
	w.subscriptions(e)
}

func (w *parts) object(e *Entity) {
	t, rows := e.Type, e.Kind == catalog.Rows
	w.input(t, "_ConditionInput_", nil)
	var owner []string
	if rows {
		owner = []string{"_owner: Vendia_ModelStringInput_"}
	}
	w.input(t, "_FilterInput_", owner)
	if rows {
		w.ordering(e)
	}
	var head, tail []string
	if rows {
		head = []string{"_id: ID!"}
	}
	if e.Guarded {
		tail = append(tail, "_acl: [Vendia_Acl!]")
	}
	w.output(t, e.Description, head, append(tail, "_owner: String"))
	w.results(t.Name, t.Name)
	if rows {
		w.connection(e)
	}
	w.inputs(t)
	w.nested(t)
}

// nested writes the types inside an object.
func (w *parts) nested(t *Type) {
	for _, p := range t.Properties {
		inner := p.Type
		for inner.Kind == TypeList {
			inner = inner.Item
		}
		w.enum(inner)
		if inner.Kind != TypeObject || w.written[inner.Name] {
			continue
		}
		w.input(inner, "_ConditionInput_", nil)
		w.input(inner, "_FilterInput_", nil)
		w.output(inner, p.Description, nil, nil)
		w.results(inner.Name, inner.Name)
		w.inputs(inner)
		w.nested(inner)
	}
}

func (w *parts) enum(t *Type) {
	if t.Kind == TypeEnum {
		w.define("enum", t.Name, "", t.Enum...)
	}
}

func (w *parts) scalarRows(e *Entity) {
	name, key := e.TypeName, e.TypeName
	w.enum(e.Type)
	w.combined(name+"_ConditionInput_", []string{key + ": " + operators(e.Type)})
	w.combined(name+"_FilterInput_", []string{key + ": " + operators(e.Type)})
	w.ordering(e)
	w.define("type", name, e.Description, "_id: ID!", key+": "+e.Type.Name+"!")
	w.results(name, name)
	w.connection(e)
}

func (w *parts) scalar(e *Entity) {
	w.enum(e.Type)
	w.combined(e.TypeName+"_ConditionInput_", []string{e.TypeName + ": " + operators(e.Type)})
	w.transactionResults(e.TypeName, e.Type.Name)
}

// output writes the type that answers have.
func (w *parts) output(t *Type, describe string, head, tail []string) {
	lines := slices.Clone(head)
	for _, p := range t.Properties {
		line := p.Name + ": " + reference(p.Type, "")
		if p.Required && !w.nullable[t] {
			line += "!"
		}
		if p.Description != "" {
			lines = append(lines, quoted(p.Description))
		}
		lines = append(lines, line)
	}
	w.define("type", t.Name, describe, append(lines, tail...)...)
}

// reference spells a type, objects with the ending of a form.
func reference(t *Type, form string) string {
	if t.Kind == TypeList {
		return "[" + reference(t.Item, form) + "]"
	}
	return t.Input(form)
}

// inputs writes what mutations take: all of a row, what to change, any part.
func (w *parts) inputs(t *Type) {
	for _, form := range []string{"_Input_", "_UpdateInput_", "_PartialInput_"} {
		var lines []string
		for _, p := range t.Properties {
			if p.given {
				continue
			}
			line := p.Name + ": " + reference(p.Type, form)
			if p.Required && form == "_Input_" {
				line += "!"
			}
			lines = append(lines, line)
		}
		w.define("input", t.Name+form, "", lines...)
	}
}

// input writes a filter or condition on an object.
func (w *parts) input(t *Type, form string, head []string) {
	lines := slices.Clone(head)
	for _, p := range t.Properties {
		switch {
		case p.hidden, p.Type.Kind == TypeList && p.Type.Item.Kind == TypeList: // no filter reaches it
		case p.Type.Kind == TypeList && p.Type.Item.Kind == TypeObject:
			lines = append(lines, "_"+p.Name+"Item: "+p.Type.Item.Name+form)
		case p.Type.Kind == TypeList:
			lines = append(lines, p.Name+": "+operators(p.Type.Item))
		case p.Type.Kind == TypeObject:
			lines = append(lines, p.Name+": "+p.Type.Name+form)
		default:
			lines = append(lines, p.Name+": "+operators(p.Type))
		}
	}
	w.combined(t.Name+form, lines)
}

// combined writes a filter or condition with its combinators.
func (w *parts) combined(name string, lines []string) {
	w.define("input", name, "", append(lines, "_and: ["+name+"]", "_or: ["+name+"]", "_not: "+name)...)
}

func (w *parts) ordering(e *Entity) {
	lines := []string{"_id: Vendia_ModelSortDirection"}
	for _, name := range e.Indexed {
		lines = append(lines, name+": Vendia_ModelSortDirection")
	}
	w.define("input", e.TypeName+"_OrderInput_", "", lines...)
}

func (w *parts) results(name, result string) {
	w.define("type", name+"_Result_", "", "error: String", "result: "+result)
	w.transactionResults(name, result)
}

func (w *parts) transactionResults(name, result string) {
	const transaction = "transaction: Vendia_Transaction!"
	w.define("type", name+"_Transaction_Result_", "", transaction, "result: "+result)
	w.define("type", name+"_Delete_Transaction_Result_", "", transaction)
}

func (w *parts) connection(e *Entity) {
	w.define("type", e.TypeName+"_Connection_", "", e.Items()+": ["+e.TypeName+"]", "nextToken: String")
}

// Items returns the name of the field of a connection that holds the rows.
func (e *Entity) Items() string {
	if e.System {
		return e.Name + "Items"
	}
	return "_" + e.Name + "Items"
}

// has reports whether the entity's API has an action.
func (e *Entity) has(a Action) bool {
	return e.operations == nil || slices.Contains(e.operations, a)
}

// field returns the name of the root field that a verb begins.
func (e *Entity) field(verb string) string {
	if e.System {
		return verb + e.Name
	}
	return verb + "_" + e.Name
}

// add adds the root field of an action, if the entity has it.
func (w *parts) add(op ast.Operation, e *Entity, a Action, name string, args []string, result string) {
	if e.has(a) {
		w.root(op, &Root{name, a, e}, args, result)
	}
}
