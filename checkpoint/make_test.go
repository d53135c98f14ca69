package checkpoint

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func sum(b []byte) [32]byte { return sha256.Sum256(b) }

// images is a Source of made-up files. Each image is at a later position and has all files of the one before but one.
type images struct {
	seed, position uint64
	sizes          []int
	err            error
}

func newImages(t *testing.T, sizes ...int) *images {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &images{seed: seed, sizes: sizes}
}

func (s *images) Checkpoint(dir string) (uint64, int64, uint64, error) {
	if s.err != nil {
		return 0, 0, 0, s.err
	}
	s.position++
	if err := os.MkdirAll(filepath.Join(dir, "deep", "er"), 0o700); err != nil {
		return 0, 0, 0, err
	}
	for i, size := range s.sizes {
		name := fmt.Sprintf("%06d.sst", i)
		if i == 1 {
			name = filepath.Join("deep", "er", name)
		}
		salt := uint64(i)
		if i == 0 {
			salt += s.position << 32
		}
		if err := os.WriteFile(filepath.Join(dir, name), noise(s.seed+salt, size), 0o600); err != nil {
			return 0, 0, 0, err
		}
	}
	return s.position, int64(s.position) * 1000, s.position * 7, nil
}

func noise(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestMakeAndVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	src := newImages(t, 100_000, 5000, 0, 1)
	m, err := Make(dir, src)
	if err != nil {
		t.Fatal(err)
	}
	if m.Position != 1 || m.TS != 1000 || m.Digest != 7 || len(m.Files) != 4 || m.Bytes() != 105_001 {
		t.Errorf("manifest: %+v", m)
	}
	read, err := Read(dir)
	if err != nil || read.ID() != m.ID() {
		t.Errorf("read: %+v, %v", read, err)
	}
	if err := Verify(dir); err != nil {
		t.Error(err)
	}
	if _, err := Make(dir, src); !errors.Is(err, ErrExists) {
		t.Errorf("made over one that exists: %v", err)
	}
	src.err = errors.New("no image today")
	other := filepath.Join(t.TempDir(), "c")
	if _, err := Make(other, src); !errors.Is(err, src.err) {
		t.Errorf("failed source: %v", err)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("a failed checkpoint was left behind")
	}
}

func TestVerifyNames(t *testing.T) {
	for _, c := range []struct {
		what, name, reason string
		change             func(dir string) error
	}{
		{"missing", "store/000002.sst", "missing", func(dir string) error { return os.Remove(filepath.Join(dir, "store", "000002.sst")) }},
		{"longer", "store/000002.sst", "101 bytes instead of 100", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "store", "000002.sst"), make([]byte, 101), 0o600)
		}},
		{"other", "store/deep/er/000001.sst", "content", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "store", "deep", "er", "000001.sst"), make([]byte, 100), 0o600)
		}},
		{"extra", "store/extra", "not in the manifest", func(dir string) error { return os.WriteFile(filepath.Join(dir, "store", "extra"), nil, 0o600) }},
		{"link", "store/000002.sst", "not a file", func(dir string) error {
			name := filepath.Join(dir, "store", "000002.sst")
			return errors.Join(os.Remove(name), os.Symlink("000000.sst", name))
		}},
	} {
		dir := filepath.Join(t.TempDir(), "c")
		if _, err := Make(dir, newImages(t, 100, 100, 100)); err != nil {
			t.Fatal(err)
		}
		if err := c.change(dir); err != nil {
			t.Fatal(err)
		}
		err := Verify(dir)
		if d := (*DamageError)(nil); !errors.As(err, &d) || d.File != c.name || !strings.Contains(d.Reason, c.reason) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if err := Verify(t.TempDir()); !errors.Is(err, ErrUnfinished) {
		t.Errorf("no manifest: %v", err)
	}
	if err := Verify(filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

// TestVerifyBits flips bits anywhere in a checkpoint: each is refused and its file named.
func TestVerifyBits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "c")
	src := newImages(t, 20_000, 3000, 700, 1)
	m, err := Make(dir, src)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{ManifestName}
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	r := rand.New(rand.NewPCG(src.seed, 2))
	for range 200 {
		name := names[r.IntN(len(names))]
		path := filepath.Join(dir, filepath.FromSlash(name))
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := bytes.Clone(good)
		bit := r.IntN(len(bad) * 8)
		bad[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		err = Verify(dir)
		if d := (*DamageError)(nil); !(errors.As(err, &d) && d.File == name) && !errors.Is(err, ErrFormat) {
			t.Errorf("bit %d of %s: %v", bit, name, err)
		}
		if err := os.WriteFile(path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Verify(dir); err != nil {
		t.Error(err)
	}
}
