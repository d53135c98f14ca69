package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write the corpus again")

const corpusDir = "testdata/corpus"

// TestCorpus holds the files of the corpus to what they should be, and our verifier
// to what they are. They change only when the format does: -rewrite.
func TestCorpus(t *testing.T) {
	c := newCorpus(t)
	files := map[string][]byte{"keys.txt": []byte(keysOf(nodes...).Format()), "cases.json": caseText(t, c)}
	for name, note := range c.notes {
		files[name] = note
	}
	for _, s := range c.specimens {
		if files[s.Name] != nil {
			t.Errorf("two specimens are called %s", s.Name)
		}
		files[s.Name] = s.text
	}
	if *rewrite {
		rewriteCorpus(t, files)
	}
	there, err := os.ReadDir(corpusDir)
	if err != nil || len(there) != len(files) {
		t.Errorf("%d files in the corpus, not %d: %v", len(there), len(files), err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(corpusDir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what this program would write: %v", name, err)
		}
	}
	keys, err := ParseKeys(string(files["keys.txt"]))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.specimens {
		t.Run(s.Name, func(t *testing.T) { s.check(t, keys, c.notes) })
	}
}

func caseText(t *testing.T, c *corpus) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, s := range c.specimens {
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	return []byte("[\n" + strings.Join(lines, ",\n") + "\n]\n")
}

func rewriteCorpus(t *testing.T, files map[string][]byte) {
	if err := errors.Join(os.RemoveAll(corpusDir), os.MkdirAll(corpusDir, 0o777)); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(corpusDir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *specimen) check(t *testing.T, keys Keys, notes map[string][]byte) {
	opts := VerifyOptions{Keys: keys, Uni: s.Uni}
	for _, n := range s.Saved {
		opts.Checkpoints = append(opts.Checkpoints, notes[n])
	}
	var err error
	if strings.HasSuffix(s.Name, ".json") {
		_, err = VerifyReceipt(s.text, opts)
	} else {
		_, err = Verify(bytes.NewReader(s.text), opts)
	}
	if s.Reason == "" {
		if err != nil {
			t.Fatalf("%s: %v", s.Why, err)
		}
		return
	}
	refused(t, err, s.Block, s.Reason)
}

// TestDocumented: docs/ledger.md shows the example, the corpus's checkpoint and every
// reason as they are.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/ledger.md")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		exampleKey, exampleSalt, exampleOpen, exampleGuarded, exampleLeaf, exampleRedacted, exampleSignature[:64], exampleSignature[64:],
		string(sample(t).note(0)), openTag[:len(openTag)-1], guardedTag[:len(guardedTag)-1], saltTag[:len(saltTag)-1],
		signatureTag[:len(signatureTag)-1], redactedTag[:len(redactedTag)-1], blockTag[:len(blockTag)-1], redactedBlockTag[:len(redactedBlockTag)-1],
	}
	for _, s := range newCorpus(t).specimens {
		if s.Reason != "" {
			want = append(want, "`"+string(s.Reason)+"`")
		}
	}
	for _, s := range want {
		if !bytes.Contains(page, []byte(s)) {
			t.Errorf("docs/ledger.md does not have %q", s)
		}
	}
}

// TestForkEvidence: a fork comes with the two signed checkpoints that prove it.
func TestForkEvidence(t *testing.T) {
	f := sample(t)
	kept := f.note(0)
	f.blocks[3] = f.blocks[3][1:]
	_, err := Verify(bytes.NewReader(f.export()), VerifyOptions{Keys: keysOf(nodes...), Checkpoints: [][]byte{kept}})
	refused(t, err, BlockID(3), Forked)
	var r *Refusal
	errors.As(err, &r)
	if len(r.Evidence) != 2 || !bytes.Equal(r.Evidence[0], kept) || !bytes.Equal(r.Evidence[1], f.note(0)) {
		t.Errorf("evidence %q", r.Evidence)
	}
}

// TestSecondVerifier runs the verifier in JavaScript over the corpus and over changed
// copies. It is small enough to be read, and stays so.
func TestSecondVerifier(t *testing.T) {
	for _, name := range []string{"testdata/verify.mjs", "testdata/corpus.mjs"} {
		text, err := os.ReadFile(name)
		if err != nil || bytes.Count(text, []byte("\n")) >= 300 {
			t.Errorf("%s: %v, or 300 lines and more", name, err)
		}
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node in PATH to run testdata/verify.mjs")
	}
	out, err := exec.Command(node, "testdata/corpus.mjs", corpusDir, fmt.Sprint(*flips)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
