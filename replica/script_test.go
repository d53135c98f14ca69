package replica

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/txlog"
	"seriatim/txn"
)

// TestScripts runs the scripts in testdata: transactions by name, one step a
// line, with what each step answered. Timestamps start at 1000.
//
//	begin NAME...                 a transaction at the newest snapshot
//	get NAME KEY | peek NAME KEY
//	scan NAME LO HI [N] [reverse] the first N keys
//	put NAME KEY VALUE [AT]       at an older valid time with AT
//	stamp NAME KEY VALUE          a key that ends with the entry's timestamp
//	delete NAME KEY [AT] | erase NAME KEY AT
//	record NAME LEDGER WORD [AS]  leave a transaction of that text in a ledger; "broken" is none,
//	                              and AS is what it calls the ledger
//	ledger LEDGER                 its blocks, each checked: height, transactions, where it ends
//	commit NAME                   through the origin, with its last check
//	append NAME...                straight into the log as one block of another node
//	show [LO HI]                  what a new snapshot holds
//	floor                         the oldest snapshot that may still commit
//	restart                       open transactions keep what they want to commit
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &script{rig: newRig(t, Options{Window: 20}), txs: map[string]*txn.Tx{}, taken: map[string]*txn.Proposal{}, records: map[string]txn.Record{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			for line := range strings.Lines(d.Input) {
				if f := strings.Fields(line); len(f) > 0 {
					fmt.Fprintf(&out, "%s: %s\n", strings.TrimSpace(line), s.line(f))
				}
			}
			return out.String()
		})
		for _, tx := range s.txs {
			tx.Close()
		}
		s.close()
	})
}

type script struct {
	*rig
	txs     map[string]*txn.Tx
	taken   map[string]*txn.Proposal // of transactions that a restart ended
	records map[string]txn.Record    // what transactions are to leave in a ledger
	number  uint64
}

func (s *script) line(f []string) string {
	switch f[0] {
	case "begin":
		for _, name := range f[1:] {
			reader, ts := s.Snapshot()
			s.txs[name] = txn.Begin(reader, ts, ts)
		}
		return fmt.Sprintf("at %d", s.txs[f[1]].Snapshot())
	case "show":
		reader, ts := s.Snapshot()
		defer reader.Close()
		return fmt.Sprintf("%d", ts) + list(reader.Scan([]byte{0}, []byte{0xff}, false), 1<<30)
	case "floor":
		return fmt.Sprint(s.Horizon())
	case "restart":
		for name := range s.txs {
			s.taken[name] = s.take(name)
		}
		s.close()
		s.open()
		return "ok"
	case "commit":
		return s.commit(f[1])
	case "append":
		return s.append(f[1:])
	case "record":
		s.records[f[1]] = record(f[2], f[3], append(f, f[2])[4])
		return "ok"
	case "ledger":
		return s.ledger(f[1])
	}
	return s.step(s.txs[f[1]], f)
}

func (s *script) step(tx *txn.Tx, f []string) string {
	key := []byte(f[2])
	at := func(i int) int64 {
		n, _ := strconv.ParseInt(f[i], 10, 64)
		return n
	}
	switch {
	case f[0] == "get", f[0] == "peek":
		read := tx.Get
		if f[0] == "peek" {
			read = tx.Peek
		}
		v, _, ok, err := read(key)
		if !ok || err != nil {
			return "none"
		}
		return string(v)
	case f[0] == "scan":
		n := 1 << 30
		if len(f) > 4 {
			n = int(at(4))
		}
		return strings.TrimSpace(list(tx.Scan(key, []byte(f[3]), len(f) > 5), n))
	case f[0] == "put" && len(f) > 4:
		tx.PutAt(key, []byte(f[3]), at(4))
	case f[0] == "put":
		tx.Put(key, []byte(f[3]), nil, nil)
	case f[0] == "stamp":
		tx.Put(append(key, "--------"...), []byte(f[3]), []txn.Slot{{Offset: len(key)}}, nil)
	case f[0] == "delete" && len(f) > 3:
		tx.DeleteAt(key, at(3))
	case f[0] == "delete":
		tx.Delete(key)
	case f[0] == "erase":
		tx.EraseAt(key, at(3))
	default:
		return "unknown step"
	}
	return "ok"
}

func list(c txn.Cursor, n int) string {
	defer c.Close()
	var out strings.Builder
	for range n {
		if !c.Next() {
			break
		}
		fmt.Fprintf(&out, " %q=%s", c.Key(), c.Value())
	}
	return strings.ReplaceAll(out.String(), `"`, "")
}

func (s *script) take(name string) *txn.Proposal {
	if p, ok := s.taken[name]; ok {
		delete(s.taken, name)
		return p
	}
	p := s.txs[name].Proposal()
	must(s.t, s.txs[name].Close())
	delete(s.txs, name)
	if p != nil {
		p.Record = s.records[name]
		delete(s.records, name)
	}
	return p
}

func (s *script) commit(name string) string {
	p := s.take(name)
	if p == nil {
		return "nothing to commit"
	}
	before := s.Metrics().Doomed
	o, err := s.Commit(context.Background(), p)
	if err != nil {
		return err.Error()
	}
	if s.Metrics().Doomed > before {
		return fmt.Sprintf("conflict on %q before the log", o.ConflictKey)
	}
	return describeOutcome(o)
}

func describeOutcome(o Outcome) string {
	switch o.Status {
	case Conflict:
		return fmt.Sprintf("conflict on %q at %d", o.ConflictKey, o.TS)
	case Refused:
		return fmt.Sprintf("refused at %d: %v", o.TS, o.Err)
	}
	return fmt.Sprintf("%v at %d", o.Status, o.TS)
}

// append puts the transactions into one block past the last check, and reports
// how many got which outcome.
func (s *script) append(names []string) string {
	s.number++
	b := txlog.Block{Header: txlog.Header{Origin: 99, Incarnation: 1, Number: s.number}}
	for _, name := range names {
		b.Entries = append(b.Entries, appendEffects(nil, s.take(name)))
	}
	was := s.Metrics()
	_, err := s.log.Append(context.Background(), b.Encode(nil))
	must(s.t, err)
	_, err = s.Sync(context.Background())
	must(s.t, err)
	now := s.waitBlocks(was.Blocks + 1)
	return fmt.Sprintf("%d applied, %d conflict, %d refused", now.Applied-was.Applied, now.Conflicts-was.Conflicts, now.Refused-was.Refused)
}

// waitBlocks returns the counts once so many blocks are counted, which happens
// right after they are published.
func (s *script) waitBlocks(n uint64) Metrics {
	for {
		if m := s.Metrics(); m.Blocks >= n {
			return m
		}
		runtime.Gosched()
	}
}
