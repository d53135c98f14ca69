package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"peers/shop"
)

func (s *service) order(w http.ResponseWriter, r *http.Request, pool *pgxpool.Pool, function string) {
	o, err := shop.ReadOrder(r.Body)
	if err != nil {
		shop.Reply(w, http.StatusBadRequest, 0, shop.Failed(err))
		return
	}
	for retries := 0; ; retries++ {
		err := submit(r.Context(), o, pool, function)
		switch {
		case err == nil:
			shop.Reply(w, http.StatusCreated, retries, shop.Resource{Resource: o.Document()})
		case !again(err) || retries == shop.MaxRetries:
			shop.Reply(w, statusOf(err), retries, shop.Failed(err))
		default:
			continue
		}
		return
	}
}

// submit runs the order in one statement, which is a transaction of its own.
func submit(ctx context.Context, o *shop.Order, pool *pgxpool.Pool, function string) error {
	row := pool.QueryRow(ctx, "select id, creation_date, address, card, prices from "+function+"($1, $2, $3)", o.Customer, o.Products, o.Counts)
	return row.Scan(&o.ID, &o.Created, &o.Address, &o.Card, &o.Prices)
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
