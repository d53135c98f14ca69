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
	// What is secret here is the user's name to HTTP; its password is empty.
	return parseCredential(strings.TrimSuffix(strings.TrimSpace(string(plain)), ":"))
}

// parseCredential reads "secret" or "secret:suffix".
func parseCredential(text string) (Credential, bool) {
	secret, suffix, _ := strings.Cut(strings.TrimSpace(text), ":")
	c := Credential{Secret: secret}
	return c, secret != "" && c.narrow(suffix)
}

// separators end a part of a suffix.
const separators = ",()&=:"

// narrow reads a suffix: [path:]role, [path:]@role/name or [path:]@doc/coll/id. One
// that begins as none of these is ignored, so that its secret keeps all rights; one
// that goes on after it is refused. Both are the core's (AuthParser in its
// AuthScope.scala, which does not go back on what it recognized).
func (c *Credential) narrow(suffix string) bool {
	var path []string
	if i := strings.IndexAny(suffix, separators); i > 0 && suffix[i] == ':' {
		if names := strings.TrimRight(suffix[:i], "/"); names != "" {
			path = strings.Split(names, "/")
		}
		suffix = suffix[i+1:]
	}
	for _, s := range suffixes {
		rest, ok := strings.CutPrefix(suffix, s.begins)
		if !ok {
			continue
		}
		if s.named && rest == "" || s.named && strings.ContainsRune(separators, rune(rest[0])) {
			return true
		}
		c.Path = path
		s.take(c, s.begins, rest)
		return s.named && !strings.ContainsAny(rest, separators) || rest == ""
	}
	return true
}

// suffixes are what a suffix may be after its path, in the order in which they are
// tried.
var suffixes = []struct {
	begins string
	named  bool // whether a name follows
	take   func(c *Credential, begins, rest string)
}{
	{"admin", false, takeRole},
	{"server-readonly", false, takeRole},
	{"server", false, takeRole},
	{"client", false, takeRole},
	{"@role/", true, func(c *Credential, _, rest string) { c.UserRole = rest }},
	{"classes/", true, takeDocument},
	{"collections/", true, takeDocument},
	{"@doc/", true, takeDocument},
}

func takeRole(c *Credential, begins, _ string)   { c.Role = begins }
func takeDocument(c *Credential, _, rest string) { c.Document = rest }
