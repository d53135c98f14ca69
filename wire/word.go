package wire

import "seriatim/syntax"

// word is what a leading key begins: a function, or a form that is a tree node
// of its own, which has a fixed number of keys.
type word struct {
	key     string
	op      syntax.Op
	keys    int
	special func(d *decoder, object int) (syntax.Expr, bool)
}

// words finds what an object is from its leading key. It is a hash table of its
// own because every object of every query looks in it: twice the speed of a map.
var words wordTable

type wordTable [1024]word

func init() {
	for _, w := range []word{
		{key: "var", keys: 1, special: (*decoder).variable},
		{key: "let", keys: 2, special: (*decoder).let},
		{key: "object", keys: 1, special: (*decoder).objectForm},
		{key: "quote", keys: 1, special: (*decoder).quote},
	} {
		words.add(w)
	}
	for op := syntax.Op(1); op < syntax.NumOps; op++ {
		if params := syntax.FormOf(op).Params; len(params) > 0 {
			words.add(word{key: params[0].Key, op: op})
		}
	}
}

// wordHash mixes the length and a few letters of a key that is not empty.
func wordHash(key string) uint {
	n := uint(len(key))
	return n*7 + uint(key[0])*31 + uint(key[n-1])*113 + uint(key[n/2])*389 + uint(key[n/3])*61
}

func (t *wordTable) add(w word) {
	i := wordHash(w.key) % uint(len(t))
	for t[i].key != "" {
		i = (i + 1) % uint(len(t))
	}
	t[i] = w
}

// find returns the word that key begins, or nil.
func (t *wordTable) find(key string) *word {
	if key == "" {
		return nil
	}
	for i := wordHash(key) % uint(len(t)); t[i].key != ""; i = (i + 1) % uint(len(t)) {
		if t[i].key == key {
			return &t[i]
		}
	}
	return nil
}
