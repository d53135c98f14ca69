package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// The budgets of a row that names none.
const (
	badMillis = 5000
	badMiB    = 64
)

// littleGarbage is what a row may begin with without being given memory by it: what
// is not collected yet counts as held before.
const littleGarbage = 24 << 20

// within runs f and fails the row when it takes more time or memory than it may,
// when the server does not answer afterwards, or when goroutines are left. Time is
// that of the processors, or what has passed if that is less. Memory
// is what the whole program holds in objects at most, garbage too, over what it held
// before; the clients' own is in it. How much garbage there is depends on the machine:
// what takes too much is done again, and what it takes at least is judged. It returns
// what f did first.
func within(b *badTable, td *datadriven.TestData, f func() string) (out string) {
	b.t.Helper()
	millis, mib := badMillis, badMiB
	if td.HasArg("ms") {
		td.ScanArgs(b.test, "ms", &millis)
	}
	if td.HasArg("mib") {
		td.ScanArgs(b.test, "mib", &mib)
	}
	if td.Cmd == "crowd" {
		millis, mib = millis**crowdTimes, mib**crowdTimes
	}
	b.answers()
	if objects() > littleGarbage {
		runtime.GC()
	}
	goroutines, before := runtime.NumGoroutine(), objects()
	begin, busy := time.Now(), processor()
	out, most := follow(f)
	took := min(time.Since(begin), processor()-busy)
	for again := 0; most > before && (most-before)>>20 > uint64(mib) && again < 5; again++ {
		runtime.GC()
		before = objects()
		_, most = follow(f)
	}
	if took > time.Duration(millis)*time.Millisecond {
		b.t.Errorf("%s: it took %v, and may take %d ms", td.Pos, took, millis)
	}
	if grown := int64(most-before) >> 20; most > before && grown > int64(mib) {
		b.t.Errorf("%s: it took %d MiB, and may take %d", td.Pos, grown, mib)
	}
	if testing.Verbose() {
		b.t.Logf("%s: %v, %d MiB", td.Pos, took.Round(time.Millisecond), (int64(most)-int64(before))>>20)
	}
	b.answers()
	quiet(b.t, goroutines)
	return out
}

// answers sends a good query over both protocols.
func (b *badTable) answers() {
	b.t.Helper()
	for _, c := range []*http.Client{b.http, b.h2} {
		r, err := b.try(c, http.MethodPost, "/", strings.NewReader(`{"add":[1,2]}`))
		// Where connections are not kept for long, one may close as it is chosen, and a query may
		// come too late on a busy machine.
		for end := time.Now().Add(patience); (err != nil || r.StatusCode == http.StatusRequestTimeout) && time.Now().Before(end); {
			r, err = b.try(c, http.MethodPost, "/", strings.NewReader(`{"add":[1,2]}`))
		}
		if err != nil || r.body != `{"resource":3}` {
			b.t.Fatalf("afterwards a good query is answered %v %v", r.body, err)
		}
	}
}

// objects returns the bytes in objects of the heap, those not yet collected too.
func objects() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// follow runs f and returns the most objects there were meanwhile.
func follow(f func() string) (out string, most uint64) {
	peak := watchObjects()
	out = f()
	return out, peak()
}

// watchObjects follows objects until the function it returns is called, which gives
// the most that it saw.
func watchObjects() (peak func() uint64) {
	stop, result := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		most := objects()
		for {
			select {
			case <-tick.C:
				most = max(most, objects())
			case <-stop:
				result <- max(most, objects())
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-result
	}
}

// packed returns text in gzip's form.
func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}
