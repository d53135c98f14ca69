package seriatim_test

import (
	"encoding/json"
	"testing"

	"seriatim"
)

// TestOperates: only an admin of the root database operates the server, not one of a
// child database and nobody who gave up the role.
func TestOperates(t *testing.T) {
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	create := func(authorization, query string) (secret string) {
		resp := db.Query(t.Context(), &seriatim.Request{Authorization: authorization, Body: []byte(query)})
		var answer struct{ Resource struct{ Secret string } }
		if err := json.Unmarshal(resp.Body, &answer); err != nil || resp.Status >= 300 {
			t.Fatalf("%s: %d %s", query, resp.Status, resp.Body)
		}
		return answer.Resource.Secret
	}
	const root = "Bearer secret"
	create(root, `{"create_database":{"object":{"name":"child"}}}`)
	admin := create(root, `{"create_key":{"object":{"role":"admin"}}}`)
	server := create(root, `{"create_key":{"object":{"role":"server"}}}`)
	child := create(root, `{"create_key":{"object":{"role":"admin","database":{"database":"child"}}}}`)
	for authorization, want := range map[string]bool{
		"":                               false,
		"Bearer wrong":                   false,
		"Basic c2VjcmV0Og==":             true,
		root:                             true,
		root + ":admin":                  true,
		root + ":server":                 false,
		root + ":child:admin":            false,
		"Bearer " + admin:                true,
		"Bearer " + admin + ":admin":     true,
		"Bearer " + admin + ":client":    false,
		"Bearer " + admin + ":no:admin":  false,
		"Bearer " + server:               false,
		"Bearer " + child:                false,
		"Bearer " + child + ":admin":     false,
		"Bearer " + child + ":@role/any": false,
	} {
		got, err := db.Operates(t.Context(), authorization)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", authorization, got, err, want)
		}
	}
}
