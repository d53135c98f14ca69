package ledger

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"
)

// TestTransactionBytes holds the bytes, leaves and signature of one transaction;
// they are an example in docs/ledger.md.
func TestTransactionBytes(t *testing.T) {
	x := &Transaction{Uni: "u", ID: "i", Owner: "Shop", Submitted: 7, Parts: []Part{{Text: "a"}, {Text: "b", Guarded: true, Path: "p"}}}
	x.Seed[31] = 1
	x.Sign(party("Shop").Key)
	for _, c := range []struct{ name, got, want string }{
		{"bytes", hex.EncodeToString(AppendTransaction(nil, x)), "0100000001750000000169000000" +
			"0453686f70000000000000000700000002" + "000000000161" + "0100000001700000000162" +
			"0000000000000000000000000000000000000000000000000000000000000001" + hex.EncodeToString(x.Signature[:])},
		{"text", x.Mutation(), "ab"},
		{"redacted text", x.RedactedMutation(), "a$${" + hexOf(x.commitment(1)) + "}"},
		{"key", FormatKey("Shop", keysOf("Shop")["Shop"]), exampleKey},
		{"salt", hex.EncodeToString(func() []byte { s := salt(&x.Seed, 1); return s[:] }()), exampleSalt},
		{"open commitment", hexOf(x.commitment(0)), exampleOpen},
		{"guarded commitment", hexOf(x.commitment(1)), exampleGuarded},
		{"leaf", hexOf(x.Leaf()), exampleLeaf},
		{"redacted leaf", hexOf(x.RedactedLeaf()), exampleRedacted},
		{"signature", hex.EncodeToString(x.Signature[:]), exampleSignature},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n%s, not\n%s", c.name, c.got, c.want)
		}
	}
}

const (
	exampleKey       = "Shop+8ce15116+AcdV6gX+hZcSSu9CBwrNTFkLxh2MsVkkIzWVtDb3NRQY"
	exampleSalt      = "636705bcf84535dc49919eecf081165f"
	exampleOpen      = "591b2b1b8e75bad7d9338812414ca42d10d9d277f4bc0da465131532dd7ca0c8"
	exampleGuarded   = "1556ebc6518ba9ba8893a6e17dde71416e0ffecba958facb2ff5e433c3a4621a"
	exampleLeaf      = "2eb3a70ccbd087321a170ba7f98c37acdc17ce65d9b4f4eb212d0772b25259f4"
	exampleRedacted  = "b356e1cb97c3d52cf021a7224922099d7394bc9f0e60a79c08f2428e0a904ddd"
	exampleSignature = "928b193e2fde5c64810043115be1642f98a97fe14692bed7c06522dbf4947dd7dafa1b088c8441cb0964c64e61024a0714f1e98d2204f455aaf544ef12090f02"
)

func TestTreeHashes(t *testing.T) {
	left, right := leafHash([]byte("le"), []byte("ft")), leafHash(bytes.Repeat([]byte("long"), 500))
	if h := rfc6962.DefaultHasher.HashLeaf([]byte("left")); !bytes.Equal(h, left[:]) {
		t.Error("the hash of a leaf differs")
	}
	if h := rfc6962.DefaultHasher.HashChildren(left[:], right[:]); !bytes.Equal(h, nodeHash(left[:], right[:])) {
		t.Error("the hash of a node differs")
	}
}

// FuzzDecodeTransaction: what can be read is written as it was, and never panics.
func FuzzDecodeTransaction(f *testing.F) {
	m := newMaker(1)
	for range 4 {
		f.Add(AppendTransaction(nil, m.transaction("Shop", m.mutation()...)))
	}
	f.Add([]byte{})
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := DecodeTransaction(data)
		if err != nil {
			return
		}
		if again := AppendTransaction(nil, x); !bytes.Equal(again, data) {
			t.Fatalf("%x is read as %+v and written as %x", data, x, again)
		}
	})
}

// TestDamagedTransaction changes and cuts the bytes at every place: what is still
// read has another leaf or another signature.
func TestDamagedTransaction(t *testing.T) {
	m := newMaker(2)
	x := m.transaction("Shop", Part{Text: "a"}, Part{Text: "b", Guarded: true, Path: "p"})
	data := AppendTransaction(nil, x)
	key := keysOf("Shop")["Shop"]
	for i := range data {
		if _, err := DecodeTransaction(data[:i]); err == nil {
			t.Errorf("%d of %d bytes are read", i, len(data))
		}
		for bit := range 8 {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << bit
			if y, err := DecodeTransaction(changed); err == nil && y.Verify(key) {
				t.Errorf("bit %d of byte %d may change", bit, i)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	good := func() *Transaction { return newMaker(3).transaction("Shop", Part{Text: "a"}) }
	for _, c := range []struct {
		name   string
		change func(*Transaction)
		want   string
	}{
		{"good", func(*Transaction) {}, ""},
		{"another uni", func(x *Transaction) { x.Uni = "other" }, `of uni "other"`},
		{"no owner", func(x *Transaction) { x.Owner = "" }, "printable"},
		{"line feed in a name", func(x *Transaction) { x.Owner = "a\nb" }, "printable"},
		{"long name", func(x *Transaction) { x.ID = strings.Repeat("x", 256) }, "printable"},
		{"no part", func(x *Transaction) { x.Parts = nil }, "no part"},
		{"text not UTF-8", func(x *Transaction) { x.Parts[0].Text = "\xff" }, "not UTF-8"},
		{"before 1970", func(x *Transaction) { x.Submitted = -1 }, "time"},
		{"beyond 2^53", func(x *Transaction) { x.Submitted = 1 << 53 }, "time"},
	} {
		x := good()
		c.change(x)
		_, err := Check(testUni, AppendTransaction(nil, x))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, not %q", c.name, err, c.want)
		}
	}
}

// TestRedact: a copy has the leaves of what it was made of, whatever it hides.
func TestRedact(t *testing.T) {
	m := newMaker(4)
	x := m.transaction("Shop", Part{Text: "a: "}, Part{Text: "1", Guarded: true, Path: "p/a"}, Part{Text: ", b: "}, Part{Text: "2", Guarded: true, Path: "p/b"})
	for _, hidden := range []string{"", "p/a", "p/b", "p/a p/b"} {
		r := x.Redact(func(p Part) bool { return strings.Contains(hidden, p.Path) })
		leaf, redacted := r.Leaves()
		if leaf != x.Leaf() || redacted != x.RedactedLeaf() || !r.Verify(keysOf("Shop")["Shop"]) {
			t.Errorf("hiding %q changes the transaction", hidden)
		}
		line := appendRedacted(nil, 9, r)
		ts, again, err := parseRedacted(line, x.Uni)
		if err != nil || ts != 9 || !reflect.DeepEqual(again, r) {
			t.Errorf("%s is read as %+v, %v", line, again, err)
		}
	}
	if got := x.Redact(func(p Part) bool { return p.Path == "p/b" }).Mutation(); got != "a: 1, b: $${"+hexOf(x.commitment(3))+"}" {
		t.Errorf("the text with p/b hidden: %s", got)
	}
}
