package sim_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

var (
	appliedFlag = flag.Int64("applied", 1500, "committed transactions in the log of TestApply")
	keepFlag    = flag.Bool("keep-log", false, "TestApply writes its log and digest to testdata/apply")
)

const (
	applyLog    = "testdata/apply/log.gz"
	applyDigest = "testdata/apply/digest"
)

// TestApply replays one log many ways: in pieces of different sizes, with restarts and
// power cuts, with small and large memory, on one, two and four processors. Every way
// ends with the digest and the state of the origin.
func TestApply(t *testing.T) {
	blocks, origin := applyBlocks(t, *appliedFlag)
	entries, expressions := countEntries(t, blocks)
	if *keepFlag {
		must(t, os.WriteFile(applyLog, packBlocks(blocks), 0o644))
		must(t, os.WriteFile(applyDigest, fmt.Appendf(nil, "%d %x\n", origin.endPosition, origin.endDigest), 0o644))
	}
	r := rand.New(rand.NewPCG(*seedFlag, 31))
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	start := time.Now()
	ways := 0
	for _, processors := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(processors)
		for _, way := range []struct {
			pieces, restarts int
			memTable, flush  int64
		}{{17, 0, smallMemTable, 0}, {256, 5, 2 * smallMemTable, 64 << 10}, {len(blocks), 0, 4 << 20, 0}} {
			f := newFollower(t, blocks, way.memTable, way.flush)
			f.follow(r, way.pieces, 0, way.restarts)
			at, digest := f.db.Digest()
			state := stateOf(t, f.store)
			must(t, f.db.Close())
			if at != origin.endPosition || digest != origin.endDigest || state != origin.endState {
				t.Errorf("%d processors, %+v: position %d with digest %x, the origin is at %d with %x", processors, way, at, digest, origin.endPosition, origin.endDigest)
			}
			ways++
		}
	}
	t.Logf("%d entries in %d blocks, %.0f %% of them evaluated in order, replayed in %d ways in %v: equal digests and states",
		entries, len(blocks), percent(expressions, entries), ways, time.Since(start).Round(time.Second))
}

// applyBlocks makes a log of a few workloads.
func applyBlocks(t *testing.T, commits int64) ([][]byte, *node) {
	t.Helper()
	n := newNode(t, *seedFlag, 0.5)
	for i, name := range []string{"counters", "stock", "unique"} {
		for _, w := range works {
			if w.name != name {
				continue
			}
			p := &play{work: w.make(), seed: *seedFlag + uint64(i), clients: 8, commits: commits / 3, open: func() door { return hall{n.DB} }}
			if _, err := p.run(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return n.finish(t), n
}

// TestApplyGolden replays a log that is kept, and compares with the digest that is kept
// with it. Builds for other processors must come to the same.
func TestApplyGolden(t *testing.T) {
	packed, err := os.ReadFile(applyLog)
	must(t, err)
	golden, err := os.ReadFile(applyDigest)
	must(t, err)
	f := newFollower(t, unpackBlocks(t, packed), 4<<20, 0)
	f.follow(rand.New(rand.NewPCG(1, 1)), 1<<20, 0, 0)
	at, digest := f.db.Digest()
	must(t, f.db.Close())
	got := fmt.Sprintf("%d %x", at, digest)
	t.Logf("digest %s", got)
	if want := strings.TrimSpace(string(golden)); got != want {
		t.Errorf("position and digest %s, kept are %s", got, want)
	}
}

func packBlocks(blocks [][]byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for _, block := range blocks {
		_, _ = z.Write(binary.BigEndian.AppendUint32(nil, uint32(len(block))))
		_, _ = z.Write(block)
	}
	_ = z.Close()
	return b.Bytes()
}

func unpackBlocks(t *testing.T, packed []byte) (blocks [][]byte) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	must(t, err)
	all, err := io.ReadAll(z)
	must(t, err)
	for len(all) >= 4 {
		n := binary.BigEndian.Uint32(all)
		blocks = append(blocks, all[4:4+n])
		all = all[4+n:]
	}
	return blocks
}
