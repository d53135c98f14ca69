package catalog

import (
	"fmt"
	"sync"
	"testing"

	"seriatim/value"
)

// TestCacheIsShared reads definitions of several databases at several times from
// many goroutines through a cache too small for them.
func TestCacheIsShared(t *testing.T) {
	r := newRig()
	r.options.Cache = NewCache(2)
	times := []int64{r.store.last}
	for i := range 6 {
		mustCommit(t, r, fmt.Sprintf(`create collections {name: "c%d"}`, i), fmt.Sprintf(`create databases {name: "d%d"}`, i),
			fmt.Sprintf(`create functions {name: "f%d", body: fn("x")}`, i))
		times = append(times, r.store.last)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 300 {
				if err := readDefinitions(r, times, (g+i)%len(times), uint64(2+i%3)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := len(r.options.Cache.items); n > 2 {
		t.Errorf("%d databases in a cache of 2", n)
	}
}

// readDefinitions checks which collections exist after n commits.
func readDefinitions(r *rig, times []int64, n int, child uint64) error {
	tx := beginAt(r, times[n])
	defer tx.Close()
	v, err := NewView(tx, Root, r.options)
	if err != nil {
		return err
	}
	for i := range len(times) {
		_, ok, err := v.Lookup(value.Collections, fmt.Sprint("c", i))
		if err != nil || ok != (i < n) {
			return fmt.Errorf("c%d after %d commits: %v %v", i, n, ok, err)
		}
		if ref, ok, _ := v.Lookup(value.Functions, fmt.Sprint("f", i)); ok {
			f, _ := v.Function(ref.ID)
			f.Code.Store("code")
		}
	}
	if other, err := v.In(child); err == nil {
		_, ok, err := other.Lookup(value.Collections, "c0")
		if ok || err != nil {
			return fmt.Errorf("a child sees its parent's collection: %v", err)
		}
	}
	return nil
}
