package auth

import (
	"strconv"
	"strings"

	"seriatim/catalog"
	"seriatim/txn"
	"seriatim/value"
)

// narrow moves an identity to a child database and makes it less: a built-in role,
// a user-defined one, or a document. Only an admin may, but that a server may be a
// document of its own database; what is named must exist.
func narrow(id Identity, view *catalog.View, c Credential) (Identity, *catalog.View, error) {
	if !id.mayNarrow(c.Document != "" && len(c.Path) == 0) {
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
	return id.become(view, c)
}

// mayNarrow tells whether an identity may be less than it is: an admin, and a
// server that stays where it is and becomes a document.
func (id Identity) mayNarrow(asDocument bool) bool {
	return id.Kind == BuiltIn && (id.Role == Admin || id.Role == Server && asDocument)
}

// become takes on what the credential names in the database of the view.
func (id Identity) become(view *catalog.View, c Credential) (Identity, *catalog.View, error) {
	switch {
	case c.UserRole != "":
		ref, ok, err := view.Lookup(value.Roles, c.UserRole)
		if err != nil || !ok {
			return Identity{}, nil, refusedUnless(err)
		}
		id.Kind, id.Role, id.Roles, id.Narrowed = UserRoles, Client, []int64{ref.ID}, true
	case c.Document != "":
		ref, err := documentNamed(view, c.Document)
		if err != nil {
			return Identity{}, nil, err
		}
		id.Role, id.Narrowed = Client, true
		if err := id.beDocument(view, ref); err != nil {
			return Identity{}, nil, err
		}
	default:
		role, ok := ParseRole(c.Role)
		if !ok {
			return Identity{}, nil, ErrUnauthorized
		}
		id.Role = role
	}
	return id, view, nil
}

// refusedUnless returns err, or the refusal when there is none.
func refusedUnless(err error) error {
	if err != nil {
		return err
	}
	return ErrUnauthorized
}

// documentNamed returns the reference that "collection/id" means.
func documentNamed(view *catalog.View, path string) (value.Ref, error) {
	name, text, _ := strings.Cut(path, "/")
	coll, ok, err := view.Lookup(value.Collections, name)
	id, invalid := strconv.ParseUint(text, 10, 63)
	if err != nil || !ok || invalid != nil {
		return value.Ref{}, refusedUnless(err)
	}
	return value.Ref{Collection: value.CollectionID(coll.ID), ID: int64(id)}, nil
}

// Recheck establishes an identity again that was established earlier, if it still
// holds: its key exists, has not expired and still has the rights that the identity
// claims in that database. It returns the identity with the roles of now, and opens
// its database.
func Recheck(tx *txn.Tx, id Identity, o catalog.Options) (Identity, *catalog.View, error) {
	if id.Kind == Bearer {
		return recheckBearer(tx, id, o)
	}
	now := Identity{Database: catalog.Root, Role: Admin}
	if id.KeyDatabase != 0 {
		home, err := catalog.NewView(tx, id.KeyDatabase, o)
		if err != nil {
			return Identity{}, nil, gone(err)
		}
		doc, err := home.Get(id.Key, 0)
		if err != nil || doc == nil {
			return Identity{}, nil, refusedUnless(err)
		}
		if now, err = fromDocument(tx, doc, id.KeyDatabase, o); err != nil {
			return Identity{}, nil, err
		}
	}
	if err := now.covers(tx, id, o); err != nil {
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
	return now.resume(view, id)
}

// recheckBearer is Recheck for a token whose signature was checked before.
func recheckBearer(tx *txn.Tx, id Identity, o catalog.Options) (Identity, *catalog.View, error) {
	now, _, err := provided(tx, id.Claims, o)
	if id.Node != "" {
		now, _, err = providedNode(tx, id.Claims, id.Database, id.Node, o)
	}
	if err != nil {
		return Identity{}, nil, err
	}
	if now.Provider != id.Provider || now.Database != id.Database || !id.Claims.current(tx.Clock()) {
		return Identity{}, nil, ErrUnauthorized
	}
	o.Author = now.Node
	view, err := catalog.NewView(tx, id.Database, o)
	return now, view, gone(err)
}

// resume returns what a claim that is covered is now.
func (id Identity) resume(view *catalog.View, claimed Identity) (Identity, *catalog.View, error) {
	switch {
	case claimed.Kind == BuiltIn:
		return claimed, view, nil
	case !claimed.Narrowed:
		return id, view, nil
	case claimed.Kind == Document:
		err := claimed.beDocument(view, claimed.Instance)
		return claimed, view, err
	}
	for _, role := range claimed.Roles {
		if _, ok := view.Role(role); !ok {
			return Identity{}, nil, ErrUnauthorized
		}
	}
	return claimed, view, nil
}

// covers checks that the holder of a key may act as claimed: as itself, or narrowed.
func (id Identity) covers(tx *txn.Tx, claimed Identity, o catalog.Options) error {
	if claimed.Node != id.Node {
		return ErrUnauthorized
	}
	if !claimed.Narrowed && claimed.Kind == id.Kind && claimed.Role == id.Role && claimed.Database == id.Database &&
		claimed.Instance == id.Instance {
		return nil
	}
	if !claimed.Narrowed && claimed.Kind != BuiltIn ||
		!id.mayNarrow(claimed.Kind == Document && claimed.Database == id.Database) {
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
