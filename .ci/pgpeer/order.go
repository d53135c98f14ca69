package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// maxRetries bounds how often one order is tried again.
const maxRetries = 1000

// request is an order as it comes: ids are text, as in the protocol.
type request struct {
	CustomerID string `json:"customerId"`
	Products   []struct {
		ProductID string `json:"productId"`
		Quantity  int64  `json:"quantity"`
	} `json:"products"`
}

// submission is an order as submit_order takes and returns it.
type submission struct {
	customer         int64
	products, counts []int64

	id            int64
	created       time.Time
	address, card json.RawMessage
	prices        []float64
}

func (s *service) order(w http.ResponseWriter, r *http.Request, pool *pgxpool.Pool, function string) {
	o, err := readOrder(r)
	if err != nil {
		reply(w, http.StatusBadRequest, 0, failed(err))
		return
	}
	for retries := 0; ; retries++ {
		err := o.submit(r.Context(), pool, function)
		switch {
		case err == nil:
			reply(w, http.StatusCreated, retries, orderDocument(o))
		case !again(err) || retries == maxRetries:
			reply(w, statusOf(err), retries, failed(err))
		default:
			continue
		}
		return
	}
}

// readOrder decodes an order and sorts its lines, so that rows are always taken
// in the order of their ids.
func readOrder(r *http.Request) (*submission, error) {
	var q request
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		return nil, err
	}
	o := &submission{}
	var err error
	if o.customer, err = strconv.ParseInt(q.CustomerID, 10, 64); err != nil {
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
	slices.SortFunc(lines, func(a, b line) int { return int(a.product - b.product) })
	for _, l := range lines {
		o.products, o.counts = append(o.products, l.product), append(o.counts, l.count)
	}
	return o, nil
}

// submit runs the order in one statement, which is a transaction of its own.
func (o *submission) submit(ctx context.Context, pool *pgxpool.Pool, function string) error {
	row := pool.QueryRow(ctx, "select id, creation_date, address, card, prices from "+function+"($1, $2, $3)", o.customer, o.products, o.counts)
	return row.Scan(&o.id, &o.created, &o.address, &o.card, &o.prices)
}

// again tells whether PostgreSQL asks for the transaction to be run once more.
func again(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

func statusOf(err error) int {
	var e *pgconn.PgError
	switch {
	case again(err):
		return http.StatusConflict
	case errors.As(err, &e) && e.Code == "P0002":
		return http.StatusNotFound
	case errors.As(err, &e):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}
