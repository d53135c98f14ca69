package eval

import (
	"maps"

	"seriatim/syntax"
)

// funcs is the meaning of every form. A form without an entry does not exist
// for queries: Known tells the wire decoder.
var funcs [syntax.NumOps]function

// The functions evaluate arguments and so refer back to the table, which Go allows
// only for what init sets.
func init() {
	funcs = assemble(basicFuncs, logicFuncs, pathFuncs, collectionFuncs, foldFuncs, stringFuncs,
		regexFuncs, numberFuncs, trigFuncs, timeFuncs, convertFuncs, typeCheckFuncs,
		refFuncs, setFuncs, readFuncs, writeFuncs)
}

// Known reports whether op has a meaning in this release.
func Known(op syntax.Op) bool { return int(op) < len(funcs) && funcs[op].eval != nil }

// family is the functions of one file.
type family map[syntax.Op]function

func assemble(families ...family) (table [syntax.NumOps]function) {
	for _, fam := range families {
		for op, fn := range maps.All(fam) {
			table[op] = fn
		}
	}
	return table
}

var basicFuncs = family{
	syntax.OpIf:    {eval: evalIf},
	syntax.OpDo:    {eval: evalDo},
	syntax.OpAbort: {eval: evalAbort},
	syntax.OpAt:    {eval: evalAt},
	syntax.OpQuery: {eval: evalQuery},
	syntax.OpCall:  {eval: evalCall, effect: effectWrite},
}

var logicFuncs = family{
	syntax.OpAnd:    {eval: evalAnd},
	syntax.OpOr:     {eval: evalOr},
	syntax.OpNot:    {eval: evalNot},
	syntax.OpEquals: {eval: evalEquals},
	syntax.OpLT:     ordered(func(o int) bool { return o < 0 }),
	syntax.OpLTE:    ordered(func(o int) bool { return o <= 0 }),
	syntax.OpGT:     ordered(func(o int) bool { return o > 0 }),
	syntax.OpGTE:    ordered(func(o int) bool { return o >= 0 }),
}
