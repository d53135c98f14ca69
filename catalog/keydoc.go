package catalog

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"seriatim/txn"
	"seriatim/value"
)

// keyNoun is keys: secrets with a role.
type keyNoun struct{}

var keyMask = []string{"role", "database", "priority", "ttl", "data"}

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
	if err := v.checkRefs(&k, next); err != nil {
		return nil, err
	}
	return next, k.err()
}

func (keyNoun) saved(v *View, id int64, prev, next *value.Object) error {
	if next != nil {
		return nil
	}
	hash, ok := secretHash(prev)
	if ok {
		v.session.tx.Delete(secretKey(hash))
	}
	return nil
}

// createKey makes a key. Its secret shows in the returned document only; what is
// stored is its SHA-256, which identifies it because secrets are random.
func (v *View) createKey(ref value.Ref, old version, next *value.Object, given *value.Object) (*value.Document, error) {
	for _, name := range []string{"secret", "hashed_secret"} {
		if m, ok := given.Get(name); ok && m.Kind() != value.KindNull {
			return nil, &Unsupported{Feature: "keys with a given " + name}
		}
	}
	if v.session.options.NewSecret == nil {
		return nil, &Unsupported{Feature: "keys without a source of secrets"}
	}
	secret := v.session.options.NewSecret(ref.ID)
	hash := sha256.Sum256([]byte(secret))
	hashed := value.Field{Name: "hashed_secret", Value: value.String(base64.StdEncoding.EncodeToString(hash[:]))}
	next = &value.Object{Fields: append(append([]value.Field(nil), next.Fields...), hashed)}
	if _, err := v.change(keyNoun{}, ref, old, nil, next); err != nil {
		return nil, err
	}
	if old.live {
		if before, ok := secretHash(old.document(ref).Body()); ok {
			v.session.tx.Delete(secretKey(before))
		}
	}
	where := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, v.db), uint64(ref.ID))
	v.session.tx.Put(secretKey(hash), where, nil, nil)
	last := len(next.Fields) - 1
	shown := append(append([]value.Field(nil), next.Fields[:last]...),
		value.Field{Name: "secret", Value: value.String(secret)}, hashed)
	return written(ref, &value.Object{Fields: shown}), v.session.tx.Err()
}

func secretHash(key *value.Object) (hash [32]byte, ok bool) {
	m, _ := key.Get("hashed_secret")
	text, _ := m.(value.String)
	b, err := base64.StdEncoding.DecodeString(string(text))
	return hash, copy(hash[:], b) == len(hash) && err == nil
}

// Secret finds the key document of a secret by its SHA-256, in any database.
// ok is false when there is none, its database is gone, or its ttl has passed.
// The key joins the read set.
func Secret(tx *txn.Tx, hash [32]byte, o Options) (doc *value.Document, db uint64, ok bool, err error) {
	where, _, ok, err := tx.Get(secretKey(hash))
	if err != nil || !ok {
		return nil, 0, false, err
	}
	db = binary.BigEndian.Uint64(where)
	v, err := NewView(tx, db, o)
	if err == ErrNotFound {
		return nil, 0, false, nil
	}
	if err != nil {
		return nil, 0, false, err
	}
	doc, err = v.Get(value.Ref{Collection: value.Keys, ID: int64(binary.BigEndian.Uint64(where[8:]))}, 0)
	if err != nil || doc == nil {
		return nil, 0, false, err
	}
	// A key that expired may have been followed by another of its identity.
	if stored, ok := secretHash(doc.Body()); !ok || stored != hash {
		return nil, 0, false, nil
	}
	return doc, db, true, nil
}
