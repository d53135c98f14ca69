package ledger

import (
	"bytes"
	"crypto/ed25519"
	"testing"
)

func BenchmarkExtendOne(b *testing.B) { benchmarkExtend(b, 1, 1) }

func BenchmarkExtendGuarded(b *testing.B) { benchmarkExtend(b, 1, 9) }

func BenchmarkExtendHundred(b *testing.B) { benchmarkExtend(b, 100, 1) }

// benchmarkExtend measures a block of n transactions of some parts each, as the
// applier of the log makes it: from a head that it keeps.
func benchmarkExtend(b *testing.B, n, parts int) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	t := Transaction{Uni: "test-inventory", ID: "0136f5c6-a5d0-7a54-8000-000000000001", Owner: "Warehouse", Submitted: 1}
	for i := range parts {
		text := `updateSelf_Inventory(id:"0136f5c6-a5d0-7a54-8000-000000000001",input: {lastUpdated: "2021-12-06T18:30:00Z", quantityWarehouse1: 90}){error}`
		t.Parts = append(t.Parts, Part{Text: text, Guarded: i%2 == 1})
	}
	t.Sign(key)
	data := AppendTransaction(nil, &t)
	records := make([]Stamped, n)
	var head *Head
	ts := int64(0)
	for b.Loop() {
		for i := range records {
			ts++
			records[i] = Stamped{TS: ts, Data: data}
		}
		e, err := Extend(head, t.Uni, records)
		if err != nil {
			b.Fatal(err)
		}
		head = e.Head
	}
}

// BenchmarkVerify checks an export, most of it signatures; the unit is a transaction.
func BenchmarkVerify(b *testing.B) {
	c := written(b, newMaker(1).history(500))
	text := exported(b, c, checkpointed(b, c, 0, "Shop"), nil)
	opts := VerifyOptions{Keys: keysOf(nodes...)}
	n := 0
	for b.Loop() {
		r, err := Verify(bytes.NewReader(text), opts)
		if err != nil {
			b.Fatal(err)
		}
		n += r.Transactions
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/transaction")
}

// BenchmarkSign signs a transaction, as its owner does before it is ordered.
func BenchmarkSign(b *testing.B) {
	m := newMaker(1)
	t, key := m.transaction("Shop", m.mutation()...), party("Shop").Key
	for b.Loop() {
		t.Sign(key)
	}
}
