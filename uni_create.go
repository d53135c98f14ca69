package seriatim

import (
	"context"
	"crypto/ed25519"
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
	keys := make([]ed25519.PrivateKey, len(r.Nodes))
	u := &catalog.Uni{Name: r.Name, Identity: db.newUniIdentity(r.Name), Type: r.Type, Schema: r.Schema, Status: "RUNNING"}
	for i, n := range r.Nodes {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			return nil, err
		}
		keys[i] = private
		settings, err := settingsOf(n.Settings)
		if err != nil {
			return nil, uniError(statusBadRequest, "invalid_registration", "nodes[%d].settings: %v", i, err)
		}
		u.Nodes = append(u.Nodes, catalog.Node{
			Name: n.Name, UserID: n.UserID, Description: n.Description, CSP: n.CSP, Region: n.Region,
			Status: "RUNNING", PublicKey: public, Settings: settings,
		})
	}
	var info *Uni
	err := db.manage(ctx, authorization, func(x *execution) (*written, error) {
		made, err := db.found(x, u, keys, r.InitState)
		if err != nil {
			return nil, err
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

// found writes a new uni in the transaction.
func (db *DB) found(x *execution, u *catalog.Uni, keys []ed25519.PrivateKey, state []byte) (*founded, error) {
	if _, taken, err := x.view.Lookup(value.Databases, u.Name); err != nil {
		return nil, err
	} else if taken {
		return nil, uniError(statusConflict, "exists", "There is a database or uni called %s.", u.Name)
	}
	doc, err := x.view.Create(value.Databases, 0, value.NewObject(value.Field{Name: "name", Value: value.String(u.Name)}))
	if err != nil {
		return nil, err
	}
	id := uint64(doc.Ref.ID)
	first := u.Nodes[0].Name
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
	made := &founded{written: written{view: child, node: first, id: catalog.UUIDOf(db.ids.next())}, info: infoOf(child)}
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
		made.info.Nodes[i].APIKey = secret
		if err := db.nodeKeys.keep(nodeName{id, u.Nodes[i].Name}, keys[i]); err != nil {
			return nil, err
		}
	}
	made.parts = graphql.Text(child.Changes(), model)
	made.undo = func() error { return db.nodeKeys.drop(id) }
	return made, nil
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
