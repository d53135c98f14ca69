package wire

import "errors"

// errShape is a body that is JSON but not what was expected.
var errShape = errors.New("wire: the response has no list of errors")

// DecodeErrors reads the body of a failed response, {"errors":[…]}.
func DecodeErrors(body []byte) ([]Error, error) {
	doc, err := scan(body)
	if err != nil {
		return nil, err
	}
	defer doc.release()
	list := doc.lookup(0, "errors")
	if list == 0 || doc.nodes[list].kind != kindArray {
		return nil, errShape
	}
	return doc.errors(list), nil
}

// lookup returns the value of member key of node i, or 0 when i is no object or
// has no such member.
func (d *document) lookup(i int, key string) int {
	if d.nodes[i].kind != kindObject {
		return 0
	}
	j := i + 1
	for range int(d.nodes[i].size) {
		if d.string(j) == key {
			return j + 1
		}
		j = d.after(j + 1)
	}
	return 0
}

// each calls visit with every element of array i; i may be 0 for none.
func (d *document) each(i int, visit func(j int)) {
	if i == 0 || d.nodes[i].kind != kindArray {
		return
	}
	j := i + 1
	for range int(d.nodes[i].size) {
		visit(j)
		j = d.after(j)
	}
}

// stringAt returns the string member key of object i, or "".
func (d *document) stringAt(i int, key string) string {
	if j := d.lookup(i, key); j > 0 {
		return d.string(j)
	}
	return ""
}

func (d *document) errors(list int) []Error {
	var errs []Error
	d.each(list, func(i int) {
		e := Error{Code: d.stringAt(i, "code"), Description: d.stringAt(i, "description")}
		if p := d.lookup(i, "position"); p > 0 {
			e.Position, e.HasPosition = d.steps(p), true
		}
		d.each(d.lookup(i, "failures"), func(j int) {
			e.Failures = append(e.Failures, Failure{
				Field:       d.steps(d.lookup(j, "field")),
				Code:        d.stringAt(j, "code"),
				Description: d.stringAt(j, "description"),
			})
		})
		e.Cause = d.errors(d.lookup(i, "cause"))
		errs = append(errs, e)
	})
	return errs
}

// steps reads a path of keys and indexes.
func (d *document) steps(i int) []any {
	var path []any
	d.each(i, func(j int) {
		if d.nodes[j].kind == kindInt {
			path = append(path, int(d.nodes[j].bits))
		} else {
			path = append(path, d.string(j))
		}
	})
	return path
}
