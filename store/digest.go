package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// Digest returns a SHA-256 over the live state of [lo, hi) at `at`: of each key in order the key, the
// timestamp and the value, lengths first. Two stores with the same live state have the same digest,
// whatever history, garbage or files they hold.
func (s *Store) Digest(lo, hi []byte, at int64) ([32]byte, error) {
	h := sha256.New()
	it := s.Scan(lo, hi, at, false)
	var head [24]byte
	for it.Next() {
		binary.BigEndian.PutUint64(head[0:], uint64(len(it.Key())))
		binary.BigEndian.PutUint64(head[8:], uint64(it.TS()))
		binary.BigEndian.PutUint64(head[16:], uint64(len(it.Value())))
		h.Write(head[:])
		h.Write(it.Key())
		h.Write(it.Value())
	}
	if err := errors.Join(it.Err(), it.Close()); err != nil {
		return [32]byte{}, fmt.Errorf("store: digest: %w", err)
	}
	return [32]byte(h.Sum(nil)), nil
}
