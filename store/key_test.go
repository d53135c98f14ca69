package store

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"sort"
	"testing"

	"github.com/cockroachdb/pebble/v2"
)

// TestKeyBytes pins the layout on disk.
func TestKeyBytes(t *testing.T) {
	prefix := func(key string) []byte { return appendPrefix(nil, []byte(key)) }
	for _, c := range []struct {
		what string
		got  []byte
		want string
	}{
		{"prefix", prefix("ab"), "02616200"},
		{"empty key", prefix(""), "0200"},
		{"zero in key", prefix("a\x00"), "02610000"},
		{"version", appendSuffix(prefix("a"), 1), "026100000000000000000109"},
		{"largest", appendSuffix(prefix("a"), math.MaxInt64), "0261007fffffffffffffff09"},
		{"touch", appendTouchSuffix(prefix("a"), 258), "0261000000000000000102000000010d"},
		{"meta", appendUnversioned(nil, metaSpace, "position"), "01706f736974696f6e00"},
		{"own", appendUnversioned(nil, ownSpace, latestName), "006c617465737400"},
		{"open end", appendBound(nil, nil, true), "0300"},
		{"open start", appendBound(nil, nil, false), "0200"},
	} {
		if got := hex.EncodeToString(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

// TestKeyOrder writes the order down: prefixes as bytes, bare first, newest first, a touch before the
// version of its timestamp.
func TestKeyOrder(t *testing.T) {
	var want [][]byte
	for _, key := range []string{"", "\x00", "\x00\x00", "\x00\x09", "\x09", "a", "a\x00", "a\x00\x09", "a\x01", "ab", "b", "\xff", "\xff\xff"} {
		p := appendPrefix(nil, []byte(key))
		want = append(want, p)
		for _, ts := range []int64{math.MaxInt64, 2817, 9, 1} {
			want = append(want, appendTouchSuffix(bytes.Clone(p), ts), appendSuffix(bytes.Clone(p), ts))
		}
	}
	want = append(want, appendBound(nil, nil, true))
	got := append([][]byte(nil), want...)
	for i := range got {
		j := (i*7919 + 13) % len(got)
		got[i], got[j] = got[j], got[i]
	}
	sort.Slice(got, func(i, j int) bool { return comparer.Compare(got[i], got[j]) < 0 })
	if g, w := fmt.Sprintf("%x", got), fmt.Sprintf("%x", want); g != w {
		t.Fatalf("order\n got %s\nwant %s", g, w)
	}
}

// TestComparer runs Pebble's own checks on the comparer with keys and suffixes of ours.
func TestComparer(t *testing.T) {
	var prefixes, suffixes [][]byte
	for _, key := range []string{"", "a", "b", "a\x00b", "\xff\xff", "abc"} {
		prefixes = append(prefixes, appendPrefix(nil, []byte(key)))
	}
	for _, ts := range []int64{1, 2, 9, 13, 1 << 40, math.MaxInt64} {
		suffixes = append(suffixes, appendSuffix(nil, ts), appendTouchSuffix(nil, ts))
	}
	if err := pebble.CheckComparer(&comparer, prefixes, suffixes); err != nil {
		t.Fatal(err)
	}
}

// FuzzKey: every key and timestamp comes back from its stored form, and damaged forms do not panic.
func FuzzKey(f *testing.F) {
	f.Add([]byte(""), int64(1), []byte("\x02\x00\x09"))
	f.Add([]byte("a\x00\x09"), int64(math.MaxInt64), []byte("\x02a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x09"))
	f.Add([]byte("\x00\x00\x00\x01\x0d"), int64(13), []byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x0d"))
	f.Fuzz(func(t *testing.T, key []byte, ts int64, damaged []byte) {
		decodeKey(damaged)
		if ts <= 0 {
			return
		}
		prefix := appendPrefix(nil, key)
		for _, touch := range []bool{false, true} {
			enc := appendSuffix(bytes.Clone(prefix), ts)
			if touch {
				enc = appendTouchSuffix(bytes.Clone(prefix), ts)
			}
			k, ok := decodeKey(enc)
			if !ok || !bytes.Equal(k.user(), key) || k.ts != ts || k.touch != touch || !bytes.Equal(k.prefix, prefix) {
				t.Fatalf("%x decodes to %+v %v", enc, k, ok)
			}
			if n := comparer.Split(enc); n != len(prefix) {
				t.Fatalf("%x splits at %d, want %d", enc, n, len(prefix))
			}
		}
	})
}
