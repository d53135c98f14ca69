package catalog

import "seriatim/value"

// Keys that are bound to a node of a uni. Its API shows them as Vendia_ApiKey.

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
