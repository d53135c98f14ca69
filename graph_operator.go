package seriatim

import (
	"errors"
	"strings"

	"seriatim/auth"
	"seriatim/catalog"
)

// operate finds who sends a request with Operator, and opens the uni for the node that
// it names. An admin of the uni's database, or of the one around it, can make a key of
// any node and so act as it; here that leaves no key behind. What the node signs it
// signs as ever, so its private key has to be on this machine.
func (g *graph) operate(x *execution) *Response {
	x.authorization = g.req.Authorization
	if resp := x.identify(); resp != nil {
		return g.translate(resp)
	}
	if x.who.Node != "" {
		if uni := x.view.Uni(); uni.Name != g.req.Uni || !x.who.SpeaksFor(g.req.Node) {
			return g.failure(statusForbidden, refuseGraph("FORBIDDEN", "The secret is a key of another node or uni."))
		}
		return nil
	}
	if !isAdmin(&x.who) {
		return g.failure(statusForbidden, refuseGraph("FORBIDDEN", "Only an admin may act as a node of a uni, or who has a key of the node."))
	}
	v, err := uniAround(x.view, g.req.Uni)
	if err == nil {
		err = g.db.actAs(v, g.req.Node)
	}
	if err != nil {
		return g.unmanaged(err)
	}
	x.view = v
	x.who.Database, x.who.Node = v.Database(), g.req.Node
	return nil
}

// unmanaged tells in GraphQL's form why a uni was not found.
func (g *graph) unmanaged(err error) *Response {
	var known *UniError
	if !errors.As(managementError(err), &known) {
		return g.fault(err)
	}
	return g.failure(known.Status, refuseGraph(strings.ToUpper(known.Code), known.Message))
}

// actAs lets a view of a uni write as one of its nodes, whose key has to be here.
func (db *DB) actAs(v *catalog.View, node string) error {
	u := v.Uni()
	if _, ok := u.Node(node); !ok {
		return uniError(statusNotFound, "not_found", "The uni %s has no node called %s.", u.Name, node)
	}
	_, err := db.nodeKeys.of(nodeName{v.Database(), node})
	if errors.Is(err, errForeignNode) {
		return db.foreign(v, node)
	}
	if err == nil {
		v.WriteAs(node)
	}
	return err
}

// uniAround returns the view of the uni called name: the view's own database, or one
// inside it.
func uniAround(v *catalog.View, name string) (*catalog.View, error) {
	if u := v.Uni(); u != nil && u.Name == name {
		return v, nil
	}
	return uniBelow(v, name)
}

func isAdmin(who *auth.Identity) bool { return who.Kind == auth.BuiltIn && who.Role == auth.Admin }
