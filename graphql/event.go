package graphql

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/catalog"
	"seriatim/ledger"
	"seriatim/value"
)

// Event is what a subscription may tell of: a transaction of the ledger, a block of
// it, or a transaction that was refused.
type Event struct {
	Transaction *ledger.Transaction
	TS          int64         // of the transaction, in microseconds; 0 when it was refused
	Status      string        // of the transaction; empty is StatusCommitted
	Block       *ledger.Block // instead of Transaction
}

// What onUpdateVendia_Transaction says of a transaction.
const (
	StatusCommitted = "COMMITTED"
	StatusFailed    = "FAILED"
)

// onActions are the actions in a ledger's text that a subscription tells of.
var onActions = map[Action]Action{
	ActionOnAdd: ActionAdd, ActionOnCreate: ActionCreate, ActionOnPut: ActionPut,
	ActionOnUpdate: ActionUpdate, ActionOnRemove: ActionRemove, ActionOnDelete: ActionDelete,
}

// Event returns the payloads {"data":{..}} that a subscription sends for an event,
// none when it is not about it, one for each operation that it is about. The scope
// is at or after the event. A row is shown as the transaction left it or, removed,
// as it was before, less what the node may not read; "error" is null, for what is in
// a ledger has happened.
func (op *Operation) Event(s *Scope, e *Event) ([][]byte, error) {
	if op.Kind != ast.Subscription || len(op.Fields) != 1 || op.Fields[0].Root == nil {
		return nil, nil
	}
	f, r := op.Fields[0], op.run(s)
	switch {
	case f.Root.Action == ActionOnTransaction:
		return r.transactionEvent(f, e)
	case f.Root.Entity.Name == "Vendia_Block":
		return r.blockEvent(f, e)
	case e.Transaction == nil || e.Status == StatusFailed:
		return nil, nil
	}
	return r.rowEvents(f, e)
}

// payload wraps the value of a subscription's field.
func payload(f *Field, v []byte) []byte {
	dst := append(make([]byte, 0, len(v)+len(f.Key)+16), `{"data":{`...)
	dst = appendKey(dst, 0, f.Key)
	return append(append(dst, v...), "}}"...)
}

func (r *run) transactionEvent(f *Field, e *Event) ([][]byte, error) {
	if e.Transaction == nil {
		return nil, nil
	}
	text, err := r.visibleText(e.Transaction, e.TS)
	if err != nil {
		return nil, err
	}
	status := e.Status
	if status == "" {
		status = StatusCommitted
	}
	o := &value.Object{}
	addText(o, "transactionId", e.Transaction.ID)
	addText(o, "status", status)
	addText(o, "submissionTime", formatMicros(e.Transaction.Submitted))
	addText(o, "mutation", text)
	enc, _ := value.Encode(o)
	return [][]byte{payload(f, appendFields(nil, f.Fields, enc))}, nil
}

func (r *run) blockEvent(f *Field, e *Event) ([][]byte, error) {
	if e.Block == nil || f.Root.Action != ActionOnAdd {
		return nil, nil
	}
	enc, err := r.blockValue(e.Block)
	if err != nil {
		return nil, err
	}
	v := appendResult(nil, f.Fields, func(dst []byte, member *Field) []byte { return appendFields(dst, member.Fields, enc) })
	return [][]byte{payload(f, v)}, nil
}

// appendResult appends {error, result} as selected; error is null.
func appendResult(dst []byte, fields []*Field, result func([]byte, *Field) []byte) []byte {
	dst = append(dst, '{')
	for i, m := range fields {
		dst = appendKey(dst, i, m.Key)
		switch m.Name {
		case "__typename":
			dst = appendJSONString(dst, m.parent.Name)
		case "result":
			dst = result(dst, m)
		default:
			dst = append(dst, "null"...)
		}
	}
	return append(dst, '}')
}

func (r *run) rowEvents(f *Field, e *Event) ([][]byte, error) {
	list, err := r.model.ledgerFields(e.Transaction.Mutation())
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, w := range list {
		root := w.field.Root
		if root == nil || root.Entity != f.Root.Entity || root.Action != onActions[f.Root.Action] {
			continue
		}
		row, err := r.eventRow(w.field, e)
		if err != nil {
			return nil, err
		}
		if row != nil && !r.shows(row) || row == nil && f.Root.Entity.private() {
			continue
		}
		out = append(out, payload(f, r.appendEvent(f, row)))
	}
	return out, nil
}

// eventRow returns the row that an operation of a transaction was about.
func (r *run) eventRow(w *Field, e *Event) (*row, error) {
	entity := w.Root.Entity
	if entity.Name == "Vendia_ApiKey" {
		id, _ := w.text("id")
		return r.key(entity, id)
	}
	c, err := r.collection(entity)
	if err != nil {
		return nil, err
	}
	at := e.TS
	if w.Root.Action == ActionRemove || w.Root.Action == ActionDelete {
		at--
	}
	ref := value.Ref{Collection: c, ID: r.eventID(entity, e.Transaction.Owner)}
	if id, ok := w.text("id"); ok && !entity.Kind.Single() {
		own, ours := catalog.IDOf(id)
		if ref.ID = own; !ours {
			if ref, ok, err = r.pastForeign(entity, id, at); err != nil || !ok {
				return nil, err
			}
		}
	}
	row, err := r.row(entity, ref, at)
	if err != nil || row == nil {
		return nil, err
	}
	return row, r.redactPast(row, at, opGet)
}

// eventID returns the identity of an entity's one document: of settings those of the
// node that wrote.
func (r *run) eventID(e *Entity, owner string) int64 {
	of := *r
	scope := *r.Scope
	scope.Node = owner
	of.Scope = &scope
	return of.singleID(e)
}

// pastForeign finds a row by a foreign id as of a timestamp.
func (r *run) pastForeign(e *Entity, id string, at int64) (ref value.Ref, ok bool, err error) {
	x, err := r.index(catalog.UUIDIndex(e.Name))
	if err != nil || x == nil {
		return ref, false, err
	}
	c := r.View.Entries(x, []value.Value{value.String(strings.ToLower(id))}, catalog.Range{At: at})
	defer c.Close()
	if c.Next() {
		return c.Entry().Ref, true, nil
	}
	return ref, false, c.Err()
}

// appendEvent appends what a subscription shows of a row: {error, result}, or the
// bare scalar of an entity that is one.
func (r *run) appendEvent(f *Field, row *row) []byte {
	if f.Root.Entity.Kind == catalog.Scalar {
		return appendValue(nil, f, row)
	}
	return appendResult(nil, f.Fields, func(dst []byte, m *Field) []byte { return appendValue(dst, m, row) })
}
