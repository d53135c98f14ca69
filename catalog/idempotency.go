package catalog

import "encoding/binary"

// idempotencyLife is how long a record is kept, in microseconds of the clock.
const idempotencyLife = 24 * 3600 * 1e6

// IdempotencyRecord returns what PutIdempotencyRecord stored under the hash of
// an idempotency key in this database, and the timestamp of the transaction
// that did, unless the record has expired. The answer, found or not, joins the
// read set.
func (v *View) IdempotencyRecord(hash []byte) (record []byte, ts int64, ok bool, err error) {
	b, ts, ok, err := v.session.tx.Get(idempotencyKey(v.db, hash))
	if err != nil || !ok || len(b) < 8 || expiredTTL(b[:8], v.session.tx.Clock()) {
		return nil, 0, false, err
	}
	return b[8:], ts, true, nil
}

// PutIdempotencyRecord stores a record for 24 hours of the transaction's clock.
func (v *View) PutIdempotencyRecord(hash, record []byte) error {
	tx := v.session.tx
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(record)), uint64(tx.Clock()+idempotencyLife))
	tx.Put(idempotencyKey(v.db, hash), append(b, record...), nil, nil)
	return tx.Err()
}
