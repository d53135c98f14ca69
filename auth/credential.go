package auth

import (
	"encoding/base64"
	"strings"
)

// Credential is what a client presents: a secret and, after a colon, an optional
// narrowing of it to a child database and a role (fql-v4 section 1.3).
type Credential struct {
	// Secret is the key or token.
	Secret string
	// Signed tells that Secret is a signed token of an access provider.
	Signed bool
	// Path names the child database below the key's own, outermost first.
	Path []string
	// Role is the role to act with: a built-in one, or "" for the key's own.
	Role string
	// UserRole names a user-defined role, from the suffix "@role/name".
	UserRole string
	// Document is the identity to assume, from the suffix "@doc/collection/id", which
	// may begin with "collections/" or "classes/" instead.
	Document string
}

// ParseAuthorization reads an Authorization header of the Basic or Bearer
// scheme. The scheme's name is case-sensitive, as the protocol has it.
func ParseAuthorization(header string) (Credential, bool) {
	if rest, ok := strings.CutPrefix(header, "Bearer "); ok {
		if token := strings.TrimSpace(rest); IsSigned(token) {
			return Credential{Secret: token, Signed: true}, true
		}
		return parseCredential(rest)
	}
	rest, ok := strings.CutPrefix(header, "Basic ")
	if !ok {
		return Credential{}, false
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	if err != nil {
		if plain, err = base64.RawStdEncoding.DecodeString(strings.TrimSpace(rest)); err != nil {
			return Credential{}, false
		}
	}
	return parseCredential(string(plain))
}

// parseCredential reads "secret", "secret:suffix" or "secret:suffix:". A suffix that
// does not parse is ignored rather than refused, as the protocol has it.
func parseCredential(text string) (Credential, bool) {
	secret, suffix, _ := strings.Cut(strings.TrimSpace(text), ":")
	if secret == "" {
		return Credential{}, false
	}
	c := Credential{Secret: secret}
	c.narrow(strings.TrimSuffix(suffix, ":"))
	return c, true
}

// narrow reads a suffix: [path:]role, [path:]@role/name or [path:]@doc/coll/id.
func (c *Credential) narrow(suffix string) {
	if suffix == "" {
		return
	}
	path, role, both := strings.Cut(suffix, ":")
	if !both {
		path, role = "", suffix
	}
	_, builtin := ParseRole(role)
	switch {
	case builtin:
		c.Role = role
	case strings.HasPrefix(role, "@role/") && len(role) > len("@role/"):
		c.UserRole = role[len("@role/"):]
	case identityPath(role) != "":
		c.Document = identityPath(role)
	default:
		return
	}
	if path != "" {
		c.Path = strings.Split(path, "/")
	}
}

// identityPath returns "collection/id" of an assumed identity.
func identityPath(role string) string {
	for _, prefix := range []string{"@doc/", "collections/", "classes/"} {
		if rest, ok := strings.CutPrefix(role, prefix); ok && strings.Count(rest, "/") == 1 {
			return rest
		}
	}
	return ""
}
