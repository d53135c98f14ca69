package catalog

import (
	"slices"
	"strings"
	"testing"

	"seriatim/txn"
	"seriatim/value"
)

// TestLongSetHistory: the history of a set that is longer than what is kept in memory
// at a time is shown whole, in order, both ways, with what the transaction itself did.
func TestLongSetHistory(t *testing.T) {
	r := newRig()
	mustCommit(t, r, `create collections {name: "c"}`, `create indexes {name: "i", source: #collections:c, values: [{field: ["data", "n"]}]}`)
	const rounds, documents = 25, 70
	for n := range rounds {
		tx := r.begin(0)
		v, err := NewView(tx, Root, r.options)
		for id := int64(1); id <= documents && err == nil; id++ {
			// Numbers that compare equal make events that only their keys set apart.
			var number value.Value = value.Int(n / 2)
			if id%2 == 0 {
				number = value.Double(n / 2)
			}
			body := value.NewObject(value.Field{Name: "data", Value: value.NewObject(value.Field{Name: "n", Value: number})})
			if n == 0 {
				_, err = v.CreateWithID(value.FirstUserCollection, id, body)
			} else {
				_, err = v.Update(value.Ref{Collection: value.FirstUserCollection, ID: id}, body)
			}
		}
		if err != nil || n < rounds-1 && r.store.apply(tx.Proposal()) == 0 {
			t.Fatal(err)
		}
		if n == rounds-1 {
			longHistory(t, v, documents*(1+2*(rounds/2)))
		}
		tx.Close()
	}
}

func longHistory(t *testing.T, v *View, want int) {
	x, _ := v.Index(value.FirstIndex)
	lists := make([][]string, 2)
	for i, reverse := range []bool{false, true} {
		c := v.EntryHistory(x, nil, 0, txn.Pending, reverse)
		var last *value.Event
		for c.Next() {
			if e := c.Event(); last != nil && (compareEvents(e, last) < 0) != reverse && compareEvents(e, last) != 0 {
				t.Fatal("out of order")
			} else {
				last = e
			}
			lists[i] = append(lists[i], text(v, last))
		}
		if c.Close(); c.Err() != nil {
			t.Fatal(c.Err())
		}
	}
	slices.Reverse(lists[1])
	if strings.Join(lists[0], "\n") != strings.Join(lists[1], "\n") {
		t.Error("the two directions differ")
	}
	seen := make(map[string]bool)
	for _, e := range lists[0] {
		seen[e] = true
	}
	if len(lists[0]) != want || len(seen) != want {
		t.Errorf("%d events, %d different, want %d", len(lists[0]), len(seen), want)
	}
}
