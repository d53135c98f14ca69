package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// answers serves every connection with the same text for each request.
func answers(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				r := bufio.NewReader(c)
				for {
					request, err := http.ReadRequest(r)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					if _, err := io.WriteString(c, text); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

func load(address string, o Operation) Load {
	return Load{
		System: &System{Name: "test", Addresses: []string{address}, Dialect: NewFQL(address, "secret")}, Operation: o,
		Clients: 3, Duration: 100 * time.Millisecond, Shop: Shop{Products: 100, Customers: 10},
	}
}

func TestRunCounts(t *testing.T) {
	address := answers(t, "HTTP/1.1 201 Created\r\ncontent-length: 2\r\nX-Txn-Retries: 2\r\n\r\n{}")
	p, err := Run(context.Background(), load(address, Order))
	if err != nil {
		t.Fatal(err)
	}
	if p.Done == 0 || p.Retries != 2 || p.Failed != 0 || p.P50Micros <= 0 || p.P99Micros < p.P50Micros {
		t.Fatalf("%+v", p)
	}
}

func TestRunCountsErrorsApart(t *testing.T) {
	address := answers(t, "HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\nwhat")
	p, err := Run(context.Background(), load(address, Hot))
	if err != nil {
		t.Fatal(err)
	}
	if p.Done != 0 || p.Failed == 0 || p.Failure != "409 what" {
		t.Fatalf("%+v", p)
	}
}

func TestRunCountsErrorsWithAStatusOfSuccess(t *testing.T) {
	text := `{"data":{"one":null},"errors":[]}`
	l := load(answers(t, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(text), text)), Group)
	l.System.Dialect = NewGraphQL("localhost:1", "/", "key", slices.Repeat([]string{"row"}, l.Shop.Products))
	p, err := Run(context.Background(), l)
	if err != nil {
		t.Fatal(err)
	}
	if p.Done != 0 || p.Failed == 0 || p.Failure != "200 "+text {
		t.Fatalf("%+v", p)
	}
}

func TestRunRefusesWhatItCannotRead(t *testing.T) {
	for _, text := range []string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "SSH-2.0-OpenSSH\r\n", ""} {
		if _, err := Run(context.Background(), load(answers(t, text+strings.Repeat("\r\n", 1)), Read)); err == nil {
			t.Errorf("%q was taken for an answer", text)
		}
	}
}

// TestRequests shows every request of all dialects and has net/http read it.
func TestRequests(t *testing.T) {
	want := map[string]string{
		"fql order":   `POST / {"call":{"function":"submit_order"},"arguments":["N",[{"object":{"productId":"N","quantity":N}},{"object":{"productId":"N","quantity":N}},{"object":{"productId":"N","quantity":N}}]]}`,
		"fql hot":     `POST / {"call":{"function":"submit_order"},"arguments":["N",[{"object":{"productId":"N","quantity":N}}]]}`,
		"fql read":    `POST / {"get":{"ref":{"collection":"products"},"id":"N"}}`,
		"fql page":    `POST / {"map":{"lambda":"p","expr":{"get":{"var":"p"}}},"collection":{"paginate":{"documents":{"collection":"products"}},"size":N,"after":{"ref":{"collection":"products"},"id":"N"}}}`,
		"fql group":   `POST / {"do":[{"update":{"ref":{"collection":"inventory"},"id":"N"},"params":{"object":{"data":{"object":{"quantityWarehouseN":N,"lastUpdated":"N-N-NTN:N:NZ"}}}}},{"update":{"ref":{"collection":"inventory"},"id":"N"},"params":{"object":{"data":{"object":{"quantityWarehouseN":N,"lastUpdated":"N-N-NTN:N:NZ"}}}}}]}`,
		"plain order": `POST /orders {"customerId":"N","products":[{"productId":"N","quantity":N},{"productId":"N","quantity":N},{"productId":"N","quantity":N}]}`,
		"plain hot":   `POST /orders/locked {"customerId":"N","products":[{"productId":"N","quantity":N}]}`,
		"plain read":  `GET /products/N `,
		"plain page":  `GET /products?from=N `,
	}
	want["graphql group"] = `POST /uni/u/n/graphql {"query":"` + digits(groupMutation) + `","variables":{"a":"row","b":"row","n":N,"t":"N-N-NTN:N:NZ"}}`
	rows := slices.Repeat([]string{"row"}, 100)
	dialects := map[string]Dialect{
		"fql": NewFQL("localhost:1", "secret"), "plain": NewPlain("localhost:1"),
		"graphql": NewGraphQL("localhost:1", "/uni/u/n/graphql", "key", rows),
	}
	for name, d := range dialects {
		for _, o := range Operations() {
			if want[name+" "+o.String()] == "" {
				continue // the dialect has no such operation
			}
			t.Run(fmt.Sprint(name, " ", o), func(t *testing.T) {
				request := d.Append(nil, o, &Shop{Products: 100, Customers: 10}, rand.New(rand.NewPCG(1, 2)))
				r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(request))))
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Fatal(err)
				}
				if got := digits(fmt.Sprintf("%s %s %s", r.Method, r.URL, body)); got != want[name+" "+o.String()] {
					t.Errorf("got  %s\nwant %s", got, want[name+" "+o.String()])
				}
			})
		}
	}
}

// digits puts N for every number.
func digits(s string) string {
	var out strings.Builder
	for i := range len(s) {
		switch digit := s[i] >= '0' && s[i] <= '9'; {
		case !digit:
			out.WriteByte(s[i])
		case i == 0 || s[i-1] < '0' || s[i-1] > '9':
			out.WriteByte('N')
		}
	}
	return out.String()
}

func TestOrdersHaveThreeDifferentProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		p := products(Order, &Shop{Products: 3, Customers: 1}, r)
		if p[0]+p[1]+p[2] != 6 || p[0]*p[1]*p[2] != 6 {
			t.Fatalf("%v", p)
		}
	}
}
