package seriatim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"seriatim"
)

// openStream opens a stream that must open.
func openStream(t testing.TB, db *seriatim.DB, req *seriatim.Request) *seriatim.Stream {
	t.Helper()
	s, refused := db.Stream(context.Background(), req, nil)
	if refused != nil {
		t.Fatalf("%d %s", refused.Status, refused.Body)
	}
	return s
}

// nextEvent returns the next events of a stream.
func nextEvent(t testing.TB, s *seriatim.Stream) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	out, err := s.Next(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\r\n")
}

const counted = `{"ref":{"collection":"c"},"id":"1"}`

func countedShop(t *testing.T) *seriatim.DB {
	db := opened(t, seriatim.Options{Dir: t.TempDir()})
	run(t, db, `CreateCollection({ name: "c" }); Create(Ref(Collection("c"), "1"), { data: { n: 0 } })`)
	return db
}

// TestStreamCongestion: a stream that is read too slowly tells all up to some point,
// in order, and then that it ended, and why.
func TestStreamCongestion(t *testing.T) {
	db := countedShop(t)
	s := openStream(t, db, request([]byte(counted)))
	defer s.Close()
	const writes, room = 4300, 4096
	if start := nextEvent(t, s); !strings.HasPrefix(start, `{"type":"start"`) {
		t.Fatal(start)
	}
	for i := range writes {
		if resp := ask(t, db, fmt.Sprintf(`Update(Ref(Collection("c"), "1"), { data: { n: %d } })`, i+1)); resp.Status != http.StatusOK {
			t.Fatalf("%s", resp.Body)
		}
	}
	told, e := 0, nextEvent(t, s)
	for ; strings.HasSuffix(e, fmt.Sprintf(`"data":{"n":%d}}}}`, told+1)); e = nextEvent(t, s) {
		told++
	}
	// What was published while the stream opened has its place among the items, too.
	if told != room && told != room-1 {
		t.Errorf("%d events were told", told)
	}
	if e != `{"type":"error","txn":0,"event":{"code":"time out","description":"Stream closed due to congestion after accumulating 4096 items."}}` {
		t.Error(e)
	}
	if _, err := s.Next(context.Background()); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

// TestStreamOfOneTransaction: a transaction of any size is told whole, whatever a
// stream may be behind.
func TestStreamOfOneTransaction(t *testing.T) {
	db := countedShop(t)
	s := openStream(t, db, request([]byte(`{"documents":{"collection":"c"}}`)))
	defer s.Close()
	nextEvent(t, s)
	for range 2 {
		run(t, db, `Do(Map([`+strings.TrimSuffix(strings.Repeat("1,", 5000), ",")+`], Lambda("x", Create(Collection("c"), {}))), 1)`)
		if n := strings.Count(nextEvent(t, s), `"action":"add"`); n != 5000 {
			t.Errorf("told %d of 5000", n)
		}
	}
}

// TestStreamsEndWithDatabase: closing the database ends its streams, and opens none.
func TestStreamsEndWithDatabase(t *testing.T) {
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, `CreateCollection({ name: "c" })`)
	s := openStream(t, db, request([]byte(counted)))
	defer s.Close()
	nextEvent(t, s)
	ended := make(chan string)
	go func() {
		out, err := s.Next(context.Background())
		ended <- fmt.Sprint(string(out), err)
	}()
	time.Sleep(10 * time.Millisecond)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := <-ended, `{"type":"error","txn":0,"event":{"code":"time out","description":"The server is shutting down."}}`+"\r\n<nil>"; got != want {
		t.Errorf("got %s", got)
	}
}

// BenchmarkUpdate writes one document, while as many streams as said follow others of
// its collection.
func BenchmarkUpdate(b *testing.B) {
	for _, streams := range []int{0, 1000} {
		b.Run(fmt.Sprintf("streams=%d", streams), func(b *testing.B) {
			db := openShop(b)
			ctx, cancel := context.WithCancel(context.Background())
			var readers sync.WaitGroup
			for i := range streams {
				s := openStream(b, db, shopRequest(fmt.Appendf(nil, `{"ref":{"collection":"products"},"id":"%d"}`, 100000+i)))
				readers.Go(func() {
					defer s.Close()
					for {
						if _, err := s.Next(ctx); err != nil {
							return
						}
					}
				})
			}
			query := []byte(`{"update":{"ref":{"collection":"products"},"id":"1"},"params":{"object":{"data":{"object":{"n":1}}}}}`)
			b.ReportAllocs()
			for b.Loop() {
				if resp := db.Query(ctx, shopRequest(query)); resp.Status != http.StatusOK {
					b.Fatalf("%s", resp.Body)
				}
			}
			b.StopTimer()
			cancel()
			readers.Wait()
		})
	}
}
