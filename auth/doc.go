// Package auth turns a secret into an identity and an identity into rights.
//
// It promises that a request is identified inside its own transaction, so that
// revoking a key conflicts with what the key is doing, and that no secret is stored:
// only hashes are.
//
// It knows no HTTP and no query language.
//
// Start reading at credential.go, what a client sends, then identity.go.
package auth
