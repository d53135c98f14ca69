package seriatim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"seriatim"
	"seriatim/graphql"
)

// TestNodeBearer: a node says through its API which issuer's tokens speak for it. They do
// for that node alone, with its audience and scopes, until it takes that back.
func TestNodeBearer(t *testing.T) {
	issuer := newIssuer(t)
	db := opened(t, seriatim.Options{FetchKeys: issuer.fetch})
	uni, err := db.CreateUni(t.Context(), admin, &seriatim.Registration{
		Name: "signed", Nodes: []seriatim.NodeRegistration{{Name: "East"}, {Name: "West"}},
		Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"Note": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(node, authorization, query string) string {
		resp := db.Graph(t.Context(), &seriatim.GraphRequest{Uni: "signed", Node: node, Authorization: authorization, Request: graphql.Request{Query: query}})
		if resp.Err != nil {
			t.Fatal(resp.Err)
		}
		return fmt.Sprintf("%d %s", resp.Status, resp.Body)
	}
	token := func(change func(map[string]any)) string {
		c := map[string]any{"iss": issuerName, "aud": "notes", "sub": "ada", "scope": "read write", "exp": time.Now().Unix() + 600}
		if change != nil {
			change(c)
		}
		return "Bearer " + issuer.sign(t, "rsa", jose.RS256, c)
	}
	const write = `mutation { add_Note(input: {text: "hello"}) { result { text _owner } } }`
	const written, forbidden = `200 {"data":{"add_Note":{"result":{"text":"hello","_owner":"East"}}}}`, `403 {"message":"Forbidden"}`
	if got := ask("East", token(nil), write); got != forbidden {
		t.Errorf("before the node trusts the issuer: %s", got)
	}
	made := ask("East", uni.Nodes[0].APIKey, `mutation { addVendia_JwtAuthentication(syncMode: NODE_COMMITTED, input: {name: "staff", jwksUrl: "`+issuerKeys+`", issuer: "`+issuerName+`", audience: "notes", scopes: ["write"]}) { result { _id } } }`)
	_, id, ok := strings.Cut(made, `"_id":"`)
	if !ok {
		t.Fatal(made)
	}
	id = id[:36]
	for _, c := range []struct {
		name, node string
		change     func(map[string]any)
		want       string
	}{
		{"in order", "East", nil, written},
		{"for another node", "West", nil, forbidden},
		{"for another audience", "East", func(c map[string]any) { c["aud"] = "elsewhere" }, forbidden},
		{"without the scope", "East", func(c map[string]any) { c["scope"] = "read" }, forbidden},
		{"expired", "East", func(c map[string]any) { c["exp"] = time.Now().Unix() - 60 }, forbidden},
		{"of another issuer", "East", func(c map[string]any) { c["iss"] = "https://other.example/" }, forbidden},
	} {
		if got := ask(c.node, token(c.change), write); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := ask("East", "Bearer "+signWith(t, issuer.private["other"].Key, "rsa", jose.RS256, `{"iss":"`+issuerName+`","aud":"notes","scope":"write","exp":4102444800}`), write); got != forbidden {
		t.Errorf("signed with another key: %s", got)
	}
	if got := ask("East", uni.Nodes[0].APIKey, `mutation { removeVendia_JwtAuthentication(id: "`+id+`", syncMode: NODE_COMMITTED) { transaction { _owner } } }`); strings.Contains(got, "errors") {
		t.Fatal(got)
	}
	if got := ask("East", token(nil), write); got != forbidden {
		t.Errorf("when the node trusts it no more: %s", got)
	}
}
