package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// The documents have the form that the same operations have in FQL's protocol.

type resource struct {
	Resource any `json:"resource"`
}

type document struct {
	Ref  ref   `json:"ref"`
	TS   int64 `json:"ts"`
	Data any   `json:"data"`
}

// ref is a reference: an id in a collection.
type ref struct {
	Ref struct {
		ID         string `json:"id"`
		Collection *ref   `json:"collection,omitempty"`
	} `json:"@ref"`
}

var collections = func() *ref { r := &ref{}; r.Ref.ID = "collections"; return r }()

func collection(name string) *ref {
	r := &ref{}
	r.Ref.ID, r.Ref.Collection = name, collections
	return r
}

var storeRefs, productRefs, customerRefs, orderRefs = collection("stores"), collection("products"), collection("customers"), collection("orders")

func refTo(c *ref, id int64) ref {
	var r ref
	r.Ref.ID, r.Ref.Collection = strconv.FormatInt(id, 10), c
	return r
}

type product struct {
	id, store      int64
	changed        time.Time
	Name           string  `json:"name"`
	Description    string  `json:"description"`
	Price          float64 `json:"price"`
	Quantity       int64   `json:"quantity"`
	Store          ref     `json:"store"`
	BackorderLimit int64   `json:"backorderLimit"`
	Backordered    bool    `json:"backordered"`
}

func productDocument(p *product) *document {
	p.Store = refTo(storeRefs, p.store)
	return &document{refTo(productRefs, p.id), p.changed.UnixMicro(), p}
}

type orderLine struct {
	Product  ref     `json:"product"`
	Quantity int64   `json:"quantity"`
	Price    float64 `json:"price"`
}

type instant struct {
	TS time.Time `json:"@ts"`
}

type orderData struct {
	Customer     ref             `json:"customer"`
	Line         []orderLine     `json:"line"`
	Status       string          `json:"status"`
	CreationDate instant         `json:"creationDate"`
	ShipAddress  json.RawMessage `json:"shipAddress"`
	CreditCard   json.RawMessage `json:"creditCard"`
}

func orderDocument(o *submission) resource {
	lines := make([]orderLine, len(o.products))
	for i := range lines {
		lines[i] = orderLine{refTo(productRefs, o.products[i]), o.counts[i], o.prices[i]}
	}
	return resource{&document{refTo(orderRefs, o.id), o.created.UnixMicro(), &orderData{
		Customer: refTo(customerRefs, o.customer), Line: lines, Status: "processing",
		CreationDate: instant{o.created.UTC()}, ShipAddress: o.address, CreditCard: o.card,
	}}}
}

// failed is the body of an answer that is an error.
func failed(err error) any {
	return map[string]any{"errors": []any{map[string]string{"description": err.Error()}}}
}

// reply writes an answer whole, with its length, so that the connection is kept.
func reply(w http.ResponseWriter, status, retries int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{"application/json;charset=utf-8"}
	h["Content-Length"] = []string{strconv.Itoa(len(text))}
	h["X-Txn-Retries"] = []string{strconv.Itoa(retries)}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
