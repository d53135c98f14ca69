package seriatim

import (
	"context"

	"seriatim/catalog"
	"seriatim/graphql"
)

// SeenUnis is what a secret sees of unis.
type SeenUnis struct {
	Unis []SeenUni
	// Node is the node that the secret is a key of, "" when it is none's. Unis is then
	// that node's.
	Node string
	// Inside tells that the secret's database is itself the uni, which is the only one
	// and can be managed from the database around it only.
	Inside bool
}

// SeenUni is a uni and the names of those of its nodes whose keys are on this machine.
type SeenUni struct {
	*Uni
	Local []string
}

// SeeUnis lists the unis that a secret may see: those below its database, when it is an
// admin's, or the one that its database is.
func (db *DB) SeeUnis(ctx context.Context, authorization string) (*SeenUnis, error) {
	tx := db.begin()
	defer tx.Close()
	q := &query{db: db, req: &Request{Authorization: authorization}}
	x := q.execution(ctx, tx)
	if resp := x.identify(); resp != nil {
		return nil, uniError(resp.Status, "unauthorized", "The secret is not valid here.")
	}
	seen := &SeenUnis{Node: x.who.Node}
	views := []*catalog.View{x.view}
	switch {
	case seen.Node == "" && !isAdmin(&x.who):
		return nil, uniError(statusForbidden, "forbidden", "Unis are managed with the secret of an admin.")
	case x.view.Uni() != nil:
		seen.Inside = true
	default:
		var err error
		if views, err = x.view.Unis(); err != nil {
			return nil, managementError(err)
		}
	}
	for _, v := range views {
		one, err := db.see(v)
		if err != nil {
			return nil, err
		}
		seen.Unis = append(seen.Unis, one)
	}
	return seen, tx.Err()
}

func (db *DB) see(v *catalog.View) (SeenUni, error) {
	one := SeenUni{Uni: db.describe(v)}
	for _, n := range one.Nodes {
		here, err := db.nodeKeys.has(nodeName{v.Database(), n.Name})
		if err != nil {
			return one, err
		}
		if here {
			one.Local = append(one.Local, n.Name)
		}
	}
	return one, nil
}

// SchemaReview says what another schema would take from a uni.
type SchemaReview struct {
	// Breaking is what EvolveUni would refuse, but for removed indexes, which it can be
	// told to allow.
	Breaking []graphql.BreakingChange
	// IndexRemoved tells that some of them are of that kind.
	IndexRemoved bool
}

// ReviewUni compares a schema with the one that the uni has, and changes nothing.
func (db *DB) ReviewUni(ctx context.Context, authorization, name string, schema []byte) (*SchemaReview, error) {
	next, err := graphql.Compile(schema)
	if err != nil {
		return nil, schemaError(err)
	}
	review := &SchemaReview{}
	err = db.manage(ctx, authorization, func(x *execution) (*written, error) {
		v, err := uniBelow(x.view, name)
		if err != nil {
			return nil, err
		}
		old, ok := v.Uni().Model.(*graphql.Model)
		if !ok {
			return nil, errNoModel
		}
		review.Breaking = graphql.Breaking(old, next, false)
		for _, b := range review.Breaking {
			review.IndexRemoved = review.IndexRemoved || b.Kind == graphql.IndexRemoved
		}
		return nil, nil
	})
	return review, err
}
