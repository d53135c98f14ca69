package catalog

import (
	"bytes"
	"encoding/binary"
	"errors"

	"seriatim/txn"
	"seriatim/value"
)

// MaxDocument is how many bytes one version of a document may take (section 2.5).
const MaxDocument = 8 << 20

// What the first byte of a stored version says about the bytes before its body.
const (
	hasTTL   byte = 1 << iota // eight bytes: when it expires, in microseconds
	hasSlots                  // a count and that many offsets into the body
)

var errMalformed = errors.New("catalog: malformed stored document")

// version is one stored version of a document. The zero version is its absence.
type version struct {
	live  bool
	ts    int64 // txn.Pending for an own write
	ttl   int64 // microseconds, 0 for none
	body  value.Encoded
	slots []byte // count and offsets, when the body holds times of its transaction
	// members is the decoded body when it is at hand and, as its transaction saw
	// it, says the same.
	members *value.Object
}

// appendVersion appends the stored form of a version whose top-level members are
// body, and the slots in it.
func appendVersion(dst []byte, body *value.Object) (stored []byte, slots []txn.Slot) {
	enc, inner := value.Encode(body)
	ttl := ttlOf(body)
	var flags byte
	if ttl != 0 {
		flags |= hasTTL
	}
	if len(inner) > 0 {
		flags |= hasSlots
	}
	dst = append(dst, flags)
	if ttl != 0 {
		dst = binary.BigEndian.AppendUint64(dst, uint64(ttl))
	}
	if len(inner) > 0 {
		dst = binary.AppendUvarint(dst, uint64(len(inner)))
		for _, s := range inner {
			dst = binary.AppendUvarint(dst, uint64(s.Offset))
		}
	}
	for _, s := range inner {
		slots = append(slots, txn.Slot{Offset: len(dst) + s.Offset})
	}
	return append(dst, enc...), slots
}

// readVersion reads what appendVersion made. It keeps stored.
func readVersion(stored []byte, ts int64) (version, error) {
	r := version{live: true, ts: ts}
	if len(stored) == 0 {
		return r, errMalformed
	}
	flags, b := stored[0], stored[1:]
	if flags&^(hasTTL|hasSlots) != 0 {
		return r, errMalformed // written by a newer release
	}
	if flags&hasTTL != 0 {
		if len(b) < 8 {
			return r, errMalformed
		}
		r.ttl, b = int64(binary.BigEndian.Uint64(b)), b[8:]
	}
	if flags&hasSlots != 0 {
		count, n := binary.Uvarint(b)
		end := n
		for ; count > 0 && n > 0; count-- {
			_, n = binary.Uvarint(b[end:])
			end += n
		}
		if n <= 0 {
			return r, errMalformed
		}
		r.slots, b = b[:end], b[end:]
	}
	r.body = b
	return r, nil
}

// shownVersion reads the version or tombstone that a cursor shows, into memory of
// its own.
func shownVersion(c txn.VersionCursor) (version, error) {
	if c.Deleted() {
		return version{ts: c.TS()}, nil
	}
	return readVersion(bytes.Clone(c.Value()), c.TS())
}

// expired reports whether the version's life ended by the clock.
func (r *version) expired(clock int64) bool { return r.ttl != 0 && r.ttl <= clock }

// lasted reports whether the version was still there when next, the one after it, was
// written; clock is the time of what has none yet.
func (r *version) lasted(next version, clock int64) bool {
	at := next.ts
	if at == txn.Pending {
		at = clock
	}
	return r.live && !r.expired(at)
}

// visible reports whether queries see the version.
func (r *version) visible(clock int64) bool { return r.live && !r.expired(clock) }

// document returns the version as queries see it.
func (r *version) document(ref value.Ref) *value.Document {
	if r.ts == txn.Pending {
		return &value.Document{Ref: ref, Unresolved: true, Stored: r.body}
	}
	return &value.Document{Ref: ref, TS: r.ts, Stored: r.body}
}

// asWritten returns the version as its own transaction saw it: with every time
// of that transaction unresolved. Index entries are made from this, so that the
// entries of a version can be found again later.
func (r *version) asWritten(ref value.Ref) *value.Document {
	if r.members != nil {
		return written(ref, r.members)
	}
	d := &value.Document{Ref: ref, Unresolved: true, Stored: r.body}
	if len(r.slots) == 0 || r.ts == txn.Pending {
		return d
	}
	body := append(value.Encoded(nil), r.body...)
	count, n := binary.Uvarint(r.slots)
	for rest := r.slots[n:]; count > 0; count-- {
		offset, n := binary.Uvarint(rest)
		binary.BigEndian.PutUint64(body[offset:], value.Unfilled)
		rest = rest[n:]
	}
	d.Stored = body
	return d
}

// decodeVersion returns the document that a stored version is.
func decodeVersion(ref value.Ref, stored []byte, ts int64) (*value.Document, error) {
	r, err := readVersion(stored, ts)
	if err != nil {
		return nil, err
	}
	return r.document(ref), nil
}

// ttlOf returns the ttl of a body in microseconds, rounded up, 0 for none. A ttl
// before 1970 is long over, whatever it says.
func ttlOf(body *value.Object) int64 {
	member, _ := body.Get("ttl")
	t, ok := member.(value.Time)
	if !ok {
		return 0
	}
	micros := t.Micros()
	if t.Nanos%1000 != 0 {
		micros++
	}
	return max(micros, 1)
}

// appendTTL is the value of membership keys and index entries.
func appendTTL(dst []byte, ttl int64) []byte {
	if ttl == 0 {
		return dst
	}
	return binary.BigEndian.AppendUint64(dst, uint64(ttl))
}

// expiredTTL reports whether the ttl in the value of a membership key or index
// entry is over.
func expiredTTL(b []byte, clock int64) bool {
	return len(b) == 8 && int64(binary.BigEndian.Uint64(b)) <= clock
}
