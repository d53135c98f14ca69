package ledger

import (
	"crypto/ed25519"
	"encoding/binary"
	"slices"
	"strings"
)

const (
	transactionFormat = 1
	signatureTag      = "seriatim transaction v1\n"
	redactedTag       = "seriatim redacted transaction v1\n"
)

// Transaction is what one transaction leaves in the ledger of its uni: who did
// what. Its owner, a node, signs it before it is ordered; its place in a block and
// its timestamp come later and are proved by the block.
type Transaction struct {
	Uni       string   // name of the uni
	ID        string   // the transaction's id, a UUID's text
	Owner     string   // name of the node that submitted and signed it
	Submitted int64    // when, in microseconds since 1970, by the owner's clock
	Seed      [32]byte // random; the salts of guarded parts are made of it. Not kept when no part is guarded
	Parts     []Part   // the canonical text, at least one part
	Signature [ed25519.SignatureSize]byte
}

// header appends what the leaf says beside the parts: format, uni, id, owner, time
// of submission and the count of parts.
func (t *Transaction) header(dst []byte) []byte {
	dst = appendString(append(dst, transactionFormat), t.Uni)
	dst = appendString(appendString(dst, t.ID), t.Owner)
	dst = binary.BigEndian.AppendUint64(dst, uint64(t.Submitted))
	return binary.BigEndian.AppendUint32(dst, uint32(len(t.Parts)))
}

// commitment of the part at index i.
func (t *Transaction) commitment(i int) Hash {
	p := &t.Parts[i]
	if p.Guarded {
		return commitGuarded(salt(&t.Seed, i), p.Path, p.Text)
	}
	return commitOpen(p.Text)
}

// sealed is what the leaves say of a part.
type sealed struct {
	guarded    bool
	commitment Hash
	text       string // of an open part
}

// sealed appends what the leaves say of the parts.
func (t *Transaction) sealed(dst []sealed) []sealed {
	dst = slices.Grow(dst, len(t.Parts))
	for i := range t.Parts {
		dst = append(dst, sealed{t.Parts[i].Guarded, t.commitment(i), t.Parts[i].Text})
	}
	return dst
}

// Leaf is the transaction's hash: the RFC 6962 leaf hash of its header and the
// root of its parts' commitments. The signature and the block stand on it.
func (t *Transaction) Leaf() Hash {
	var room [headerRoom]byte
	var one [1]sealed
	return leafOf(t.header(room[:0]), t.sealed(one[:0]))
}

// RedactedLeaf is the hash of the transaction as it is shown with all guarded
// parts left out: the RFC 6962 leaf hash of its header and RedactedMutation.
func (t *Transaction) RedactedLeaf() Hash {
	_, redacted := t.leaves()
	return redacted
}

// leaves computes both leaves, hashing each part once.
func (t *Transaction) leaves() (leaf, redacted Hash) {
	var room [headerRoom]byte
	var one [1]sealed
	header, parts := t.header(room[:0]), t.sealed(one[:0])
	return leafOf(header, parts), redactedLeafOf(header, parts)
}

// headerRoom is enough for most headers.
const headerRoom = 192

// leafOf computes the leaf of a transaction with this header and these parts.
func leafOf(header []byte, parts []sealed) Hash {
	var one [1]Hash
	leaves := one[:0]
	for i := range parts {
		leaves = append(leaves, partLeaf(parts[i].guarded, parts[i].commitment))
	}
	sum := root(leaves)
	return leafHash(header, sum[:])
}

// redactedLeafOf computes the leaf of the redacted form of such a transaction.
func redactedLeafOf(header []byte, parts []sealed) Hash {
	var room [1024]byte
	text := append(append(room[:0], redactedTag...), header...)
	for i := range parts {
		if p := &parts[i]; p.guarded {
			text = appendMark(text, p.commitment)
		} else {
			text = append(text, p.text...)
		}
	}
	return leafHash(text)
}

// appendMark appends what stands in a text in place of a guarded part.
func appendMark(dst []byte, commitment Hash) []byte {
	return append(append(append(dst, "$${"...), hexOf(commitment)...), '}')
}

// Sign signs the transaction as its owner: Ed25519 over a tag and Leaf.
func (t *Transaction) Sign(key ed25519.PrivateKey) {
	t.Signature = [ed25519.SignatureSize]byte(ed25519.Sign(key, signed(t.Leaf())))
}

// Verify tells whether the owner of this public key signed the transaction.
func (t *Transaction) Verify(key ed25519.PublicKey) bool {
	return verifySignature(key, t.Leaf(), &t.Signature)
}

func verifySignature(key ed25519.PublicKey, leaf Hash, signature *[ed25519.SignatureSize]byte) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed(leaf), signature[:])
}

func signed(leaf Hash) []byte {
	b := append(make([]byte, 0, len(signatureTag)+len(leaf)), signatureTag...)
	return append(b, leaf[:]...)
}

// Mutation is the whole canonical text, guarded parts included.
func (t *Transaction) Mutation() string {
	var b strings.Builder
	for i := range t.Parts {
		b.WriteString(t.Parts[i].Text)
	}
	return b.String()
}

// RedactedMutation is the text with `$${commitment}` in place of every guarded part.
func (t *Transaction) RedactedMutation() string {
	return t.Redact(func(Part) bool { return true }).Mutation()
}
