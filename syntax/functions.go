package syntax

import "slices"

// Function is one name that the language knows as a function.
type Function struct {
	Name string
	// Signature is one line, such as "Get(refOrSet, [ts])": optional arguments in
	// brackets, … after one that may be repeated.
	Signature string
	// Summary is one line on what it gives or does.
	Summary string
	op      Op // 0 for the ones that are nodes of their own
}

// special are the functions that build nodes of their own.
var special = []Function{
	{Name: "Bytes", Signature: "Bytes(base64)", Summary: "bytes from base64 text"},
	{Name: "Lambda", Signature: "Lambda(parameter or [parameters], expr)", Summary: "a function for Map, Filter, Query and the like"},
	{Name: "Let", Signature: "Let({name: expr, …}, in)", Summary: "binds names in order and evaluates in with them"},
	{Name: "Object", Signature: "Object({name: expr, …})", Summary: "an object, as the braces alone are"},
	{Name: "Quote", Signature: "Quote(data)", Summary: "data that is not evaluated"},
	{Name: "UUID", Signature: "UUID(string)", Summary: "a UUID from its text"},
	{Name: "Var", Signature: "Var(name)", Summary: "the value of a variable"},
}

// functions are all functions, by name; functionNames are their names.
var (
	functions     = allFunctions()
	functionNames = namesOf(functions)
)

func allFunctions() []Function {
	all := slices.Clone(special)
	for op := Op(1); op < NumOps; op++ {
		all = append(all, Function{Name: forms[op].Name, Signature: Signature(op), Summary: usages[op].summary, op: op})
	}
	slices.SortFunc(all, func(a, b Function) int { return compareNames(a.Name, b.Name) })
	return all
}

func compareNames(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func namesOf(functions []Function) []string {
	names := make([]string, len(functions))
	for i, f := range functions {
		names[i] = f.Name
	}
	return names
}

// Functions returns all functions in the order of their names. The caller must
// not modify it.
func Functions() []Function { return functions }

// Lookup returns the function called name, in any case; when there is none, the
// name that was probably meant, "" when none is near.
func Lookup(name string) (f *Function, meant string) {
	if f, ok := functionNamed(name); ok {
		return f, ""
	}
	for i := range functions {
		if foldASCII(functions[i].Name) == foldASCII(name) {
			return &functions[i], ""
		}
	}
	return nil, nearest(name, functionNames)
}

func functionNamed(name string) (*Function, bool) {
	i, ok := slices.BinarySearch(functionNames, name)
	if !ok {
		return nil, false
	}
	return &functions[i], true
}

// Signature returns how op is called, in one line.
func Signature(op Op) string { return forms[op].Name + "(" + usages[op].args + ")" }
