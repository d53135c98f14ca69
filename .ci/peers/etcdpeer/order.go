package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"peers/shop"
)

// service answers for one member.
type service struct {
	client   *clientv3.Client
	settings map[string]string
}

// customer is what an order takes from one.
type customer struct {
	FirstName  string          `json:"firstName"`
	LastName   string          `json:"lastName"`
	Address    json.RawMessage `json:"address"`
	Telephone  string          `json:"telephone"`
	CreditCard json.RawMessage `json:"creditCard"`
}

// stored is a product as a value of etcd has it.
type stored struct {
	Name           string    `json:"name"`
	Description    string    `json:"description"`
	Price          float64   `json:"price"`
	Quantity       int64     `json:"quantity"`
	Store          int64     `json:"store"`
	BackorderLimit int64     `json:"backorderLimit"`
	Backordered    bool      `json:"backordered"`
	Changed        time.Time `json:"changed"`
}

func productKey(id int64) string  { return fmt.Sprintf("products/%010d", id) }
func customerKey(id int64) string { return fmt.Sprintf("customers/%010d", id) }
func orderKey(id int64) string    { return fmt.Sprintf("orders/%016x", id) }

// orders numbers the orders of this process; etcd has nothing that would.
var orders atomic.Int64

var errAbsent, errStock = errors.New("there is no such document"), errors.New("Stock quantity not enough")

func (s *service) order(w http.ResponseWriter, r *http.Request) {
	o, err := shop.ReadOrder(r.Body)
	if err != nil {
		shop.Reply(w, http.StatusBadRequest, 0, shop.Failed(err))
		return
	}
	retries, err := s.submit(r.Context(), o)
	switch {
	case err == nil:
		shop.Reply(w, http.StatusCreated, retries, shop.Resource{Resource: o.Document()})
	case errors.Is(err, errAbsent):
		shop.Reply(w, http.StatusNotFound, retries, shop.Failed(err))
	case errors.Is(err, errStock):
		shop.Reply(w, http.StatusBadRequest, retries, shop.Failed(err))
	default:
		shop.Reply(w, http.StatusServiceUnavailable, retries, shop.Failed(err))
	}
}

// submit runs the order until nobody comes between its reads and its writes.
func (s *service) submit(ctx context.Context, o *shop.Order) (retries int, err error) {
	reads := make([]clientv3.Op, 0, 1+len(o.Products))
	reads = append(reads, clientv3.OpGet(customerKey(o.Customer), clientv3.WithSerializable()))
	for _, id := range o.Products {
		reads = append(reads, clientv3.OpGet(productKey(id), clientv3.WithSerializable()))
	}
	resp, err := s.client.Txn(ctx).Then(reads...).Commit()
	if err != nil {
		return 0, err
	}
	o.ID = orders.Add(1)
	for ; retries <= shop.MaxRetries; retries++ {
		seen := make([]*mvccpb.KeyValue, len(reads))
		for i := range seen {
			found := resp.Responses[i].GetResponseRange().Kvs
			if len(found) == 0 {
				return retries, errAbsent
			}
			seen[i] = found[0]
		}
		writes, err := decide(o, seen)
		if err != nil {
			return retries, err
		}
		unchanged := make([]clientv3.Cmp, len(seen))
		for i, kv := range seen {
			unchanged[i] = clientv3.Compare(clientv3.ModRevision(string(kv.Key)), "=", kv.ModRevision)
		}
		if resp, err = s.client.Txn(ctx).If(unchanged...).Then(writes...).Else(reads...).Commit(); err != nil || resp.Succeeded {
			return retries, err
		}
	}
	return retries, fmt.Errorf("contended: tried %d times", retries)
}

// decide returns what the order writes, given the customer and its products.
func decide(o *shop.Order, seen []*mvccpb.KeyValue) ([]clientv3.Op, error) {
	var c customer
	if err := json.Unmarshal(seen[0].Value, &c); err != nil {
		return nil, err
	}
	o.Created, o.Address, o.Card, o.Prices = time.Now(), c.Address, c.CreditCard, o.Prices[:0]
	var writes []clientv3.Op
	for i, kv := range seen[1:] {
		var p stored
		if err := json.Unmarshal(kv.Value, &p); err != nil {
			return nil, err
		}
		if p.Quantity < o.Counts[i] {
			return nil, errStock
		}
		p.Quantity -= o.Counts[i]
		p.Backordered = p.Backordered || p.Quantity <= p.BackorderLimit
		p.Changed = o.Created
		o.Prices = append(o.Prices, p.Price)
		text, err := json.Marshal(&p)
		if err != nil {
			return nil, err
		}
		writes = append(writes, clientv3.OpPut(string(kv.Key), string(text)))
	}
	text, err := json.Marshal(o.Document())
	return append(writes, clientv3.OpPut(orderKey(o.ID), string(text))), err
}

// product reads a product from the member at its side.
func (s *service) product(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		shop.Reply(w, http.StatusBadRequest, 0, shop.Failed(err))
		return
	}
	resp, err := s.client.Get(r.Context(), productKey(id), clientv3.WithSerializable())
	if err != nil {
		shop.Reply(w, http.StatusServiceUnavailable, 0, shop.Failed(err))
		return
	}
	if len(resp.Kvs) == 0 {
		shop.Reply(w, http.StatusNotFound, 0, shop.Failed(errAbsent))
		return
	}
	var p stored
	if err := json.Unmarshal(resp.Kvs[0].Value, &p); err != nil {
		shop.Reply(w, http.StatusInternalServerError, 0, shop.Failed(err))
		return
	}
	shop.Reply(w, http.StatusOK, 0, shop.Resource{Resource: (&shop.Product{ID: id, StoreID: p.Store, Changed: p.Changed, Name: p.Name, Description: p.Description,
		Price: p.Price, Quantity: p.Quantity, BackorderLimit: p.BackorderLimit, Backordered: p.Backordered}).Document()})
}

// createShop puts the products and customers, some hundred in a transaction.
func createShop(ctx context.Context, c *clientv3.Client, products, customers int) error {
	var puts []clientv3.Op
	put := func(key string, value any) error {
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if puts = append(puts, clientv3.OpPut(key, string(text))); len(puts) < 100 {
			return nil
		}
		_, err = c.Txn(ctx).Then(puts...).Commit()
		puts = puts[:0]
		return err
	}
	for i := range int64(products) {
		if err := put(productKey(i+1), &stored{Name: fmt.Sprintf("product %d", i+1), Description: "One of many things in the shop", Price: 7.25,
			Quantity: 1_000_000_000, Store: 1, BackorderLimit: 5, Changed: time.Now()}); err != nil {
			return err
		}
	}
	for i := range int64(customers) {
		if err := put(customerKey(i+1), &customer{FirstName: "Ada", LastName: fmt.Sprintf("Moreno %d", i+1), Telephone: "603-555-0181",
			Address:    json.RawMessage(`{"street":"8 Lighthouse Road","city":"Portsea","state":"NH","zipCode":"03801"}`),
			CreditCard: json.RawMessage(`{"network":"Visa","number":"4000000000000031"}`)}); err != nil {
			return err
		}
	}
	_, err := c.Txn(ctx).Then(puts...).Commit()
	return err
}
