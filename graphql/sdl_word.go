package graphql

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// directives are those of operations. @vendia_batch exists in Vendia's schema
// without a documented meaning.
const directives = `directive @vendia_batch on MUTATION

directive @vendia_transaction on MUTATION | QUERY

`

// operatorTypes are the inputs that filters and conditions end in: for each, the
// operators by the type of their operand.
var operatorTypes = []struct{ name, operand, direct, pairs string }{
	{"Vendia_ModelBooleanInput_", "Boolean", "ne eq", ""},
	{"Vendia_ModelFloatInput_", "Float", "ne eq le lt ge gt", "between"},
	{"Vendia_ModelIntInput_", "Int", "ne eq le lt ge gt", "between"},
	{"Vendia_ModelSizeInput_", "Int", "ne eq le lt ge gt", "between"},
	{"Vendia_ModelStringInput_", "String", "ne eq le lt ge gt contains notContains beginsWith", "between"},
	{"Vendia_ModelAWSDateTimeInput_", "String", "ne eq eq_no_us before after date_before date_after time_before time_after",
		"between date_between time_between"},
	{"Vendia_ModelAWSDateInput_", "String", "ne eq before after", "between"},
	{"Vendia_ModelAWSTimeInput_", "String", "ne eq eq_no_us before after", "between"},
}

// operators returns the operator type of a scalar.
func operators(t *Type) string {
	switch {
	case t.Kind == TypeInt:
		return "Vendia_ModelIntInput_"
	case t.Kind == TypeFloat:
		return "Vendia_ModelFloatInput_"
	case t.Kind == TypeBoolean:
		return "Vendia_ModelBooleanInput_"
	case t.Format == "date-time":
		return "Vendia_ModelAWSDateTimeInput_"
	case t.Format == "date":
		return "Vendia_ModelAWSDateInput_"
	case t.Format == "time":
		return "Vendia_ModelAWSTimeInput_"
	}
	return "Vendia_ModelStringInput_"
}

// words writes the types that are no entity's: operators, modes, access lists,
// transactions and versions.
func (w *parts) words() {
	for _, o := range operatorTypes {
		var lines []string
		for _, name := range strings.Fields(o.direct) {
			lines = append(lines, name+": "+o.operand)
		}
		for _, name := range strings.Fields(o.pairs) {
			lines = append(lines, name+": ["+o.operand+"]")
		}
		if !strings.Contains(o.name, "AWS") && !strings.Contains(o.name, "Size") {
			lines = append(lines, "attributeExists: Boolean", "attributeType: Vendia_ModelAttributeTypes")
		}
		if o.operand == "String" && o.name == "Vendia_ModelStringInput_" {
			lines = append(lines, "size: Vendia_ModelSizeInput_")
		}
		w.define("input", o.name, "", lines...)
	}
	w.enums()
	w.accessLists()
	w.transactions()
}

func (w *parts) enums() {
	for _, e := range []struct{ name, values string }{
		{"Vendia_ModelAttributeTypes", "binary binarySet bool list map number numberSet string stringSet _null"},
		{"Vendia_ModelSortDirection", "ASC DESC"},
		{"Vendia_OperationType", "GET LIST READ WRITE UPDATE UPDATE_ACL DELETE INVOKE ALL ERASE_GLOBAL"},
		{"Vendia_ReadMode", "CACHED NODE_COMMITTED NODE_LEDGERED UNI_LEDGERED"},
		{"Vendia_SyncMode", "NODE_COMMITTED NODE_LEDGERED UNI_LEDGERED ASYNC"},
	} {
		w.define("enum", e.name, "", strings.Fields(e.values)...)
	}
}

func (w *parts) accessLists() {
	for _, side := range []struct{ kind, suffix string }{{"type", ""}, {"input", "_Input_"}} {
		entry, principal := "Vendia_Acl"+side.suffix, "Vendia_Acl_Principal"+side.suffix
		w.define(side.kind, entry, "", "principal: "+principal+"!", "path: String", "operations: [Vendia_OperationType!]")
		w.define(side.kind, principal, "", "nodes: [String!]")
	}
	w.define("input", "Vendia_Acls_Input_", "", "acl: [Vendia_Acl_Input_!]")
}

func (w *parts) transactions() {
	w.define("type", "Vendia_Transaction", "The transaction that a mutation became",
		quoted("the object that the operation wrote"), "_id: String!", "transactionId: String!", "version: String!",
		"submissionTime: String!", "_owner: String!")
	w.define("type", "Vendia_Transaction_Result_", "", "error: String", "result: Vendia_Transaction")
	w.define("type", "Vendia_Version_Connection_", "", "versions: [Vendia_Version]", "nextToken: String")
	w.define("type", "Vendia_Version", "What one block made of an object",
		"ordinal: Int!", "block: String!", "transactions: [Vendia_Version_Transaction]")
	w.define("type", "Vendia_Version_Transaction", "", "_id: String!", "_owner: String!", "submissionTime: String!")
	w.define("type", "Vendia_Transaction_Update_", "", "transactionId: String!", "status: String!",
		"submissionTime: String!", "mutation: String!")
	w.root(ast.Subscription, &Root{ActionOnTransaction.String(), ActionOnTransaction, nil}, nil, "Vendia_Transaction_Update_")
}
