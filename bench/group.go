package bench

import (
	"bytes"
	"math/rand/v2"
	"strconv"
)

// groupMoment is what Group writes as the time of its change.
const groupMoment = "2021-12-07T18:30:00Z"

// group chooses the rows that Group updates, two different ones, and the quantity it
// writes to both.
func group(s *Shop, r *rand.Rand) (first, second, quantity int64) {
	first, second = product(s, r), product(s, r)
	for second == first {
		second = product(s, r)
	}
	return first, second, r.Int64N(1000)
}

// appendGroup appends the expression of FQL that writes what Group does.
func appendGroup(dst []byte, s *Shop, r *rand.Rand) []byte {
	first, second, quantity := group(s, r)
	dst = append(dst, `{"do":[`...)
	dst = appendUpdate(dst, first, "quantityWarehouse1", quantity)
	dst = append(dst, ',')
	dst = appendUpdate(dst, second, "quantityWarehouse2", quantity)
	return append(dst, `]}`...)
}

func appendUpdate(dst []byte, id int64, property string, quantity int64) []byte {
	dst = append(dst, `{"update":{"ref":{"collection":"inventory"},"id":"`...)
	dst = strconv.AppendInt(dst, id, 10)
	dst = append(append(dst, `"},"params":{"object":{"data":{"object":{"`...), property...)
	dst = strconv.AppendInt(append(dst, `":`...), quantity, 10)
	return append(dst, `,"lastUpdated":"`+groupMoment+`"}}}}}`...)
}

// groupMutation is what Group sends to a node of a uni.
const groupMutation = `mutation m($a: ID!, $b: ID!, $n: Int!, $t: String!) @vendia_transaction {` +
	` one: update_Inventory(id: $a, input: {quantityWarehouse1: $n, lastUpdated: $t}) { result { _id } }` +
	` two: update_Inventory(id: $b, input: {quantityWarehouse2: $n, lastUpdated: $t}) { result { _id } } }`

// GraphQL is the dialect of a node of a uni. It has one operation, Group, whatever it
// is asked for.
type GraphQL struct {
	path, head string
	rows       []string
}

// NewGraphQL returns the dialect for a server at address, whose node at path has the
// API key. rows are the ids of the rows of Inventory, which it keeps; a Shop may have no
// more products.
func NewGraphQL(address, path, key string, rows []string) *GraphQL {
	return &GraphQL{path, " HTTP/1.1\r\nHost: " + address + "\r\nAuthorization: " + key + "\r\nContent-Type: application/json\r\n", rows}
}

// Append makes a request; see Dialect.
func (d *GraphQL) Append(dst []byte, _ Operation, s *Shop, r *rand.Rand) []byte {
	first, second, quantity := group(s, r)
	var room [768]byte
	body := append(room[:0], `{"query":"`+groupMutation+`","variables":{"a":"`...)
	body = append(body, d.rows[first-1]...)
	body = append(append(body, `","b":"`...), d.rows[second-1]...)
	body = strconv.AppendInt(append(body, `","n":`...), quantity, 10)
	body = append(body, `,"t":"`+groupMoment+`"}}`...)
	return appendRequest(dst, "POST", d.path, d.head, body)
}

// Refused tells whether an answer whose status is a success says that nothing was
// done. The text of any other holds ids alone.
func (d *GraphQL) Refused(body []byte) bool { return bytes.Contains(body, []byte(`"errors":`)) }
