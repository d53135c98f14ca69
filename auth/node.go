package auth

import (
	"strings"

	"seriatim/catalog"
	"seriatim/txn"
	"seriatim/value"
)

// beNode reads the node of a uni that a key or token is bound to. checkNode finds out
// whether there still is one.
func (id *Identity) beNode(key *value.Object) error {
	member, ok := key.Get("node")
	if !ok {
		return nil
	}
	node, ok := member.(value.String)
	if !ok || node == "" {
		return ErrUnauthorized
	}
	id.Node = string(node)
	return nil
}

// checkNode refuses an identity whose node is not one of the view's uni, which the
// identity's database has to be.
func (id Identity) checkNode(v *catalog.View) error {
	if id.Node == "" {
		return nil
	}
	u := v.Uni()
	if u == nil || v.Database() != id.Database {
		return ErrUnauthorized
	}
	if _, ok := u.Node(id.Node); !ok {
		return ErrUnauthorized
	}
	return nil
}

// locked tells a key that its node has locked, as its row of Vendia_ApiKey says.
func locked(key *value.Object) bool {
	member, _ := key.Get("data")
	data, ok := member.(*value.Object)
	if !ok {
		return false
	}
	status, _ := data.Get("status")
	return status == value.Value(value.String("LOCKED"))
}

// ParseNodeAuthorization reads the Authorization header of a request to a node: a
// secret or a signed token as it is, or after "Bearer " or "Basic " as in FQL's.
func ParseNodeAuthorization(header string) (Credential, bool) {
	text := strings.TrimSpace(header)
	switch {
	case strings.HasPrefix(text, "Bearer "), strings.HasPrefix(text, "Basic "):
		return ParseAuthorization(text)
	case text == "" || strings.ContainsAny(text, " \t"):
		return Credential{}, false
	}
	return Credential{Secret: text, Signed: IsSigned(text)}, true
}

// SpeaksFor reports whether the identity may do in the uni's API whatever the node may:
// it has a key of the node with the rights of a server or more, or a signed token of
// the node's access providers. Tokens and keys with roles of their own are for FQL.
func (id Identity) SpeaksFor(node string) bool {
	if node == "" || id.Node != node || id.Narrowed {
		return false
	}
	return id.Kind == Bearer || id.Kind == BuiltIn && (id.Role == Server || id.Role == Admin)
}

// IdentifyNode finds who presents c to a node of the uni db, inside the transaction
// that will do the work, and opens the uni for what the node writes. A secret has to
// be that of a key which is bound to the node, a signed token one of the node's own
// access providers. Otherwise it returns ErrUnauthorized.
func IdentifyNode(tx *txn.Tx, root [32]byte, c Credential, db uint64, node string, keys KeySource, o catalog.Options) (Identity, *catalog.View, error) {
	if node == "" {
		return Identity{}, nil, ErrUnauthorized
	}
	if c.Signed {
		return identifyBearer(tx, c.Secret, db, node, keys, o)
	}
	id, view, err := Identify(tx, root, c, keys, o)
	if err != nil {
		return Identity{}, nil, err
	}
	if id.Database != db || !id.SpeaksFor(node) {
		return Identity{}, nil, ErrUnauthorized
	}
	return id, view, nil
}

// identifyBearer is IdentifyNode for a signed token.
func identifyBearer(tx *txn.Tx, token string, db uint64, node string, keys KeySource, o catalog.Options) (Identity, *catalog.View, error) {
	id, err := verified(tx, token, keys, func(claims *Claims) (Identity, *catalog.AccessProvider, error) {
		return providedNode(tx, claims, db, node, o)
	})
	if err != nil {
		return Identity{}, nil, err
	}
	o.Author = node
	view, err := catalog.NewView(tx, db, o)
	if err != nil {
		return Identity{}, nil, gone(err)
	}
	return id, view, nil
}

// providedNode returns the bearer of claims as one that speaks for a node of the uni
// db, the signature aside: the issuer is that of an access provider of the node, the
// audience is the provider's, and all of its scopes are granted.
func providedNode(tx *txn.Tx, claims *Claims, db uint64, node string, o catalog.Options) (Identity, *catalog.AccessProvider, error) {
	view, err := catalog.NewView(tx, db, o)
	if err != nil {
		return Identity{}, nil, gone(err)
	}
	issuer, named := claims.text("iss")
	u := view.Uni()
	if !named || u == nil {
		return Identity{}, nil, ErrUnauthorized
	}
	if _, ok := u.Node(node); !ok {
		return Identity{}, nil, ErrUnauthorized
	}
	provider, ok, err := view.NodeProviderOf(node, issuer, claims.audiences())
	if err != nil {
		return Identity{}, nil, err
	}
	if !ok || !claims.grants(provider.Scopes) {
		return Identity{}, nil, ErrUnauthorized
	}
	return Identity{Database: db, Kind: Bearer, Claims: claims, Provider: provider.ID, Node: node}, provider, nil
}

// Guard takes from the rights of a node what only the uni's own API decides: rows that
// are not for all nodes (catalog's GuardedCollection), and indexes over them. Rights of
// a function's role are taken the same way. v is the view that the rights are about.
func (id *Identity) Guard(v *catalog.View, r Rights) Rights {
	if id == nil || id.Node == "" || r == nil || v.Uni() == nil {
		return r
	}
	return nodeRights{r, v}
}

// nodeRights are the rights of a node of a uni.
type nodeRights struct {
	Rights
	view *catalog.View
}

// BuiltInOf returns the built-in role that rights are, apart from what a node may not
// do.
func BuiltInOf(r Rights) (Role, bool) {
	if n, ok := r.(nodeRights); ok {
		r = n.Rights
	}
	role, ok := r.(Role)
	return role, ok
}

// Decide implements Rights. Writes of system documents are left to the catalog, which
// refuses them to all and says why.
func (n nodeRights) Decide(action string, resource value.Ref) (bool, []*catalog.Predicate) {
	switch resource.Collection {
	case value.Collections:
		c := value.CollectionID(resource.ID)
		if !resource.IsNative() && n.view.GuardedCollection(c) && (readAction(action) || !n.view.SystemCollection(c)) {
			return false, nil
		}
	case value.Indexes:
		if x, ok := n.view.Index(resource.ID); ok && !resource.IsNative() {
			if _, hidden := n.view.GuardedIndex(x); hidden {
				return false, nil
			}
		}
	}
	return n.Rights.Decide(action, resource)
}
