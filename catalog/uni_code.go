package catalog

import (
	"encoding/base64"
	"errors"

	"seriatim/value"
)

// uniFormat is the first byte of a stored uni.
const uniFormat = 1

func uniKey(db uint64) []byte { return appendPrefix(make([]byte, 0, prefixSize), db, kindUni) }

// encode returns the value of the uni's key: the format, and an object.
func (u *Uni) encode() []byte {
	stored, _ := value.Encode(u.object())
	return append([]byte{uniFormat}, stored...)
}

// object returns what a uni's definition says.
func (u *Uni) object() *value.Object {
	nodes := make(value.Array, len(u.Nodes))
	for i := range u.Nodes {
		nodes[i] = u.Nodes[i].object()
	}
	return value.NewObject(
		value.Field{Name: "name", Value: value.String(u.Name)},
		value.Field{Name: "identity", Value: value.String(u.Identity)},
		value.Field{Name: "type", Value: value.String(u.Type)},
		value.Field{Name: "schema", Value: value.String(u.Schema)},
		value.Field{Name: "nodes", Value: nodes},
		value.Field{Name: "status", Value: value.String(u.Status)},
		value.Field{Name: "created", Value: value.Int(u.Created)},
		value.Field{Name: "updated", Value: value.Int(u.Updated)},
		value.Field{Name: "version", Value: value.Int(u.Version)})
}

// texts returns the members of a node that are texts.
func (n *Node) texts() []struct {
	name string
	text *string
} {
	return []struct {
		name string
		text *string
	}{
		{"name", &n.Name}, {"userId", &n.UserID}, {"csp", &n.CSP}, {"region", &n.Region},
		{"description", &n.Description}, {"status", &n.Status}, {"replica", &n.Replica},
	}
}

func (n *Node) object() *value.Object {
	o := &value.Object{}
	for _, m := range n.texts() {
		if *m.text != "" {
			o.Fields = append(o.Fields, value.Field{Name: m.name, Value: value.String(*m.text)})
		}
	}
	o.Fields = append(o.Fields, value.Field{Name: "publicKey", Value: value.String(base64.StdEncoding.EncodeToString(n.PublicKey))})
	if n.Settings != nil {
		o.Fields = append(o.Fields, value.Field{Name: "settings", Value: n.Settings})
	}
	return o
}

// decodeUni reads what encode wrote; the model is not made yet.
func decodeUni(stored []byte) (*Uni, error) {
	if len(stored) == 0 || stored[0] != uniFormat {
		return nil, errors.New("catalog: the uni was defined by a newer release")
	}
	o := (&value.Document{Stored: value.Encoded(stored[1:])}).Body()
	u := &Uni{}
	text := func(name string) string {
		m, _ := o.Get(name)
		s, _ := m.(value.String)
		return string(s)
	}
	number := func(name string) int64 {
		m, _ := o.Get(name)
		n, _ := m.(value.Int)
		return int64(n)
	}
	u.Identity = text("identity")
	u.Name, u.Type, u.Schema, u.Status = text("name"), text("type"), []byte(text("schema")), text("status")
	u.Created, u.Updated, u.Version = number("created"), number("updated"), number("version")
	list, _ := o.Get("nodes")
	nodes, ok := list.(value.Array)
	if !ok || u.Name == "" {
		return nil, errMalformed
	}
	for _, m := range nodes {
		node, ok := m.(*value.Object)
		if !ok {
			return nil, errMalformed
		}
		u.Nodes = append(u.Nodes, decodeNode(node))
	}
	return u, nil
}

func decodeNode(o *value.Object) Node {
	var n Node
	for _, m := range n.texts() {
		v, _ := o.Get(m.name)
		s, _ := v.(value.String)
		*m.text = string(s)
	}
	key, _ := o.Get("publicKey")
	text, _ := key.(value.String)
	n.PublicKey, _ = base64.StdEncoding.DecodeString(string(text))
	settings, _ := o.Get("settings")
	n.Settings, _ = settings.(*value.Object)
	return n
}

// loadUni reads the uni that the database is, if it is one, and makes its model. That
// it is none need not join the read set: the schema key, which changes with it, has.
func (v *View) loadUni() (*Uni, error) {
	stored, _, ok, err := v.session.tx.Peek(uniKey(v.db))
	if err != nil || !ok {
		return nil, err
	}
	u, err := decodeUni(append([]byte(nil), stored...))
	if err != nil {
		return nil, err
	}
	u.Model, err = v.session.options.model(u.Schema)
	var unsupported *Unsupported
	if u.refusal = err; err != nil && !errors.As(err, &unsupported) {
		u.refusal = refused("The schema of the uni %s cannot be compiled, so nothing can be written: %v.", u.Name, err)
	}
	return u, nil
}

// model makes the model of a schema.
func (o *Options) model(schema []byte) (Model, error) {
	if o.Model == nil {
		return nil, &Unsupported{Feature: "writing to a uni without the compiler of its schema"}
	}
	return o.Model(schema)
}

// Uni returns the uni that the view's database is, nil when it is none.
func (v *View) Uni() *Uni {
	if v.defs == nil {
		return nil
	}
	return v.defs.uni
}
