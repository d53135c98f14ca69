package cluster

import (
	"testing"

	"seriatim/txlog"
)

// TestLastBlock: a log that goes on where a restored state ends has no block to name yet,
// and one that has blocks names its last.
func TestLastBlock(t *testing.T) {
	dir := t.TempDir()
	log, err := txlog.Open(dir, txlog.LocalOptions{Base: 5})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if last, err := lastBlock(dir, 5); err != nil || last != nil {
		t.Errorf("%x, %v", last, err)
	}
	if _, err := lastBlock(dir, 6); err == nil {
		t.Error("a store that is ahead of its log is taken")
	}
	if log, err = txlog.Open(dir, txlog.LocalOptions{}); err != nil {
		t.Fatal(err)
	}
	block := txlog.Block{Header: txlog.Header{Origin: 1, Incarnation: 1, Number: 1}, Entries: [][]byte{{1}}}
	if _, err := log.Append(t.Context(), block.Encode(nil)); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if last, err := lastBlock(dir, 6); err != nil || len(last) != 32 {
		t.Errorf("%x, %v", last, err)
	}
}
