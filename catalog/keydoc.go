package catalog

import "seriatim/value"

// keyNoun is keys: secrets with a role.
type keyNoun struct{}

var keyMask = []string{"role", "database", "priority", "ttl", "data", "node"}

func (keyNoun) mask() []string { return keyMask }

func (keyNoun) fresh(v *View) (int64, error) { return v.session.options.NewID(), nil }

func (keyNoun) defaults() *value.Object { return nil }

func (keyNoun) kept(prev *value.Object) *value.Object { return mask(prev, []string{"hashed_secret"}) }

func (keyNoun) prepare(v *View, _ int64, _, next *value.Object) (*value.Object, error) {
	var k checker
	k.checkData(next)
	if role, ok := next.Get("role"); !ok {
		k.required("role")
	} else if err := v.checkRole(&k, role); err != nil {
		return nil, err
	}
	if db, ok := next.Get("database"); ok {
		if r, ok := db.(value.Ref); !ok || r.Collection != value.Databases || r.IsNative() {
			k.wrongType(db, "Database Ref", "database")
		}
	}
	optional[value.Int](&k, next, "priority", "Priority")
	k.checkTTL(next)
	if err := v.checkNode(&k, next); err != nil {
		return nil, err
	}
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	return next, k.err()
}

// checkNode checks the node that a key is bound to: the database it opens is a uni
// that has the node.
func (v *View) checkNode(k *checker, next *value.Object) error {
	if _, ok := next.Get("node"); !ok {
		return nil
	}
	node, ok := optional[value.String](k, next, "node", "String")
	if !ok {
		return nil
	}
	opens := v
	if m, _ := next.Get("database"); m != nil {
		if r, ok := m.(value.Ref); ok && r.Collection == value.Databases {
			var err error
			if opens, err = v.In(uint64(r.ID)); err == ErrNotFound {
				return nil // checkRefs tells
			} else if err != nil {
				return err
			}
		}
	}
	opens.checkNodeName(k, node)
	return nil
}

func (keyNoun) saved(v *View, _ int64, prev, next *value.Object) error {
	if next == nil {
		v.dropSecret(prev)
	}
	return nil
}

// createKey makes a key. Its secret shows in the returned document only.
func (v *View) createKey(ref value.Ref, old version, next *value.Object, given *value.Object) (*value.Document, error) {
	if err := checkGivenSecret(given, nil, "keys"); err != nil {
		return nil, err
	}
	secret, hashed, err := v.newSecret(ref, next)
	if err != nil {
		return nil, err
	}
	if _, err := v.change(keyNoun{}, ref, old, nil, hashed); err != nil {
		return nil, err
	}
	if old.live {
		v.dropSecret(old.document(ref).Body())
	}
	hash, _ := hashed.Get("hashed_secret")
	return written(ref, next.With("secret", secret).With("hashed_secret", hash)), v.session.tx.Err()
}
