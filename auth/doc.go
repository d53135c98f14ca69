// Package auth turns a secret into an identity and an identity into rights.
//
// It promises that a request is identified inside its own transaction, so that
// revoking a key conflicts with what the key is doing, and that no secret is stored:
// only hashes are. Of a signed token the log carries what it says, never the token.
//
// It knows no HTTP and no query language: issuers' keys and the conditions of roles
// are functions from above.
//
// Start reading at credential.go, what a client sends, then identity.go and
// rights.go.
package auth
