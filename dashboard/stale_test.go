package dashboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
)

// build is dist/build.json, which web/stamp.mjs writes: what the build was made
// from, what it made, and which of it a browser fetches before the first page works.
type build struct {
	Sources string
	Files   map[string]string
	First   []string
}

const rebuild = "\nto make it again: cd dashboard/web && npm ci --ignore-scripts && npm run build"

func readBuild(t *testing.T) build {
	t.Helper()
	text, err := os.ReadFile("dist/build.json")
	if err != nil {
		t.Fatalf("there is no build of the dashboard: %v%s", err, rebuild)
	}
	var b build
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatalf("dist/build.json: %v%s", err, rebuild)
	}
	return b
}

// TestStale fails when dist is not the build of web as it is.
func TestStale(t *testing.T) {
	b := readBuild(t)
	var list strings.Builder
	sources := hashes(t, "web")
	for _, path := range slices.Sorted(maps.Keys(sources)) {
		list.WriteString(path + "\n" + sources[path] + "\n")
	}
	if got := hash([]byte(list.String())); got != b.Sources {
		t.Errorf("dashboard/web changed after dashboard/dist was built from it%s", rebuild)
	}
	built := hashes(t, "dist")
	delete(built, "build.json")
	for _, path := range slices.Sorted(maps.Keys(built)) {
		switch want, ok := b.Files[path]; {
		case !ok:
			t.Errorf("dashboard/dist/%s is no part of the build%s", path, rebuild)
		case want != built[path]:
			t.Errorf("dashboard/dist/%s was changed after the build%s", path, rebuild)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(b.Files)) {
		if built[path] == "" {
			t.Errorf("dashboard/dist/%s is missing%s", path, rebuild)
		}
	}
}

// hashes returns the hash of every file below dir by its path there. What npm
// installs is not ours, and files named for one machine only are not the project's.
func hashes(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	files := os.DirFS(dir)
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); name == "node_modules" || strings.Contains(name, ".local.") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		content, err := fs.ReadFile(files, path)
		out[path] = hash(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// maxFirstLoad bounds what a browser fetches for the first page, in bytes as they
// are sent.
const maxFirstLoad = 350_000

// TestFirstLoad: the first page is small.
func TestFirstLoad(t *testing.T) {
	total := 0
	for _, name := range readBuild(t).First {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		if !Embedded().Serve(w, r, name) {
			t.Fatalf("%s is not served", name)
		}
		t.Logf("%7d %s", w.Body.Len(), name)
		total += w.Body.Len()
	}
	t.Logf("%7d in all", total)
	if total == 0 || total > maxFirstLoad {
		t.Errorf("the first page takes %d bytes, at most %d are wanted", total, maxFirstLoad)
	}
}

// TestStrict: the index has nothing that its own policy would refuse or that comes
// from elsewhere, and a place for the nonce.
func TestStrict(t *testing.T) {
	page := Embedded().index
	if !bytes.Contains(page, []byte(nonceMark)) {
		t.Errorf("the index has no %s", nonceMark)
	}
	for _, refused := range []string{"<style", " style=", "javascript:", " onload=", "http://", "https://", `"//`} {
		if bytes.Contains(bytes.ToLower(page), []byte(refused)) {
			t.Errorf("the index has %s", refused)
		}
	}
	for _, script := range strings.Split(string(page), "<script")[1:] {
		if tag, _, _ := strings.Cut(script, ">"); !strings.Contains(tag, "src=") {
			t.Errorf("the index has a script of its own: %s", tag)
		}
	}
}
