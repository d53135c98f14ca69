package seriatim

import (
	"bytes"

	"seriatim/value"
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

func confides(text []byte) bool {
	for _, word := range confiding {
		if bytes.Contains(text, word) {
			return true
		}
	}
	return false
}

// mayConfide tells whether the query, or the function that it calls, may be told a
// secret. unseen is for a call that was not evaluated, where the function's own calls
// count as well.
func (q *query) mayConfide(x *execution, unseen bool) bool {
	if confides(q.req.Body) {
		return true
	}
	name := called(q.tree)
	if name == "" {
		return false
	}
	ref, ok, err := x.view.Lookup(value.Functions, name)
	if err != nil || !ok {
		return true
	}
	fn, ok := x.view.Function(ref.ID)
	if !ok || fn.Body == nil {
		return true
	}
	return confides(fn.Body.Source) || unseen && bytes.Contains(fn.Body.Source, calling)
}
