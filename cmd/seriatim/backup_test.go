package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/checkpoint"
)

// TestBackupBits flips a hundred random bits, one at a time, anywhere in a backup: each time
// it is refused, by verify and by restore, and the file is named.
func TestBackupBits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	makeBackup(t, dir)
	m, err := checkpoint.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	names, sizes, total := []string{checkpoint.ManifestName}, []int64{int64(len(m.Encode()))}, int64(len(m.Encode()))
	for _, f := range m.Files {
		names, sizes, total = append(names, f.Name), append(sizes, f.Size), total+f.Size
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d files, %d bytes", seed, len(names), total)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 100 {
		i, at := 0, r.Int64N(total)
		for at >= sizes[i] {
			i, at = i+1, at-sizes[i]
		}
		name := filepath.Join(dir, filepath.FromSlash(names[i]))
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(good)
		bad[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		what := fmt.Sprintf("byte %d of %s", at, names[i])
		refused(t, what, names[i], "backup", "verify", dir)
		into := filepath.Join(t.TempDir(), "data")
		refused(t, what, names[i], "restore", dir, "--data", into)
		if left, _ := os.ReadDir(into); len(left) > 0 {
			t.Errorf("%s: restored %v", what, left)
		}
		if err := os.WriteFile(name, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, text := runProgram("backup", "verify", dir); code != exitOK {
		t.Errorf("whole again: %d %s", code, text)
	}
}

func refused(t *testing.T, what, name string, args ...string) {
	t.Helper()
	code, text := runProgram(args...)
	if code != exitQuery || !strings.Contains(text, name) && !strings.Contains(text, "format") {
		t.Errorf("%s: %s exits with %d: %s", what, args[0], code, text)
	}
}

func runProgram(args ...string) (code int, text string) {
	var out bytes.Buffer
	p := &program{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) string { return "" }}
	code = p.run(context.Background(), args)
	return code, out.String()
}

// makeBackup makes a backup of a small database.
func makeBackup(t *testing.T, dir string) {
	t.Helper()
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		`{"create_collection":{"object":{"name":"stores"}}}`,
		`{"create":{"collection":"stores"},"params":{"object":{"data":{"object":{"name":"` + strings.Repeat("long ", 2000) + `"}}}}}`,
	} {
		resp := db.Query(t.Context(), &seriatim.Request{Authorization: "Bearer secret", Body: []byte(q)})
		if resp.Status >= 300 {
			t.Fatalf("%d %s", resp.Status, resp.Body)
		}
	}
	_, err = checkpoint.Make(dir, checkpoint.SourceFunc(func(dir string) (uint64, int64, uint64, error) {
		i, err := db.Checkpoint(dir)
		return uint64(i.Position), i.TS, i.Digest, err
	}))
	if err != nil {
		t.Fatal(err)
	}
}
