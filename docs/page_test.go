package docs_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"seriatim/docs"
)

func TestPages(t *testing.T) {
	onDisk, err := fs.Glob(os.DirFS("."), "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range onDisk {
		text, _ := os.ReadFile(name)
		if p := docs.Lookup(strings.TrimSuffix(name, ".md")); p == nil || p.Text != string(text) {
			t.Errorf("%s is not what is on the disk", name)
		}
	}
	for _, name := range []string{"tutorial/README", "fql/README", "fql/pages/README", "fql/pages/Paginate"} {
		if docs.Lookup(name) == nil {
			t.Errorf("there is no page %s", name)
		}
	}
	for _, p := range docs.Pages() {
		if p.Title == p.Path || p.Title == "" || p.Group == "" {
			t.Errorf("%s has no title or group", p.Path)
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Links of pages lead to pages, or out of the documentation to files that exist.
func TestLinks(t *testing.T) {
	for _, p := range docs.Pages() {
		for _, m := range link.FindAllStringSubmatch(p.Text, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, ":") || strings.ContainsAny(target, "`\"'") {
				continue
			}
			to := path.Join(path.Dir(p.Path), target)
			if docs.Lookup(strings.TrimSuffix(to, ".md")) != nil || docs.Lookup(to+"/README") != nil {
				continue
			}
			if to == "import.md" {
				continue // it comes with the command that it is about
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", p.Path, m[1])
			}
		}
	}
}

func TestIndex(t *testing.T) {
	text := docs.Index("/docs/")
	for _, want := range []string{"# Seriatim\n", "## Start here\n", "- [A cluster](/docs/cluster.md)\n", "](/docs/fql/pages/Paginate.md)\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the index has no %q", want)
		}
	}
}
