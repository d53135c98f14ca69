package catalog

import (
	"errors"
	"strings"
	"testing"

	"seriatim/value"
)

// TestYoungMoves: a collection stays as young as it is when its database moves.
func TestYoungMoves(t *testing.T) {
	r := newRig()
	mustCommit(t, r, `create databases {name: "one"}`, `create databases {name: "two"}`)
	one, two := value.Ref{Collection: value.Databases, ID: 2}, value.Ref{Collection: value.Databases, ID: 3}
	r.db = uint64(one.ID)
	mustCommit(t, r, `create collections {name: "c", history_days: 0}`, `insert c/1 1 create {data: {n: 1}}`)
	tx := r.begin(0)
	v, err := NewView(tx, Root, r.options)
	if err == nil {
		_, err = v.MoveDatabase(one, two)
	}
	if err != nil || r.store.apply(tx.Proposal()) == 0 {
		t.Fatal(err)
	}
	tx.Close()
	r.store.last = readGuard + 1000
	mustCommit(t, r, `insert c/1 2 create {data: {n: 2}}`)
	if got, err := r.say(0, "events c/1"); err != nil || got != "1 create #c/1 {n: 1}\n2 update #c/1 {n: 2}\n" {
		t.Errorf("young: %s %v", got, err)
	}
	if got, err := r.say(2*readGuard, "events c/1"); err != nil || got != "2 create #c/1 {n: 2}\n" {
		t.Errorf("old: %s %v", got, err)
	}
}

// TestUnknownBirth: a collection from before the time of birth was noted is not young,
// whatever happens to it.
func TestUnknownBirth(t *testing.T) {
	r := newRig()
	mustCommit(t, r, `create collections {name: "c", history_days: 0}`)
	key := retentionKey(Root, value.FirstUserCollection)
	r.store.erase(key, r.store.last)
	r.options.Cache = nil
	r.store.last = readGuard + 1000
	refused := func() {
		t.Helper()
		var old *TooOld
		if _, err := r.say(0, "insert c/1 1 create {}"); !errors.As(err, &old) || old.Minimum == 0 {
			t.Errorf("it is young: %v", err)
		}
	}
	refused()
	mustCommit(t, r, `update collections:c {history_days: 1}`)
	if list := r.store.versions[string(key)]; len(list) != 1 || len(list[0].value) != 16 {
		t.Errorf("its record is %v", list)
	}
	refused()
	mustCommit(t, r, `update collections:c {history_days: 0}`)
	refused()
}

// say runs a line in a transaction that is dropped.
func (r *rig) say(clock int64, line string) (string, error) {
	tx := r.begin(clock)
	defer tx.Close()
	v, err := NewView(tx, r.db, r.options)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = r.run(&out, v, line)
	return out.String(), err
}
