package replica

import (
	"encoding/binary"
	"fmt"
	"strings"

	"seriatim/ledger"
	"seriatim/txn"
)

// record is a transaction of a ledger with that text, which calls the ledger as.
func record(name, text, as string) txn.Record {
	r := txn.Record{Prefix: []byte("~" + name + "/"), Ledger: []byte(as), Data: []byte("broken")}
	if text != "broken" {
		t := &ledger.Transaction{Uni: as, ID: "id", Owner: "node", Parts: []ledger.Part{{Text: text}}}
		r.Data = ledger.AppendTransaction(nil, t)
	}
	return r
}

// ledger lists a ledger's blocks after making the same ledger of their transactions
// without a replica.
func (s *script) ledger(name string) string {
	reader, _ := s.Snapshot()
	defer reader.Close()
	prefix := "~" + name + "/"
	var blocks [][]ledger.Stamped
	c := reader.Scan([]byte(prefix+"t"), []byte(prefix+"u"), false)
	defer c.Close()
	for c.Next() {
		v := c.Value()
		height, index := binary.BigEndian.Uint64(v), binary.BigEndian.Uint32(v[8:])
		if index == 0 {
			blocks = append(blocks, nil)
		}
		if height != uint64(len(blocks)-1) || int(index) != len(blocks[height]) {
			return fmt.Sprintf("transaction %d of block %d is out of place", index, height)
		}
		at := int64(binary.BigEndian.Uint64(c.Key()[len(prefix)+1:]))
		blocks[height] = append(blocks[height], ledger.Stamped{TS: at, Data: append([]byte(nil), v[12:]...)})
	}
	must(s.t, c.Err())
	var head *ledger.Head
	var out strings.Builder
	for height, records := range blocks {
		e, err := ledger.Extend(head, name, records)
		must(s.t, err)
		head = e.Head
		fmt.Fprintf(&out, "\n  block %d:", height)
		for _, r := range records {
			t, err := ledger.DecodeTransaction(r.Data)
			must(s.t, err)
			fmt.Fprintf(&out, " %s at %d", t.Mutation(), r.TS)
		}
	}
	stored, _, ok, err := reader.Get([]byte(prefix + string(ledger.HeadKey())))
	must(s.t, err)
	switch {
	case ok != (head != nil), ok && string(stored) != string(head.Encode()):
		return out.String() + "\n  the stored head is another"
	case !ok:
		return "none"
	}
	return out.String()
}
