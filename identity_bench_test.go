package seriatim_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"seriatim"
	"seriatim/syntax"
)

// BenchmarkCaller reads one document as each kind of caller: what finding out who
// asks, and what it may, costs besides.
func BenchmarkCaller(b *testing.B) {
	is := newIssuer(b)
	db, err := seriatim.Open(seriatim.Options{Dir: b.TempDir(), RootSecret: "secret", FetchKeys: is.fetch})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	do := func(authorization, body string) *seriatim.Response {
		return db.Query(context.Background(), &seriatim.Request{
			Authorization: "Bearer " + authorization, Body: []byte(body), Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries,
		})
	}
	for _, body := range []string{
		`{"create_database":{"object":{"name":"app"}}}`,
	} {
		do("secret", body)
	}
	made := func(body string) string {
		resp := do("secret:app:admin", body)
		var parsed struct{ Resource any }
		if err := json.Unmarshal(resp.Body, &parsed); err != nil || resp.Status >= 400 {
			b.Fatalf("%s: %s", body, resp.Body)
		}
		text, _ := parsed.Resource.(string)
		return text
	}
	made(`{"create_collection":{"object":{"name":"c"}}}`)
	made(`{"create":{"ref":{"collection":"c"},"id":"1"},"params":{"object":{"data":{"object":{"open":true}}}}}`)
	made(`{"create_role":{"object":{"name":"r","membership":{"object":{"resource":{"collection":"c"}}},"privileges":{"object":{"resource":{"collection":"c"},"actions":{"object":{"read":true}}}}}}}`)
	made(`{"create_role":{"object":{"name":"p","privileges":{"object":{"resource":{"collection":"c"},"actions":{"object":{"read":{"query":{"lambda":"ref","expr":{"select":["data","open"],"from":{"get":{"var":"ref"}}}}}}}}}}}}`)
	audience := made(`{"select":"audience","from":{"create_access_provider":{"object":{"name":"p","issuer":"` + issuerName + `","jwks_uri":"` + issuerKeys + `","roles":{"role":"r"}}}}}`)
	for _, c := range []struct{ name, secret string }{
		{"root", "secret:app:admin"},
		{"key", made(`{"select":"secret","from":{"create_key":{"object":{"role":"server"}}}}`)},
		{"role", made(`{"select":"secret","from":{"create_key":{"object":{"role":"r"}}}}`)},
		{"predicate", made(`{"select":"secret","from":{"create_key":{"object":{"role":"p"}}}}`)},
		{"token", made(`{"select":"secret","from":{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"c"},"id":"1"}}}}}`)},
		{"signed", is.sign(b, "rsa", jose.RS256, claims(audience))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if resp := do(c.secret, `{"get":{"ref":{"collection":"c"},"id":"1"}}`); resp.Status != 200 {
					b.Fatalf("%d %s", resp.Status, resp.Body)
				}
			}
		})
	}
}
