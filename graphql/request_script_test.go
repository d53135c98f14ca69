package graphql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestRequests runs testdata/requests. "uni" compiles a schema and makes a uni of
// the nodes A, B and C; "ask NODE" runs a request, variables below a line "---";
// "events NODE" shows what a subscription tells of the whole ledger;
// "ledger [NODE]" shows the texts of all transactions. Ids of rows are written <1>,
// <2> and so on, in order of their making.
func TestRequests(t *testing.T) {
	datadriven.Walk(t, "testdata/requests", func(t *testing.T, path string) {
		var r *rig
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if r != nil {
				r.t = t
			}
			switch d.Cmd {
			case "uni":
				r = newRig(t, d.Input)
				return fmt.Sprintf("next id <%d>\n", r.ids+1)
			case "ask":
				return r.script(d.CmdArgs[0].Key, d.Input)
			case "events":
				return r.asPlaceholders(r.events(d.CmdArgs[0].Key, d.Input))
			case "ledger":
				node := ""
				if len(d.CmdArgs) > 0 {
					node = d.CmdArgs[0].Key
				}
				return r.asPlaceholders(strings.Join(r.texts(node), "\n")) + "\n"
			}
			t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
			return ""
		})
	})
}

func (r *rig) script(node, input string) string {
	if node == "nobody" {
		node = ""
	}
	query, variables, _ := strings.Cut(r.asIDs(input), "\n---\n")
	data, errs := r.run(node, &Request{Query: query, Variables: []byte(variables)})
	out := "null\n"
	if data != nil {
		out = string(data) + "\n"
	}
	for _, e := range errs {
		if e.Internal != nil {
			r.t.Errorf("internal: %v", e.Internal)
		}
		e.Locations = nil
		out += string(e.append([]byte("  "))) + "\n"
	}
	return r.asPlaceholders(out)
}

// events returns what a subscription of a node tells of every block and transaction.
func (r *rig) events(node, query string) string {
	r.t.Helper()
	op, errs := r.model.Parse(&Request{Query: query})
	if errs != nil {
		r.t.Fatal(errs[0])
	}
	s := r.scope(node)
	blocks, err := s.Ledger.Blocks(0, 1000, false)
	if err != nil {
		r.t.Fatal(err)
	}
	var out strings.Builder
	tell := func(e *Event) {
		list, err := op.Event(s, e)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, payload := range list {
			out.Write(append(payload, '\n'))
		}
	}
	for _, b := range blocks {
		tell(&Event{Block: b})
		for _, t := range b.Transactions {
			tell(&Event{Transaction: t.Transaction, TS: t.TS})
		}
	}
	return out.String()
}
