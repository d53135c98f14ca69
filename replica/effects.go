package replica

import (
	"encoding/binary"
	"errors"

	"seriatim/txn"
)

var errValidTime = errors.New("replica: a write's valid time is not between 1 and the entry's timestamp")

// write makes the changes of one entry, or none if one of them is impossible.
func (m *machine) write(writes []txn.Write, ts int64) Outcome {
	for i := range writes {
		if w := &writes[i]; w.At != txn.Pending && (w.At < 1 || w.At > ts) {
			return Outcome{Status: Refused, Err: errValidTime}
		}
	}
	if len(writes) > 1 && bugLostWrite(ts) {
		writes = writes[:len(writes)-1]
	}
	for i := range writes {
		w := &writes[i]
		o := op{kind: w.Kind, key: fill(w.Key, w.KeySlots, ts), value: fill(w.Value, w.ValueSlots, ts), at: w.At, ts: ts}
		if w.At == txn.Pending {
			o.at = ts
		} else {
			m.block.batch.Touch(o.key, ts)
			m.block.rewrites = true
		}
		switch o.kind {
		case txn.Put:
			m.block.batch.Put(o.key, o.at, o.value)
		case txn.Delete:
			m.block.batch.Delete(o.key, o.at)
		case txn.Erase:
			m.block.batch.Erase(o.key, o.at)
		}
		m.block.ops = append(m.block.ops, o)
		m.block.keys = append(m.block.keys, o.key)
	}
	return Outcome{Status: Applied}
}

// fill returns b with the entry's timestamp in its slots; b stays as it is.
func fill(b []byte, slots []txn.Slot, ts int64) []byte {
	if len(slots) == 0 {
		return b
	}
	out := append(make([]byte, 0, len(b)), b...)
	for _, s := range slots {
		v := uint64(ts)
		if s.Inverted {
			v = ^v
		}
		binary.BigEndian.PutUint64(out[s.Offset:], v)
	}
	return out
}

// digest carries the digest of the state over an entry: its timestamp, its
// outcome and all it wrote.
func (m *machine) digest(ts int64, status Status, ops []op) {
	var head [33]byte
	binary.BigEndian.PutUint64(head[:], m.state.digest)
	binary.BigEndian.PutUint64(head[8:], uint64(ts))
	head[16] = byte(status)
	binary.BigEndian.PutUint64(head[17:], uint64(len(ops)))
	h := m.hash
	h.Reset()
	h.Write(head[:25])
	for i := range ops {
		o := &ops[i]
		head[0] = byte(o.kind)
		binary.BigEndian.PutUint64(head[1:], uint64(o.at))
		binary.BigEndian.PutUint64(head[9:], uint64(len(o.key)))
		binary.BigEndian.PutUint64(head[17:], uint64(len(o.value)))
		h.Write(head[:25])
		h.Write(o.key)
		h.Write(o.value)
	}
	m.state.digest = h.Sum64()
}
