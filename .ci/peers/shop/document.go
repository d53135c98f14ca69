// Package shop is what the comparison's services have in common: requests, and
// documents of the form that the same operations have in FQL's protocol.
package shop

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Resource is the body of an answer that is no error.
type Resource struct {
	Resource any `json:"resource"`
}

// Document is a document as the protocol shows it, changed at TS microseconds.
type Document struct {
	Ref  Ref   `json:"ref"`
	TS   int64 `json:"ts"`
	Data any   `json:"data"`
}

// Ref is a reference: an id in a collection.
type Ref struct {
	Ref struct {
		ID         string `json:"id"`
		Collection *Ref   `json:"collection,omitempty"`
	} `json:"@ref"`
}

var collections = func() *Ref { r := &Ref{}; r.Ref.ID = "collections"; return r }()

func collection(name string) *Ref {
	r := &Ref{}
	r.Ref.ID, r.Ref.Collection = name, collections
	return r
}

var storeRefs, productRefs, customerRefs, orderRefs = collection("stores"), collection("products"), collection("customers"), collection("orders")

func refTo(c *Ref, id int64) Ref {
	var r Ref
	r.Ref.ID, r.Ref.Collection = strconv.FormatInt(id, 10), c
	return r
}

// Product is a product with its id and store, and when it was last changed.
type Product struct {
	ID             int64     `json:"-"`
	StoreID        int64     `json:"-"`
	Changed        time.Time `json:"-"`
	Name           string    `json:"name"`
	Description    string    `json:"description"`
	Price          float64   `json:"price"`
	Quantity       int64     `json:"quantity"`
	Store          Ref       `json:"store"`
	BackorderLimit int64     `json:"backorderLimit"`
	Backordered    bool      `json:"backordered"`
}

// Document returns the product as the protocol shows it.
func (p *Product) Document() *Document {
	p.Store = refTo(storeRefs, p.StoreID)
	return &Document{refTo(productRefs, p.ID), p.Changed.UnixMicro(), p}
}

type orderLine struct {
	Product  Ref     `json:"product"`
	Quantity int64   `json:"quantity"`
	Price    float64 `json:"price"`
}

type instant struct {
	TS time.Time `json:"@ts"`
}

type orderData struct {
	Customer     Ref             `json:"customer"`
	Line         []orderLine     `json:"line"`
	Status       string          `json:"status"`
	CreationDate instant         `json:"creationDate"`
	ShipAddress  json.RawMessage `json:"shipAddress"`
	CreditCard   json.RawMessage `json:"creditCard"`
}

// Document returns the order as the protocol shows it.
func (o *Order) Document() *Document {
	lines := make([]orderLine, len(o.Products))
	for i := range lines {
		lines[i] = orderLine{refTo(productRefs, o.Products[i]), o.Counts[i], o.Prices[i]}
	}
	return &Document{refTo(orderRefs, o.ID), o.Created.UnixMicro(), &orderData{
		Customer: refTo(customerRefs, o.Customer), Line: lines, Status: "processing",
		CreationDate: instant{o.Created.UTC()}, ShipAddress: o.Address, CreditCard: o.Card,
	}}
}

// Failed is the body of an answer that is an error.
func Failed(err error) any {
	return map[string]any{"errors": []any{map[string]string{"description": err.Error()}}}
}

// Reply writes an answer whole, with its length, so that the connection is kept.
func Reply(w http.ResponseWriter, status, retries int, body any) {
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
