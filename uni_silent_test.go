package seriatim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/graphql"
)

// TestUniSilent: without a majority a query with the directive is refused and one without
// it answered, again and again, and both are answered once there is one.
func TestUniSilent(t *testing.T) {
	log := &mute{sharedLog: &sharedLog{Log: commonLog(t)}}
	db := opened(t, seriatim.Options{Dir: t.TempDir(), Shared: &seriatim.Shared{Log: log, Node: 1}})
	uni, err := db.CreateUni(t.Context(), admin, &seriatim.Registration{
		Name: "shop", Nodes: []seriatim.NodeRegistration{{Name: "East"}},
		Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
			"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}}}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(query string) string {
		return string(db.Graph(t.Context(), &seriatim.GraphRequest{Uni: "shop", Node: "East", Authorization: uni.Nodes[0].APIKey,
			Request: graphql.Request{Query: query}}).Body)
	}
	const rows = `{ list_RowItems { _RowItems { key } } }`
	log.silent.Store(true)
	for range 3 {
		if got := ask("query @vendia_transaction " + rows); !strings.Contains(got, "no majority") {
			t.Errorf("a strict answer without a majority: %s", got)
		}
		if got := ask(rows); strings.Contains(got, "errors") {
			t.Errorf("no answer: %s", got)
		}
	}
	log.silent.Store(false)
	for range 200 { // a silent log is asked again only now and then
		time.Sleep(10 * time.Millisecond)
		got := ask("query @vendia_transaction " + rows)
		if !strings.Contains(got, "errors") {
			return
		}
	}
	t.Error("the log is back, and no strict query answered")
}
