package ledger

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// TestCheckpointNote: any reader of signed notes can check a checkpoint.
func TestCheckpointNote(t *testing.T) {
	signed := sample(t).note(0)
	v, err := note.NewVerifier(FormatKey("Shop", keysOf("Shop")["Shop"]))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("%+v, %v", n, err)
	}
	c, err := ParseCheckpoint(signed)
	if err != nil || c.Text() != n.Text || c.Uni != testUni || c.Size != 4 {
		t.Fatalf("%+v, %v", c, err)
	}
}

// TestJoinCheckpoints: nodes sign apart, and their notes become one.
func TestJoinCheckpoints(t *testing.T) {
	f := sample(t)
	sign := func(size int, signers ...string) []byte { f.signers = signers; return f.note(size) }
	joined, err := JoinCheckpoints(sign(0, "Shop"), sign(0, "Zürich", "Shop"), sign(0, "Warehouse"))
	if err != nil || !bytes.Equal(joined, sign(0, "Shop", "Zürich", "Warehouse")) {
		t.Fatalf("%s, %v", joined, err)
	}
	c, names, err := VerifyCheckpoint(joined, keysOf("Zürich", "Warehouse"))
	if err != nil || c.Size != 4 || strings.Join(names, " ") != "Zürich Warehouse" {
		t.Fatalf("%+v, %v, %v", c, names, err)
	}
	for name, notes := range map[string][][]byte{
		"two sizes": {sign(3, "Shop"), sign(4, "Shop")},
		"no note":   {sign(3, "Shop"), []byte("x")},
		"none":      {},
	} {
		if _, err := JoinCheckpoints(notes...); err == nil {
			t.Errorf("%s are joined", name)
		}
	}
}

func TestVerifyCheckpoint(t *testing.T) {
	f := sample(t)
	good := string(f.note(0))
	keys := keysOf(nodes...)
	for _, c := range []struct{ name, note, want string }{
		{"good", good, ""},
		{"of nobody known", strings.Replace(good, "— Shop", "— Ship", 1), "no verifiable signatures"},
		{"of another name", strings.Replace(good, "— Shop", "— Warehouse", 1), "no verifiable signatures"},
		{"another size", strings.Replace(good, "\n4\n", "\n5\n", 1), "invalid signature"},
		{"without signatures", good[:strings.Index(good, "— ")], "malformed"},
		{"nothing", "", "malformed"},
		{"an unknown signature more", good + "— Witness AAAAAAAAAAAA\n", ""},
	} {
		_, _, err := VerifyCheckpoint([]byte(c.note), keys)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, not %q", c.name, err, c.want)
		}
	}
}

// TestCheckpointText: what is signed has one spelling.
func TestCheckpointText(t *testing.T) {
	c, err := ParseCheckpoint(sample(t).note(0))
	if err != nil {
		t.Fatal(err)
	}
	text := c.Text()
	if again, err := parseText(text); err != nil || *again != *c {
		t.Fatalf("%+v, %v", again, err)
	}
	for _, bad := range []string{
		"", "\n", text + "\n", text + "more\n", strings.TrimSuffix(text, "\n"),
		strings.Replace(text, "\n4\n", "\n04\n", 1), strings.Replace(text, "\n4\n", "\n0\n", 1), strings.Replace(text, "\n4\n", "\n+4\n", 1),
		strings.Replace(text, "\n4\n", "\n9007199254740992\n", 1), strings.Replace(text, "seriatim/", "seriatim", 1),
		strings.Replace(text, testUni, "", 1), strings.Replace(text, "=\n", "\n", 1), strings.Replace(text, "A=\n", "B=\n", 1),
		strings.Replace(text, "block f", "block F", 1), strings.Replace(text, "block ", "", 1), strings.Replace(text, "redacted ", "block ", 1),
	} {
		if _, err := parseText(bad); err == nil && bad != text {
			t.Errorf("accepted: %q", bad)
		}
	}
}

func TestParseKeys(t *testing.T) {
	keys := keysOf(nodes...)
	text := keys.Format()
	again, err := ParseKeys("# the parties\n\n  " + strings.ReplaceAll(text, "\n", " \r\n"))
	if err != nil || !reflect.DeepEqual(keys, again) {
		t.Fatalf("%v, %v", again, err)
	}
	for _, bad := range []string{
		text + text, "Shop", strings.Replace(text, "Shop", "Ship", 1), strings.Replace(text, "+8", "+9", 1), strings.ToUpper(text), text[:60],
	} {
		if _, err := ParseKeys(bad); err == nil {
			t.Errorf("accepted: %q", bad)
		}
	}
}

// TestSignerNames: what cannot stand in a note does not sign one.
func TestSignerNames(t *testing.T) {
	end, _ := written(t, sampleHistory()).Checkpoint(4)
	for _, name := range []string{"", "two words", "a+b"} {
		if _, err := SignCheckpoint(end, party(name)); err == nil {
			t.Errorf("%q signs", name)
		}
	}
}

// FuzzVerify: whatever the text, it is refused with a reason, or is an export as we
// would write it.
func FuzzVerify(f *testing.F) {
	c := written(f, sampleHistory())
	f.Add(exported(f, c, checkpointed(f, c, 0, "Shop"), nil))
	f.Add(exported(f, c, checkpointed(f, c, 0, "Shop"), hideAll))
	r, _ := Prove(c, must(c.Block(2)).First, checkpointed(f, c, 0, "Shop"), nil)
	f.Add(r.Format())
	f.Add([]byte(`{"seriatim":"ledger export","format":1,"uni":"u"}` + "\n" + `{"block":null}`))
	opts := VerifyOptions{Keys: keysOf(nodes...)}
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := Verify(bytes.NewReader(text), opts); err != nil {
			if _, ok := err.(*Refusal); !ok {
				t.Fatal(err)
			}
		}
		if r, err := VerifyReceipt(text, opts); err == nil && !bytes.Equal(r.Format(), text) {
			t.Fatalf("%s is written as %s", text, r.Format())
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
