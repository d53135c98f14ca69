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
	body = spaced(body)
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
	for _, m := range members {
		switch m.name {
		case "query":
			problem = intoString(m.value, &op.query, m.name)
		case "operationName":
			problem = intoString(m.value, &op.name, m.name)
		case "variables":
			problem = op.setVariables(m.value)
		case "extensions":
			problem = into(m.value, &op.extensions, m.name, "an object")
		default:
			problem = fmt.Sprintf("A request has the members query, operationName, variables and extensions, not %q.", m.name)
		}
		if problem != "" {
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
	op.variables = bytes.Clone(m)
	return ""
}

// into decodes one member; null leaves it as if it were not there.
func into(m json.RawMessage, field any, name, kind string) (problem string) {
	if json.Unmarshal(m, field) != nil {
		return fmt.Sprintf("The member %s must be %s.", name, kind)
	}
	return ""
}

// intoString is into for a string, most of which have nothing to be decoded.
func intoString(m json.RawMessage, field *string, name string) (problem string) {
	if m[0] == '"' && bytes.IndexByte(m, '\\') < 0 {
		*field = string(m[1 : len(m)-1])
		return ""
	}
	return into(m, field, name, "a string")
}

func notJSON(err error) string {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return "The request's body ends too early."
	}
	return "The request's body is not JSON: " + err.Error() + "."
}
