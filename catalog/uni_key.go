package catalog

import (
	"errors"

	"seriatim/value"
)

// The credentials of a uni's nodes, as its API manages them: keys that are bound to a
// node (Vendia_ApiKey), and access providers whose tokens speak for one
// (Vendia_JwtAuthentication).

// checkNodeName checks that the view's database is a uni with a node of that name.
func (v *View) checkNodeName(k *checker, node value.String) {
	if u := v.Uni(); u == nil {
		k.fail("invalid value", "The database is no uni and has no nodes.", "node")
	} else if _, ok := u.Node(string(node)); !ok {
		k.fail("invalid value", "The uni "+u.Name+" has no node "+string(node)+".", "node")
	}
}

// asNode makes what follows a write of the uni's API for a node, which is the author
// unless there is one, until the function returned is called.
func (v *View) asNode(node string) (restore func(), err error) {
	if v.Uni() == nil {
		return nil, refused("A database that is no uni has no nodes.")
	}
	row := v.asRow(&Row{})
	if v.Author() != "" {
		return row, nil
	}
	v.WriteAs(node)
	return func() { row(); v.WriteAs("") }, nil
}

// CreateNodeKey is AddNodeKey for who needs the secret only.
func (v *View) CreateNodeKey(node, name string, expiry int64) (secret string, err error) {
	d, err := v.AddNodeKey(node, name, expiry)
	if err != nil {
		return "", err
	}
	return memberText(d.Body(), "secret"), nil
}

// memberText returns a member that is a text, "" for any other.
func memberText(o *value.Object, name string) string {
	m, _ := o.Get(name)
	text, _ := m.(value.String)
	return string(text)
}

// AddNodeKey makes a key of a node of the view's uni: what is written and asked with
// it is the node's. name is a text for people, in data.name. expiry is when it ends, in
// microseconds, 0 for never. The secret shows in the returned document only. Without
// an author the node itself is the author. Errors: Invalid for a node that the uni does
// not have, those of Create.
func (v *View) AddNodeKey(node, name string, expiry int64) (*value.Document, error) {
	restore, err := v.asNode(node)
	if err != nil {
		return nil, err
	}
	defer restore()
	params := value.NewObject(
		value.Field{Name: "role", Value: value.String("server")},
		value.Field{Name: "node", Value: value.String(node)},
		value.Field{Name: "data", Value: value.NewObject(value.Field{Name: "name", Value: value.String(name)})})
	if expiry != 0 {
		params = params.With("ttl", value.TimeOfMicros(expiry))
	}
	return v.Create(value.Keys, 0, params)
}

// UpdateNodeKey changes the name and the expiry of a key of a node; nil leaves either
// as it is, and an expiry of 0 is never. It returns ErrNotFound for what is no key of
// the node.
func (v *View) UpdateNodeKey(node string, id int64, name *string, expiry *int64) (*value.Document, error) {
	ref := value.Ref{Collection: value.Keys, ID: id}
	if err := v.ofNode(ref, node); err != nil {
		return nil, err
	}
	restore, err := v.asNode(node)
	if err != nil {
		return nil, err
	}
	defer restore()
	params := &value.Object{}
	if name != nil {
		params = params.With("data", value.NewObject(value.Field{Name: "name", Value: value.String(*name)}))
	}
	if expiry != nil && *expiry == 0 {
		params = params.With("ttl", value.Null{})
	} else if expiry != nil {
		params = params.With("ttl", value.TimeOfMicros(*expiry))
	}
	return v.Update(ref, params)
}

// ofNode returns ErrNotFound unless a key or access provider is bound to the node.
func (v *View) ofNode(ref value.Ref, node string) error {
	doc, err := v.Get(ref, 0)
	if err == nil && (doc == nil || node == "" || memberText(doc.Body(), "node") != node) {
		err = ErrNotFound
	}
	return err
}

// RemoveNodeKey deletes a key of a node. It returns ErrNotFound for what is none.
func (v *View) RemoveNodeKey(node string, id int64) error {
	return v.removeOfNode(value.Ref{Collection: value.Keys, ID: id}, node)
}

func (v *View) removeOfNode(ref value.Ref, node string) error {
	if err := v.ofNode(ref, node); err != nil {
		return err
	}
	restore, err := v.asNode(node)
	if err != nil {
		return err
	}
	defer restore()
	_, err = v.Delete(ref)
	return err
}

// NodeKeys returns the keys of a node that have not ended, in order of their ids: data
// has their name, ttl their expiry. That there are no others is in the read set.
func (v *View) NodeKeys(node string) ([]*value.Document, error) {
	return v.documentsOfNode(value.Keys, node)
}

func (v *View) documentsOfNode(c value.CollectionID, node string) (list []*value.Document, err error) {
	refs := v.Documents(c, Range{})
	for refs.Next() {
		doc, err := v.Get(refs.Ref(), 0)
		if err != nil {
			return nil, errors.Join(err, refs.Close())
		}
		if doc != nil && memberText(doc.Body(), "node") == node {
			list = append(list, doc)
		}
	}
	return list, errors.Join(refs.Err(), refs.Close())
}

// NodeProvider says whose signed tokens speak for a node (Vendia_JwtAuthentication).
type NodeProvider struct {
	// Name is a text of letters, digits and punctuation, unique in the node.
	Name string
	// Issuer is the claim iss of tokens, Audience one that aud has to name, and Scopes
	// what scope, scp or permissions have to contain.
	Issuer, Audience string
	Scopes           []string
	// KeysURI is where the issuer publishes its keys, by https.
	KeysURI string
}

// AddNodeProvider makes an access provider whose tokens speak for a node. Errors:
// Invalid, Exists when the node has one of that name, those of Create.
func (v *View) AddNodeProvider(node string, p NodeProvider) (*value.Document, error) {
	restore, err := v.asNode(node)
	if err != nil {
		return nil, err
	}
	defer restore()
	return v.Create(value.AccessProviders, 0, p.object(node))
}

// UpdateNodeProvider makes p all that an access provider of a node is. Errors are those
// of AddNodeProvider, and ErrNotFound for what is no provider of the node.
func (v *View) UpdateNodeProvider(node string, id int64, p NodeProvider) (*value.Document, error) {
	ref := value.Ref{Collection: value.AccessProviders, ID: id}
	if err := v.ofNode(ref, node); err != nil {
		return nil, err
	}
	restore, err := v.asNode(node)
	if err != nil {
		return nil, err
	}
	defer restore()
	return v.Update(ref, p.object(node))
}

// RemoveNodeProvider deletes an access provider of a node. It returns ErrNotFound for
// what is none.
func (v *View) RemoveNodeProvider(node string, id int64) error {
	return v.removeOfNode(value.Ref{Collection: value.AccessProviders, ID: id}, node)
}

// NodeProviders returns the access providers of a node, in order of their ids.
func (v *View) NodeProviders(node string) ([]*value.Document, error) {
	return v.documentsOfNode(value.AccessProviders, node)
}

// ProviderOfDocument returns what the document of an access provider of a node says.
func ProviderOfDocument(d *value.Document) NodeProvider {
	body := d.Body()
	p := NodeProvider{Issuer: memberText(body, "issuer"), Audience: memberText(body, "audience"), KeysURI: memberText(body, "jwks_uri")}
	if data, ok := memberObject(body, "data"); ok {
		p.Name = memberText(data, "name")
	}
	scopes, _ := body.Get("scopes")
	p.Scopes = texts(scopes)
	return p
}

// object returns the members of a provider's document. Names of access providers are
// unique in the database, so that of the document names the node too.
func (p *NodeProvider) object(node string) *value.Object {
	scopes := make(value.Array, len(p.Scopes))
	for i, s := range p.Scopes {
		scopes[i] = value.String(s)
	}
	return value.NewObject(
		value.Field{Name: "name", Value: value.String(node + "$" + p.Name)},
		value.Field{Name: "issuer", Value: value.String(p.Issuer)},
		value.Field{Name: "jwks_uri", Value: value.String(p.KeysURI)},
		value.Field{Name: "node", Value: value.String(node)},
		value.Field{Name: "audience", Value: value.String(p.Audience)},
		value.Field{Name: "scopes", Value: scopes},
		value.Field{Name: "data", Value: value.NewObject(value.Field{Name: "name", Value: value.String(p.Name)})})
}
