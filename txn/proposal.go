package txn

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Proposal is what a transaction asks the log for: everything that validation
// and apply need. Its slices must not be modified.
type Proposal struct {
	// Snapshot is the timestamp of the last entry the transaction saw.
	Snapshot int64
	// Reads are the single keys its answers depended on, existing or not.
	Reads [][]byte
	// Ranges are the walked parts of ranges, in order and apart.
	Ranges []Range
	// Writes are the changes, in the order they are to be made.
	Writes []Write
	// Record is what the entry leaves in a ledger if it is applied; its Data is nil
	// when it leaves nothing.
	Record Record

	slots []Slot // backs the slots of decoded writes
}

// Record is a transaction of a ledger, as the ledger encodes it.
type Record struct {
	// Prefix is what the keys of the ledger begin with, and Ledger what it is called.
	Prefix, Ledger []byte
	Data           []byte
}

// Proposal returns what the log is to be asked for, or nil when nothing was
// written. Open cursors are noted as far as they have walked. The proposal
// outlives the transaction.
func (t *Tx) Proposal() *Proposal {
	if t.writes.live == 0 {
		return nil
	}
	for _, c := range t.open {
		c.note()
	}
	t.shared = true
	return &Proposal{
		Snapshot: t.snapshot,
		Reads:    slices.Clone(t.reads.keys),
		Ranges:   t.reads.merged(),
		Writes:   t.writes.compacted(),
	}
}

// The first byte of every encoded proposal: one without a record and one with it.
const (
	proposalFormat = 1
	recordedFormat = 2
)

// The bits next to the kind of an encoded write.
const (
	kindBits   = 0x0f
	withSlots  = 0x10
	withTime   = 0x20
	knownWrite = kindBits | withSlots | withTime
)

// ErrProposalFormat says that a proposal was written by a newer release.
var ErrProposalFormat = errors.New("txn: proposal in an unknown format, written by a newer release")

// AppendProposal appends the encoded form of p: format byte, snapshot, reads,
// ranges, writes and the record if there is one, with counts and lengths as varints.
func AppendProposal(dst []byte, p *Proposal) []byte {
	if p.Record.Data != nil {
		dst = append(dst, recordedFormat)
	} else {
		dst = append(dst, proposalFormat)
	}
	dst = binary.AppendVarint(dst, p.Snapshot)
	dst = binary.AppendUvarint(dst, uint64(len(p.Reads)))
	for _, k := range p.Reads {
		dst = appendBytes(dst, k)
	}
	dst = binary.AppendUvarint(dst, uint64(len(p.Ranges)))
	for _, r := range p.Ranges {
		dst = appendBytes(appendBytes(dst, r.Lo), r.Hi)
	}
	dst = binary.AppendUvarint(dst, uint64(len(p.Writes)))
	for i := range p.Writes {
		dst = appendWrite(dst, &p.Writes[i])
	}
	if p.Record.Data != nil {
		dst = appendBytes(appendBytes(appendBytes(dst, p.Record.Prefix), p.Record.Ledger), p.Record.Data)
	}
	return dst
}

func appendWrite(dst []byte, w *Write) []byte {
	head := byte(w.Kind)
	if len(w.KeySlots)+len(w.ValueSlots) > 0 {
		head |= withSlots
	}
	if w.At != Pending {
		head |= withTime
	}
	dst = appendBytes(append(dst, head), w.Key)
	if w.Kind == Put {
		dst = appendBytes(dst, w.Value)
	}
	if head&withSlots != 0 {
		dst = appendSlots(appendSlots(dst, w.KeySlots), w.ValueSlots)
	}
	if head&withTime != 0 {
		dst = binary.AppendVarint(dst, w.At)
	}
	return dst
}

func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

func appendSlots(dst []byte, slots []Slot) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(slots)))
	for _, s := range slots {
		v := uint64(s.Offset) << 1
		if s.Inverted {
			v |= 1
		}
		dst = binary.AppendUvarint(dst, v)
	}
	return dst
}

// DecodeProposal decodes what AppendProposal made. The result refers to b,
// which must not change while it is used.
func DecodeProposal(b []byte) (*Proposal, error) {
	p := new(Proposal)
	if err := p.Decode(b); err != nil {
		return nil, err
	}
	return p, nil
}

// CheckProposalFormat returns ErrProposalFormat, wrapped, when an encoded
// proposal is in a newer format, and looks no further.
func CheckProposalFormat(b []byte) error {
	if len(b) > 0 && b[0] > recordedFormat {
		return fmt.Errorf("%w (format %d, this release knows %d)", ErrProposalFormat, b[0], recordedFormat)
	}
	return nil
}

// Decode is DecodeProposal into p, whose memory is used again.
func (p *Proposal) Decode(b []byte) error {
	if len(b) == 0 {
		return errors.New("txn: empty proposal")
	}
	if err := CheckProposalFormat(b); err != nil {
		return err
	}
	d := decoder{b: b[1:], bad: b[0] < proposalFormat}
	p.Snapshot = d.varint()
	p.Reads, p.Ranges, p.Writes, p.slots = p.Reads[:0], p.Ranges[:0], p.Writes[:0], p.slots[:0]
	for n := d.count(1); n > 0; n-- {
		p.Reads = append(p.Reads, d.bytes())
	}
	for n := d.count(2); n > 0; n-- {
		p.Ranges = append(p.Ranges, Range{Lo: d.bytes(), Hi: d.bytes()})
	}
	for n := d.count(2); n > 0; n-- {
		p.Writes = append(p.Writes, p.decodeWrite(&d))
	}
	if p.Record = (Record{}); b[0] == recordedFormat {
		p.Record = Record{Prefix: d.bytes(), Ledger: d.bytes(), Data: d.bytes()}
	}
	if d.bad || len(d.b) > 0 {
		return errors.New("txn: damaged proposal")
	}
	return nil
}

func (p *Proposal) decodeWrite(d *decoder) Write {
	head := d.byte()
	w := Write{Kind: Kind(head & kindBits), Key: d.bytes(), At: Pending}
	d.bad = d.bad || head&^knownWrite != 0 || w.Kind < Put || w.Kind > Erase
	if w.Kind == Put {
		w.Value = d.bytes()
	}
	if head&withSlots != 0 {
		w.KeySlots = p.decodeSlots(d, len(w.Key))
		w.ValueSlots = p.decodeSlots(d, len(w.Value))
	}
	if head&withTime != 0 {
		w.At = d.varint()
	}
	return w
}

// decodeSlots reads slots that must fit into length bytes.
func (p *Proposal) decodeSlots(d *decoder, length int) []Slot {
	start := len(p.slots)
	for n := d.count(1); n > 0; n-- {
		v := d.uvarint()
		if v>>1 > uint64(length) || int(v>>1)+8 > length {
			d.bad = true
			return nil
		}
		p.slots = append(p.slots, Slot{Offset: int(v >> 1), Inverted: v&1 != 0})
	}
	return p.slots[start:len(p.slots):len(p.slots)]
}

// decoder consumes b; the first thing that does not fit sets bad.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.bad = true
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// count reads how many items of at least size bytes follow.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if n > uint64(len(d.b)/size) {
		d.bad, d.b = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return nil
	}
	out := d.b[:n:n]
	d.b = d.b[n:]
	return out
}
