package auth

import (
	"seriatim/catalog"
	"seriatim/value"
)

// Role is a built-in role. The zero value may do nothing.
type Role uint8

// The built-in roles (fql-v4 section 4.5), least first.
const (
	Client Role = iota
	ServerReadOnly
	Server
	Admin
)

var roleNames = [...]string{Client: "client", ServerReadOnly: "server-readonly", Server: "server", Admin: "admin"}

// String returns the role's name in the protocol.
func (r Role) String() string { return roleNames[r] }

// ParseRole returns the built-in role called name.
func ParseRole(name string) (Role, bool) {
	for r, n := range roleNames {
		if n == name {
			return Role(r), true
		}
	}
	return 0, false
}

// Decide reports whether the role may do action on a resource: a definition or a
// native collection. It implements eval's Rights, without predicates.
func (r Role) Decide(action string, resource value.Ref) (bool, []*catalog.Predicate) {
	switch r {
	case Admin:
		return true, nil
	case Server:
		return !adminOnly(resource.Collection) && !unseen(action, resource), nil
	case ServerReadOnly:
		return readAction(action) && !adminOnly(resource.Collection) && !unseen(action, resource), nil
	}
	return false, nil
}

// unseen tells the right to read what an index leads to without looking at it, which
// is less than all: an index may be over what only an admin may touch.
func unseen(action string, resource value.Ref) bool {
	return action == "unrestricted_read" && resource.Collection == value.Indexes
}

// Owner implements eval's Rights: a role belongs to no document.
func (r Role) Owner() (value.Ref, bool) { return value.Ref{}, false }

// adminOnly tells the native collections that only an admin may touch.
func adminOnly(c value.CollectionID) bool {
	switch c {
	case value.Databases, value.Keys, value.Roles, value.AccessProviders:
		return true
	}
	return false
}

func readAction(action string) bool {
	return action == "read" || action == "unrestricted_read" || action == "history_read"
}
