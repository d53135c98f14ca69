//go:build unix

package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seriatim/client"
)

// fleetUni is a uni of three nodes, each on a machine of its own, with two rows.
const fleetUni = `{"name": "race", "nodes": [{"name": "A", "replica": "a"}, {"name": "B", "replica": "b"}, {"name": "C", "region": "c"}],
 "schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
  "Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "tag": {"type": "string"}}, "x-vendia-unique": ["key"]}}}},
 "initState": {"Row": [{"key": "a", "tag": "none"}, {"key": "b", "tag": "none"}]}}`

// TestUniFleet races grouped mutations of nodes on machines of their own on the same two
// rows, while one machine is cut off and comes back: every group happens whole, on all
// machines in one order, queries with the directive see no mix and never go back, and the
// ledgers verify and are equal. -fleetgroups says how many groups.
func TestUniFleet(t *testing.T) {
	if *fleetGroupsFlag == 0 {
		t.Skip("a campaign: run it with -fleetgroups 300")
	}
	program := build(t)
	f := newFleet(t, program, 3, fleetRoundTrip)
	c, err := client.New(f.nodes[0].url(), f.secret, client.Options{})
	must(t, err)
	defer c.Close()
	uni, err := c.CreateUni(t.Context(), []byte(fleetUni))
	must(t, err)

	var written, refused, unknown, read atomic.Int64
	var over atomic.Bool
	var all sync.WaitGroup
	for i := range uni.Nodes {
		n := &uni.Nodes[i]
		all.Go(func() { f.groups(n, i, &over, &written, &refused, &unknown) })
		all.Go(func() { f.watch(n, &over, &read) })
	}
	time.Sleep(time.Second)
	f.network.Isolate("c")
	time.Sleep(2 * strikeFor) // C tries for a while before it refuses
	for begun := time.Now(); refused.Load() == 0 && time.Since(begun) < hanging; {
		time.Sleep(50 * time.Millisecond)
	}
	f.network.HealAll()
	for begun := time.Now(); written.Load()+unknown.Load() < int64(*fleetGroupsFlag) && time.Since(begun) < hanging; {
		time.Sleep(50 * time.Millisecond)
	}
	over.Store(true)
	all.Wait()
	must(t, f.agree())

	ends := map[string]bool{}
	for i := range uni.Nodes {
		n := &uni.Nodes[i]
		body, err := askUni(n, `query @vendia_transaction { list: listVendia_BlockItems(limit: 1000, order: [{_id: DESC}]) { items: Vendia_BlockItems { blockId blockHash } } }`)
		must(t, err)
		ends[body] = true
		f.verifyLedger(program, n)
	}
	if len(ends) != 1 {
		t.Errorf("the ledgers differ on %d machines", len(ends))
	}
	if written.Load() == 0 || refused.Load() == 0 || read.Load() == 0 {
		t.Errorf("%d written, %d refused, %d read: nothing was tried", written.Load(), refused.Load(), read.Load())
	}
	t.Logf("%d groups of three machines, %d more of unknown outcome, %d refused while a machine was cut off; %d queries with the directive, 0 mixed, 0 back in time; three equal ledgers",
		written.Load(), unknown.Load(), refused.Load(), read.Load())
}

// groups writes both rows again and again.
func (f *fleet) groups(n *client.Node, who int, over *atomic.Bool, written, refused, unknown *atomic.Int64) {
	for i := 0; !over.Load(); i++ {
		tag := fmt.Sprintf("%d-%d", who, i)
		body, err := askUni(n, fmt.Sprintf(`mutation @vendia_transaction {
			a: update_Row(key: "a", input: {tag: %q}) { result { tag } }
			b: update_Row(key: "b", input: {tag: %q}) { result { tag } } }`, tag, tag))
		switch {
		case err == nil:
			written.Add(1)
		case strings.Contains(body, "Nothing was written"), strings.Contains(body, "unavailable"):
			refused.Add(1)
			time.Sleep(50 * time.Millisecond)
		default:
			unknown.Add(1)
		}
	}
}

// watch reads both rows and the newest block with the directive.
func (f *fleet) watch(n *client.Node, over *atomic.Bool, read *atomic.Int64) {
	last := ""
	for !over.Load() {
		body, err := askUni(n, `query @vendia_transaction { a: get_Row(key: "a") { tag } b: get_Row(key: "b") { tag }
			list: listVendia_BlockItems(order: [{_id: DESC}], limit: 1) { items: Vendia_BlockItems { blockId } } }`)
		if err != nil { // cut off
			time.Sleep(20 * time.Millisecond)
			continue
		}
		var r struct {
			Data struct {
				A, B struct{ Tag string }
				List struct{ Items []struct{ BlockID string } }
			}
		}
		if err := json.Unmarshal([]byte(body), &r); err != nil || len(r.Data.List.Items) != 1 {
			f.t.Errorf("%s: %v: %s", n.Name, err, body)
			return
		}
		if r.Data.A.Tag != r.Data.B.Tag {
			f.t.Errorf("%s: a mix: %s", n.Name, body)
		}
		if at := r.Data.List.Items[0].BlockID; at < last {
			f.t.Errorf("%s: from block %s back to %s", n.Name, last, at)
		} else {
			last = at
		}
		read.Add(1)
	}
}

// askUni sends a request to a node at its own machine. The error is one of the answer too.
func askUni(n *client.Node, query string) (string, error) {
	text, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader(text))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", n.APIKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || bytes.Contains(body, []byte(`"errors"`))) {
		err = errors.New(resp.Status)
	}
	return string(body), err
}

// verifyLedger has the program verify the ledger that a node's machine tells.
func (f *fleet) verifyLedger(program string, n *client.Node) {
	keys, err := exec.Command(program, "node", "keys", "race", "--endpoint", f.nodes[0].url(), "--secret", f.secret).Output()
	must(f.t, err)
	file := filepath.Join(f.dir, "keys")
	must(f.t, os.WriteFile(file, keys, 0o600))
	out, err := exec.Command(program, "ledger", "verify", "--url", n.URL, "--key", n.APIKey, "--keys", file).CombinedOutput()
	if err != nil {
		f.t.Errorf("%s: %v\n%s", n.Name, err, out)
	}
}
