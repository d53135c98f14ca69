// Package ledger is the proof of a uni: blocks of signed transactions in a hash
// chain, with trees over them, so that whoever holds the public keys can check a
// copy without trusting the server that it came from.
//
// It promises that bytes are canonical: a transaction, a block header, an export
// and a receipt each have one spelling, and every reader refuses any other. So a
// changed byte is a refused ledger. Extend, which makes blocks while the log is
// applied, is a pure function: every replica writes the same ledger. A part that
// a party may not see can be left out of its copy, and the copy still proves the
// rest against the same signatures.
//
// It does not know documents, GraphQL, the store or the log: what a transaction
// did is text, what it keeps is handed over as keys and values, and what it reads
// comes from a Source. It neither makes keys nor keeps them. It does not decide
// order: it proves the order that the log gave, and docs/ledger.md says what that
// is worth when the one who orders lies.
//
// Start reading at transaction.go for what is signed, header.go and extend.go for
// how blocks grow, and verify.go for what a reader of a copy checks. The bytes are
// specified in docs/ledger.md.
package ledger
