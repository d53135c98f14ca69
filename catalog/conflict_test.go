package catalog

import (
	"strings"
	"testing"
)

// TestConflicts runs two transactions from one snapshot and commits the first,
// then the second.
func TestConflicts(t *testing.T) {
	setup := []string{
		`create collections {name: "c"}`,
		`create indexes {name: "u", source: #collections:c, terms: [{field: ["data", "u"]}], unique: true}`,
		`create indexes {name: "serial", source: #collections:c, terms: [{field: ["data", "s"]}]}`,
		`create indexes {name: "loose", source: #collections:c, terms: [{field: ["data", "l"]}], serialized: false}`,
		`create c 1 {data: {u: "x", s: 1}}`,
		`create c 2 {data: {s: 2}}`,
		`create databases {name: "child"}`,
	}
	write := `create c 90 {}`
	for _, test := range []struct {
		name          string
		first, second string
		conflict      bool
	}{
		{"one unique value for two documents", `create c 10 {data: {u: "n"}}`, `create c 11 {data: {u: "n"}}`, true},
		{"a unique value given back", `update c/1 {data: {u: "y"}}`, `create c 11 {data: {u: "z"}}`, false},
		{"one identity for two documents", `create c 10 {}`, `create c 10 {}`, true},
		{"different documents", `create c 10 {data: {u: "n"}}`, `create c 11 {data: {u: "m"}}`, false},
		{"one name for two collections", `create collections {name: "n"}`, `create collections {name: "n"}`, true},
		{"an index over what is written meanwhile", `create c 10 {}`, `create indexes {name: "i", source: #collections:c}`, true},
		{"a write that misses a new index", `create indexes {name: "i", source: #collections:c}`, `create c 10 {}`, true},
		{"a write into a deleted collection", `delete collections:c`, `create c 10 {}`, true},
		{"a key does not change the schema", `create keys {role: "admin"}`, write, false},
		{"a child does not change its parent's schema", `create databases {name: "other"}`, write, false},
		{"a lookup of nothing", `create databases {name: "other"}`, "lookup databases other\n" + write, true},
		{"a set that was read grew", `create c 10 {data: {s: 1}}`, "match serial [1]\n" + write, true},
		{"another set grew", `create c 10 {data: {s: 3}}`, "match serial [1]\n" + write, false},
		{"a set of an index that is not serialized", `create c 10 {data: {l: 1}}`, "match loose [1]\n" + write, false},
		{"listing does not conflict with updates", `update c/1 {data: {n: 1}}`, "documents c\n" + write, false},
		{"listing conflicts with creation", `create c 10 {}`, "documents c\n" + write, true},
		{"a document that was read", `update c/1 {data: {n: 1}}`, "get c/1\n" + write, true},
		{"an event put into a history that was read", `insert c/2 1001 create {data: {n: 1}}`, "get c/2\n" + write, true},
		{"entries that an event changed", `insert c/2 1001 create {data: {s: 9}}`, "match serial [9]\n" + write, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig()
			mustCommit(t, r, setup...)
			a, b := r.begin(0), r.begin(0)
			defer a.Close()
			defer b.Close()
			for i, lines := range []string{test.first, test.second} {
				v, err := NewView(a, Root, r.options)
				if i == 1 {
					v, err = NewView(b, Root, r.options)
				}
				var out strings.Builder
				for _, line := range strings.Split(lines, "\n") {
					if err == nil {
						err = r.run(&out, v, line)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if r.store.apply(a.Proposal()) == 0 {
				t.Fatal("the first conflicts")
			}
			if got := r.store.apply(b.Proposal()) == 0; got != test.conflict {
				t.Errorf("conflict is %v, want %v", got, test.conflict)
			}
		})
	}
}

func mustCommit(t *testing.T, r *rig, lines ...string) {
	t.Helper()
	tx := r.begin(0)
	defer tx.Close()
	v, err := NewView(tx, r.db, r.options)
	var out strings.Builder
	for _, line := range lines {
		if err == nil {
			err = r.run(&out, v, line)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.store.apply(tx.Proposal()) == 0 {
		t.Fatal("conflict")
	}
}
