package txlog_test

import (
	"bytes"
	"errors"
	"testing"

	"seriatim/txlog"
)

func TestBlockRefusals(t *testing.T) {
	good := (&txlog.Block{Header: txlog.Header{Origin: 1, Number: 2, Clock: 3}, Entries: [][]byte{[]byte("a"), nil}}).Encode(nil)
	newer := bytes.Clone(good)
	newer[0] = 2
	wrong := bytes.Clone(good)
	wrong[0] = 0
	many := bytes.Clone(good)
	many[33] = 0xff // claims 255 entries
	long := bytes.Clone(good)
	long[37] = 0xff // the first entry claims 255 bytes
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"nothing", nil, txlog.ErrBlock},
		{"newer format", newer, txlog.ErrFormat},
		{"newer format, one byte", []byte{9}, txlog.ErrFormat},
		{"format 0", wrong, txlog.ErrBlock},
		{"cut header", good[:20], txlog.ErrBlock},
		{"cut entry", good[:len(good)-1], txlog.ErrBlock},
		{"bytes left over", append(bytes.Clone(good), 0), txlog.ErrBlock},
		{"too many entries", many, txlog.ErrBlock},
		{"too long an entry", long, txlog.ErrBlock},
		{"good", good, nil},
	} {
		if _, err := txlog.DecodeBlock(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// FuzzBlock: whatever decodes encodes to the same bytes again, and decoding never fails in another way than it says.
func FuzzBlock(f *testing.F) {
	f.Add([]byte{})
	f.Add((&txlog.Block{}).Encode(nil))
	f.Add((&txlog.Block{Header: txlog.Header{Origin: 1 << 63, Incarnation: 2, Number: 3, Clock: -4}, Entries: [][]byte{{}, []byte("x"), make([]byte, 300)}}).Encode(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := txlog.DecodeBlock(data)
		if err != nil {
			if !errors.Is(err, txlog.ErrBlock) && !errors.Is(err, txlog.ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		if int(b.Count) != len(b.Entries) || b.EncodedLen() != len(data) {
			t.Fatalf("count %d of %d entries, length %d of %d", b.Count, len(b.Entries), b.EncodedLen(), len(data))
		}
		if again := b.Encode(nil); !bytes.Equal(again, data) {
			t.Fatalf("%x encodes to %x", data, again)
		}
	})
}
