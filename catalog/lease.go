package catalog

import (
	"encoding/binary"

	"seriatim/txn"
)

// Lease says which of the nodes over one log does the jobs. It is a record like any, so
// that a step which reads it cannot be committed once another node has it. It carries no
// time: who waits for it sees whether Count still grows.
type Lease struct {
	Node  uint64 // 0 for none
	Count uint64 // grows whenever the lease is taken or renewed
}

const settingJobLease = "job_lease"

// JobLease reads the lease. It joins the read set.
func JobLease(tx *txn.Tx) (Lease, error) {
	b, _, ok, err := tx.Get(settingKey(settingJobLease))
	if err != nil || !ok {
		return Lease{}, err
	}
	if len(b) != 16 {
		return Lease{}, errMalformed
	}
	return Lease{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}, nil
}

// PutJobLease writes the lease; one of no node is removed.
func PutJobLease(tx *txn.Tx, l Lease) error {
	if l.Node == 0 {
		tx.Delete(settingKey(settingJobLease))
	} else {
		tx.Put(settingKey(settingJobLease), binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, l.Node), l.Count), nil, nil)
	}
	return tx.Err()
}
