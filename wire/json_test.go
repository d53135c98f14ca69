package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDepth states the bound on nesting: 1,000 levels are read, 1,001 are not,
// and the error is its own.
func TestDepth(t *testing.T) {
	for _, pair := range []string{"[]", `{"object":}`} {
		half := len(pair) - 1
		nested := func(n int) []byte {
			return []byte(strings.Repeat(pair[:half], n) + "1" + strings.Repeat(pair[half:], n))
		}
		d, err := scan(nested(maxDepth))
		if err != nil {
			t.Fatalf("%s: %v", pair, err)
		}
		d.release()
		if _, err := scan(nested(maxDepth + 1)); !errors.Is(err, errNesting) {
			t.Errorf("%s: error %v", pair, err)
		}
	}
	_, errs := DecodeQuery([]byte(strings.Repeat("[", 100000)), 0)
	if len(errs) != 1 || errs[0].Description != "Request body JSON exceeds nesting limit." {
		t.Errorf("errors %+v", errs)
	}
}

// TestNumbers checks that numbers survive to the last bit.
func TestNumbers(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	for range 20000 {
		n := int64(r.Uint64())
		d, err := scan(strconv.AppendInt(nil, n, 10))
		if err != nil || d.nodes[0].kind != kindInt || int64(d.nodes[0].bits) != n {
			t.Fatalf("%d was not read exactly", n)
		}
		d.release()
		f := math.Float64frombits(r.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		text := appendDouble(nil, f)
		d, err = scan(text)
		if err != nil || d.nodes[0].kind != kindDouble || d.nodes[0].bits != math.Float64bits(f) {
			t.Fatalf("%v became %s and was not read exactly", f, text)
		}
		d.release()
	}
}

// TestManyMembers checks that repeated names are found beyond the few that are
// searched one by one, and that the first wins.
func TestManyMembers(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		b.WriteString(`,"k` + strconv.Itoa(i%40) + `":` + strconv.Itoa(i))
	}
	d, err := scan([]byte("{" + b.String()[1:] + "}"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.release()
	if d.nodes[0].size != 40 {
		t.Fatalf("%d members", d.nodes[0].size)
	}
	for i := range 40 {
		if j := d.lookup(0, "k"+strconv.Itoa(i)); j == 0 || d.nodes[j].bits != uint64(i) {
			t.Errorf("member k%d is not the first", i)
		}
	}
}

// refusedHere tells whether a text that Go's decoder takes is one of those that
// are refused here: bytes that are not UTF-8, integers beyond 64 bits, numbers of
// over 1,000 characters, and nesting beyond 1,000.
func refusedHere(body []byte, err error) bool {
	if errors.Is(err, errNesting) || !utf8.Valid(body) {
		return true
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	for {
		tok, err := dec.Token()
		if err != nil {
			return false
		}
		if n, ok := tok.(json.Number); ok {
			if _, err := n.Int64(); len(n) > maxNumberLength || err != nil && !strings.ContainsAny(string(n), ".eE") {
				return true
			}
		}
	}
}

// same checks the arena against the tokens of Go's decoder, with the members
// that repeat a name taken out.
func same(t *testing.T, d *arena, i int, dec *json.Decoder) {
	tok, err := dec.Token()
	if err != nil {
		t.Fatal(err)
	}
	switch tok := tok.(type) {
	case json.Delim:
		sameContainer(t, d, i, tok, dec)
	case json.Number:
		if d.nodes[i].kind == kindInt {
			if n, err := tok.Int64(); err != nil || n != int64(d.nodes[i].bits) {
				t.Errorf("%s is %d", tok, int64(d.nodes[i].bits))
			}
			return
		}
		if f, _ := strconv.ParseFloat(string(tok), 64); math.Float64bits(f) != d.nodes[i].bits {
			t.Errorf("%s is %v", tok, d.nodes[i].double())
		}
	case string:
		if !d.isString(i) || d.string(i) != tok {
			t.Errorf("%q is %q", tok, d.string(i))
		}
	case bool:
		if tok && d.nodes[i].kind != kindTrue || !tok && d.nodes[i].kind != kindFalse {
			t.Errorf("%v is kind %d", tok, d.nodes[i].kind)
		}
	case nil:
		if d.nodes[i].kind != kindNull {
			t.Errorf("null is kind %d", d.nodes[i].kind)
		}
	}
}

func sameContainer(t *testing.T, d *arena, i int, open json.Delim, dec *json.Decoder) {
	j, size := i+1, 0
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			tok, err := dec.Token()
			if err != nil {
				t.Fatal(err)
			}
			name := tok.(string)
			if seen[name] {
				skipValue(t, dec)
				continue
			}
			seen[name] = true
			if d.string(j) != name {
				t.Fatalf("member %q is %q", name, d.string(j))
			}
			j++
		}
		same(t, d, j, dec)
		j = d.after(j)
		size++
	}
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	if int(d.nodes[i].size) != size || d.after(i) != j {
		t.Errorf("size %d, want %d", d.nodes[i].size, size)
	}
}

func skipValue(t *testing.T, dec *json.Decoder) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		t.Fatal(err)
	}
}

// FuzzScan compares the scanner with Go's decoder: the same texts are accepted,
// except those that refusedHere names, and they mean the same.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		``, ` `, `null`, `{"a":[1,2.5,"x",true,null],"a":2}`, `[1e400,-0,-0.0,1E+2]`, `"\ud83d\ude00\ud800\u0041"`,
		"\"\xff\"", `[01]`, `[1.]`, `[.5]`, `[-]`, `{"a":}`, `{"a":1,}`, `[1 2]`, `"\q"`, "\"\x01\"", `99999999999999999999`,
		`nul`, `tru`, `{"":{"":{}}}`, "\xef\xbb\xbf1", `[[[[[[]]]]]]`, `{"a" :1 , "b": [ ] }`, `"\u00e9\/"`, `1e`, `1e+`, `--1`,
	} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"let":{"x":1},"in":{"var":"x"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := scan(body)
		body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
		if err != nil {
			if json.Valid(body) && !refusedHere(body, err) {
				t.Fatalf("%q was refused: %v", body, err)
			}
			return
		}
		defer d.release()
		if !json.Valid(body) {
			t.Fatalf("%q was accepted", body)
		}
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		same(t, d, 0, dec)
	})
}

// TestManyErrors checks that the errors of a hostile query stay bounded.
func TestManyErrors(t *testing.T) {
	for _, bad := range []string{`{"nope":1},`, `{"var":"x"},`, `{"@query":{"lambda":1,"expr":1}},`, `{"join":1,"with":{"lambda":1,"expr":1}},`, `{"object":{"@ts":1}},`, `{"@ref":{"id":{}}},`} {
		body := strings.Repeat("[", 500) + strings.Repeat(bad, 3000) + "1" + strings.Repeat("]", 500)
		e, errs := DecodeQuery([]byte(body), 0)
		if e != nil || len(errs) == 0 || len(errs) > maxErrors {
			t.Errorf("%s: %d errors", bad, len(errs))
		}
	}
}
