package catalog

import (
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"seriatim/txn"
	"seriatim/value"
)

var (
	modelSeed = flag.Int64("catalog.seed", 0, "seed of the model test; 0 takes a fixed set")
	modelRuns = flag.Int("catalog.runs", 40, "runs of the model test")
)

// TestModel writes documents at random, history included, and compares what
// indexes and collections hold, now and at random past times, inside transactions
// and after them, with a recomputation from a plain record of all versions.
func TestModel(t *testing.T) {
	first := int64(1)
	if *modelSeed != 0 {
		first = *modelSeed
	} else if *modelRuns > 1000 {
		first = time.Now().UnixNano()
	}
	for seed := first; seed < first+int64(*modelRuns); seed++ {
		m := newModel(seed)
		if err := m.run(60); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if *modelSeed != 0 {
			break
		}
	}
}

// moment is one version in the model; a nil body is a tombstone.
type moment struct {
	ts   int64
	body *value.Object
}

// model is the record: for each document its versions by time.
type model struct {
	rig     *rig
	rand    *rand.Rand
	coll    value.CollectionID
	lines   map[int64][]moment
	deleted map[int64]bool // by the transaction
	spliced map[int64]bool
	indexes []string
	log     []string
	// job is a step of the build of an index that was begun before a transaction.
	job *jobTx
}

const modelDocs = 5

func newModel(seed int64) *model {
	m := &model{rig: newRig(), rand: rand.New(rand.NewSource(seed)), lines: map[int64][]moment{}}
	if seed%2 == 0 {
		m.rig.options.MaxBuild = 1 + m.rand.Intn(8) // most indexes are filled by jobs
	}
	m.must(`create collections {name: "c", history_days: null}`)
	m.define(0)
	m.define(1)
	return m
}

var modelIndexes = []string{
	`create indexes {name: "i0", source: #collections:c, terms: [{field: ["data", "a"]}]}`,
	`create indexes {name: "i1", source: [#collections:c], values: [{field: ["data", "b"], reverse: true}, {field: ["data", "s"]}]}`,
	`create indexes {name: "i2", source: "_", terms: [{field: ["data", "a"]}, {field: ["data", "s"]}], values: [{field: ["data", "b"]}]}`,
	`create indexes {name: "i3", source: #collections:c, values: [{field: "ts"}], serialized: false}`,
	`create indexes {name: "i4", source: #collections:c}`,
}

func (m *model) must(lines ...string) {
	var out strings.Builder
	tx := m.rig.begin(0)
	defer tx.Close()
	v, err := NewView(tx, Root, m.rig.options)
	for _, line := range lines {
		if err == nil {
			err = m.rig.run(&out, v, line)
		}
	}
	if err != nil || m.rig.store.apply(tx.Proposal()) == 0 {
		panic(fmt.Sprint(lines, err))
	}
	if r, ok, _ := v.Lookup(value.Collections, "c"); ok {
		m.coll = value.CollectionID(r.ID)
	}
}

func (m *model) define(i int) {
	m.must(modelIndexes[i])
	m.indexes = append(m.indexes, fmt.Sprint("i", i))
}

func (m *model) run(transactions int) error {
	for n := range transactions {
		if n%15 == 14 && len(m.indexes) < len(modelIndexes) {
			m.log = append(m.log, "define")
			m.define(len(m.indexes))
		}
		m.beginJob()
		err := m.transaction()
		if err == nil {
			err = m.endJob()
		}
		if err != nil {
			return fmt.Errorf("%w\nafter:\n%s", err, strings.Join(m.log[max(0, len(m.log)-40):], "\n"))
		}
	}
	return nil
}

// transaction does a few writes, checks what the transaction sees, then commits
// or drops it and checks what a new one sees.
func (m *model) transaction() error {
	saved := map[int64][]moment{}
	for id, line := range m.lines {
		saved[id] = slices.Clone(line)
	}
	tx := m.rig.begin(0)
	v, err := NewView(tx, Root, m.rig.options)
	if err != nil {
		return err
	}
	m.deleted, m.spliced = map[int64]bool{}, map[int64]bool{}
	for range 1 + m.rand.Intn(4) {
		if err := m.step(v); err != nil {
			return err
		}
	}
	if err := m.check(v, 0); err != nil {
		return fmt.Errorf("inside: %w", err)
	}
	p := tx.Proposal()
	tx.Close()
	if m.rand.Intn(8) == 0 {
		m.lines = saved
		m.log = append(m.log, "drop")
	} else if p != nil {
		ts := m.rig.store.apply(p)
		if ts == 0 {
			return fmt.Errorf("conflict without a rival")
		}
		m.settle(ts)
		m.log = append(m.log, fmt.Sprint("commit at ", ts))
	}
	return m.checkAfter()
}

// settle gives the versions of the transaction their time.
func (m *model) settle(ts int64) {
	for id, line := range m.lines {
		if n := len(line); n > 0 && line[n-1].ts == txn.Pending {
			line[n-1].ts = ts
			m.lines[id] = line
		}
	}
}

func (m *model) checkAfter() error {
	tx := m.rig.begin(0)
	defer tx.Close()
	v, err := NewView(tx, Root, m.rig.options)
	if err != nil {
		return err
	}
	if err := m.check(v, 0); err != nil {
		return fmt.Errorf("now: %w", err)
	}
	for range 2 {
		at := 1000 + m.rand.Int63n(m.rig.store.last-1000)
		if err := m.check(v, at); err != nil {
			return fmt.Errorf("at %d: %w", at, err)
		}
	}
	return nil
}

func (m *model) step(v *View) error {
	id := 1 + m.rand.Int63n(modelDocs)
	ref := value.Ref{Collection: m.coll, ID: id}
	now := m.at(id, txn.Pending)
	if now.body != nil && m.expired(now) {
		now.body = nil
	}
	data := m.object()
	var err error
	k := m.rand.Intn(10)
	if m.spliced[id] {
		k = 8
	}
	switch {
	case k < 5 && now.body == nil:
		_, err = v.Create(m.coll, id, data)
		m.put(id, txn.Pending, merge(nil, data))
	case k < 5:
		_, err = v.Update(ref, data)
		m.put(id, txn.Pending, merge(resolved(now), data))
	case k < 6 && now.body != nil:
		_, err = v.Replace(ref, data)
		m.put(id, txn.Pending, merge(nil, data))
	case k < 7 && now.body != nil:
		_, err = v.Delete(ref)
		m.put(id, txn.Pending, nil)
		m.deleted[id] = true
	case k < 9 && !m.pending(id):
		m.spliced[id] = true
		err = m.splice(v, ref, data)
	}
	m.log = append(m.log, fmt.Sprintf("  %d: %s", id, m.describe(id)))
	return err
}

// pending reports whether the transaction wrote a document, whose history then
// cannot be rewritten before it ends.
func (m *model) pending(id int64) bool {
	line := m.lines[id]
	return m.deleted[id] || len(line) > 0 && line[len(line)-1].ts == txn.Pending
}

// splice inserts or removes an event at a time that has or had none.
func (m *model) splice(v *View, ref value.Ref, data *value.Object) error {
	ts := 1000 + m.rand.Int63n(m.rig.store.last-1000+1)
	if line := m.lines[ref.ID]; len(line) > 0 && m.rand.Intn(2) == 0 {
		if at := line[m.rand.Intn(len(line))].ts; at != txn.Pending {
			ts = at
		}
	}
	there := slices.IndexFunc(m.lines[ref.ID], func(r moment) bool { return r.ts == ts })
	if there >= 0 && m.rand.Intn(2) == 0 {
		action := value.Action("update")
		if m.lines[ref.ID][there].body == nil {
			action = "delete"
		}
		m.lines[ref.ID] = slices.Delete(m.lines[ref.ID], there, there+1)
		return v.Remove(ref, ts, action)
	}
	if m.rand.Intn(4) == 0 {
		m.put(ref.ID, ts, nil)
		_, err := v.Insert(ref, ts, "delete", nil)
		return err
	}
	data = merge(resolved(moment{ts, &value.Object{}}), data)
	body := resolved(moment{ts, data})
	m.put(ref.ID, ts, merge(nil, body))
	_, err := v.Insert(ref, ts, "create", body)
	return err
}

// put records a version; a deletion in the transaction of a document that the
// committed record does not have leaves nothing.
func (m *model) put(id, ts int64, body *value.Object) {
	line := slices.DeleteFunc(m.lines[id], func(r moment) bool { return r.ts == ts })
	if ts == txn.Pending && body == nil && (len(line) == 0 || line[len(line)-1].body == nil) {
		m.lines[id] = line
		return
	}
	line = append(line, moment{ts, body})
	slices.SortFunc(line, func(a, b moment) int {
		if a.ts < b.ts {
			return -1
		}
		return 1
	})
	m.lines[id] = line
}

// at returns the version of a document valid at a time.
func (m *model) at(id, ts int64) moment {
	var found moment
	for _, r := range m.lines[id] {
		if r.ts <= ts {
			found = r
		}
	}
	return found
}

// object makes the params of a write.
func (m *model) object() *value.Object {
	o := &value.Object{}
	for _, name := range []string{"a", "b", "s"} {
		if m.rand.Intn(3) > 0 {
			o.Fields = append(o.Fields, value.Field{Name: name, Value: m.value(2)})
		}
	}
	if m.rand.Intn(4) == 0 {
		o = o.With("s", value.TxnTime{})
	}
	fields := []value.Field{{Name: "data", Value: o}}
	if m.rand.Intn(10) == 0 {
		us := int64(500)
		if m.rand.Intn(2) == 0 {
			us = 1e12
		}
		fields = append(fields, value.Field{Name: "ttl", Value: value.TimeOfMicros(us)})
	}
	return &value.Object{Fields: fields}
}

func (m *model) value(depth int) value.Value {
	switch m.rand.Intn(9) {
	case 0, 1:
		return value.Int(m.rand.Intn(3))
	case 2:
		return value.String([]string{"x", "X", "y"}[m.rand.Intn(3)])
	case 3:
		return value.Double(0.5)
	case 4:
		return value.Null{}
	case 5:
		return value.NewObject(value.Field{Name: "o", Value: value.Int(1)})
	case 6:
		return value.Ref{Collection: m.coll, ID: 1 + m.rand.Int63n(2)}
	}
	if depth == 0 {
		return value.Bool(true)
	}
	a := value.Array{}
	for range m.rand.Intn(3) {
		a = append(a, m.value(depth-1))
	}
	return a
}

// resolved is the body of a version with its transaction's time filled in.
func resolved(r moment) *value.Object {
	if r.body == nil || r.ts == txn.Pending {
		return r.body
	}
	data, _ := r.body.Get("data")
	o, ok := data.(*value.Object)
	if !ok {
		return r.body
	}
	if s, _ := o.Get("s"); s == (value.TxnTime{}) {
		return r.body.With("data", o.With("s", value.Int(r.ts)))
	}
	return r.body
}

func (m *model) describe(id int64) string {
	var parts []string
	for _, r := range m.lines[id] {
		if r.body == nil {
			parts = append(parts, fmt.Sprintf("%d:dead", r.ts))
			continue
		}
		parts = append(parts, fmt.Sprintf("%d:%s", r.ts, text(nil, noRefs(r.body))))
	}
	return strings.Join(parts, " | ")
}

// noRefs replaces refs so that a body can be shown without a view.
func noRefs(v value.Value) value.Value {
	switch v := v.(type) {
	case value.Ref:
		return value.String(fmt.Sprint("ref", v.ID))
	case value.Array:
		a := make(value.Array, len(v))
		for i := range v {
			a[i] = noRefs(v[i])
		}
		return a
	case *value.Object:
		o := &value.Object{}
		for _, f := range v.Fields {
			o.Fields = append(o.Fields, value.Field{Name: f.Name, Value: noRefs(f.Value)})
		}
		return o
	}
	return v
}
