package seriatim

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"seriatim/graphql"
)

// A GraphQL request with an idempotency key keeps what each of its transactions did in
// that transaction, as FQL does with its answers (idempotency.go). The record is: format
// (1 byte), SHA-256 of the request (32), then the members of the data: key and JSON, each
// with its length as a varint. A request is done in parts, so a repeat may find the first
// of them done and do the rest.

const (
	memoFormat = 1
	memoHeader = 1 + sha256.Size
)

// memo is where one transaction of a request with an idempotency key is kept.
type memo struct {
	place   []byte   // the hash of its name
	request [32]byte // the hash of the request
}

// memoOf returns where the transaction of that number keeps what it did, nil when the
// request has no key.
func (g *graph) memoOf(x *execution, number int, fields []*graphql.Field) (*memo, *graphql.Error) {
	key := g.req.IdempotencyKey
	if key == "" {
		return nil, nil
	}
	if len(key) > MaxIdempotencyKey {
		return nil, refuseGraph("BAD_REQUEST", fmt.Sprintf("idempotency-key: at most %d bytes are allowed", MaxIdempotencyKey))
	}
	for _, f := range fields {
		if f.ShowsSecret() {
			return nil, refuseGraph("BAD_REQUEST", "idempotency-key: the record of a request that makes a secret would tell it")
		}
	}
	h := sha256.New()
	h.Write([]byte("graphql"))
	h.Write(x.who.AppendName(nil))
	_ = binary.Write(h, binary.BigEndian, uint64(number)) // a hash takes everything
	h.Write([]byte(key))
	m := &memo{place: h.Sum(nil)}
	h.Reset()
	for _, part := range [][]byte{[]byte(g.req.Query), []byte(g.req.OperationName), g.req.Variables} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part)))
		h.Write(part)
	}
	h.Sum(m.request[:0])
	return m, nil
}

// earlier returns what the transaction did when the request came first, or nil.
func (m *memo) earlier(x *execution) (*graphql.Mutated, *graphql.Error, error) {
	record, _, ok, err := x.view.IdempotencyRecord(m.place)
	if err != nil || !ok {
		return nil, nil, err
	}
	if len(record) > 0 && record[0] > memoFormat {
		return nil, nil, errNewerRecord
	}
	if len(record) < memoHeader || record[0] != memoFormat {
		return nil, nil, errRecord
	}
	if !bytes.Equal(record[1:memoHeader], m.request[:]) {
		return nil, refuseGraph("BAD_REQUEST", "idempotency-key: the key was used for another request"), nil
	}
	done := &graphql.Mutated{}
	for rest := record[memoHeader:]; len(rest) > 0; {
		var key, json []byte
		if key, rest, ok = cutBytes(rest); !ok {
			return nil, nil, errRecord
		}
		if json, rest, ok = cutBytes(rest); !ok {
			return nil, nil, errRecord
		}
		done.Members = append(done.Members, graphql.Member{Key: string(key), JSON: bytes.Clone(json)})
	}
	return done, nil, nil
}

// keep writes what the transaction did, in itself.
func (m *memo) keep(x *execution, done *graphql.Mutated) error {
	record := append([]byte{memoFormat}, m.request[:]...)
	for _, member := range done.Members {
		record = append(binary.AppendUvarint(record, uint64(len(member.Key))), member.Key...)
		record = append(binary.AppendUvarint(record, uint64(len(member.JSON))), member.JSON...)
	}
	return x.view.PutIdempotencyRecord(m.place, record)
}

// cutBytes takes bytes with their length in front.
func cutBytes(b []byte) (cut, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, false
	}
	b = b[size:]
	return b[:n], b[n:], true
}
