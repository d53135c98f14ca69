package graphql

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/catalog"
)

const readMode = "readMode: Vendia_ReadMode = NODE_COMMITTED"

// single reports whether the entity has one document, which needs no id.
func (e *Entity) single() bool { return e.Kind.Single() }

// result is the type of the entity's value in answers.
func (e *Entity) result() string {
	if e.Kind == catalog.Scalar {
		return e.Type.Name
	}
	return e.TypeName
}

// identity returns the argument id, which unique properties make optional.
func (e *Entity) identity() []string {
	switch {
	case e.single():
		return nil
	case len(e.Unique) > 0:
		return []string{"id: ID"}
	default:
		return []string{"id: ID!"}
	}
}

func (e *Entity) uniqueArguments() []string {
	var out []string
	for _, name := range e.Unique {
		out = append(out, name+": "+e.Type.Property(name).Type.Name)
	}
	return out
}

func (w *parts) queries(e *Entity) {
	mode := []string{readMode}
	if e.System {
		mode = nil
	}
	var version []string
	if e.has(ActionVersions) {
		version = []string{"version: Int"}
	}
	w.add(ast.Query, e, ActionGet, e.field("get"), slices.Concat(e.identity(), version, mode, e.uniqueArguments()), e.result())
	if !e.single() {
		args := slices.Concat([]string{"filter: " + e.TypeName + "_FilterInput_"}, mode,
			[]string{"order: [" + e.TypeName + "_OrderInput_!]", "limit: Int", "nextToken: String"})
		w.add(ast.Query, e, ActionList, e.field("list")+"Items", args, e.TypeName+"_Connection_")
	}
	args := []string{"limit: Int", "nextToken: String"}
	if !e.single() {
		args = append([]string{"id: ID!"}, args...)
	}
	w.add(ast.Query, e, ActionVersions, e.field("list")+"Versions", args, "Vendia_Version_Connection_")
}

func (w *parts) mutations(e *Entity) {
	sync := "syncMode: Vendia_SyncMode = NODE_COMMITTED"
	if e.System {
		sync = "syncMode: Vendia_SyncMode!"
	}
	acl, aclNeeded := []string(nil), []string(nil)
	if e.Guarded {
		acl, aclNeeded = []string{"aclInput: Vendia_Acls_Input_"}, []string{"aclInput: Vendia_Acls_Input_!"}
	}
	whole, change := e.Type.Name+"!", e.Type.Name+"!"
	if e.Type.Kind == TypeObject {
		whole, change = e.Type.Name+"_Input_!", e.Type.Name+"_UpdateInput_!"
	}
	which := slices.Concat(e.identity(), e.uniqueArguments())
	condition := []string{"condition: " + e.TypeName + "_ConditionInput_"}
	input := func(t string) []string { return []string{"input: " + t} }
	result, removed := e.TypeName+"_Transaction_Result_", e.TypeName+"_Delete_Transaction_Result_"

	make, drop := ActionAdd, ActionRemove
	if e.single() {
		make, drop = ActionCreate, ActionDelete
	}
	w.add(ast.Mutation, e, make, e.field(make.String()), slices.Concat(input(whole), acl, []string{sync}), result)
	w.add(ast.Mutation, e, ActionPut, e.field("put"), slices.Concat(which, input(whole), condition, aclNeeded, []string{sync}), result)
	w.add(ast.Mutation, e, ActionUpdate, e.field("update"), slices.Concat(which, input(change), condition, acl, []string{sync}), result)
	w.add(ast.Mutation, e, drop, e.field(drop.String()), slices.Concat(which, condition, []string{sync}), removed)
}

// afterArgument is ours: a block's id, behind which a subscription resumes.
var afterArgument = []string{"after: String"}

func (w *parts) subscriptions(e *Entity) {
	events := []Action{ActionOnAdd, ActionOnUpdate, ActionOnPut, ActionOnRemove}
	if e.single() {
		events = []Action{ActionOnCreate, ActionOnUpdate, ActionOnPut, ActionOnDelete}
	}
	result := e.TypeName + "_Result_"
	if e.Kind == catalog.Scalar {
		result = e.Type.Name
	}
	for _, a := range events {
		w.add(ast.Subscription, e, a, e.field(a.String()), afterArgument, result)
	}
}
