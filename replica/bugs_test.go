//go:build seededbugs

package replica

import (
	"context"
	"encoding/binary"
	"sync"
	"testing"

	"seriatim/txn"
)

// TestSeededBugs shows for each fault that it can be seen from outside.
func TestSeededBugs(t *testing.T) {
	for name, seen := range map[string]func(t *testing.T) bool{
		"stale-read": func(t *testing.T) bool {
			r := newRig(t, Options{})
			defer r.close()
			_, err := put(r.Replica, "k", "v")
			must(t, err)
			return value(t, r.Replica, "k") != "v"
		},
		"skip-validation": func(t *testing.T) bool {
			r := newRig(t, Options{})
			defer r.close()
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					for range 50 {
						_, err := add(context.Background(), r.Replica, "n")
						must(t, err)
					}
				})
			}
			wg.Wait()
			return binary.BigEndian.Uint64([]byte(value(t, r.Replica, "n"))) != 16*50
		},
		"lost-write": func(t *testing.T) bool {
			r := newRig(t, Options{})
			defer r.close()
			reader, ts := r.Snapshot()
			tx := txn.Begin(reader, ts, ts)
			tx.Put([]byte("document"), []byte("v"), nil, nil)
			tx.Put([]byte("entry"), []byte("v"), nil, nil)
			p := tx.Proposal()
			tx.Close()
			_, err := r.Commit(context.Background(), p)
			must(t, err)
			return value(t, r.Replica, "entry") != "v"
		},
		"early-ack": func(t *testing.T) bool {
			for i := range 200 {
				r := newRig(t, Options{})
				r.disk.CrashAfter(i % 3)
				_, err := put(r.Replica, "k", "v")
				r.crash(newRand(uint64(i), 1))
				r.open()
				lost := err == nil && value(t, r.Replica, "k") != "v"
				r.close()
				if lost {
					return true
				}
			}
			return false
		},
		"map-order": func(t *testing.T) bool {
			entries, _ := generateLog(newRand(1, 1), 300)
			return applyLog(t, newRand(1, 2), entries, 1).state.digest != applyLog(t, newRand(1, 2), entries, 1).state.digest
		},
	} {
		t.Run(name, func(t *testing.T) {
			if seen(t) {
				t.Fatal("seen although it is off")
			}
			must(t, SeedBug(name, 1))
			defer SeedBug(name, 0)
			if !seen(t) {
				t.Error("not seen")
			}
		})
	}
	if SeedBug("nonsense", 1) == nil {
		t.Error("an unknown fault was accepted")
	}
}
