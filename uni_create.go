package seriatim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/value"
)

// CreateUni makes a uni below the database of an admin's secret: its database, its
// collections, its nodes' keys, the genesis block of its ledger, which holds the
// definition and the initial state, and one API key for each node. All of it happens or
// nothing does.
func (db *DB) CreateUni(ctx context.Context, authorization string, r *Registration) (*Uni, error) {
	if e := r.check(); e != nil {
		return nil, e
	}
	if _, err := graphql.Compile(r.Schema); err != nil {
		return nil, schemaError(err)
	}
	u := &catalog.Uni{Name: r.Name, Identity: db.newUniIdentity(r.Name), Type: r.Type, Schema: r.Schema, Status: "RUNNING"}
	// The identity of its database is known before there is one, so that keys can be made
	// for it, here and on other machines. Those of a uni that does not come about stay
	// behind on the others, of no use to anybody.
	id := db.ids.next()
	var info *Uni
	err := db.manage(ctx, authorization, func(x *execution) (*written, error) {
		if err := absent(x, r.Name); err != nil {
			return nil, err
		}
		var err error
		if u.Nodes, err = db.placed(ctx, r, uint64(id)); err != nil {
			return nil, err
		}
		made, err := db.found(x, u, id, r.InitState)
		if err != nil {
			return nil, errors.Join(err, db.nodeKeys.drop(uint64(id)))
		}
		info = made.info
		return &made.written, nil
	})
	return info, err
}

// founded is a uni about to be.
type founded struct {
	written
	info *Uni
}

// absent refuses a name that is taken.
func absent(x *execution, name string) error {
	if _, taken, err := x.view.Lookup(value.Databases, name); err != nil {
		return err
	} else if taken {
		return uniError(statusConflict, "exists", "There is a database or uni called %s.", name)
	}
	return nil
}

// found writes a new uni in the transaction, its database with that identity. The first
// of its nodes whose key is here signs.
func (db *DB) found(x *execution, u *catalog.Uni, made int64, state []byte) (*founded, error) {
	id := uint64(made)
	first, err := db.firstHere(id, u.Nodes)
	if err != nil {
		return nil, err
	}
	if _, err := x.view.Create(value.Databases, made, value.NewObject(value.Field{Name: "name", Value: value.String(u.Name)})); err != nil {
		return nil, err
	}
	child, err := x.view.InAs(id, first)
	if err != nil {
		return nil, err
	}
	if err := child.DefineUni(u); err != nil {
		return nil, err
	}
	model, ok := child.Uni().Model.(*graphql.Model)
	if !ok {
		return nil, errNoModel
	}
	f := &founded{written: written{view: child, node: first, id: catalog.UUIDOf(db.ids.next())}, info: db.describe(child)}
	if err := deployed(child, x.tx.Clock()); err != nil {
		return nil, err
	}
	if err := model.Seed(child, state); err != nil {
		return nil, err
	}
	if err := settle(x.view, id, u); err != nil {
		return nil, err
	}
	for i := range u.Nodes {
		secret, err := child.CreateNodeKey(u.Nodes[i].Name, "default", 0)
		if err != nil {
			return nil, err
		}
		f.info.Nodes[i].APIKey = secret
	}
	f.parts = graphql.Text(child.Changes(), model)
	f.undo = func() error { return db.nodeKeys.drop(id) }
	return f, nil
}

// firstHere returns the first of the nodes of a new uni that lives on this machine.
func (db *DB) firstHere(uni uint64, nodes []catalog.Node) (string, error) {
	for _, n := range nodes {
		if _, err := db.nodeKeys.of(nodeName{uni, n.Name}); err == nil {
			return n.Name, nil
		} else if !errors.Is(err, errForeignNode) {
			return "", err
		}
	}
	return "", uniError(statusBadRequest, "foreign_nodes", "All nodes of the uni are to live on other machines: ask one of those to make it.")
}

// deployed notes in a new uni by which rules its ledger is kept (Vendia_DeploymentInfo).
func deployed(v *catalog.View, clock int64) error {
	ref, ok, err := v.Lookup(value.Collections, "Vendia_DeploymentInfo")
	if err != nil || !ok {
		return errors.Join(err, errNoModel)
	}
	rules := fmt.Sprintf("seriatim: ledger format 1, language revision %d", languageRevision)
	hash := sha256.Sum256([]byte(rules))
	_, err = v.CreateRow(value.CollectionID(ref.ID), 0, value.NewObject(
		value.Field{Name: "deploymentTime", Value: value.String(rfc3339(clock))},
		value.Field{Name: "consensusDefinitionHash", Value: value.String(hex.EncodeToString(hash[:]))},
		value.Field{Name: "versionTag", Value: value.String(rules)}), catalog.Row{})
	return err
}

// settle makes the settings that a registration has for its nodes the nodes' own
// (Vendia_Settings), each written by its node.
func settle(parent *catalog.View, uni uint64, u *catalog.Uni) error {
	for i := range u.Nodes {
		n := &u.Nodes[i]
		if n.Settings == nil {
			continue
		}
		v, err := parent.InAs(uni, n.Name)
		if err != nil {
			return err
		}
		ref, ok, err := v.Lookup(value.Collections, "Vendia_Settings")
		if err != nil || !ok {
			return errors.Join(err, errNoModel)
		}
		_, err = v.CreateRow(value.CollectionID(ref.ID), catalog.SingleID+int64(i), n.Settings, catalog.Row{})
		var violated *catalog.Violated
		if errors.As(err, &violated) {
			e := uniError(statusBadRequest, "invalid_registration", "The registration is not valid.")
			for _, one := range violated.Violations {
				e.Causes = append(e.Causes, fmt.Sprintf("nodes[%d].settings%s: %s", i, one.Pointer, one.Message))
			}
			return e
		}
		if err != nil {
			return err
		}
	}
	return nil
}
