package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ed25519Algorithm is the number of Ed25519 among the signatures of notes.
const ed25519Algorithm = 1

// Keys are the public keys of nodes by name. They are what a verifier trusts, and
// come from the parties, not from the ledger.
type Keys map[string]ed25519.PublicKey

// FormatKey writes a node's public key as notes have it, on one line:
// name+hash+base64. The hash is that of the key's signatures in a note.
func FormatKey(node string, key ed25519.PublicKey) string {
	k := noteKey{name: node, public: key}
	data := base64.StdEncoding.EncodeToString(append([]byte{ed25519Algorithm}, key...))
	return fmt.Sprintf("%s+%08x+%s", node, k.KeyHash(), data)
}

// ParseKeys reads public keys as FormatKey writes them, one a line. Empty lines
// and those that begin with # are skipped.
func ParseKeys(text string) (Keys, error) {
	keys := Keys{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, _ := strings.Cut(line, "+")
		_, b64, _ := strings.Cut(rest, "+")
		raw, err := base64.StdEncoding.DecodeString(b64)
		if err != nil || len(raw) != 1+ed25519.PublicKeySize || FormatKey(name, raw[1:]) != line {
			return nil, fmt.Errorf("ledger: not a public key: %q", line)
		}
		if keys[name] != nil {
			return nil, fmt.Errorf("ledger: two public keys of node %q", name)
		}
		keys[name] = raw[1:]
	}
	return keys, nil
}

// Format writes the keys as ParseKeys reads them, by name.
func (k Keys) Format() string {
	var lines []string
	for name, key := range k {
		lines = append(lines, FormatKey(name, key)+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// Verifier finds the key that made a note's signature; it is note.Verifiers.
func (k Keys) Verifier(name string, hash uint32) (note.Verifier, error) {
	if key := k[name]; len(key) == ed25519.PublicKeySize {
		if v := (&noteKey{name: name, public: key}); v.KeyHash() == hash {
			return v, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// noteKey is a node's key as notes use it.
type noteKey struct {
	name    string
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

// Name is the node's name.
func (k *noteKey) Name() string { return k.name }

// KeyHash is the note's short hash of name and key.
func (k *noteKey) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(k.name+"\n\x01"), k.public...))
	return binary.BigEndian.Uint32(sum[:])
}

// Sign signs a note's text.
func (k *noteKey) Sign(text []byte) ([]byte, error) { return ed25519.Sign(k.private, text), nil }

// Verify checks a signature of a note's text.
func (k *noteKey) Verify(text, signature []byte) bool {
	return ed25519.Verify(k.public, text, signature)
}
