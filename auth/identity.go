package auth

import (
	"crypto/subtle"
	"errors"

	"seriatim/catalog"
	"seriatim/txn"
	"seriatim/value"
)

// ErrUnauthorized says that a credential names nobody, or claims more than its
// secret has. It never says which: 401.
var ErrUnauthorized = errors.New("auth: unauthorized")

// Kind says where an identity's rights come from.
type Kind uint8

const (
	// BuiltIn is a built-in role.
	BuiltIn Kind = iota
	// UserRoles is user-defined roles.
	UserRoles
	// Document is a document, which has the roles it is a member of.
	Document
	// Bearer is the bearer of a signed token, which has the roles its access provider
	// gives it.
	Bearer
)

// Identity is who a query runs as, by document and never by secret.
type Identity struct {
	// Database is the database the query acts in.
	Database uint64
	// Kind tells which of the following the rights are from.
	Kind Kind
	// Role is what a BuiltIn identity may do there.
	Role Role
	// Roles are the user-defined roles of a UserRoles identity, in order. They are
	// read anew with the key's document; only an identity that was narrowed to a
	// role carries it in the log.
	Roles []int64
	// Instance is the document that a Document identity is, in Database.
	Instance value.Ref
	// Claims are what the token of a Bearer says, and Provider is the access provider
	// that vouches for it.
	Claims   *Claims
	Provider int64
	// Narrowed tells that the caller chose to be less than its key.
	Narrowed bool
	// Node is the node of a uni, Database, that the key, token or access provider is
	// bound to: who writes with it writes for that node. "" is none.
	Node string
	// Key is the document of the key or token and KeyDatabase where that lives;
	// both are zero for the root secret.
	Key         value.Ref
	KeyDatabase uint64
}

// IsToken reports whether the caller presented a token.
func (id Identity) IsToken() bool { return id.Key.Collection == value.Tokens }

// DatabaseOf returns the database that a signed token of one of its access providers
// opens, or ErrUnauthorized.
func DatabaseOf(tx *txn.Tx, token string, keys KeySource, o catalog.Options) (uint64, error) {
	id, err := fromJWT(tx, token, keys, o)
	return id.Database, err
}

// Identify finds who presents c, inside the transaction that will do the work, and
// opens the database it acts in. root is the hash of the root secret; keys has the
// keys of issuers, nil for none. No verified secret is kept: finding a key by its
// hash is a small part of the smallest query (BenchmarkCaller), and what is not kept
// cannot outlive its revocation.
func Identify(tx *txn.Tx, root [32]byte, c Credential, keys KeySource, o catalog.Options) (Identity, *catalog.View, error) {
	find := func() (Identity, error) { return holder(tx, root, c.Secret, o) }
	if c.Signed {
		find = func() (Identity, error) { return fromJWT(tx, c.Secret, keys, o) }
	}
	id, err := find()
	if err != nil {
		return Identity{}, nil, err
	}
	o.Author = id.Node
	view, err := catalog.NewView(tx, id.Database, o)
	if err != nil {
		return Identity{}, nil, gone(err)
	}
	if err := id.checkNode(view); err != nil {
		return Identity{}, nil, err
	}
	if id.IsToken() || id.Kind == Bearer || c.Role == "" && c.UserRole == "" && c.Document == "" {
		return id, view, nil // what follows a token is ignored, as in the core
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
	return fromDocument(tx, doc, db, o)
}

// fromDocument reads the document of a key or token, which lives in the database
// db. One that has expired names nobody.
func fromDocument(tx *txn.Tx, doc *value.Document, db uint64, o catalog.Options) (Identity, error) {
	id := Identity{Database: db, Key: doc.Ref, KeyDatabase: db}
	if ttl, ok := doc.Body().Get("ttl"); ok {
		if t, ok := ttl.(value.Time); ok && t.Micros() <= tx.Clock() {
			return Identity{}, ErrUnauthorized
		}
	}
	if id.IsToken() {
		return id, id.beInstance(tx, doc, o)
	}
	return id, id.beKey(tx, doc, o)
}

// beInstance makes the identity that of a token's document, if it still exists.
func (id *Identity) beInstance(tx *txn.Tx, token *value.Document, o catalog.Options) error {
	if err := id.beNode(token.Body()); err != nil {
		return err
	}
	view, err := catalog.NewView(tx, id.Database, o)
	if err != nil {
		return gone(err)
	}
	of, _ := token.Body().Get("instance")
	ref, ok := of.(value.Ref)
	if !ok {
		return ErrUnauthorized
	}
	return id.beDocument(view, ref)
}

// beDocument makes the identity that of a document of the view's database.
func (id *Identity) beDocument(view *catalog.View, ref value.Ref) error {
	doc, err := view.Get(ref, 0)
	if err == nil && doc == nil {
		err = ErrUnauthorized
	}
	id.Kind, id.Instance = Document, ref
	return err
}

// beKey reads the role of a key and the database it opens.
func (id *Identity) beKey(tx *txn.Tx, key *value.Document, o catalog.Options) error {
	body := key.Body()
	if child, ok := body.Get("database"); ok {
		ref, ok := child.(value.Ref)
		if !ok || ref.Collection != value.Databases {
			return ErrUnauthorized
		}
		id.Database = uint64(ref.ID)
	}
	if err := id.beNode(body); err != nil {
		return err
	}
	member, ok := body.Get("role")
	if !ok || id.Node != "" && locked(body) {
		return ErrUnauthorized
	}
	if name, ok := member.(value.String); ok {
		if id.Role, ok = ParseRole(string(name)); ok {
			return nil
		}
	}
	view, err := catalog.NewView(tx, id.Database, o)
	if err != nil {
		return gone(err)
	}
	id.Kind, id.Roles = UserRoles, view.Roles(member)
	return nil
}

// gone turns the absence of a database into a refusal.
func gone(err error) error {
	if errors.Is(err, catalog.ErrNotFound) {
		return ErrUnauthorized
	}
	return err
}
