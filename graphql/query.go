package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/value"
)

// Result is what a query gives: data, a JSON object or nil for null, and errors.
type Result struct {
	Data   []byte
	Errors []*Error
}

// Query runs a query at the scope's snapshot. A field that fails is null, with an
// error; the others are answered.
func (op *Operation) Query(s *Scope) *Result {
	if op.Kind != ast.Query {
		return &Result{Errors: []*Error{refuse(CodeValidation, "not a query")}}
	}
	r := op.run(s)
	res := &Result{Data: append(make([]byte, 0, 512), '{')}
	for i, f := range op.Fields {
		res.Data = appendKey(res.Data, i, f.Key)
		from := len(res.Data)
		out, err := r.field(res.Data, f)
		if err == nil && len(out) > MaxResultBytes {
			err = refuse(CodeLimit, fmt.Sprintf("the result has more than %d bytes", MaxResultBytes))
		}
		if err != nil {
			res.Errors = append(res.Errors, f.at(explain(err)))
			out = append(res.Data[:from], "null"...)
		}
		res.Data = out
	}
	res.Data = append(res.Data, '}')
	return res
}

// field appends the result of one root field of a query.
func (r *run) field(dst []byte, f *Field) ([]byte, error) {
	if f.Root == nil {
		return r.meta(dst, f)
	}
	e := f.Root.Entity
	if e.System {
		if done, out, err := r.system(dst, f, e); done {
			return out, err
		}
	}
	switch f.Root.Action {
	case ActionGet:
		return r.get(dst, f, e)
	case ActionList:
		return r.list(dst, f, e)
	case ActionVersions:
		return r.versions(dst, f, e)
	}
	return dst, fmt.Errorf("graphql: the field %s has no query", f.Name)
}

// meta appends __typename, __schema and __type.
func (r *run) meta(dst []byte, f *Field) ([]byte, error) {
	if f.Name == "__typename" {
		return appendJSONString(dst, f.parent.Name), nil
	}
	return r.model.introspect(dst, f)
}

// get appends the row that the arguments name, at the version they name.
func (r *run) get(dst []byte, f *Field, e *Entity) ([]byte, error) {
	ref, ok, err := r.find(e, f)
	if err != nil {
		return dst, err
	}
	var row *row
	at := int64(0)
	if ok {
		if n, given := f.Arg("version").(value.Int); given {
			if at, ok, err = r.versionTime(ref, int64(n)); err != nil {
				return dst, err
			}
		}
		if ok {
			if row, err = r.row(e, ref, at); err != nil {
				return dst, err
			}
		}
	}
	if row == nil || !r.shows(row) {
		return append(dst, "null"...), nil
	}
	if at == 0 {
		err = r.redact(row, opGet)
	} else {
		err = r.redactPast(row, at, opGet)
	}
	if err != nil {
		return dst, err
	}
	return appendValue(dst, f, row), nil
}

// shows reports whether the node sees that a row exists: all do, but for what
// belongs to one node alone.
func (r *run) shows(row *row) bool {
	return !row.entity.private() || r.Node == "" || row.owner() == r.Node
}

// private reports whether an entity's rows are their owner's alone.
func (e *Entity) private() bool {
	return e.System && (e.Name == "Vendia_ApiKey" || e.Name == "Vendia_JwtAuthentication" || e.Name == "Vendia_Settings")
}
