package auth

import (
	"crypto/sha256"
	"encoding/base64"

	"golang.org/x/crypto/bcrypt"
)

// Passwords are chosen by people, so unlike secrets they are kept as bcrypt hashes,
// which also are what FaunaDB has: exported ones go on working.

const (
	// passwordCost is the exponent of bcrypt's rounds for new hashes, some 50 ms.
	passwordCost = bcrypt.DefaultCost
	// maxPasswordCost bounds that of hashes from elsewhere, some seconds.
	maxPasswordCost = 15
	// bcryptBytes is how much of a password bcrypt looks at.
	bcryptBytes = 72
)

// HashPassword returns the bcrypt hash of a password, with a salt that the
// machine's source of randomness gives. Of a long password bcrypt would see the
// first 72 bytes only, so that one is digested before.
func HashPassword(password string) (string, error) {
	b := []byte(password)
	if len(b) > bcryptBytes {
		b = digest(b)
	}
	hash, err := bcrypt.GenerateFromPassword(b, passwordCost)
	return string(hash), err
}

// MatchesPassword reports whether hash is that of password, made here or by
// FaunaDB, which cuts long passwords.
func MatchesPassword(password, hash string) bool {
	if !IsPasswordHash(hash) {
		return false
	}
	b := []byte(password)
	if len(b) <= bcryptBytes {
		return bcrypt.CompareHashAndPassword([]byte(hash), b) == nil
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), digest(b)) == nil ||
		bcrypt.CompareHashAndPassword([]byte(hash), b[:bcryptBytes]) == nil
}

// decoy is the hash of no password that anybody knows, with the cost of new ones.
const decoy = "$2a$10$ypTxgLrLHpbNNqKPdh/j8.qNtAAbhBfkiP7yZFivm6ohTm0gyj4eS"

// MatchesNone takes as long as MatchesPassword does with a wrong password.
func MatchesNone(password string) { MatchesPassword(password, decoy) }

// IsPasswordHash reports whether text is a bcrypt hash that can be checked in
// reasonable time.
func IsPasswordHash(text string) bool {
	cost, err := bcrypt.Cost([]byte(text))
	return err == nil && cost <= maxPasswordCost
}

// digest shortens a password to what bcrypt looks at whole; it holds no zero byte.
func digest(password []byte) []byte {
	sum := sha256.Sum256(password)
	return []byte(base64.StdEncoding.EncodeToString(sum[:]))
}
