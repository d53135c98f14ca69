package seriatim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/replica"
	"seriatim/txlog"
	"seriatim/value"
)

// Unis lists the unis below the database of an admin's secret, in order of their names.
func (db *DB) Unis(ctx context.Context, authorization string) ([]*Uni, error) {
	infos := []*Uni{}
	err := db.manage(ctx, authorization, func(x *execution) (*written, error) {
		infos = infos[:0]
		unis, err := x.view.Unis()
		for _, v := range unis {
			infos = append(infos, db.describe(v))
		}
		return nil, err
	})
	return infos, err
}

// Uni describes the uni of that name below the database of an admin's secret.
func (db *DB) Uni(ctx context.Context, authorization, name string) (*Uni, error) {
	var info *Uni
	err := db.manage(ctx, authorization, func(x *execution) (*written, error) {
		v, err := uniBelow(x.view, name)
		if err == nil {
			info = db.describe(v)
		}
		return nil, err
	})
	return info, err
}

// EvolveUni gives a uni a new schema, which may only add to the old one; the change is
// in the ledger. indexRemoved allows it to have fewer indexes.
func (db *DB) EvolveUni(ctx context.Context, authorization, name string, schema []byte, indexRemoved bool) (*Uni, error) {
	next, err := graphql.Compile(schema)
	if err != nil {
		return nil, schemaError(err)
	}
	var info *Uni
	err = db.manage(ctx, authorization, func(x *execution) (*written, error) {
		v, err := uniBelow(x.view, name)
		if err != nil {
			return nil, err
		}
		old, ok := v.Uni().Model.(*graphql.Model)
		if !ok {
			return nil, errNoModel
		}
		if broken := graphql.Breaking(old, next, indexRemoved); len(broken) > 0 {
			e := uniError(statusConflict, "breaking_changes", "The schema takes away what the uni has.")
			for _, b := range broken {
				e.Causes = append(e.Causes, fmt.Sprintf("%s at %s: %s", b.Kind, b.Pointer, b.Reason))
			}
			return nil, e
		}
		u := *v.Uni()
		u.Schema, u.Updated, u.Model = schema, 0, nil
		node, err := db.localNode(v)
		if err != nil {
			return nil, err
		}
		if v, err = x.view.InAs(v.Database(), node); err != nil {
			return nil, err
		}
		if err := v.DefineUni(&u); err != nil {
			return nil, err
		}
		info = db.describe(v)
		return &written{view: v, node: node, id: catalog.UUIDOf(db.ids.next()), parts: graphql.Text(v.Changes(), next)}, nil
	})
	return info, err
}

// DeleteUni removes a uni with all it holds, its ledger included, and its nodes' keys.
func (db *DB) DeleteUni(ctx context.Context, authorization, name string) error {
	var id uint64
	err := db.manage(ctx, authorization, func(x *execution) (*written, error) {
		v, err := uniBelow(x.view, name)
		if err != nil {
			return nil, err
		}
		id = v.Database()
		return &written{}, x.view.DeleteUni(value.Ref{Collection: value.Databases, ID: int64(id)})
	})
	if err != nil {
		return err
	}
	return db.nodeKeys.drop(id)
}

// AddNodeKey makes another API key of a node and returns it; it is shown only here. It
// ends at expires, if that is not zero.
func (db *DB) AddNodeKey(ctx context.Context, authorization, uni, node, name string, expires time.Time) (secret string, err error) {
	err = db.manage(ctx, authorization, func(x *execution) (*written, error) {
		v, err := uniBelow(x.view, uni)
		if err != nil {
			return nil, err
		}
		if _, ok := v.Uni().Node(node); !ok {
			return nil, uniError(statusNotFound, "not_found", "The uni %s has no node called %s.", uni, node)
		}
		if v, err = x.view.InAs(v.Database(), node); err != nil {
			return nil, err
		}
		var micros int64
		if !expires.IsZero() {
			if micros = expires.UnixMicro(); micros <= x.tx.Clock() {
				return nil, uniError(statusBadRequest, "bad_request", "The expiry %s is in the past: the key would open nothing.", expires.UTC().Format(time.RFC3339))
			}
		}
		if secret, err = v.CreateNodeKey(node, name, micros); err != nil {
			return nil, err
		}
		model, ok := v.Uni().Model.(*graphql.Model)
		if !ok {
			return nil, errNoModel
		}
		return &written{view: v, node: node, id: catalog.UUIDOf(db.ids.next()), parts: graphql.Text(v.Changes(), model)}, nil
	})
	return secret, err
}

// localNode returns a node of the uni whose key is on this machine.
func (db *DB) localNode(v *catalog.View) (string, error) {
	for _, n := range v.Uni().Nodes {
		if _, err := db.nodeKeys.of(nodeName{v.Database(), n.Name}); err == nil {
			return n.Name, nil
		} else if !errors.Is(err, errForeignNode) {
			return "", err
		}
	}
	return "", errForeignNode
}

// uniBelow returns the view of the uni called name in the view's database.
func uniBelow(v *catalog.View, name string) (*catalog.View, error) {
	ref, ok, err := v.Lookup(value.Databases, name)
	if err != nil {
		return nil, err
	}
	if ok {
		child, err := v.In(uint64(ref.ID))
		if err != nil {
			return nil, err
		}
		if child.Uni() != nil {
			return child, nil
		}
	}
	return nil, uniError(statusNotFound, "not_found", "There is no uni called %s.", name)
}

// written is what a change of management leaves in a ledger: text that a node of the
// view's uni signs, none when view is nil.
type written struct {
	view  *catalog.View
	node  string
	id    string
	parts []ledger.Part
	undo  func() error // when it does not happen
}

// manage runs f in a transaction of the admin of a database, again after conflicts. A
// nil result of f means that it only read.
func (db *DB) manage(ctx context.Context, authorization string, f func(x *execution) (*written, error)) error {
	ctx, cancel := context.WithTimeout(ctx, DefaultTimeout)
	defer cancel()
	if err := db.current(ctx); err != nil {
		return managementError(err)
	}
	for attempt := 0; ; attempt++ {
		done, err := db.managed(ctx, authorization, f)
		if done || err != nil {
			return err
		}
		if attempt >= LargestMaxRetries {
			return uniError(statusConflict, "contended", "Other changes came first, again and again. Nothing was changed.")
		}
		if err := db.pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// current makes sure that what is seen from now on is no older than the log is now: a
// database of its own sees that always.
func (db *DB) current(ctx context.Context) error {
	if err := db.service(); err != nil || !db.options.several() {
		return err
	}
	_, err := db.replica.Sync(ctx)
	return err
}

// managed tries once; done is false when another transaction came first.
func (db *DB) managed(ctx context.Context, authorization string, f func(x *execution) (*written, error)) (done bool, err error) {
	q := &query{db: db, req: &Request{Authorization: authorization}}
	tx := db.begin()
	defer tx.Close()
	x := q.execution(ctx, tx)
	if resp := x.identify(); resp != nil {
		return false, uniError(resp.Status, "unauthorized", "The secret is not valid here.")
	}
	if !isAdmin(&x.who) {
		return false, uniError(statusForbidden, "forbidden", "Unis are managed with the secret of an admin.")
	}
	w, err := f(x)
	if err != nil {
		return false, managementError(err)
	}
	proposal := tx.Proposal()
	if w == nil || proposal == nil {
		return true, tx.Err()
	}
	if w.view != nil {
		if err := db.sign(w.view, w.node, tx.Clock(), proposal, w.id, w.parts); err != nil {
			return false, errors.Join(err, w.cancel())
		}
	}
	db.raiseClock(tx.Clock())
	out, err := db.replica.Commit(ctx, proposal)
	switch {
	case errors.Is(err, txlog.ErrUnknownFate): // it may be there, and then it needs what was made for it
		return false, managementError(err)
	case err != nil:
		return false, errors.Join(managementError(err), w.cancel())
	case out.Status == replica.Conflict:
		return false, w.cancel()
	case out.Status != replica.Applied:
		return false, errors.Join(out.Err, w.cancel())
	}
	return true, nil
}

func (w *written) cancel() error {
	if w.undo == nil {
		return nil
	}
	return w.undo()
}
