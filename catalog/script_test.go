package catalog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"seriatim/txn"
	"seriatim/value"
)

// TestScripts runs testdata. Each "tx" is one transaction of the lines under it,
// committed when none failed; see run for the statements. "jobs" is in job_test.go.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		r := newRig()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "tx":
				return r.transaction(d)
			case "jobs":
				return r.jobs(d)
			}
			t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
			return ""
		})
	})
}

// rig is a store with one database, and identities that count up.
type rig struct {
	store   *memory
	options Options
	ids     int64
	db      uint64
	held    map[string]*txn.Tx
}

func newRig() *rig {
	r := &rig{store: newMemory(), db: Root, held: map[string]*txn.Tx{}}
	r.options = Options{
		Cache:     NewCache(4),
		NewID:     func() int64 { r.ids++; return r.ids },
		Binding:   testBinding,
		Model:     parseFake,
		Pure:      func(l *value.Lambda) bool { return string(l.Source) != "impure" },
		NewSecret: func(ref value.Ref, _ uint64) string { return "fn" + strconv.FormatInt(ref.ID, 10) },
	}
	tx := r.begin(0)
	if err := Bootstrap(tx); err != nil {
		panic(err)
	}
	if r.store.apply(tx.Proposal()) == 0 {
		panic("bootstrap conflicts")
	}
	tx.Close()
	return r
}

func beginAt(r *rig, ts int64) *txn.Tx { return txn.Begin(reader{r.store, ts}, ts, 0) }

func (r *rig) begin(clock int64) *txn.Tx {
	return txn.Begin(reader{r.store, r.store.last}, r.store.last, clock)
}

// testBinding evaluates lambdas whose source is "FUNCTION PATH".
func testBinding(l *value.Lambda, d *value.Document) (value.Value, error) {
	name, path, _ := strings.Cut(string(l.Source), " ")
	data, _ := d.Body().Get("data")
	var v value.Value = value.Null{}
	if o, ok := data.(*value.Object); ok {
		if m, ok := o.Get(path); ok {
			v = m
		}
	}
	switch name {
	case "field":
		return v, nil
	case "upper":
		s, ok := v.(value.String)
		if !ok {
			return nil, errors.New("not a string")
		}
		return value.String(strings.ToUpper(string(s))), nil
	case "ts":
		if d.Unresolved {
			return value.TxnTime{}, nil
		}
		return value.Int(d.TS), nil
	}
	return nil, errors.New("no such function")
}

func (r *rig) transaction(d *datadriven.TestData) string {
	var clock int64
	d.MaybeScanArgs(&testing.T{}, "clock", &clock)
	o := r.options
	d.MaybeScanArgs(&testing.T{}, "author", &o.Author)   // of what is written in a uni
	d.MaybeScanArgs(&testing.T{}, "last", &r.store.last) // the timestamp of the last transaction
	if d.HasArg("db") {
		d.ScanArgs(&testing.T{}, "db", &r.db)
	}
	var out strings.Builder
	tx := r.begin(clock)
	defer tx.Close()
	v, err := NewView(tx, r.db, o)
	if err != nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	failed := false
	for _, line := range strings.Split(d.Input, "\n") {
		if err := r.run(&out, v, line); err != nil {
			fmt.Fprintf(&out, "error: %s\n", describe(err))
			failed = true
			break
		}
	}
	if p := tx.Proposal(); p != nil && !failed {
		if ts := r.store.apply(p); ts != 0 {
			fmt.Fprintf(&out, "committed at %d\n", ts)
		} else {
			fmt.Fprintf(&out, "conflict\n")
		}
	}
	if out.Len() == 0 {
		return "ok\n"
	}
	return out.String()
}

// describe shows everything an error says.
func describe(err error) string {
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString("invalid")
	for _, f := range invalid.Failures {
		fmt.Fprintf(&b, "\n  %v %s: %s", f.Field, f.Code, f.Description)
	}
	return b.String()
}

// run does one statement:
//
//	create COLLECTION [ID] PARAMS    update|replace REF PARAMS    delete REF
//	insert REF TS ACTION PARAMS      remove REF TS ACTION         get REF [at=TS]
//	match INDEX TERMS [RANGE]        documents COLLECTION [RANGE] lookup COLLECTION NAME
//	events REF [RANGE]               entry-events INDEX TERMS     member-events COLLECTION
//
// RANGE is any of at=TS, from=VALUES, to=VALUES, after=VALUES, before=VALUES, reverse.
func (r *rig) run(out *strings.Builder, v *View, line string) error {
	p := &reading{view: v, text: line}
	verb := p.word()
	switch verb {
	case "create":
		coll := p.collection()
		var id int64
		if p.peek() != '{' && p.peek() != 0 {
			id = p.integer()
		}
		return show(out, v)(v.Create(coll, id, p.object()))
	case "update":
		return show(out, v)(v.Update(p.ref(), p.object()))
	case "replace":
		return show(out, v)(v.Replace(p.ref(), p.object()))
	case "delete":
		return show(out, v)(v.Delete(p.ref()))
	case "get":
		ref := p.ref()
		return show(out, v)(v.Get(ref, p.ranges().At))
	case "insert":
		ref, ts, action := p.ref(), p.integer(), value.Action(p.word())
		e, err := v.Insert(ref, ts, action, p.object())
		if err == nil {
			fmt.Fprintln(out, text(v, e))
		}
		return err
	case "remove":
		return v.Remove(p.ref(), p.integer(), value.Action(p.word()))
	case "":
		return nil
	}
	return r.query(out, v, p, verb)
}

func (r *rig) query(out *strings.Builder, v *View, p *reading, verb string) error {
	switch verb {
	case "match":
		x, terms := p.index(), p.array()
		c := v.Entries(x, terms, p.ranges())
		defer c.Close()
		for c.Next() {
			e := c.Entry()
			fmt.Fprintf(out, "%s %s%s\n", text(v, value.Array(e.Values)), text(v, e.Ref), at(e.TS))
		}
		return c.Err()
	case "documents":
		c := v.Documents(p.collection(), p.ranges())
		defer c.Close()
		for c.Next() {
			fmt.Fprintf(out, "%s%s\n", text(v, c.Ref()), at(c.TS()))
		}
		return c.Err()
	case "events":
		ref := p.ref()
		return showEvents(out, v, v.DocumentHistory(ref, 0, txn.Pending, p.ranges().Reverse))
	case "singleton-events":
		return showEvents(out, v, v.SingletonHistory(p.ref(), 0, txn.Pending, false))
	case "entry-events":
		x, terms := p.index(), p.array()
		return showEvents(out, v, v.EntryHistory(x, terms, 0, txn.Pending, p.ranges().Reverse))
	case "member-events":
		return showEvents(out, v, v.CollectionHistory(p.collection(), 0, txn.Pending, false))
	case "lookup":
		coll := p.collection()
		ref, ok, err := v.Lookup(coll, p.word())
		fmt.Fprintf(out, "%s %v\n", text(v, ref), ok)
		return err
	case "path":
		path, ok := v.DatabasePath(uint64(p.integer()))
		fmt.Fprintf(out, "%v %v\n", path, ok)
		return nil
	case "record":
		record, _, ok, err := v.IdempotencyRecord([]byte(p.word()))
		fmt.Fprintf(out, "%q %v\n", record, ok)
		return err
	case "put-record":
		return v.PutIdempotencyRecord([]byte(p.word()), []byte(p.word()))
	}
	return r.uniStatement(out, v, p, verb)
}

func at(ts int64) string {
	if ts == txn.Pending {
		return " @pending"
	}
	return fmt.Sprintf(" @%d", ts)
}

func show(out *strings.Builder, v *View) func(*value.Document, error) error {
	return func(d *value.Document, err error) error {
		switch {
		case err != nil:
		case d == nil:
			fmt.Fprintln(out, "none")
		default:
			fmt.Fprintln(out, text(v, d))
		}
		return err
	}
}

func showEvents(out *strings.Builder, v *View, c *EventCursor) error {
	defer c.Close()
	for c.Next() {
		fmt.Fprintln(out, text(v, c.Event()))
	}
	return c.Err()
}
