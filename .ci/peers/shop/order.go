package shop

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"time"
)

// MaxRetries bounds how often one order is tried again.
const MaxRetries = 1000

// request is an order as it comes: ids are text, as in the protocol.
type request struct {
	CustomerID string `json:"customerId"`
	Products   []struct {
		ProductID string `json:"productId"`
		Quantity  int64  `json:"quantity"`
	} `json:"products"`
}

// Order is an order as it is submitted and, from ID on, what submitting it finds out.
type Order struct {
	Customer         int64
	Products, Counts []int64 // in the order of the products' ids

	ID            int64
	Created       time.Time
	Address, Card json.RawMessage
	Prices        []float64
}

// ReadOrder decodes an order and sorts its lines, so that rows are always taken in the
// order of their ids.
func ReadOrder(body io.Reader) (*Order, error) {
	var q request
	if err := json.NewDecoder(body).Decode(&q); err != nil {
		return nil, err
	}
	o := &Order{}
	var err error
	if o.Customer, err = strconv.ParseInt(q.CustomerID, 10, 64); err != nil {
		return nil, err
	}
	type line struct{ product, count int64 }
	lines := make([]line, len(q.Products))
	for i, p := range q.Products {
		if lines[i].product, err = strconv.ParseInt(p.ProductID, 10, 64); err != nil {
			return nil, err
		}
		lines[i].count = p.Quantity
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.product, b.product) })
	for _, l := range lines {
		o.Products, o.Counts = append(o.Products, l.product), append(o.Counts, l.count)
	}
	return o, nil
}
