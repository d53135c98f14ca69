package ledger

import (
	"crypto/ed25519"
)

// Redacted is a copy of a transaction that may leave out guarded parts. It has the
// leaves and the signature of the transaction it was made from. Exports and
// receipts carry this form; with nothing left out it is a full copy.
type Redacted struct {
	Uni, ID, Owner string
	Submitted      int64 // microseconds
	Parts          []RedactedPart
	Signature      [ed25519.SignatureSize]byte
}

// RedactedPart is a part as a copy shows it.
type RedactedPart struct {
	Part
	Hidden     bool     // left out: Text and Path are empty. Only a guarded part can be
	Salt       [16]byte // of a guarded part that is shown
	Commitment Hash     // of a guarded part
}

// Redact returns a copy that leaves out those guarded parts for which hide
// returns true. Open parts are always shown.
func (t *Transaction) Redact(hide func(Part) bool) *Redacted {
	r := &Redacted{Uni: t.Uni, ID: t.ID, Owner: t.Owner, Submitted: t.Submitted, Signature: t.Signature}
	r.Parts = make([]RedactedPart, len(t.Parts))
	for i, p := range t.Parts {
		switch {
		case !p.Guarded:
			r.Parts[i].Part = Part{Text: p.Text}
		case hide(p):
			r.Parts[i] = RedactedPart{Part: Part{Guarded: true}, Hidden: true, Commitment: t.commitment(i)}
		default:
			r.Parts[i] = RedactedPart{Part: p, Salt: salt(&t.Seed, i), Commitment: t.commitment(i)}
		}
	}
	return r
}

// Leaves are the transaction's two hashes, Leaf and RedactedLeaf, computed from
// what the copy shows: a shown part by its text and salt, a hidden one by its
// commitment.
func (r *Redacted) Leaves() (leaf, redacted Hash) {
	shell := Transaction{Uni: r.Uni, ID: r.ID, Owner: r.Owner, Submitted: r.Submitted, Parts: make([]Part, len(r.Parts))}
	header, parts := shell.header(nil), make([]sealed, len(r.Parts))
	for i := range parts {
		switch p := &r.Parts[i]; {
		case p.Hidden:
			parts[i] = sealed{true, p.Commitment, ""}
		case p.Guarded:
			parts[i] = sealed{true, commitGuarded(p.Salt, p.Path, p.Text), ""}
		default:
			parts[i] = sealed{false, commitOpen(p.Text), p.Text}
		}
	}
	return leafOf(header, parts), redactedLeafOf(header, parts)
}

// Verify tells whether the owner of this public key signed the transaction of
// which this is a copy.
func (r *Redacted) Verify(key ed25519.PublicKey) bool {
	leaf, _ := r.Leaves()
	return verifySignature(key, leaf, &r.Signature)
}

// Mutation is the text, with `$${commitment}` in place of a hidden part.
func (r *Redacted) Mutation() string {
	var b []byte
	for i := range r.Parts {
		if p := &r.Parts[i]; p.Hidden {
			b = appendMark(b, p.Commitment)
		} else {
			b = append(b, p.Text...)
		}
	}
	return string(b)
}
