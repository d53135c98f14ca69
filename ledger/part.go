package ledger

import (
	"crypto/sha256"
	"encoding/binary"
)

const (
	openTag    = "seriatim open part v1\n"
	guardedTag = "seriatim guarded part v1\n"
	saltTag    = "seriatim salt v1\n"
)

// Part is a piece of a transaction's canonical text. The pieces follow each other
// without anything between them. An open part can be read by everyone who has a
// copy; a guarded one can be left out of a copy (Transaction.Redact), which then
// has its commitment in its place.
type Part struct {
	Text    string // UTF-8
	Guarded bool
	Path    string // of a guarded part: "Entity/uuid/pointer", what it is a value of; committed to with the text. Empty for an open one
}

// salt of the part at index i. It is derived, so that one seed stands for all, and
// cut to 16 bytes, so that a reader who is given some salts learns nothing of others.
func salt(seed *[32]byte, i int) [16]byte {
	var b [len(saltTag) + 32 + 4]byte
	n := copy(b[:], saltTag)
	n += copy(b[n:], seed[:])
	binary.BigEndian.PutUint32(b[n:], uint32(i))
	sum := sha256.Sum256(b[:])
	return [16]byte(sum[:16])
}

// commitOpen is the commitment of an open part.
func commitOpen(text string) Hash {
	b := append(make([]byte, 0, 512), openTag...)
	return sha256.Sum256(append(b, text...))
}

// commitGuarded is the commitment of a guarded part: without the salt, nobody can
// try out texts.
func commitGuarded(salt [16]byte, path, text string) Hash {
	b := make([]byte, 0, len(guardedTag)+16+4+len(path)+len(text))
	b = append(append(b, guardedTag...), salt[:]...)
	return sha256.Sum256(append(appendString(b, path), text...))
}

// partLeaf is the leaf of a part in its transaction's tree. It says whether the
// part is guarded, so a copy cannot leave out a part that is open.
func partLeaf(guarded bool, commitment Hash) Hash {
	if guarded {
		return leafHash([]byte{1}, commitment[:])
	}
	return leafHash([]byte{0}, commitment[:])
}
