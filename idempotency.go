package seriatim

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"seriatim/auth"
	"seriatim/value"
	"seriatim/wire"
)

// A request with an idempotency key writes its answer into the database in its
// own transaction. The record is: format (1 byte), SHA-256 of the query (32),
// status (2, big endian), body with holes for the commit time. Because the record
// is read before anything else, two requests with one key conflict and the later
// one finds the first one's answer.

const (
	recordFormat = 1
	recordHeader = 1 + sha256.Size + 2
)

// MaxIdempotencyKey bounds the header of that name, in bytes.
const MaxIdempotencyKey = 255

var (
	errRecord      = errors.New("seriatim: malformed idempotency record")
	errNewerRecord = errors.New("seriatim: an idempotency record of a newer release")
)

// keyHash is where the record of the request is kept. A key belongs to the caller
// that used it, so that one party cannot read another's answers.
func (x *execution) keyHash() []byte {
	h := sha256.New()
	h.Write(x.who.AppendName(nil))
	h.Write([]byte(x.key))
	return h.Sum(nil)
}

// earlier returns the answer that a repeated request got the first time, or the
// refusal of a key that was used for another query, or nil.
func (x *execution) earlier() *Response {
	if x.key == "" {
		return nil
	}
	if len(x.key) > MaxIdempotencyKey {
		return badRequest("Invalid header 'idempotency-key': Must be at most %d bytes.", MaxIdempotencyKey)
	}
	record, ts, ok, err := x.view.IdempotencyRecord(x.keyHash())
	if err != nil {
		return x.refuse(err)
	}
	if !ok {
		return nil
	}
	if len(record) > 0 && record[0] > recordFormat {
		resp := protocolError(statusUnavailable, "unavailable", "The answer to this idempotency key was recorded by a newer release of the server. Nothing was written.")
		resp.Err = errNewerRecord
		return resp
	}
	if len(record) < recordHeader || record[0] != recordFormat {
		return x.refuse(errRecord)
	}
	hash := sha256.Sum256(x.body)
	if !bytes.Equal(hash[:], record[1:1+sha256.Size]) {
		return badRequest("Invalid header 'idempotency-key': The key was used for another query.")
	}
	return &Response{
		Status: int(binary.BigEndian.Uint16(record[1+sha256.Size:])),
		Body:   wire.FillHoles(nil, record[recordHeader:], ts),
		TxnTS:  ts,
	}
}

// errSecretKept refuses to keep an answer that shows a secret, since secrets are
// stored as hashes only, and a fast hash of a query that holds a password.
var errSecretKept = errors.New("seriatim: the record of an idempotency key would tell a secret")

// newSecret makes the secret of a new key or token.
func (x *execution) newSecret(ref value.Ref, db uint64) string {
	x.secrets = true
	if ref.Collection == value.Tokens {
		return auth.NewTokenSecret(ref.ID, db, x.env.Entropy)
	}
	return auth.NewKeySecret(ref.ID, x.env.Entropy)
}

// remember writes the record of this request, in its own transaction.
func (x *execution) remember() error {
	if x.key == "" {
		return nil
	}
	if x.secrets || x.env.SawPassword() {
		return errSecretKept
	}
	resp := x.reply(wire.Hole)
	hash := sha256.Sum256(x.body)
	record := make([]byte, 0, recordHeader+len(resp.Body))
	record = append(record, recordFormat)
	record = append(record, hash[:]...)
	record = binary.BigEndian.AppendUint16(record, uint16(resp.Status))
	return x.view.PutIdempotencyRecord(x.keyHash(), append(record, resp.Body...))
}
