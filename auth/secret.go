package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// A secret is bytes in URL-safe base64 without padding: two that say whether it is
// a key's or a token's, so that every secret starts with "fn", eight with the
// document's id, for a token eight with its database, and twenty random ones
// (fql-v4 section 1.3).
const (
	secretVersion = 126
	keySecret     = 112
	tokenSecret   = 113
	randomBytes   = 20
)

// NewKeySecret makes the secret of the key with the given document id. random
// fills a slice with unpredictable bytes.
func NewKeySecret(id int64, random func([]byte)) string {
	b := binary.BigEndian.AppendUint64([]byte{secretVersion, keySecret}, uint64(id))
	return secretText(b, random)
}

// NewTokenSecret makes the secret of the token with the given document id in the
// database db.
func NewTokenSecret(id int64, db uint64, random func([]byte)) string {
	b := binary.BigEndian.AppendUint64([]byte{secretVersion, tokenSecret}, uint64(id))
	return secretText(binary.BigEndian.AppendUint64(b, db), random)
}

// secretText appends the random part.
func secretText(b []byte, random func([]byte)) string {
	n := len(b)
	b = append(b, make([]byte, randomBytes)...)
	random(b[n:])
	return base64.RawURLEncoding.EncodeToString(b)
}

// HashSecret returns what is stored instead of a secret. Secrets are random, so
// one SHA-256 tells as little as a slow hash would.
func HashSecret(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }
