package seriatim_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestNamedTests: a test that a document names as its proof exists, with the cases
// that it names.
func TestNamedTests(t *testing.T) {
	var tests strings.Builder
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			text, err := os.ReadFile(path)
			tests.Write(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docs/limits.md", "docs/isolation.md", "docs/verification.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\b(Test[A-Z]\w+)(?:/(\w+))?`).FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(tests.String(), "func "+m[1]+"(") {
				t.Errorf("%s names %s, which is no test", name, m[1])
			}
			if m[2] != "" && !strings.Contains(tests.String(), `"`+strings.ReplaceAll(m[2], "_", " ")+`"`) {
				t.Errorf("%s names %s, and the test has no such case", name, m[0])
			}
		}
	}
}
