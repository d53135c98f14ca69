package eval

import (
	"maps"

	"seriatim/syntax"
)

// funcs is the meaning of every form. A form without an entry does not exist
// for queries.
var funcs [syntax.NumOps]function

// The functions evaluate arguments and so refer back to the table, which Go allows
// only for what init sets.
func init() {
	funcs = assemble(basicFuncs, logicFuncs, pathFuncs, collectionFuncs, foldFuncs, stringFuncs,
		regexFuncs, numberFuncs, trigFuncs, timeFuncs, convertFuncs, typeCheckFuncs,
		refFuncs, setFuncs, readFuncs, writeFuncs, identityFuncs)
}

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
