package catalog

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"seriatim/txn"
	"seriatim/value"
)

// What is stored of a secret is its SHA-256, which identifies it because secrets
// are random. The hash leads to the key or token (kindSecret); the document has it
// as hashed_secret, so that a document that takes the place of an expired one is
// not opened by its predecessor's secret.

// newSecret makes a secret for a key or token and returns next with its hash.
func (v *View) newSecret(ref value.Ref, next *value.Object) (secret value.String, hashed *value.Object, err error) {
	if v.session.options.NewSecret == nil {
		return "", nil, &Unsupported{Feature: "secrets without a source of them"}
	}
	secret = value.String(v.session.options.NewSecret(ref, v.db))
	hash := sha256.Sum256([]byte(secret))
	v.session.tx.Put(secretKey(hash), v.secretPlace(ref), nil, nil)
	return secret, next.With("hashed_secret", value.String(base64.StdEncoding.EncodeToString(hash[:]))), v.session.tx.Err()
}

// secretPlace is the value under the hash of a secret: the database and the
// identity of a key, and for a token its collection as well.
func (v *View) secretPlace(ref value.Ref) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 20), v.db)
	b = binary.BigEndian.AppendUint64(b, uint64(ref.ID))
	if ref.Collection == value.Keys {
		return b
	}
	return appendCollection(b, ref.Collection)
}

// dropSecret makes the secret of a key or token open nothing any more. A document
// without a hash has none.
func (v *View) dropSecret(body *value.Object) {
	if body == nil {
		return
	}
	if hash, ok := secretHash(body); ok {
		v.session.tx.Delete(secretKey(hash))
	}
}

func secretHash(body *value.Object) (hash [32]byte, ok bool) {
	m, _ := body.Get("hashed_secret")
	text, _ := m.(value.String)
	b, err := base64.StdEncoding.DecodeString(string(text))
	return hash, copy(hash[:], b) == len(hash) && err == nil
}

// checkGivenSecret refuses secrets and hashes that come from outside: a hash that
// is not ours could not be found by its secret. old is what is kept, if anything.
func checkGivenSecret(given, old *value.Object, what string) error {
	for _, name := range []string{"secret", "hashed_secret"} {
		m, ok := given.Get(name)
		if !ok || m.Kind() == value.KindNull {
			continue
		}
		if old != nil {
			if kept, ok := old.Get(name); ok && identical(kept, m) {
				continue
			}
		}
		return &Unsupported{Feature: what + " with a given " + name}
	}
	return nil
}

// Secret finds the key or token of a secret by its SHA-256, in any database. ok is
// false when there is none, its database is gone, or its ttl has passed. The key
// joins the read set.
func Secret(tx *txn.Tx, hash [32]byte, o Options) (doc *value.Document, db uint64, ok bool, err error) {
	place, _, ok, err := tx.Get(secretKey(hash))
	if err != nil || !ok {
		return nil, 0, false, err
	}
	db = binary.BigEndian.Uint64(place)
	ref := value.Ref{Collection: value.Keys, ID: int64(binary.BigEndian.Uint64(place[8:]))}
	if len(place) > 16 {
		ref.Collection = value.CollectionID(binary.BigEndian.Uint32(place[16:]))
	}
	v, err := NewView(tx, db, o)
	if err == ErrNotFound {
		return nil, 0, false, nil
	}
	if err != nil {
		return nil, 0, false, err
	}
	if doc, err = v.Get(ref, 0); err != nil || doc == nil {
		return nil, 0, false, err
	}
	if stored, ok := secretHash(doc.Body()); !ok || stored != hash {
		return nil, 0, false, nil
	}
	return doc, db, true, nil
}
