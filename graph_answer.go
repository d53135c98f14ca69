package seriatim

import (
	"encoding/json"
	"errors"
	"strings"

	"seriatim/graphql"
)

// errNoModel says that the uni's schema was not compiled by this release.
var errNoModel = errors.New("seriatim: the uni has no compiled model")

// answer is the result of what was executed, the errors of its operations included.
func (g *graph) answer(data []byte, errs []*graphql.Error) *Response {
	resp := &Response{Status: statusOK, Body: graphql.AppendResponse(nil, data, errs), TxnTS: g.ts}
	for _, e := range errs {
		if e.Internal != nil {
			resp.Err = e.Internal
			break
		}
	}
	return g.q.finish(resp)
}

// failure is the answer to a request that was not executed.
func (g *graph) failure(status int, errs ...*graphql.Error) *Response {
	resp := g.answer(nil, errs)
	resp.Status = status
	return resp
}

// refuseGraph makes an error of a request.
func refuseGraph(code, message string) *graphql.Error {
	return &graphql.Error{Message: message, Extensions: &graphql.Extensions{Code: code}}
}

// unexecuted is the outcome of operations that were not executed, since resp says so,
// after others of the request were.
func (g *graph) unexecuted(fields []*graphql.Field, resp *Response) *graphql.Mutated {
	m := &graphql.Mutated{Failed: true}
	for _, f := range fields {
		m.Members = append(m.Members, graphql.Member{Key: f.Key, JSON: []byte("null")})
		e := refuseGraph("UNAVAILABLE", "The operation was not executed.")
		if said := g.said(resp); len(said) > 0 {
			e = said[0]
		}
		e.Path, e.Internal = []any{f.Key}, resp.Err
		m.Errors = append(m.Errors, e)
	}
	return m
}

// forbidden is the answer to a caller that is nobody to this node: the gateway's words
// (vendia.md section 1.6), which tell nothing of what exists.
func (g *graph) forbidden() *Response {
	return g.q.finish(&Response{Status: statusForbidden, Body: []byte(`{"message":"Forbidden"}`)})
}

// fault answers for an error of the rooms below.
func (g *graph) fault(err error) *Response { return g.translate(refusal(err)) }

// translate gives an error of FQL's protocol GraphQL's form.
func (g *graph) translate(resp *Response) *Response {
	out := g.failure(resp.Status, g.said(resp)...)
	out.Err = resp.Err
	return out
}

// said reads the errors of a response of either protocol: the description is the
// message, the code is written as GraphQL's codes are.
func (g *graph) said(resp *Response) []*graphql.Error {
	var body struct {
		Errors []struct {
			Code, Description, Message string
			Extensions                 struct{ Code string }
		}
	}
	if err := json.Unmarshal(resp.Body, &body); err != nil {
		return nil
	}
	errs := make([]*graphql.Error, len(body.Errors))
	for i, e := range body.Errors {
		if e.Message == "" {
			errs[i] = refuseGraph(strings.ToUpper(strings.ReplaceAll(e.Code, " ", "_")), e.Description)
		} else {
			errs[i] = refuseGraph(e.Extensions.Code, e.Message)
		}
	}
	return errs
}
