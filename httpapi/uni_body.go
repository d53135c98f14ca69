package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxBatch is how many operations one request may hold.
const maxBatch = 10

// graphOperation is one operation as clients write it (GraphQL over HTTP).
type graphOperation struct {
	query, name string
	variables   []byte
	extensions  graphExtensions
}

// graphExtensions is the member of that name; what is not ours is passed over, as the
// protocol asks.
type graphExtensions struct {
	IdempotencyKey string `json:"idempotencyKey"`
}

// parseGraph reads a request's body: one operation, or an array of at most maxBatch.
// problem is for the client; batched tells how the answer has to look.
func parseGraph(body []byte) (operations []graphOperation, batched bool, problem string) {
	if !utf8.Valid(body) {
		return nil, false, "The request's body is not UTF-8."
	}
	body = bytes.TrimLeft(body, " \t\r\n")
	if len(body) == 0 || body[0] != '[' {
		op, problem := parseOperation(body)
		return []graphOperation{op}, false, problem
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(body, &parts); err != nil {
		return nil, true, notJSON(err)
	}
	if len(parts) == 0 || len(parts) > maxBatch {
		return nil, true, fmt.Sprintf("A batch holds 1 to %d operations, not %d.", maxBatch, len(parts))
	}
	for i, part := range parts {
		op, problem := parseOperation(part)
		if problem != "" {
			return nil, true, fmt.Sprintf("Operation %d of the batch: %s", i+1, problem)
		}
		operations = append(operations, op)
	}
	return operations, true, ""
}

// parseOperation reads one operation: an object with no member twice.
func parseOperation(text []byte) (op graphOperation, problem string) {
	members, problem := graphMembers(text)
	if problem != "" {
		return op, problem
	}
	fields := map[string]func(json.RawMessage) string{
		"query":         func(m json.RawMessage) string { return into(m, &op.query, "query", "a string") },
		"operationName": func(m json.RawMessage) string { return into(m, &op.name, "operationName", "a string") },
		"variables":     func(m json.RawMessage) string { return op.setVariables(m) },
		"extensions":    func(m json.RawMessage) string { return into(m, &op.extensions, "extensions", "an object") },
	}
	for _, m := range members {
		read, known := fields[m.name]
		if !known {
			return op, fmt.Sprintf("A request has the members query, operationName, variables and extensions, not %q.", m.name)
		}
		if problem := read(m.value); problem != "" {
			return op, problem
		}
	}
	if op.query == "" {
		return op, "The request has no query."
	}
	return op, ""
}

func (op *graphOperation) setVariables(m json.RawMessage) (problem string) {
	switch {
	case string(m) == "null":
		return ""
	case m[0] != '{':
		return "The member variables must be an object."
	}
	op.variables = m
	return ""
}

// into decodes one member; null leaves it as if it were not there.
func into(m json.RawMessage, field any, name, kind string) (problem string) {
	if json.Unmarshal(m, field) != nil {
		return fmt.Sprintf("The member %s must be %s.", name, kind)
	}
	return ""
}

// jsonMember is one member of an object, undecoded.
type jsonMember struct {
	name  string
	value json.RawMessage
}

// graphMembers reads the members of one JSON object and nothing after it.
func graphMembers(text []byte) (members []jsonMember, problem string) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil {
		return nil, notJSON(err)
	} else if t != json.Delim('{') {
		return nil, "A request is a JSON object."
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, notJSON(err)
		}
		m := jsonMember{name: t.(string)}
		if err := d.Decode(&m.value); err != nil {
			return nil, notJSON(err)
		}
		for _, earlier := range members {
			if earlier.name == m.name {
				return nil, fmt.Sprintf("The member %q stands twice in the request.", m.name)
			}
		}
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, "The request goes on after its end."
	}
	return members, ""
}

func notJSON(err error) string {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return "The request's body ends too early."
	}
	return "The request's body is not JSON: " + err.Error() + "."
}
