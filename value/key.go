package value

import "encoding/binary"

// MaxComponent is the greatest length of one component of an index key. An entry
// with a longer one is not written, as in FQL v4 (section "Limits").
const MaxComponent = 32767

// AppendKey appends the key of v to dst: bytes that sort as CompareKey does,
// that no other key begins with, and from which DecodeKey gives the value back.
// With reverse the bytes are complemented and so sort the other way.
//
// A key holds the plain form of v: transient kinds as the objects they stand for
// (see Data), the members of objects sorted by name, actions as strings, and a
// TxnTime as the Int or Time it will be, in a slot (see AppendKeySlots).
func AppendKey(dst []byte, v Value, reverse bool) []byte {
	var w KeyWriter
	w.Reset(dst)
	w.Add(v, reverse)
	key, _ := w.Finish()
	return key
}

// AppendKeySlots is AppendKey for values with TxnTime in them. It appends the
// slots to slots, with offsets from the start of dst.
func AppendKeySlots(dst []byte, slots []Slot, v Value, reverse bool) ([]byte, []Slot) {
	var w KeyWriter
	w.Reset(dst)
	w.slots = slots
	w.Add(v, reverse)
	return w.Finish()
}

// AppendTermKey appends the key under which a term of an index is matched. Terms
// match when they are the same kind and value, so 1 and 1.0 do not and neither do
// 0.0 and -0.0, as in the core, which compares the bytes of terms (Tables.Indexes
// rowKey there). The bytes have no meaningful order; no other term begins with them.
func AppendTermKey(dst []byte, v Value) []byte {
	key, _ := AppendTermKeySlots(dst, nil, v)
	return key
}

// AppendTermKeySlots is AppendTermKey for terms with TxnTime in them. It appends
// the slots to slots, with offsets from the start of dst.
func AppendTermKeySlots(dst []byte, slots []Slot, v Value) ([]byte, []Slot) {
	var w KeyWriter
	w.Reset(dst)
	w.slots, w.exact = slots, true
	w.Add(v, false)
	return w.Finish()
}

// AppendEqualKey appends bytes that two values share when they are equal as elements of
// arrays: those of AppendTermKey, but 0.0 and -0.0 have the same.
func AppendEqualKey(dst []byte, v Value) []byte {
	var w KeyWriter
	w.Reset(dst)
	w.exact, w.oneZero = true, true
	w.Add(v, false)
	key, _ := w.Finish()
	return key
}

// KeyWriter makes the key of a tuple of values, whose order is that of its
// components one after the other. Values that Compare holds equal, such as 1 and
// 1.0, are told apart only after the last component, so every tuple that compares
// equal on the first n components begins with the same bytes: Prefix after n Adds.
// The zero KeyWriter is ready for Reset.
type KeyWriter struct {
	b     []byte
	slots []Slot
	exact bool // strings by their bytes only: the order does not matter
	// oneZero writes -0.0 as 0.0.
	oneZero bool

	// One bit for each place where Compare is 0 for different kinds, in order.
	ties     []byte
	bits     byte
	bitCount int
	reversed bool // of the component being written
}

// Reset begins a new key at the end of dst, which it takes over.
func (w *KeyWriter) Reset(dst []byte) {
	*w = KeyWriter{b: dst, slots: w.slots[:0], ties: w.ties[:0]}
}

// Add appends a component and returns its length in bytes. More than
// MaxComponent means that the entry must not be written.
func (w *KeyWriter) Add(v Value, reverse bool) int {
	start, slot := len(w.b), len(w.slots)
	w.reversed = reverse
	w.value(v)
	if reverse {
		invert(w.b[start:])
		for i := slot; i < len(w.slots); i++ {
			w.slots[i].Inverted = true
		}
	}
	return len(w.b) - start
}

// Prefix returns the bytes written so far, with which every key begins whose
// first components compare equal to those added. It is valid until the next call.
func (w *KeyWriter) Prefix() []byte { return w.b }

// Finish ends the key. It returns dst with the key appended and the slots in it
// by their offset from the start of dst; the slots are valid until Reset.
func (w *KeyWriter) Finish() ([]byte, []Slot) {
	w.b = append(w.b, w.ties...)
	if n := w.bitCount & 7; n != 0 {
		pad := byte(0)
		if w.reversed {
			pad = 0xff >> n
		}
		w.b = append(w.b, w.bits<<(8-n)|pad)
	}
	return w.b, w.slots
}

// tie notes one bit that tells apart what the key so far does not.
func (w *KeyWriter) tie(bit bool) {
	w.bits <<= 1
	if bit != w.reversed {
		w.bits |= 1
	}
	w.bitCount++
	if w.bitCount&7 == 0 {
		w.ties = append(w.ties, w.bits)
		w.bits = 0
	}
}

func invert(b []byte) {
	for len(b) >= 8 {
		binary.NativeEndian.PutUint64(b, ^binary.NativeEndian.Uint64(b))
		b = b[8:]
	}
	for i := range b {
		b[i] = ^b[i]
	}
}
