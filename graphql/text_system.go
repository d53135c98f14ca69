package graphql

import (
	"seriatim/catalog"
	"seriatim/value"
)

// restate tells a change of the catalog as the operation of the system entity that it
// is: a definition as Vendia_UniInfo, a key of a node as Vendia_ApiKey. ok is false for
// all others.
func (m *Model) restate(c *catalog.UniChange) (s statement, ok bool) {
	switch {
	case c.Collection == "Vendia_UniInfo" && c.Data != nil:
		s = statement{entity: m.Lookup(c.Collection), action: ActionPut}
		s.args = []Arg{{"input", definitionInput(c.Data)}}
		return s, s.entity != nil
	case c.Collection == "keys":
		return m.restateKey(c)
	}
	return s, false
}

// restateKey tells a change of a node's key. Its removal does not say whose it was, and
// is told as that of a document.
func (m *Model) restateKey(c *catalog.UniChange) (s statement, ok bool) {
	e := m.Lookup("Vendia_ApiKey")
	if e == nil || c.Data == nil {
		return s, false
	}
	input := keyObject(c.Data)
	if input == nil {
		return s, false
	}
	s = statement{entity: e, action: ActionUpdate, id: c.ID}
	given := &value.Object{}
	if c.Action == "add" {
		s.action = ActionAdd
	}
	for _, f := range input.Fields {
		if f.Name == catalog.OwnerMember {
			owner, _ := f.Value.(value.String)
			s.owner = string(owner)
			continue
		}
		given.Fields = append(given.Fields, f)
	}
	s.args = []Arg{{"input", given}}
	return s, true
}

// definitionInput spells a definition as the API does, with the nodes' public keys,
// which the API has no place for.
func definitionInput(u *value.Object) *value.Object {
	o := &value.Object{}
	for _, f := range u.Fields {
		switch f.Name {
		case "created", "updated":
			if at, ok := f.Value.(value.Int); ok {
				addText(o, f.Name+"Time", formatMicros(int64(at)))
			}
		case "type":
			if text, ok := f.Value.(value.String); ok {
				addText(o, "sku", string(text))
			}
		case "version": // of what is stored, nothing to others
		default:
			o.Fields = append(o.Fields, f)
		}
	}
	return o
}
