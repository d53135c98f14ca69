package main

import (
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// pageSize is how many products a page has.
const pageSize = 64

const columns = "select id, name, description, price, quantity, store_id, backorder_limit, backordered, changed from products "

func (s *service) product(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		reply(w, http.StatusBadRequest, 0, failed(err))
		return
	}
	var p product
	err = p.scan(s.committed.QueryRow(r.Context(), columns+"where id = $1", id))
	switch {
	case err == pgx.ErrNoRows:
		reply(w, http.StatusNotFound, 0, failed(err))
	case err != nil:
		reply(w, statusOf(err), 0, failed(err))
	default:
		reply(w, http.StatusOK, 0, resource{productDocument(&p)})
	}
}

// page answers a page of products, from an id on.
func (s *service) page(w http.ResponseWriter, r *http.Request) {
	from, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	if err != nil {
		reply(w, http.StatusBadRequest, 0, failed(err))
		return
	}
	rows, err := s.committed.Query(r.Context(), columns+"where id >= $1 order by id limit $2", from, pageSize)
	if err != nil {
		reply(w, statusOf(err), 0, failed(err))
		return
	}
	defer rows.Close()
	data := make([]any, 0, pageSize)
	for rows.Next() {
		var p product
		if err := p.scan(rows); err != nil {
			reply(w, statusOf(err), 0, failed(err))
			return
		}
		data = append(data, productDocument(&p))
	}
	if rows.Err() != nil {
		reply(w, statusOf(rows.Err()), 0, failed(rows.Err()))
		return
	}
	reply(w, http.StatusOK, 0, resource{map[string]any{"data": data}})
}

func (p *product) scan(row pgx.Row) error {
	return row.Scan(&p.id, &p.Name, &p.Description, &p.Price, &p.Quantity, &p.store, &p.BackorderLimit, &p.Backordered, &p.changed)
}
