package catalog

import (
	"strings"
	"testing"

	"seriatim/value"
)

// benchRig is a collection of a thousand documents with an index.
func benchRig(b *testing.B) (*rig, value.CollectionID) {
	b.Helper()
	r := newRig()
	tx := r.begin(0)
	v, err := NewView(tx, Root, r.options)
	if err != nil {
		b.Fatal(err)
	}
	var out strings.Builder
	for _, line := range []string{
		`create collections {name: "c"}`,
		`create indexes {name: "by_name", source: #collections:c, terms: [{field: ["data", "name"]}], values: [{field: ["data", "price"]}]}`,
	} {
		if err := r.run(&out, v, line); err != nil {
			b.Fatal(err)
		}
	}
	for i := range int64(1000) {
		if _, err := v.Create(value.FirstUserCollection, i+1, product(i)); err != nil {
			b.Fatal(err)
		}
	}
	r.store.apply(tx.Proposal())
	tx.Close()
	return r, value.FirstUserCollection
}

func product(i int64) *value.Object {
	return value.NewObject(value.Field{Name: "data", Value: value.NewObject(
		value.Field{Name: "name", Value: value.String("product name")},
		value.Field{Name: "description", Value: value.String("a longer description of what it is good for")},
		value.Field{Name: "price", Value: value.Double(float64(i) + 0.5)},
		value.Field{Name: "quantity", Value: value.Int(1000)},
		value.Field{Name: "store", Value: value.Ref{Collection: 1030, ID: i}},
	)})
}

func BenchmarkGet(b *testing.B) {
	r, c := benchRig(b)
	b.ReportAllocs()
	for b.Loop() {
		tx := r.begin(0)
		v, _ := NewView(tx, Root, r.options)
		if d, err := v.Get(value.Ref{Collection: c, ID: 500}, 0); d == nil || err != nil {
			b.Fatal(err)
		}
		tx.Close()
	}
}

func BenchmarkUpdate(b *testing.B) {
	r, c := benchRig(b)
	patch := value.NewObject(value.Field{Name: "data", Value: value.NewObject(
		value.Field{Name: "quantity", Value: value.Int(5)})})
	b.ReportAllocs()
	for b.Loop() {
		tx := r.begin(0)
		v, _ := NewView(tx, Root, r.options)
		for id := int64(500); id < 503; id++ {
			if _, err := v.Update(value.Ref{Collection: c, ID: id}, patch); err != nil {
				b.Fatal(err)
			}
		}
		tx.Close()
	}
}

func BenchmarkCreate(b *testing.B) {
	r, c := benchRig(b)
	b.ReportAllocs()
	id := int64(10000)
	for b.Loop() {
		tx := r.begin(0)
		v, _ := NewView(tx, Root, r.options)
		id++
		if _, err := v.Create(c, id, product(id)); err != nil {
			b.Fatal(err)
		}
		tx.Close()
	}
}

func BenchmarkEntries(b *testing.B) {
	r, _ := benchRig(b)
	b.ReportAllocs()
	tx := r.begin(0)
	v, _ := NewView(tx, Root, r.options)
	x, _ := v.Index(value.FirstIndex)
	defer tx.Close()
	for b.Loop() {
		c := v.Entries(x, []value.Value{value.String("product name")}, Range{At: 0})
		n := 0
		for c.Next() && n < 64 {
			n++
		}
		c.Close()
		if n != 64 {
			b.Fatal(n, c.Err())
		}
	}
}

// BenchmarkUni compares the update of a row of a uni with that of the same document in a
// collection of no uni.
func BenchmarkUni(b *testing.B) {
	r := uniRig(b)
	r.in(b, 2, "North", func(v *View) error {
		_, err := v.Create(inventory(v), 1, goods("a", 1))
		return err
	})
	r.in(b, Root, "", func(v *View) error {
		_, err := v.Create(value.Collections, 0, value.NewObject(value.Field{Name: "name", Value: value.String("Inventory")}))
		if err == nil {
			_, err = v.Create(inventory(v), 1, goods("a", 1))
		}
		return err
	})
	for db, name := range map[uint64]string{Root: "plain", 2: "uni"} {
		b.Run(name, func(b *testing.B) {
			o := r.options
			o.Author = "North"
			b.ReportAllocs()
			for n := int64(0); b.Loop(); n++ {
				tx := r.begin(0)
				v, err := NewView(tx, db, o)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := v.Update(value.Ref{Collection: inventory(v), ID: 1}, goods("a", n)); err != nil {
					b.Fatal(err)
				}
				tx.Close()
			}
		})
	}
}
