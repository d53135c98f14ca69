package catalog

import (
	"encoding/binary"

	"seriatim/value"
)

// The kinds of keys, the byte after the database. docs/formats.md, "Keys of the
// catalog", describes what follows each and what its value holds.
const (
	kindSchema      byte = 0x01 // the schema key; it exists as long as the database
	kindSequence    byte = 0x02 // native collection: the last identity given out
	kindName        byte = 0x03 // native collection, name: the identity it names
	kindIdempotency byte = 0x04 // hash: expiry and reply
	kindSecret      byte = 0x05 // SHA-256 of a secret: where its document is (Global only)
	kindIndexState  byte = 0x06 // index: what its entries were made with
	kindCredentials byte = 0x08 // collection, id of a document: the identity of its credentials
	kindTokenOf     byte = 0x09 // collection, id of a document, id of a token: nothing
	kindUni         byte = 0x0d // nothing: the definition of the uni that the database is
	kindLedger      byte = 0x0e // what the ledger of the database says (package ledger)
	kindDocument    byte = 0x10 // collection, id: header and body of a version
	kindMember      byte = 0x11 // collection, id: ttl
	kindEntry       byte = 0x20 // index, terms, values, ref: ttl
)

const (
	prefixSize     = 9
	collectionSize = 4
	idSize         = 8
	documentSize   = prefixSize + collectionSize + idSize
)

// appendPrefix appends the database and the kind, which begin every key.
func appendPrefix(dst []byte, db uint64, kind byte) []byte {
	return append(binary.BigEndian.AppendUint64(dst, db), kind)
}

// appendID appends an identity so that bytes order as signed integers do.
func appendID(dst []byte, id int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(id)^1<<63)
}

func decodeID(b []byte) int64 { return int64(binary.BigEndian.Uint64(b) ^ 1<<63) }

func appendCollection(dst []byte, c value.CollectionID) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(c))
}

func schemaKey(db uint64) []byte { return appendPrefix(make([]byte, 0, prefixSize), db, kindSchema) }

func sequenceKey(db uint64, c value.CollectionID) []byte {
	return appendCollection(appendPrefix(make([]byte, 0, prefixSize+collectionSize), db, kindSequence), c)
}

func nameKey(db uint64, c value.CollectionID, name string) []byte {
	b := appendPrefix(make([]byte, 0, prefixSize+collectionSize+len(name)), db, kindName)
	return append(appendCollection(b, c), name...)
}

func indexStateKey(db uint64, index int64) []byte {
	return appendID(appendPrefix(make([]byte, 0, prefixSize+idSize), db, kindIndexState), index)
}

func idempotencyKey(db uint64, hash []byte) []byte {
	return append(appendPrefix(make([]byte, 0, prefixSize+len(hash)), db, kindIdempotency), hash...)
}

func secretKey(hash [32]byte) []byte {
	return append(appendPrefix(make([]byte, 0, prefixSize+len(hash)), Global, kindSecret), hash[:]...)
}

// credentialsKey is where the credentials of a document are found.
func credentialsKey(db uint64, of value.Ref) []byte {
	return appendDocument(make([]byte, 0, documentSize), db, kindCredentials, of.Collection, of.ID)
}

// tokensPrefix begins the keys of all tokens of a document; the token's identity
// follows.
func tokensPrefix(db uint64, of value.Ref) []byte {
	return appendDocument(make([]byte, 0, documentSize+idSize), db, kindTokenOf, of.Collection, of.ID)
}

// appendDocument appends the key of a document, or of its membership.
func appendDocument(dst []byte, db uint64, kind byte, c value.CollectionID, id int64) []byte {
	return appendID(appendCollection(appendPrefix(dst, db, kind), c), id)
}

func documentKey(db uint64, c value.CollectionID, id int64) []byte {
	return appendDocument(make([]byte, 0, documentSize), db, kindDocument, c, id)
}

func memberKey(db uint64, c value.CollectionID, id int64) []byte {
	return appendDocument(make([]byte, 0, documentSize), db, kindMember, c, id)
}

// appendEntry appends what all entries of an index begin with.
func appendEntry(dst []byte, db uint64, index int64) []byte {
	return binary.BigEndian.AppendUint32(appendPrefix(dst, db, kindEntry), uint32(index))
}

// after returns the first key behind all keys that begin with prefix. It reuses
// the memory of prefix. A prefix of the catalog never is all 0xff.
func after(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			prefix[i]++
			return prefix[:i+1]
		}
	}
	return append(prefix[:0], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
}
