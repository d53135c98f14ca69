package seriatim

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/value"
	"seriatim/wire"
)

// describe describes the uni of a view.
func (db *DB) describe(v *catalog.View) *Uni {
	u := v.Uni()
	info := &Uni{
		Name: u.Name, Identity: uniIdentity(v), Type: u.Type, Status: u.Status, Schema: json.RawMessage(u.Schema),
		Created: rfc3339(u.Created), Updated: rfc3339(u.Updated),
	}
	place := db.options.Shared.placement()
	for i := range u.Nodes {
		n := &u.Nodes[i]
		info.Nodes = append(info.Nodes, UniNode{
			Name: n.Name, UserID: n.UserID, Description: n.Description, CSP: n.CSP, Region: n.Region,
			Status: n.Status, Replica: n.Replica, PublicKey: bytes.Clone(n.PublicKey),
		})
		if place != nil && n.Replica != "" {
			info.Nodes[i].Address = place.Address(n.Replica)
		}
	}
	return info
}

func rfc3339(micros int64) string {
	return time.UnixMicro(micros).UTC().Format("2006-01-02T15:04:05.000000Z")
}

// settingsOf reads the settings of a node, which are kept as they are.
func settingsOf(text []byte) (*value.Object, error) {
	if len(bytes.TrimSpace(text)) == 0 || string(bytes.TrimSpace(text)) == "null" {
		return nil, nil
	}
	return graphql.ReadObject(text)
}

// schemaError lists what is wrong with a JSON Schema.
func schemaError(err error) *UniError {
	e := uniError(statusBadRequest, "invalid_schema", "The schema is not valid.")
	var all graphql.Problems
	if !errors.As(err, &all) {
		e.Causes = []string{err.Error()}
		return e
	}
	for _, p := range all {
		e.Causes = append(e.Causes, strings.TrimPrefix(p.Pointer+": "+p.Message, ": "))
	}
	return e
}

// managementError is what a caller learns of an error of the rooms below.
func managementError(err error) error {
	var known *UniError
	var seed *graphql.SeedError
	var refused *catalog.ErrUniRefused
	var invalid *catalog.Invalid
	var foreign *foreignNode
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &seed):
		e := uniError(statusBadRequest, "invalid_state", "The initial state is not valid.")
		e.Causes = seed.Causes
		return e
	case errors.As(err, &refused):
		return uniError(statusBadRequest, "refused", "%s", refused.Reason)
	case errors.As(err, &invalid):
		e := uniError(statusBadRequest, "invalid", "What was given is not valid.")
		for _, f := range invalid.Failures {
			e.Causes = append(e.Causes, f.Description)
		}
		return e
	case errors.As(err, &foreign):
		return uniError(statusUnavailable, "foreign_node", "%v Nothing was written.", foreign)
	case errors.Is(err, errForeignNode):
		return foreignKeys()
	}
	resp := refusal(err)
	var said struct{ Errors []wire.Error }
	if json.Unmarshal(resp.Body, &said) != nil || len(said.Errors) == 0 {
		return err
	}
	e := uniError(resp.Status, said.Errors[0].Code, "%s", said.Errors[0].Description)
	e.Err = resp.Err
	return e
}

// foreignKeys says that a signature is asked for that only another machine can make.
func foreignKeys() *UniError {
	return uniError(statusUnavailable, "foreign_node", "The keys of the uni's nodes are on other machines: ask one of those.")
}
