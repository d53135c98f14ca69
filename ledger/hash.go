package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
)

// Hash is a SHA-256 value. It is written as 64 lower-case hexadecimal digits, in
// checkpoints as base64.
type Hash = [sha256.Size]byte

// ranges makes the compact ranges of all our trees. Its node hash is RFC 6962's,
// computed without a hash object because a block is made of a dozen of them;
// TestTreeHashes holds it to the library's.
var ranges = compact.RangeFactory{Hash: nodeHash}

// nodeHash is RFC 6962's hash of an inner node.
func nodeHash(left, right []byte) []byte {
	var b [1 + 2*sha256.Size]byte
	b[0] = rfc6962.RFC6962NodeHashPrefix
	copy(b[1:], left)
	copy(b[1+sha256.Size:], right)
	sum := sha256.Sum256(b[:])
	return sum[:]
}

// leafHash is RFC 6962's hash of a leaf, of the concatenation of data.
func leafHash(data ...[]byte) Hash {
	var array [1024]byte
	b := append(array[:0], rfc6962.RFC6962LeafHashPrefix)
	for _, d := range data {
		b = append(b, d...)
	}
	return sha256.Sum256(b)
}

// root is the RFC 6962 root of a tree of these leaf hashes, at least one.
func root(leaves []Hash) Hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	r := ranges.NewEmptyRange(0)
	for i := range leaves {
		r.Append(leaves[i][:], nil)
	}
	sum, _ := r.GetRootHash(nil)
	return Hash(sum)
}

// appendString appends the length of s as four bytes, and s.
func appendString(dst []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(s))), s...)
}

func hexOf(h Hash) string { return hex.EncodeToString(h[:]) }
