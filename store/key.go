package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2/cockroachkvs"
)

// A stored key is
//
//	space, user key, 0x00                                    the prefix (Pebble's Split)
//	timestamp (8 bytes), 0x09                                the suffix of a version
//	timestamp (8 bytes), 0x00 0x00 0x00 0x01, 0x0d           the suffix of a touch
//
// Numbers are big-endian; the last byte is the length of the suffix, itself included, and 0x00
// for a bare prefix. The comparer orders prefixes as bytes, a bare prefix before its versions, and
// versions newest first; a touch comes just before the version of the same timestamp, so both can
// exist. This is the shape of CockroachDB's keys, whose comparer, column schema and time-interval
// block property ship with Pebble: they are maintained with it, their columns make seeks fast, and
// existing Pebble tools read our files. User keys may hold any bytes, because the suffix is found
// from the end.
const (
	ownSpace     = 0x00 // what the store notes for itself
	metaSpace    = 0x01 // named values of the layer above, unversioned
	versionSpace = 0x02 // versions and touches
	spaceEnd     = 0x03

	versionSuffixLen = 9
	touchSuffixLen   = 13
	touchLogical     = 1
)

// A stored value starts with a tag; what follows a value's tag is the value. A touch is empty.
const (
	tagValue     = 0x00
	tagTombstone = 0x01
)

// comparer orders stored keys; see the layout above.
var comparer = cockroachkvs.Comparer

var errBadKey = errors.New("store: damaged key")

// appendPrefix appends the prefix of all versions of key.
func appendPrefix(dst, key []byte) []byte {
	dst = append(dst, versionSpace)
	dst = append(dst, key...)
	return append(dst, 0)
}

// appendSuffix appends the suffix of the version at ts to a prefix.
func appendSuffix(dst []byte, ts int64) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(ts))
	return append(dst, versionSuffixLen)
}

// appendTouchSuffix appends the suffix of the touch at ts to a prefix.
func appendTouchSuffix(dst []byte, ts int64) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(ts))
	dst = binary.BigEndian.AppendUint32(dst, touchLogical)
	return append(dst, touchSuffixLen)
}

// appendBound appends a range's end as a stored key: nil means before the first or after the last key.
func appendBound(dst, key []byte, upper bool) []byte {
	if key == nil && upper {
		return append(dst, spaceEnd, 0)
	}
	return appendPrefix(dst, key)
}

// appendUnversioned appends the stored key of a named value in a space without versions.
func appendUnversioned(dst []byte, space byte, name string) []byte {
	dst = append(dst, space)
	dst = append(dst, name...)
	return append(dst, 0)
}

// storedKey is a decoded key of versionSpace. Its slices alias the encoded key.
type storedKey struct {
	prefix []byte // up to and with the 0x00, a valid bare key
	ts     int64
	touch  bool
}

// user returns the user's key.
func (k storedKey) user() []byte { return k.prefix[1 : len(k.prefix)-1] }

// decodeKey takes a stored key of versionSpace apart. ok is false for any other shape.
func decodeKey(enc []byte) (k storedKey, ok bool) {
	n := len(enc)
	if n < 2+versionSuffixLen || enc[0] != versionSpace {
		return k, false
	}
	suffix := int(enc[n-1])
	switch suffix {
	case versionSuffixLen:
	case touchSuffixLen:
		if n < 2+touchSuffixLen {
			return k, false
		}
		k.touch = true
	default:
		return k, false
	}
	end := n - suffix
	if enc[end-1] != 0 {
		return k, false
	}
	k.prefix = enc[:end:end]
	k.ts = int64(binary.BigEndian.Uint64(enc[end:]))
	return k, k.ts > 0
}

// mustDecode is decodeKey with the refusal as an error that names the bytes.
func mustDecode(enc []byte) (storedKey, error) {
	k, ok := decodeKey(enc)
	if !ok {
		return k, fmt.Errorf("%w %x", errBadKey, enc)
	}
	return k, nil
}

// untag splits a stored value into its bytes and whether it is a tombstone.
func untag(stored []byte) (value []byte, tombstone bool, err error) {
	if len(stored) == 0 || stored[0] > tagTombstone {
		return nil, false, fmt.Errorf("store: damaged value %.32x", stored)
	}
	return stored[1:], stored[0] == tagTombstone, nil
}
