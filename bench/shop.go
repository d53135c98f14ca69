package bench

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// Shop says what there is to choose from: products and customers have the ids 1 to n.
type Shop struct {
	Products, Customers int
}

// Operation is one thing that clients do.
type Operation int

// The operations. Every order takes one piece of each of its products, and its
// answer is the order's whole document.
const (
	// Order buys three products, uniformly chosen.
	Order Operation = iota
	// Hot buys one product, always the same.
	Hot
	// Read reads one product by its id.
	Read
	// Page reads PageSize products in the order of their ids, from a random one on.
	Page
	// Group updates two rows of an inventory, uniformly chosen, in one transaction.
	Group
)

// PageSize is the number of products that Page reads.
const PageSize = 64

var operationNames = []string{"order", "hot", "read", "page", "group"}

func (o Operation) String() string { return operationNames[o] }

// ParseOperation returns the operation of that name.
func ParseOperation(name string) (Operation, error) {
	for i, n := range operationNames {
		if n == name {
			return Operation(i), nil
		}
	}
	return 0, fmt.Errorf("bench: no workload %q; there are %v", name, operationNames)
}

// Operations returns all there are.
func Operations() []Operation { return []Operation{Order, Hot, Read, Page, Group} }

// Dialect turns an operation into the bytes of one HTTP/1.1 request. Append may be
// called by many goroutines.
type Dialect interface {
	Append(dst []byte, o Operation, s *Shop, r *rand.Rand) []byte
}

// refuser is a Dialect whose errors may have a status of success. Refused may be called
// by many goroutines.
type refuser interface{ Refused(body []byte) bool }

// FQL is the dialect of FQL's protocol: everything is a POST, and an order is a call
// of the stored function submit_order.
type FQL struct{ head string }

// NewFQL returns the dialect for a server at address and a secret.
func NewFQL(address, secret string) *FQL {
	auth := base64.StdEncoding.EncodeToString([]byte(secret + ":"))
	return &FQL{" HTTP/1.1\r\nHost: " + address + "\r\nAuthorization: Basic " + auth +
		"\r\nX-FaunaDB-API-Version: 4\r\nContent-Type: application/json\r\n"}
}

// Append makes a request; see Dialect.
func (d *FQL) Append(dst []byte, o Operation, s *Shop, r *rand.Rand) []byte {
	var room [512]byte
	body := room[:0]
	switch o {
	case Order, Hot:
		body = append(body, `{"call":{"function":"submit_order"},"arguments":["`...)
		body = strconv.AppendInt(body, customer(s, r), 10)
		body = append(body, `",[`...)
		for i, id := range products(o, s, r) {
			body = appendLine(body, i, id, `{"object":{"productId":"`, `","quantity":1}}`)
		}
		body = append(body, `]]}`...)
	case Read:
		body = append(body, `{"get":{"ref":{"collection":"products"},"id":"`...)
		body = strconv.AppendInt(body, product(s, r), 10)
		body = append(body, `"}}`...)
	case Page:
		body = append(body, `{"map":{"lambda":"p","expr":{"get":{"var":"p"}}},"collection":{"paginate":{"documents":{"collection":"products"}},"size":64,"after":{"ref":{"collection":"products"},"id":"`...)
		body = strconv.AppendInt(body, pageStart(s, r), 10)
		body = append(body, `"}}}`...)
	case Group:
		body = appendGroup(body, s, r)
	}
	return appendRequest(dst, "POST", "/", d.head, body)
}

// Plain is the dialect of the comparison's service: the same operations at paths of
// their own, but for Group, which it has not. Hot orders go where rows are locked.
type Plain struct{ head string }

// NewPlain returns the dialect for a service at address.
func NewPlain(address string) *Plain {
	return &Plain{" HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\n"}
}

// Append makes a request; see Dialect.
func (d *Plain) Append(dst []byte, o Operation, s *Shop, r *rand.Rand) []byte {
	var room [512]byte
	text := room[:0]
	switch o {
	case Order, Hot:
		text = append(text, `{"customerId":"`...)
		text = strconv.AppendInt(text, customer(s, r), 10)
		text = append(text, `","products":[`...)
		for i, id := range products(o, s, r) {
			text = appendLine(text, i, id, `{"productId":"`, `","quantity":1}`)
		}
		text = append(text, `]}`...)
		if o == Hot {
			return appendRequest(dst, "POST", "/orders/locked", d.head, text)
		}
		return appendRequest(dst, "POST", "/orders", d.head, text)
	case Read:
		dst = append(dst, "GET /products/"...)
		dst = strconv.AppendInt(dst, product(s, r), 10)
	case Page:
		dst = append(dst, "GET /products?from="...)
		dst = strconv.AppendInt(dst, pageStart(s, r), 10)
	}
	dst = append(dst, d.head...)
	return append(dst, "\r\n"...)
}

func appendLine(dst []byte, i int, id int64, before, after string) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, before...)
	dst = strconv.AppendInt(dst, id, 10)
	return append(dst, after...)
}

func customer(s *Shop, r *rand.Rand) int64 { return 1 + r.Int64N(int64(s.Customers)) }
func product(s *Shop, r *rand.Rand) int64  { return 1 + r.Int64N(int64(s.Products)) }

// pageStart leaves a whole page behind it.
func pageStart(s *Shop, r *rand.Rand) int64 {
	return 1 + r.Int64N(int64(max(1, s.Products-PageSize+1)))
}

// hotProduct is the one that everybody wants.
const hotProduct = 1

// products chooses an order's products, all different.
func products(o Operation, s *Shop, r *rand.Rand) []int64 {
	if o == Hot {
		return []int64{hotProduct}
	}
	a, b, c := product(s, r), product(s, r), product(s, r)
	for b == a {
		b = product(s, r)
	}
	for c == a || c == b {
		c = product(s, r)
	}
	return []int64{a, b, c}
}
