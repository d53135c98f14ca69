package main

import (
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"

	"peers/shop"
)

// pageSize is how many products a page has.
const pageSize = 64

const columns = "select id, name, description, price, quantity, store_id, backorder_limit, backordered, changed from products "

func (s *service) product(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		shop.Reply(w, http.StatusBadRequest, 0, shop.Failed(err))
		return
	}
	var p shop.Product
	err = scan(&p, s.committed.QueryRow(r.Context(), columns+"where id = $1", id))
	switch {
	case err == pgx.ErrNoRows:
		shop.Reply(w, http.StatusNotFound, 0, shop.Failed(err))
	case err != nil:
		shop.Reply(w, statusOf(err), 0, shop.Failed(err))
	default:
		shop.Reply(w, http.StatusOK, 0, shop.Resource{Resource: p.Document()})
	}
}

// page answers a page of products, from an id on.
func (s *service) page(w http.ResponseWriter, r *http.Request) {
	from, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	if err != nil {
		shop.Reply(w, http.StatusBadRequest, 0, shop.Failed(err))
		return
	}
	rows, err := s.committed.Query(r.Context(), columns+"where id >= $1 order by id limit $2", from, pageSize)
	if err != nil {
		shop.Reply(w, statusOf(err), 0, shop.Failed(err))
		return
	}
	defer rows.Close()
	data := make([]any, 0, pageSize)
	for rows.Next() {
		var p shop.Product
		if err := scan(&p, rows); err != nil {
			shop.Reply(w, statusOf(err), 0, shop.Failed(err))
			return
		}
		data = append(data, p.Document())
	}
	if rows.Err() != nil {
		shop.Reply(w, statusOf(rows.Err()), 0, shop.Failed(rows.Err()))
		return
	}
	shop.Reply(w, http.StatusOK, 0, shop.Resource{Resource: map[string]any{"data": data}})
}

func scan(p *shop.Product, row pgx.Row) error {
	return row.Scan(&p.ID, &p.Name, &p.Description, &p.Price, &p.Quantity, &p.StoreID, &p.BackorderLimit, &p.Backordered, &p.Changed)
}
