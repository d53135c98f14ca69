package catalog

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestUUIDs shows the spelling of some ids.
func TestUUIDs(t *testing.T) {
	for _, c := range []struct {
		id   int64
		uuid string
	}{
		{0, "01371f3b-ecd0-7a94-8000-000000000000"},
		{1, "01371f3b-ecd0-7a94-8000-000000000001"},
		{1 << 20, "01371f3b-ecd1-7a94-8000-000000100000"},
		{1<<62 - 1, "05371f3b-eccf-7a94-bfff-ffffffffffff"},
		{1 << 62, "05371f3b-ecd0-7a95-8000-000000000000"},
		{math.MaxInt64, "09371f3b-eccf-7a95-bfff-ffffffffffff"},
		{-1, "01371f3b-eccf-7a97-bfff-ffffffffffff"},
		{math.MinInt64, "f9371f3b-ecd0-7a96-8000-000000000000"},
	} {
		if got := UUIDOf(c.id); got != c.uuid {
			t.Errorf("%d is %s, want %s", c.id, got, c.uuid)
		}
		if id, ok := IDOf(strings.ToUpper(c.uuid)); id != c.id || !ok {
			t.Errorf("%s is %d %v, want %d", c.uuid, id, ok, c.id)
		}
	}
}

// TestForeignUUIDs shows what is none of ours.
func TestForeignUUIDs(t *testing.T) {
	for _, uuid := range []string{
		"", "1", "01371f3becd07a948000000000000001", "{01371f3b-ecd0-7a94-8000-000000000001}",
		"01371f3b-ecd0-7a94-8000-00000000000g", "01371f3b-ecd0-7a94-8000-0000000000011",
		"01371f3b-ecd0-4a94-8000-000000000001", // another version
		"01371f3b-ecd0-7a94-c000-000000000001", // another variant
		"01371f3b-ecd0-7a90-8000-000000000001", // another mark
		"01371f3b-ecd1-7a94-8000-000000000001", // another time
		"017f2bd4-6a5c-7000-8000-000000000001", "01371f3b-ecd0-7a94+8000-000000000001",
	} {
		if id, ok := IDOf(uuid); ok {
			t.Errorf("%s is taken for %d", uuid, id)
		}
	}
}

// TestUUIDOrder: both spellings of an id can be had from each other, and those of ids
// from clocks order alike.
func TestUUIDOrder(t *testing.T) {
	const seed = 1
	random := rand.New(rand.NewPCG(seed, 0))
	for range 20000 {
		// Of all magnitudes, and often near each other.
		a := int64(random.Uint64()) >> random.IntN(64)
		b := a + int64(random.Uint64())>>random.IntN(64)
		for _, id := range []int64{a, b} {
			if back, ok := IDOf(UUIDOf(id)); !ok || back != id {
				t.Fatalf("seed %d: %d becomes %s becomes %d %v", seed, id, UUIDOf(id), back, ok)
			}
		}
		if a >= 0 && b >= 0 && (a < b) != (UUIDOf(a) < UUIDOf(b)) {
			t.Fatalf("seed %d: %d and %d order unlike %s and %s", seed, a, b, UUIDOf(a), UUIDOf(b))
		}
	}
}

// FuzzUUID: what is taken for one of ours is the spelling of its id.
func FuzzUUID(f *testing.F) {
	for _, id := range []int64{0, 1, 1 << 40, math.MaxInt64, -1} {
		f.Add(UUIDOf(id))
	}
	f.Add("01371f3b-ecd0-7a94-8000-00000000000")
	f.Fuzz(func(t *testing.T, text string) {
		if id, ok := IDOf(text); ok && UUIDOf(id) != strings.ToLower(text) {
			t.Errorf("%s is %d, which is %s", text, id, UUIDOf(id))
		}
	})
}

// TestUUIDAllocations: the spelling costs its text and what it is made in.
func TestUUIDAllocations(t *testing.T) {
	uuid := UUIDOf(1 << 40)
	if n := testing.AllocsPerRun(100, func() { _ = UUIDOf(1 << 40) }); n > 2 {
		t.Errorf("UUIDOf allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = IDOf(uuid) }); n > 0 {
		t.Errorf("IDOf allocates %v times", n)
	}
}
