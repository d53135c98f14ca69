package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/txlog"
	"seriatim/txlog/simdisk"
)

// uniWriters is how many write groups at once.
const uniWriters = 4

// unis is a uni whose groups set two rows to one tag, each group to one of its own, and
// what is known of them.
type unis struct {
	t     *testing.T
	uni   *seriatim.Uni
	nodes string // the directory of the node's private key
	keys  ledger.Keys

	mu    sync.Mutex
	acked map[string]bool // the tags of groups that were answered with success
	sent  map[string]bool
	next  atomic.Int64
	saved [][]byte // checkpoints, as a party keeps them
}

// TestUniCuts cuts the power under grouped mutations: after every cut each group has
// happened whole or not at all, none that was answered is lost, the ledger has exactly
// what happened, once, and it continues every checkpoint that was given out.
func TestUniCuts(t *testing.T) {
	cuts := max(5, *cutsFlag/20)
	r := rand.New(rand.NewPCG(*seedFlag, 11))
	u := &unis{t: t, nodes: t.TempDir(), acked: map[string]bool{}, sent: map[string]bool{}}
	disk, files := simdisk.New(*seedFlag), vfs.NewCrashableMem()
	for i := 0; i <= cuts && !t.Failed(); i++ {
		db := u.open(disk, files)
		if i == 0 {
			u.create(db.DB)
		} else {
			u.check(db.DB)
		}
		if i == cuts {
			must(t, db.Close())
			break
		}
		stop := make(chan struct{})
		var work sync.WaitGroup
		for range uniWriters {
			work.Go(func() { u.write(db.DB, stop) })
		}
		time.Sleep(time.Duration(10+r.IntN(40)) * time.Millisecond)
		disk = db.disk.Restart()
		files = db.files.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: r.IntN(101), RNG: r})
		close(stop)
		work.Wait()
		_ = db.Close() // of a database without a disk
	}
	if !t.Failed() {
		t.Logf("0 of %d acknowledged groups lost, 0 in part, in %d power cuts; %d blocks verified against %d checkpoints (seed %d)",
			len(u.acked), cuts, len(u.sent), len(u.saved), *seedFlag)
	}
}

func (u *unis) open(disk *simdisk.Disk, files *vfs.MemFS) *node {
	u.t.Helper()
	n := &node{disk: disk, files: files}
	slowSync(disk)
	var err error
	n.log, err = txlog.Open(logDir, txlog.LocalOptions{FS: disk, SegmentBytes: smallSegment, ReserveBytes: -1, OnFatal: func(error) {}})
	must(u.t, err)
	n.store, err = openStore(files, smallMemTable)
	must(u.t, err)
	n.DB, err = seriatim.Open(seriatim.Options{RootSecret: secret, Logger: quiet,
		Rig: &seriatim.Rig{Log: n.log, Store: n.store, OrderShare: 0.5, FlushBytes: 32 << 10, Nodes: u.nodes}})
	must(u.t, err)
	return n
}

func (u *unis) create(db *seriatim.DB) {
	var err error
	u.uni, err = db.CreateUni(u.t.Context(), "Bearer "+secret, &seriatim.Registration{
		Name: "cuts", Nodes: []seriatim.NodeRegistration{{Name: "One"}},
		Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
			"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "tag": {"type": "string"}}, "x-vendia-unique": ["key"]}}}}`),
		InitState: json.RawMessage(`{"Row": [{"key": "a", "tag": "none"}, {"key": "b", "tag": "none"}]}`),
	})
	must(u.t, err)
	u.keys = ledger.Keys{"One": u.uni.Nodes[0].PublicKey}
}

func (u *unis) request(query string) *seriatim.GraphRequest {
	return &seriatim.GraphRequest{Uni: "cuts", Node: "One", Authorization: u.uni.Nodes[0].APIKey, Request: graphql.Request{Query: query}}
}

// write sends groups until the power is gone.
func (u *unis) write(db *seriatim.DB, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		tag := fmt.Sprintf("group-%d", u.next.Add(1))
		u.mu.Lock()
		u.sent[tag] = true
		u.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		resp := db.Graph(ctx, u.request(fmt.Sprintf(`mutation @vendia_transaction {
			a: update_Row(key: "a", input: {tag: %q}) { transaction { transactionId } }
			b: update_Row(key: "b", input: {tag: %q}) { transaction { transactionId } } }`, tag, tag)))
		cancel()
		if resp.Status != 200 || bytes.Contains(resp.Body, []byte("errors")) {
			return
		}
		u.mu.Lock()
		u.acked[tag] = true
		u.mu.Unlock()
		if rand.IntN(20) == 0 {
			u.save(db)
		}
	}
}

// save keeps a checkpoint, as a party does that does not trust the server.
func (u *unis) save(db *seriatim.DB) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	l, resp := db.OpenLedger(ctx, u.request(""))
	if resp != nil {
		return
	}
	defer l.Close()
	if note, err := l.Checkpoint(0); err == nil {
		u.mu.Lock()
		u.saved = append(u.saved, note)
		u.mu.Unlock()
	}
}

// check compares the state and the ledger after a cut with what is known.
func (u *unis) check(db *seriatim.DB) {
	u.t.Helper()
	resp := db.Graph(u.t.Context(), u.request(`query @vendia_transaction { a: get_Row(key: "a") { tag } b: get_Row(key: "b") { tag } }`))
	var rows struct {
		Data struct{ A, B struct{ Tag string } }
	}
	must(u.t, json.Unmarshal(resp.Body, &rows))
	if rows.Data.A.Tag != rows.Data.B.Tag || rows.Data.A.Tag == "" {
		u.t.Errorf("a group happened in part: %s", resp.Body)
	}
	l, refusal := db.OpenLedger(u.t.Context(), u.request(""))
	if refusal != nil {
		u.t.Fatalf("%d %s", refusal.Status, refusal.Body)
	}
	defer l.Close()
	var export bytes.Buffer
	must(u.t, l.Export(&export))
	if _, err := ledger.Verify(bytes.NewReader(export.Bytes()), ledger.VerifyOptions{Keys: u.keys, Checkpoints: u.saved}); err != nil {
		u.t.Errorf("the ledger after a cut: %v", err)
	}
	told, last := map[string]int{}, "none"
	for line := range strings.Lines(export.String()) {
		if _, rest, ok := strings.Cut(line, "group-"); ok && strings.Contains(line, `"transaction"`) {
			last = "group-" + rest[:strings.IndexAny(rest, `\"`)]
			told[last]++
		}
	}
	if last != rows.Data.A.Tag {
		u.t.Errorf("the rows say %s, the ledger ends with %s", rows.Data.A.Tag, last)
	}
	for tag := range u.acked {
		if told[tag] != 1 {
			u.t.Errorf("%s was acknowledged, and is in the ledger %d times", tag, told[tag])
		}
	}
	for tag, n := range told {
		if n != 1 || !u.sent[tag] {
			u.t.Errorf("%s is in the ledger %d times", tag, n)
		}
	}
}
