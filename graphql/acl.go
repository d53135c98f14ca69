package graphql

import (
	"strings"

	"seriatim/catalog"
	"seriatim/value"
)

// unauthorized is the whole message of a refusal by an access control list.
const unauthorized = "unauthorized"

// opSet is a set of what a list grants (vendia.md 5.6).
type opSet uint8

const (
	opGet opSet = 1 << iota
	opList
	opUpdate
	opDelete
	opACL // change the list itself
	opAll = opGet | opList | opUpdate | opDelete | opACL
)

// operationNames maps the names of Vendia_OperationType. ALL does not hold
// UPDATE_ACL; those that this product has no use for grant nothing.
var operationNames = map[string]opSet{
	"GET": opGet, "LIST": opList, "READ": opGet | opList, "UPDATE": opUpdate, "DELETE": opDelete,
	"WRITE": opUpdate | opDelete, "ALL": opGet | opList | opUpdate | opDelete, "UPDATE_ACL": opACL,
}

// everyNode is the principal that stands for all nodes, future ones too.
const everyNode = "*"

// anyItem is the step of a path that stands for every element of a list.
const anyItem = "*"

// path is a place in a row; empty is all of it.
type path []string

// grant is one entry of a list: what nodes may do with a place.
type grant struct {
	nodes []string
	path  path
	ops   opSet
}

// parsePath reads "name", "a.b", "coupons[*].name".
func parsePath(text string) path {
	if text == "" {
		return nil
	}
	var p path
	for _, step := range strings.Split(text, ".") {
		name, items, _ := strings.Cut(step, "[*]")
		p = append(p, name)
		if len(name) < len(step) {
			for range 1 + strings.Count(items, "[*]") {
				p = append(p, anyItem)
			}
		}
	}
	return p
}

// grantsOf reads a stored list.
func grantsOf(list value.Encoded) []grant {
	if list == nil || list.Kind() != value.KindArray {
		return nil
	}
	var grants []grant
	for c := list.Elems(); c.Next(); {
		e := c.Value()
		g := grant{}
		if nodes := present(present(e, "principal"), "nodes"); nodes != nil {
			for n := nodes.Elems(); n.Next(); {
				g.nodes = append(g.nodes, string(n.Value().Text()))
			}
		}
		if p := present(e, "path"); p != nil {
			g.path = parsePath(string(p.Text()))
		}
		if ops := present(e, "operations"); ops != nil {
			for o := ops.Elems(); o.Next(); {
				g.ops |= operationNames[string(o.Value().Text())]
			}
		}
		grants = append(grants, g)
	}
	return grants
}

func (g *grant) has(node string) bool {
	for _, n := range g.nodes {
		if n == node || n == everyNode {
			return true
		}
	}
	return false
}

// rights is what one node may do with one row.
type rights struct {
	whole opSet
	parts []grant // those of the node that have a path
}

// rights returns what the node of the run may do with a row: all with its own,
// what the row's list grants, without one what the entity's sharing policy does,
// without either all but changing the list. For older versions the list is the one
// that holds now.
func (r *run) rights(row *row) (rights, error) {
	if r.Node == "" {
		return rights{whole: opGet | opList}, nil
	}
	if !row.entity.Guarded || row.owner() == r.Node {
		return rights{whole: opAll}, nil
	}
	if row.now != nil {
		row = row.now
	}
	grants := grantsOf(present(row.stored, catalog.ACLMember))
	if len(grants) == 0 && row.entity.System {
		return rights{whole: opGet | opList}, nil // rules of sharing are for who made them
	}
	if len(grants) == 0 {
		policy, err := r.policy(row.entity)
		if err != nil {
			return rights{}, err
		}
		if policy == nil {
			return rights{whole: opAll &^ opACL}, nil
		}
		grants = policy
	}
	var out rights
	for _, g := range grants {
		switch {
		case !g.has(r.Node):
		case len(g.path) == 0:
			out.whole |= g.ops
		default:
			out.parts = append(out.parts, g)
		}
	}
	return out, nil
}

// policy returns the grants of the sharing policy of an entity, nil without one.
func (r *run) policy(e *Entity) ([]grant, error) {
	if r.policies == nil {
		if err := r.loadPolicies(); err != nil {
			return nil, err
		}
	}
	return r.policies[e.Name], nil
}

func (r *run) loadPolicies() error {
	r.policies = map[string][]grant{}
	entity := r.model.Lookup("Vendia_SharingPolicy")
	if entity == nil {
		return nil
	}
	c, err := r.collection(entity)
	if err != nil {
		return err
	}
	rows := r.View.Documents(c, catalog.Range{})
	defer rows.Close()
	for rows.Next() {
		row, err := r.row(entity, rows.Ref(), 0)
		if err != nil {
			return err
		}
		if name := present(row.stored, "entity"); name != nil {
			grants := grantsOf(present(row.stored, "acl"))
			r.policies[string(name.Text())] = append(r.policies[string(name.Text())], append(grants, grant{})...)
		}
	}
	return rows.Err()
}

// pathsFor returns the paths on which the node has one of the opSet; all is
// true when it has on the whole row.
func (a *rights) pathsFor(op opSet) (paths []path, all bool) {
	if a.whole&op != 0 {
		return nil, true
	}
	for _, g := range a.parts {
		if g.ops&op != 0 {
			paths = append(paths, g.path)
		}
	}
	return paths, false
}

// redact leaves in a row what the node may read by op. Owner and id always stay;
// the list itself stays for those who may read the whole row or change the list.
func (r *run) redact(row *row, op opSet) error {
	if !row.entity.Guarded || r.Node == "" {
		return nil
	}
	a, err := r.rights(row)
	if err != nil {
		return err
	}
	paths, all := a.pathsFor(op)
	if all {
		return nil
	}
	stored := row.stored.Decode().(*value.Object)
	kept := &value.Object{}
	for _, f := range stored.Fields {
		switch f.Name {
		case catalog.OwnerMember, catalog.UUIDMember:
			kept.Fields = append(kept.Fields, f)
			continue
		case catalog.ACLMember:
			if a.whole&opACL != 0 {
				kept.Fields = append(kept.Fields, f)
			}
			continue
		}
		if v, ok := prune(f.Value, below(paths, f.Name)); ok {
			kept.Fields = append(kept.Fields, value.Field{Name: f.Name, Value: v})
		}
	}
	row.data, _ = value.Encode(kept)
	return nil
}

// below returns what remains of the paths that begin with a step.
func below(paths []path, step string) []path {
	var rest []path
	for _, p := range paths {
		if len(p) > 0 && p[0] == step {
			rest = append(rest, p[1:])
		}
	}
	return rest
}

func reached(paths []path) bool {
	for _, p := range paths {
		if len(p) == 0 {
			return true
		}
	}
	return false
}

// prune leaves in v what the paths lead to; false when that is nothing. Lists keep
// their length, so that positions stay what they are.
func prune(v value.Value, paths []path) (value.Value, bool) {
	if len(paths) == 0 {
		return nil, false
	}
	if reached(paths) {
		return v, true
	}
	switch v := v.(type) {
	case *value.Object:
		kept := &value.Object{}
		for _, f := range v.Fields {
			if m, ok := prune(f.Value, below(paths, f.Name)); ok {
				kept.Fields = append(kept.Fields, value.Field{Name: f.Name, Value: m})
			}
		}
		return kept, len(kept.Fields) > 0
	case value.Array:
		rest := below(paths, anyItem)
		if len(rest) == 0 {
			return nil, false
		}
		kept := make(value.Array, len(v))
		for i, e := range v {
			m, ok := prune(e, rest)
			if !ok {
				m = value.Null{}
				if e.Kind() == value.KindObject {
					m = &value.Object{}
				}
			}
			kept[i] = m
		}
		return kept, true
	}
	return nil, false
}
