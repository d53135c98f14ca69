package wire

import (
	"runtime/metrics"
	"testing"
	"time"
)

// The bounds of reading a text: what may be allocated for each of its bytes, for
// each step of a position in an error, and for anything; and how long it may take.
const (
	bytesPerByte = 256
	bytesPerStep = 128
	bytesAlways  = 4 << 20
	timeAlways   = time.Minute
)

// frugal runs read, which reads a text of n bytes and returns how many steps its
// errors' positions have, and fails when it costs more than the text is worth.
func frugal(t *testing.T, n int, read func() (steps int)) {
	t.Helper()
	begin, before := time.Now(), allocated()
	steps := read()
	spent, took := allocated()-before, time.Since(begin)
	if most := n*bytesPerByte + steps*bytesPerStep + bytesAlways; spent > uint64(most) {
		t.Fatalf("%d bytes cost %d KiB of memory, at most %d KiB are fair", n, spent>>10, most>>10)
	}
	if took > timeAlways {
		t.Fatalf("%d bytes took %v", n, took)
	}
}

// allocated returns how many bytes the program has allocated so far.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// placed returns how many steps the positions of errors have.
func placed(errs []Error) (steps int) {
	for i := range errs {
		steps += len(errs[i].Position)
	}
	return steps
}
