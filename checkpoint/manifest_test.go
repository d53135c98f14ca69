package checkpoint

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func sample() *Manifest {
	return &Manifest{Position: 12, TS: 1_700_000_000_000_000, Digest: 0xabc, Files: []File{
		{Name: "nodes/key.pem", Size: 3}, {Name: "store/000012.sst", Size: 4096, SHA256: [32]byte{1, 2}}, {Name: "store/FORMAT"},
	}}
}

func TestManifestText(t *testing.T) {
	const want = `seriatim checkpoint, format 1
position 12
ts 1700000000000000
digest 0000000000000abc
file 0000000000000000000000000000000000000000000000000000000000000000 3 nodes/key.pem
file 0102000000000000000000000000000000000000000000000000000000000000 4096 store/000012.sst
file 0000000000000000000000000000000000000000000000000000000000000000 0 store/FORMAT
end `
	m := sample()
	text := string(m.Encode())
	if cut := strings.LastIndex(want, "end "); text[:cut] != want[:cut] || text[cut:] != "end "+m.ID()+"\n" {
		t.Errorf("got:\n%s", text)
	}
	back, err := Parse([]byte(text))
	if err != nil || back.ID() != m.ID() || back.Bytes() != 4099 || len(back.Files) != 3 {
		t.Errorf("back: %+v, %v", back, err)
	}
}

// TestManifestRefused changes one thing of a good manifest at a time, and gives it the right hash again.
func TestManifestRefused(t *testing.T) {
	for _, c := range []struct{ old, new, reason string }{
		{"store/FORMAT", "../FORMAT", "no name"},
		{"store/FORMAT", "/etc/passwd", "no name"},
		{"store/FORMAT", "store//x", "no name"},
		{"store/FORMAT", "store/./x", "no name"},
		{"store/FORMAT", "store/x/../../../y", "no name"},
		{"store/FORMAT", `store\..\x`, "no name"},
		{"store/FORMAT", "C:x", "no name"},
		{"store/FORMAT", "store/.hidden", "no name"},
		{"store/FORMAT", "store/trailing.", "no name"},
		{"store/FORMAT", "store/" + strings.Repeat("x", 300), "no name"},
		{"store/FORMAT", "s" + strings.Repeat("/s", 9), "no name"},
		{"nodes/key.pem", "MANIFEST", "no name"},
		{"nodes/key.pem", "manifest.new", "no name"},
		{"store/FORMAT", "store/000012.sst", "twice"},
		{"store/FORMAT", "store/000012.SST", "out of order"},
		{"store/FORMAT", "a", "out of order"},
		{" 4096 ", " 04096 ", "cannot be read"},
		{" 4096 ", " -1 ", "cannot be read"},
		{" 4096 ", " 9223372036854775807 ", "cannot be read"},
		{"file 0102", "file 01G2", "cannot be read"},
		{"position 12", "position +12", "cannot be read"},
		{"ts 17", "ts 99999917", "cannot be read"},
		{"digest 0", "digest ", "cannot be read"},
		{"position 12\n", "", "cannot be read"},
	} {
		text := string(sample().Encode())
		body := strings.Replace(text[:strings.LastIndex(text, "end ")], c.old, c.new, 1)
		_, err := Parse(sealText(body))
		if d := (*DamageError)(nil); !errors.As(err, &d) || d.File != ManifestName || !strings.Contains(d.Reason, c.reason) {
			t.Errorf("%q for %q: %v, want %q", c.new, c.old, err, c.reason)
		}
	}
	newer := strings.Replace(string(sample().Encode()), "format 1", "format 2", 1)
	if _, err := Parse([]byte(newer)); !errors.Is(err, ErrFormat) {
		t.Errorf("a newer format: %v", err)
	}
}

// sealText gives lines the end that belongs to them.
func sealText(body string) []byte {
	m := Manifest{}
	m.Sum = sum([]byte(body))
	return []byte(body + "end " + m.ID() + "\n")
}

// TestManifestBits: no single flipped bit, and no cut, goes unnoticed.
func TestManifestBits(t *testing.T) {
	text := sample().Encode()
	for i := range len(text) * 8 {
		bad := bytes.Clone(text)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := Parse(bad); err == nil {
			t.Fatalf("bit %d: accepted", i)
		}
	}
	for n := range len(text) {
		if _, err := Parse(text[:n]); err == nil {
			t.Fatalf("cut at %d: accepted", n)
		}
	}
}

// FuzzParse: what is accepted is exactly what Encode writes, and stays below its directory.
func FuzzParse(f *testing.F) {
	f.Add(sample().Encode())
	f.Add((&Manifest{}).Encode())
	f.Add([]byte("seriatim checkpoint, format 1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, text := range [][]byte{text, sealText(string(text))} { // the second has a chance to get past the hash
			m, err := Parse(text)
			if err != nil {
				continue
			}
			if again := m.Encode(); !bytes.Equal(again, text) {
				t.Fatalf("%q\nis written as\n%q", text, again)
			}
			for _, file := range m.Files {
				if strings.Contains(file.Name, "..") && strings.Contains("/"+file.Name+"/", "/../") || file.Name[0] == '/' {
					t.Fatalf("a name that leads out: %q", file.Name)
				}
			}
		}
	})
}
