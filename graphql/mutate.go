package graphql

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/ledger"
	"seriatim/value"
)

// Mutated is what running some fields of a mutation gave.
type Mutated struct {
	// Members are the results by key, in order of the fields.
	Members []Member
	Errors  []*Error
	// Parts are the canonical text: of what was done or, when Failed, of what was to
	// be done. There are none when the fields do nothing, like __typename.
	Parts []ledger.Part
	// Steps is how many the conditions took (MaxSteps).
	Steps int
	// Failed tells that nothing of it may be committed.
	Failed bool
}

// Member is one member of a mutation's data.
type Member struct {
	Key  string
	JSON []byte
}

// Groups returns the fields that make one transaction each, in order: all under
// @vendia_transaction, otherwise one at a time.
func (op *Operation) Groups() [][]*Field {
	if op.Transactional || len(op.Fields) == 1 {
		return [][]*Field{op.Fields}
	}
	groups := make([][]*Field, len(op.Fields))
	for i := range op.Fields {
		groups[i] = op.Fields[i : i+1]
	}
	return groups
}

// Merge returns the data and errors of a whole mutation from what its groups gave.
func Merge(list []*Mutated) (data []byte, errs []*Error) {
	size := len("{}")
	for _, m := range list {
		for _, member := range m.Members {
			size += len(`,"":`) + len(member.Key) + len(member.JSON)
		}
	}
	data = append(make([]byte, 0, size), '{')
	n := 0
	for _, m := range list {
		for _, member := range m.Members {
			data = append(appendKey(data, n, member.Key), member.JSON...)
			n++
		}
		errs = append(errs, m.Errors...)
	}
	return append(data, '}'), errs
}

// Mutate runs fields of the mutation in order through the scope's View, each seeing
// what those before it did. At the first that fails it stops, with all causes of
// that failure; the others are null with CodeAborted, and the caller must not
// commit. It may be run again on a fresh View after a conflict.
func (op *Operation) Mutate(s *Scope, fields []*Field) (m *Mutated) {
	m = &Mutated{}
	if op.Kind != ast.Mutation {
		m.Failed, m.Errors = true, []*Error{refuse(CodeValidation, "not a mutation")}
		return m
	}
	r := op.run(s)
	most := r.left
	defer func() { m.Steps = most - r.left }()
	if s.Node != "" {
		s.View.WriteAs(s.Node)
		s.View.TellNoChanges() // Parts says what is done
	}
	statements := make([]statement, 0, len(fields))
	r.results = make([]byte, 0, resultRoom*len(fields))
	m.Members = make([]Member, 0, len(fields))
	for i, f := range fields {
		if f.Root == nil {
			out, err := r.meta(nil, f)
			if err != nil {
				m.Errors = append(m.Errors, f.at(explain(err)))
				out = []byte("null")
			}
			m.Members = append(m.Members, Member{f.Key, out})
			continue
		}
		done, errs := r.mutate(f)
		if r.bytes += len(done.result); len(errs) == 0 && r.bytes > MaxResultBytes {
			errs = []*Error{refuse(CodeLimit, fmt.Sprintf("the result has more than %d bytes", MaxResultBytes))}
		}
		if len(errs) > 0 {
			return r.failed(fields, i, errs)
		}
		m.Members = append(m.Members, Member{f.Key, done.result})
		statements = append(statements, done.text)
	}
	m.Parts = write(r.model, statements)
	return m
}

// failed makes the outcome of fields of which the one at index failed.
func (r *run) failed(fields []*Field, index int, errs []*Error) *Mutated {
	m := &Mutated{Failed: true}
	var statements []statement
	for i, f := range fields {
		m.Members = append(m.Members, Member{f.Key, []byte("null")})
		if f.Root == nil {
			continue
		}
		id, _ := f.text("id")
		statements = append(statements, f.statement(id, r.Node))
		if i == index {
			for _, e := range errs {
				m.Errors = append(m.Errors, r.mark(f, e))
			}
			continue
		}
		e := refuse(CodeAborted, "not applied: the operation "+fields[index].Key+" of the same transaction failed")
		m.Errors = append(m.Errors, r.mark(f, e))
	}
	m.Parts = write(r.model, statements)
	return m
}

// mark gives an error of a mutation its place and transaction.
func (r *run) mark(f *Field, e *Error) *Error {
	f.at(e)
	e.Extensions.TransactionID, e.Extensions.Operation = r.TransactionID, f.Key
	return e
}

// statement returns the canonical form of a field, its document having an id, as a node wrote it.
func (f *Field) statement(id, node string) statement {
	s := statement{alias: f.Key, action: f.Root.Action, entity: f.Root.Entity, id: id, owner: node}
	if s.entity.Kind.Single() {
		s.id = ""
	}
	for _, name := range []string{"input", "condition", "aclInput"} {
		if v := f.Arg(name); v != nil {
			s.args = append(s.args, Arg{name, v})
		}
	}
	return s
}

// resultRoom is enough for most results of a write.
const resultRoom = 96

// done is what one field of a mutation did.
type done struct {
	result []byte
	text   statement
}

// written is a row after a write, nil fields for one that went.
type written struct {
	id  string
	row *row // nil after a removal
}

// mutate runs one field.
func (r *run) mutate(f *Field) (done, []*Error) {
	w, errs := r.write(f)
	if err := r.View.Tx().Err(); err != nil {
		errs = one(refuse(CodeLimit, strings.TrimPrefix(err.Error(), "txn: ")))
	}
	if len(errs) > 0 {
		return done{}, errs
	}
	if w.row != nil {
		if err := r.redact(w.row, opGet); err != nil {
			return done{}, []*Error{explain(err)}
		}
	}
	from := len(r.results)
	r.results = r.appendWritten(r.results, f, w)
	return done{r.results[from:len(r.results):len(r.results)], f.statement(w.id, r.Node)}, nil
}

// appendWritten appends a transaction result: transaction, and result unless the
// caller asked not to wait for it.
func (r *run) appendWritten(dst []byte, f *Field, w written) []byte {
	dst = append(dst, '{')
	for i, member := range f.Fields {
		dst = appendKey(dst, i, member.Key)
		switch {
		case member.Name == "__typename":
			dst = appendJSONString(dst, member.parent.Name)
		case member.Name == "transaction":
			dst = r.appendTransaction(dst, member.Fields, w.id)
		case f.Async() || w.row == nil:
			dst = append(dst, "null"...)
		default:
			dst = appendValue(dst, member, w.row)
		}
	}
	return append(dst, '}')
}

// transactionVersion is the version of what a transaction leaves in the ledger.
const transactionVersion = "1"

func (r *run) appendTransaction(dst []byte, fields []*Field, id string) []byte {
	dst = append(dst, '{')
	for i, f := range fields {
		dst = appendKey(dst, i, f.Key)
		switch f.Name {
		case "_id":
			dst = appendJSONString(dst, id)
		case "transactionId":
			dst = appendJSONString(dst, r.TransactionID)
		case "version":
			dst = appendJSONString(dst, transactionVersion)
		case "submissionTime":
			dst = appendJSONString(dst, formatMicros(r.Clock))
		case "_owner":
			dst = appendJSONString(dst, r.Node)
		case "__typename":
			dst = appendJSONString(dst, f.parent.Name)
		default:
			dst = append(dst, "null"...)
		}
	}
	return append(dst, '}')
}

// data returns the data that an input stands for: of a scalar {value: scalar}.
func (f *Field) data() *value.Object {
	switch in := f.Arg("input").(type) {
	case *value.Object:
		return in
	case nil:
		return &value.Object{}
	default:
		return value.NewObject(value.Field{Name: "value", Value: in})
	}
}

// withoutNulls returns an object without the members that are null: absent ones.
func withoutNulls(o *value.Object) *value.Object {
	out := &value.Object{Fields: make([]value.Field, 0, len(o.Fields))}
	for _, f := range o.Fields {
		if f.Value.Kind() != value.KindNull {
			out.Fields = append(out.Fields, value.Field{Name: f.Name, Value: fullyPresent(f.Value)})
		}
	}
	return out
}

func fullyPresent(v value.Value) value.Value {
	switch v := v.(type) {
	case *value.Object:
		return withoutNulls(v)
	case value.Array:
		out := make(value.Array, len(v))
		for i, e := range v {
			out[i] = fullyPresent(e)
		}
		return out
	}
	return v
}
