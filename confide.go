package seriatim

import (
	"bytes"

	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// An entry that is evaluated at its position carries the query as it came, and the log
// is no place for secrets and passwords. Evaluation keeps off positions what it sees
// handle one; what follows is for what it does not see: a call that is ordered without
// being evaluated, and one whose next evaluation takes another way.

// confiding is what stands in a query or function that may be told a secret.
var confiding = [][]byte{
	[]byte(`"login"`), []byte(`"identify"`), []byte(`"key_from_secret"`),
	[]byte(`"credentials"`), []byte(`"password"`), []byte(`"current_password"`),
}

// calling stands in a function that calls others.
var calling = []byte(`"call"`)

// disguised is how a letter may be spelled in JSON that nobody has a reason to spell so.
var disguised = [][]byte{[]byte(`\u005`), []byte(`\u006`), []byte(`\u007`)}

func confides(text []byte) bool {
	return holdsAny(text, confiding) || holdsAny(text, disguised)
}

func holdsAny(text []byte, words [][]byte) bool {
	for _, word := range words {
		if bytes.Contains(text, word) {
			return true
		}
	}
	return false
}

// mayConfide tells whether the query, or a function that it calls, may be told a
// secret. unseen is for a call that was not evaluated: then a function that calls
// others is taken to be one, which is quicker than to look.
func (q *query) mayConfide(x *execution, unseen bool) bool {
	if confides(q.req.Body) {
		return true
	}
	var seen map[string]bool
	if !unseen { // otherwise it looks no further, on a path that is taken often
		seen = map[string]bool{}
	}
	return x.leads(q.tree, unseen, seen)
}

// leads tells whether a call in e comes, over whatever other calls, to a function that
// may be told a secret. seen are the functions that were looked at already.
func (x *execution) leads(e syntax.Expr, unseen bool, seen map[string]bool) (found bool) {
	syntax.Walk(e, func(e syntax.Expr) bool {
		if form, ok := e.(*syntax.Form); ok && form.Op == syntax.OpCall && !found {
			found = x.entrusts(called(form), unseen, seen)
		}
		return !found
	})
	return found
}

// entrusts is leads for the function called name. One that is worked out as the query
// runs has none: what it may be told is seen by evaluation only.
func (x *execution) entrusts(name string, unseen bool, seen map[string]bool) bool {
	if name == "" {
		return unseen
	}
	if seen[name] {
		return false
	}
	ref, ok, err := x.view.Lookup(value.Functions, name)
	if err != nil || !ok {
		return true
	}
	fn, ok := x.view.Function(ref.ID)
	if !ok || fn.Body == nil || confides(fn.Body.Source) {
		return true
	}
	if unseen || !bytes.Contains(fn.Body.Source, calling) {
		return bytes.Contains(fn.Body.Source, calling)
	}
	seen[name] = true
	body, err := wire.DecodeLambda(fn.Body.Source, x.version)
	return err != nil || x.leads(body.Body, unseen, seen)
}
