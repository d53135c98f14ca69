package wire

import "errors"

// errShape is a body that is JSON but not what was expected.
var errShape = errors.New("wire: the response has no list of errors")

// DecodeErrors reads the body of a failed response, {"errors":[…]}.
func DecodeErrors(body []byte) ([]Error, error) {
	a, err := scan(body)
	if err != nil {
		return nil, err
	}
	defer a.release()
	list := a.lookup(0, "errors")
	if list == 0 || a.nodes[list].kind != kindArray {
		return nil, errShape
	}
	return a.errors(list), nil
}

// lookup returns the value of member key of node i, or 0 when i is no object or
// has no such member.
func (a *arena) lookup(i int, key string) int {
	if a.nodes[i].kind != kindObject {
		return 0
	}
	j := i + 1
	for range int(a.nodes[i].size) {
		if a.string(j) == key {
			return j + 1
		}
		j = a.after(j + 1)
	}
	return 0
}

// each calls visit with every element of array i; i may be 0 for none.
func (a *arena) each(i int, visit func(j int)) {
	if i == 0 || a.nodes[i].kind != kindArray {
		return
	}
	j := i + 1
	for range int(a.nodes[i].size) {
		visit(j)
		j = a.after(j)
	}
}

// stringAt returns the string member key of object i, or "".
func (a *arena) stringAt(i int, key string) string {
	if j := a.lookup(i, key); j > 0 {
		return a.string(j)
	}
	return ""
}

func (a *arena) errors(list int) []Error {
	var errs []Error
	a.each(list, func(i int) {
		e := Error{Code: a.stringAt(i, "code"), Description: a.stringAt(i, "description")}
		if p := a.lookup(i, "position"); p > 0 {
			e.Position, e.HasPosition = a.steps(p), true
		}
		a.each(a.lookup(i, "failures"), func(j int) {
			e.Failures = append(e.Failures, Failure{
				Field:       a.steps(a.lookup(j, "field")),
				Code:        a.stringAt(j, "code"),
				Description: a.stringAt(j, "description"),
			})
		})
		e.Cause = a.errors(a.lookup(i, "cause"))
		errs = append(errs, e)
	})
	return errs
}

// steps reads a path of keys and indexes.
func (a *arena) steps(i int) []any {
	var path []any
	a.each(i, func(j int) {
		if a.nodes[j].kind == kindInt {
			path = append(path, int(a.nodes[j].bits))
		} else {
			path = append(path, a.string(j))
		}
	})
	return path
}
