package txn

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"
)

func exampleProposal() *Proposal {
	return &Proposal{
		Snapshot: 1_700_000_000_000_000,
		Reads:    [][]byte{[]byte("schema"), {}, []byte("doc/1")},
		Ranges:   []Range{{[]byte("a"), []byte("b")}, {[]byte("c"), []byte("c\x00")}},
		Writes: []Write{
			{Kind: Put, Key: []byte("doc/1"), Value: []byte("value"), At: Pending},
			{Kind: Put, Key: []byte("idx/........"), Value: []byte("........tail"), At: Pending,
				KeySlots: []Slot{{Offset: 4, Inverted: true}}, ValueSlots: []Slot{{Offset: 0}, {Offset: 4}}},
			{Kind: Delete, Key: []byte("doc/2"), At: Pending},
			{Kind: Put, Key: []byte("doc/3"), Value: []byte{}, At: 17},
			{Kind: Delete, Key: []byte("doc/3"), At: 18},
			{Kind: Erase, Key: []byte("doc/3"), At: 19},
		},
	}
}

// recordedProposal also leaves something in a ledger.
func recordedProposal() *Proposal {
	p := exampleProposal()
	p.Record = Record{Prefix: []byte("key"), Ledger: []byte("uni"), Data: []byte("mutation")}
	return p
}

func TestProposalRoundTrip(t *testing.T) {
	got := &Proposal{}
	// The last time over memory that a record was decoded into.
	for _, want := range []*Proposal{exampleProposal(), recordedProposal(), exampleProposal()} {
		b := AppendProposal(nil, want)
		if err := got.Decode(b); err != nil {
			t.Fatal(err)
		}
		if s, w := fmt.Sprintf("%+v", strip(got)), fmt.Sprintf("%+v", strip(want)); s != w {
			t.Errorf("decoded\n%s\nencoded\n%s", s, w)
		}
	}
}

func strip(p *Proposal) Proposal { q := *p; q.slots = nil; return q }

func TestProposalDamage(t *testing.T) {
	testProposalDamage(t, AppendProposal(nil, exampleProposal()))
	testProposalDamage(t, AppendProposal(nil, recordedProposal()))
}

func testProposalDamage(t *testing.T, b []byte) {
	for i := range b {
		if _, err := DecodeProposal(b[:i]); err == nil {
			t.Errorf("decoded the first %d of %d bytes", i, len(b))
		}
	}
	if _, err := DecodeProposal(append(b[:len(b):len(b)], 0)); err == nil {
		t.Error("decoded with a byte too many")
	}
	b[0] = recordedFormat + 1
	if _, err := DecodeProposal(b); !errors.Is(err, ErrProposalFormat) {
		t.Errorf("a newer format: %v", err)
	}
}

// A proposal that decodes is the one that was encoded: encoding it again gives
// bytes that decode to the same, and apply can trust every slot and kind.
func FuzzProposal(f *testing.F) {
	f.Add(AppendProposal(nil, exampleProposal()))
	f.Add(AppendProposal(nil, recordedProposal()))
	f.Add([]byte{proposalFormat, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := DecodeProposal(b)
		if err != nil {
			return
		}
		for _, w := range p.Writes {
			for _, s := range w.KeySlots {
				_ = w.Key[s.Offset : s.Offset+8]
			}
			for _, s := range w.ValueSlots {
				_ = w.Value[s.Offset : s.Offset+8]
			}
		}
		c := AppendProposal(nil, p)
		q, err := DecodeProposal(c)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(AppendProposal(nil, q), c) || !reflect.DeepEqual(len(p.Writes), len(q.Writes)) {
			t.Errorf("%x became %x", b, c)
		}
	})
}
