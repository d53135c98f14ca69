package catalog

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"seriatim/value"
)

const supply = "Inventory rows; Inventory.sku string unique; Inventory.quantity int min=0; Motto scalar; Motto.value string"

// uniRig is a uni of the nodes North and South in the database 2.
func uniRig(t testing.TB) *rig {
	t.Helper()
	r := newRig()
	r.in(t, Root, "", func(v *View) error {
		if _, err := v.Create(value.Databases, 0, value.NewObject(value.Field{Name: "name", Value: value.String("Supply")})); err != nil {
			return err
		}
		child, err := v.In(2)
		if err != nil {
			return err
		}
		return child.DefineUni(&Uni{Name: "Supply", Schema: []byte(supply), Nodes: []Node{{Name: "North"}, {Name: "South"}}})
	})
	r.db = 2
	return r
}

// in does f in a transaction of its own, which must commit.
func (r *rig) in(t testing.TB, db uint64, author string, f func(v *View) error) {
	t.Helper()
	tx := r.begin(0)
	defer tx.Close()
	o := r.options
	o.Author = author
	v, err := NewView(tx, db, o)
	if err == nil {
		err = f(v)
	}
	if err != nil {
		t.Fatal(err)
	}
	if p := tx.Proposal(); p != nil && r.store.apply(p) == 0 {
		t.Fatal("conflict")
	}
}

func goods(sku string, quantity int64) *value.Object {
	return value.NewObject(value.Field{Name: "data", Value: value.NewObject(
		value.Field{Name: "sku", Value: value.String(sku)}, value.Field{Name: "quantity", Value: value.Int(quantity)})})
}

func inventory(v *View) value.CollectionID {
	ref, _, _ := v.Lookup(value.Collections, "Inventory")
	return value.CollectionID(ref.ID)
}

// TestUniConflict: who wrote by a definition conflicts with another one, and who read
// that there is none as well.
func TestUniConflict(t *testing.T) {
	r := uniRig(t)
	o := r.options
	o.Author = "North"
	tx := r.begin(0)
	defer tx.Close()
	v, err := NewView(tx, 2, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Create(inventory(v), 0, goods("a", 1)); err != nil {
		t.Fatal(err)
	}
	plain, err := NewView(r.begin(0), Root, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := plain.Create(value.Databases, 0, value.NewObject(value.Field{Name: "name", Value: value.String("x")})); err != nil {
		t.Fatal(err)
	}
	r.in(t, 2, "", func(v *View) error {
		u := *v.Uni()
		u.Schema = []byte(supply + "; Inventory.name string required")
		return v.DefineUni(&u)
	})
	if r.store.apply(tx.Proposal()) != 0 {
		t.Error("a document was written by an old schema")
	}
	if r.store.apply(plain.Tx().Proposal()) == 0 {
		t.Error("the definition of a uni is in the way of another database")
	}
}

// TestUniCache: a shared definition is not changed by a transaction that redefines the
// uni, and is parsed once for all transactions that see the same one.
func TestUniCache(t *testing.T) {
	r := uniRig(t)
	parsed := 0
	r.options.Cache = NewCache(4)
	r.options.Model = func(schema []byte) (Model, error) { parsed++; return parseFake(schema) }
	for range 3 {
		r.in(t, 2, "North", func(v *View) error {
			_, err := v.Create(inventory(v), 0, goods(fmt.Sprint(r.ids), 1))
			return err
		})
	}
	if parsed != 1 {
		t.Errorf("the schema was compiled %d times", parsed)
	}
	tx := r.begin(0)
	defer tx.Close()
	changing, err := NewView(tx, 2, r.options)
	if err != nil {
		t.Fatal(err)
	}
	u := *changing.Uni()
	u.Schema = []byte(supply + "; Extra rows")
	if err := changing.DefineUni(&u); err != nil {
		t.Fatal(err)
	}
	r.in(t, 2, "", func(v *View) error {
		if _, ok := v.Uni().Model.Entity("Extra"); ok || v.Uni().Version != 1 {
			return errors.New("an uncommitted definition is seen")
		}
		if _, ok, _ := v.Lookup(value.Collections, "Extra"); ok {
			return errors.New("an uncommitted collection is seen")
		}
		return nil
	})
	if _, ok := changing.Uni().Model.Entity("Extra"); !ok || changing.Uni().Version != 2 {
		t.Error("a transaction does not see its own definition")
	}
}

// TestUniWithoutModel: a uni whose schema cannot be compiled is read, not written.
func TestUniWithoutModel(t *testing.T) {
	r := uniRig(t)
	r.in(t, 2, "North", func(v *View) error { _, err := v.Create(inventory(v), 7, goods("a", 1)); return err })
	for name, model := range map[string]func([]byte) (Model, error){
		"without the compiler": nil,
		"nonsense":             func([]byte) (Model, error) { return nil, errors.New("nonsense") },
	} {
		r.options.Cache, r.options.Model = nil, model
		r.in(t, 2, "North", func(v *View) error {
			if d, err := v.Get(value.Ref{Collection: inventory(v), ID: 7}, 0); d == nil || err != nil {
				return fmt.Errorf("%v %v", d, err)
			}
			if _, err := v.Create(inventory(v), 8, goods("b", 1)); err == nil || !strings.Contains(err.Error(), name) {
				return fmt.Errorf("a write ends in %v, want %s", err, name)
			}
			return nil
		})
	}
}

// TestUniBytes: a definition is read as it was written.
func TestUniBytes(t *testing.T) {
	u := &Uni{
		Name: "Supply", Type: "t", Schema: []byte(`{"type":"object"}`), Status: "RUNNING", Created: 1, Updated: 2, Version: 3,
		Nodes: []Node{
			{Name: "North", UserID: "u", CSP: "aws", Region: "r", Description: "d", Status: "s", PublicKey: []byte(strings.Repeat("k", 32)), Replica: "x"},
			{Name: "South", Settings: value.NewObject(value.Field{Name: "a", Value: value.Int(1)})},
		},
	}
	got, err := decodeUni(u.encode())
	if err != nil || string(got.encode()) != string(u.encode()) || string(got.Nodes[0].PublicKey) != string(u.Nodes[0].PublicKey) {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range [][]byte{nil, {9}, {uniFormat + 1, 1, 2}} {
		if _, err := decodeUni(bad); err == nil {
			t.Errorf("%x is taken for a uni", bad)
		}
	}
}

// TestLedgerKeys: the ledger of a database is read by suffix, in order, and outside the
// read set.
func TestLedgerKeys(t *testing.T) {
	r := uniRig(t)
	r.in(t, 2, "", func(v *View) error {
		for _, k := range []string{"a", "b1", "b2", "b3", "h"} {
			v.Tx().Put(append(LedgerPrefix(2), k...), []byte("="+k), nil, nil)
		}
		v.Tx().Put(append(LedgerPrefix(3), "b2"...), []byte("another's"), nil, nil)
		return nil
	})
	tx := r.begin(0)
	defer tx.Close()
	v, err := NewView(tx, 2, r.options)
	if err != nil {
		t.Fatal(err)
	}
	walk := func(lo, hi string, reverse bool) (seen string) {
		var to []byte
		if hi != "" {
			to = []byte(hi)
		}
		c := v.LedgerScan([]byte(lo), to, reverse)
		defer c.Close()
		for c.Next() {
			seen += string(c.Key()) + string(c.Value()) + " "
		}
		return seen
	}
	for _, c := range []struct {
		lo, hi  string
		reverse bool
		want    string
	}{
		{"", "", false, "a=a b1=b1 b2=b2 b3=b3 h=h "},
		{"b", "c", true, "b3=b3 b2=b2 b1=b1 "},
		{"b2", "b3", false, "b2=b2 "},
		{"x", "", false, ""},
	} {
		if got := walk(c.lo, c.hi, c.reverse); got != c.want {
			t.Errorf("%q to %q: %s", c.lo, c.hi, got)
		}
	}
	if stored, ok, err := v.LedgerGet([]byte("h")); string(stored) != "=h" || !ok || err != nil {
		t.Errorf("%s %v %v", stored, ok, err)
	}
	if _, ok, _ := v.LedgerGet([]byte("none")); ok {
		t.Error("there is what is not")
	}
	v.Tx().Put([]byte("x"), nil, nil, nil)
	r.in(t, 2, "", func(v *View) error {
		v.Tx().Put(append(LedgerPrefix(2), "h"...), []byte("later"), nil, nil)
		return nil
	})
	if r.store.apply(tx.Proposal()) == 0 {
		t.Error("reading the ledger conflicts with its growth")
	}
}

// TestUniGarbage: of a ledger only what was overwritten is collected, of the definition
// nothing; both go with their database.
func TestUniGarbage(t *testing.T) {
	r := uniRig(t)
	for i := range 3 {
		r.in(t, 2, "", func(v *View) error {
			u := *v.Uni()
			v.Tx().Put(append(LedgerPrefix(2), "h"...), fmt.Append(nil, i), nil, nil)
			v.Tx().Put(append(LedgerPrefix(2), fmt.Sprint("b", i)...), nil, nil, nil)
			return v.DefineUni(&u)
		})
	}
	collect := func() {
		tx := r.begin(0)
		defer tx.Close()
		r.store.collect(NewGarbage(tx, tx.Snapshot(), r.options))
	}
	versions := func(key []byte) int { return len(r.store.versions[string(key)]) }
	suffixed := func(s string) []byte { return append(LedgerPrefix(2), s...) }
	r.store.last += 365 * day
	collect()
	if h, b, u := versions(suffixed("h")), versions(suffixed("b0")), versions(uniKey(2)); h != 1 || b != 1 || u != 4 {
		t.Errorf("%d versions of the head, %d of a block, %d of the definition are left", h, b, u)
	}
	r.in(t, Root, "", func(v *View) error { return v.DeleteUni(value.Ref{Collection: value.Databases, ID: 2}) })
	collect()
	if versions(suffixed("b0")) != 1 {
		t.Error("the ledger of a deleted uni is gone at once")
	}
	r.store.last += readGuard + 1
	collect()
	for key, list := range r.store.versions {
		if strings.HasPrefix(key, string(appendPrefix(nil, 2, kindUni)[:8])) && len(list) > 0 && !list[len(list)-1].deleted {
			t.Errorf("%x is left of a deleted uni", key)
		}
	}
}

// TestUniJob: an index of a definition that is too large to be filled at once is filled
// by a job, which has no author and leaves no change.
func TestUniJob(t *testing.T) {
	r := uniRig(t)
	for i := range 30 {
		r.in(t, 2, "North", func(v *View) error {
			_, err := v.Create(inventory(v), int64(i+1), goods(fmt.Sprint(i), 1))
			return err
		})
	}
	r.options.MaxBuild = 10
	var index int64
	r.in(t, 2, "", func(v *View) error {
		u := *v.Uni()
		u.Schema = []byte(strings.Replace(supply, "quantity int", "quantity int index", 1))
		if err := v.DefineUni(&u); err != nil {
			return err
		}
		ref, _, _ := v.Lookup(value.Indexes, ValueIndex("Inventory", "quantity"))
		if x, _ := v.Index(ref.ID); x.Active {
			return errors.New("the index is active before it is filled")
		}
		index = ref.ID
		return nil
	})
	for done := false; !done; {
		r.in(t, 2, "", func(v *View) error {
			if err := Advance(v.Tx(), 2, index, r.options, 7); err != nil {
				return err
			}
			keys, _ := v.Tx().Written()
			done = keys == 0
			return nil
		})
	}
	r.in(t, 2, "", func(v *View) error {
		x, _ := v.Index(index)
		n := 0
		for c := v.Entries(x, nil, Range{}); c.Next(); {
			n++
		}
		if !x.Active || n != 30 {
			return fmt.Errorf("active %v with %d entries", x.Active, n)
		}
		return nil
	})
}

// FuzzControl: whatever a query writes to a row, its control members are those that
// the uni set.
func FuzzControl(f *testing.F) {
	f.Add("_owner", "North", uint8(0), true)
	f.Add("_acl", "x", uint8(1), false)
	f.Add("_id", "", uint8(2), true)
	f.Add("_", "x", uint8(0), false)
	f.Add("sku", "x", uint8(1), true)
	f.Fuzz(func(t *testing.T, name, text string, how uint8, asText bool) {
		r := uniRig(t)
		var given value.Value = value.String(text)
		if !asText {
			given = value.Null{}
		}
		params := value.NewObject(value.Field{Name: "data", Value: value.NewObject(value.Field{Name: name, Value: given})})
		acl := value.Array{value.NewObject(value.Field{Name: "path", Value: value.String("sku")})}
		r.in(t, 2, "North", func(v *View) error {
			_, err := v.CreateRow(inventory(v), 5, value.NewObject(value.Field{Name: "sku", Value: value.String("a")}), Row{ACL: acl, UUID: "foreign"})
			return err
		})
		tx := r.begin(0)
		defer tx.Close()
		o := r.options
		o.Author = "South"
		v, err := NewView(tx, 2, o)
		if err != nil {
			t.Fatal(err)
		}
		ref := value.Ref{Collection: inventory(v), ID: 5}
		owner := "North"
		switch how % 3 {
		case 0:
			_, err = v.Update(ref, params)
		case 1:
			_, err = v.Replace(ref, params)
		case 2:
			ref.ID, owner = 6, "South"
			_, err = v.CreateWithID(ref.Collection, 6, params)
		}
		if err != nil {
			return
		}
		doc, err := v.Get(ref, 0)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := memberObject(doc.Body(), "data")
		got := memberText(data, OwnerMember) + " " + memberText(data, UUIDMember)
		if _, listed := data.Get(ACLMember); ref.ID == 5 && (got != "North foreign" || !listed) || ref.ID == 6 && (got != owner+" " || listed) {
			t.Errorf("%q: %s leaves %s, a list %v", name, text, got, listed)
		}
		for _, m := range data.Fields {
			if strings.HasPrefix(m.Name, "_") && m.Name != OwnerMember && m.Name != ACLMember && m.Name != UUIDMember {
				t.Errorf("%s was stored", m.Name)
			}
		}
	})
}
