package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"

	"seriatim/catalog"
	"seriatim/txn"
	"seriatim/value"
)

// ErrUnauthorized says that a credential names nobody, or claims more than its
// secret has. It never says which: 401.
var ErrUnauthorized = errors.New("auth: unauthorized")

// Identity is who a query runs as, by document and never by secret.
type Identity struct {
	// Database is the database the query acts in.
	Database uint64
	// Role is what it may do there.
	Role Role
	// Key is the key's document and KeyDatabase where that lives; both are zero
	// for the root secret.
	Key         value.Ref
	KeyDatabase uint64
}

// HashSecret returns what is stored instead of a secret. Secrets are random, so
// one SHA-256 tells as little as a slow hash would.
func HashSecret(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }

// Identify finds who presents c, inside the transaction that will do the work, and
// opens the database it acts in. root is the hash of the root secret.
func Identify(tx *txn.Tx, root [32]byte, c Credential, o catalog.Options) (Identity, *catalog.View, error) {
	id, err := holder(tx, root, c.Secret, o)
	if err != nil {
		return Identity{}, nil, err
	}
	view, err := catalog.NewView(tx, id.Database, o)
	if err != nil {
		return Identity{}, nil, gone(err)
	}
	if c.Role == "" && c.UserRole == "" && c.Document == "" {
		return id, view, nil
	}
	return narrow(id, view, c)
}

// holder returns the identity of the secret alone.
func holder(tx *txn.Tx, root [32]byte, secret string, o catalog.Options) (Identity, error) {
	hash := HashSecret(secret)
	if subtle.ConstantTimeCompare(hash[:], root[:]) == 1 {
		return Identity{Database: catalog.Root, Role: Admin}, nil
	}
	doc, db, ok, err := catalog.Secret(tx, hash, o)
	if err != nil {
		return Identity{}, err
	}
	if !ok {
		return Identity{}, ErrUnauthorized
	}
	return fromKey(doc, db, tx.Clock())
}

// fromKey reads a key's document, which lives in the database db.
func fromKey(doc *value.Document, db uint64, clock int64) (Identity, error) {
	id := Identity{Database: db, Key: doc.Ref, KeyDatabase: db}
	body := doc.Body()
	if ttl, ok := body.Get("ttl"); ok {
		if t, ok := ttl.(value.Time); ok && t.Micros() <= clock {
			return Identity{}, ErrUnauthorized
		}
	}
	name, _ := body.Get("role")
	text, _ := name.(value.String)
	role, ok := ParseRole(string(text))
	if !ok {
		return Identity{}, ErrUnauthorized
	}
	id.Role = role
	if child, ok := body.Get("database"); ok {
		ref, ok := child.(value.Ref)
		if !ok || ref.Collection != value.Databases {
			return Identity{}, ErrUnauthorized
		}
		id.Database = uint64(ref.ID)
	}
	return id, nil
}

// narrow moves an identity to a child database and a lesser role. Only an admin
// may; what it names must exist.
func narrow(id Identity, view *catalog.View, c Credential) (Identity, *catalog.View, error) {
	role, ok := ParseRole(c.Role)
	if id.Role != Admin || !ok {
		return Identity{}, nil, ErrUnauthorized
	}
	for _, name := range c.Path {
		ref, ok, err := view.Lookup(value.Databases, name)
		if err != nil {
			return Identity{}, nil, err
		}
		if !ok {
			return Identity{}, nil, ErrUnauthorized
		}
		if view, err = view.In(uint64(ref.ID)); err != nil {
			return Identity{}, nil, gone(err)
		}
		id.Database = uint64(ref.ID)
	}
	id.Role = role
	return id, view, nil
}

// Recheck opens the database of an identity that was established earlier, if it
// still holds: its key exists, has not expired and still has the rights that the
// identity claims in that database.
func Recheck(tx *txn.Tx, id Identity, o catalog.Options) (*catalog.View, error) {
	if id.KeyDatabase != 0 {
		home, err := catalog.NewView(tx, id.KeyDatabase, o)
		if err != nil {
			return nil, gone(err)
		}
		doc, err := home.Get(id.Key, 0)
		if err != nil {
			return nil, err
		}
		if doc == nil {
			return nil, ErrUnauthorized
		}
		now, err := fromKey(doc, id.KeyDatabase, tx.Clock())
		if err != nil {
			return nil, err
		}
		if err := now.covers(tx, id, o); err != nil {
			return nil, err
		}
	}
	view, err := catalog.NewView(tx, id.Database, o)
	return view, gone(err)
}

// covers checks that the holder of a key may act as claimed: as itself, or, an
// admin, narrowed to a lesser role and a database beneath.
func (id Identity) covers(tx *txn.Tx, claimed Identity, o catalog.Options) error {
	if claimed.Role == id.Role && claimed.Database == id.Database {
		return nil
	}
	if id.Role != Admin {
		return ErrUnauthorized
	}
	view, err := catalog.NewView(tx, id.Database, o)
	if err != nil {
		return gone(err)
	}
	if _, ok := view.DatabasePath(claimed.Database); !ok {
		return ErrUnauthorized
	}
	return nil
}

// gone turns the absence of a database into a refusal.
func gone(err error) error {
	if errors.Is(err, catalog.ErrNotFound) {
		return ErrUnauthorized
	}
	return err
}

// identityBytes is the size of an encoded Identity.
const identityBytes = 8 + 1 + 4 + 8 + 8

// Append appends the identity's bytes, as an entry of the log carries them.
func (id Identity) Append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, id.Database)
	dst = append(dst, byte(id.Role))
	dst = binary.BigEndian.AppendUint32(dst, uint32(id.Key.Collection))
	dst = binary.BigEndian.AppendUint64(dst, uint64(id.Key.ID))
	return binary.BigEndian.AppendUint64(dst, id.KeyDatabase)
}

// DecodeIdentity reads what Append wrote and returns what follows it.
func DecodeIdentity(b []byte) (id Identity, rest []byte, err error) {
	if len(b) < identityBytes || b[8] > byte(Admin) {
		return Identity{}, nil, errors.New("auth: malformed identity")
	}
	id.Database = binary.BigEndian.Uint64(b)
	id.Role = Role(b[8])
	id.Key.Collection = value.CollectionID(binary.BigEndian.Uint32(b[9:]))
	id.Key.ID = int64(binary.BigEndian.Uint64(b[13:]))
	id.KeyDatabase = binary.BigEndian.Uint64(b[21:])
	return id, b[identityBytes:], nil
}
