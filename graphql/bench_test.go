package graphql

import (
	"os"
	"testing"
)

func BenchmarkCheck(b *testing.B) {
	for _, one := range []struct{ name, file, entity, data string }{
		{"inventory", "testdata/schema/inventory.json", "Inventory",
			`{"itemName":"bolt","itemNumber":"A1","quantityWarehouse1":90,"quantityWarehouse2":10,"lastUpdated":"2021-12-06T18:30:00Z"}`},
		{"parcel", "testdata/schema/shipping.json", "Parcel",
			`{"label":"ABCD1234","state":"packed","due":"2024-05-01","to":{"street":"Ring 1","postcode":"10115","country":"DE"},
			"contacts":["a@x.io","b@x.io"],"goods":[{"name":"lamp","weight":1.5,"pieces":1},{"name":"book","weight":0.3,"pieces":4}]}`},
	} {
		b.Run(one.name, func(b *testing.B) {
			m := compileFile(b, one.file)
			n, err := parseText([]byte(one.data))
			if err != nil {
				b.Fatal(err)
			}
			data := object(n)
			b.ReportAllocs()
			for b.Loop() {
				if v := m.Check(one.entity, data); v != nil {
					b.Fatal(v)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	text, err := os.ReadFile("testdata/schema/shipping.json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(text); err != nil {
			b.Fatal(err)
		}
	}
}
