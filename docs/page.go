package docs

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"seriatim/docs/fql"
	"seriatim/docs/tutorial"
)

//go:embed *.md fql/README.md
var files embed.FS

// Page is one page. It belongs to the package and must not be modified.
type Page struct {
	// Path is where it stands below docs/, without the ending .md: "cluster",
	// "fql/pages/Paginate". Links between pages are relative to it.
	Path string `json:"path"`
	// Title is its first heading, Group the heading it stands under in a list.
	Title string `json:"title"`
	Group string `json:"group"`
	// Text is the whole page in Markdown.
	Text string `json:"text"`
}

// The groups, in the order in which they are read.
const (
	start     = "Start here"
	using     = "Using it"
	operating = "Operating it"
	inside    = "How it works"
	reference = "FQL functions"
)

// places are the groups of pages by path, in the order in which they are listed. A page
// that is not here stands at the end of the group inside.
var places = []struct{ path, group string }{
	{"tutorial/README", start}, {"coming-from-fauna", start}, {"import", start}, {"dashboard", start}, {"shell", start},
	{"unis", using}, {"schemas", using}, {"ledger", using}, {"streams", using}, {"requests", using}, {"limits", using},
	{"compatibility", using}, {"security", operating}, {"operating", operating}, {"cluster", operating}, {"backup", operating},
	{"isolation", inside}, {"verification", inside}, {"benchmarks", inside}, {"formats", inside},
	{"fql/README", reference}, {"fql/pages/README", reference},
}

// Pages returns all pages in the order in which they are listed. The caller must not
// modify them.
var Pages = sync.OnceValue(func() []*Page {
	texts := texts()
	pages := make([]*Page, 0, len(texts))
	for path, text := range texts {
		pages = append(pages, &Page{Path: path, Title: title(path, text), Group: group(path), Text: text})
	}
	slices.SortFunc(pages, func(a, b *Page) int {
		if c := rank(a.Path) - rank(b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.Path, b.Path)
	})
	return pages
})

var byPath = sync.OnceValue(func() map[string]*Page {
	m := make(map[string]*Page, len(Pages()))
	for _, p := range Pages() {
		m[p.Path] = p
	}
	return m
})

// Lookup returns the page at a path, nil when there is none.
func Lookup(path string) *Page { return byPath()[path] }

// texts returns the Markdown of all pages by path. It panics when a file is missing,
// which only a broken build can cause.
func texts() map[string]string {
	all := map[string]string{"tutorial/README": lesson(tutorial.Steps())}
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if path, ok := strings.CutSuffix(e.Name(), ".md"); ok {
			all[path] = read(e.Name())
		}
	}
	all["fql/README"] = read("fql/README.md")
	for name, text := range fql.Markdown() {
		all["fql/"+fql.Folder+"/"+strings.TrimSuffix(name, ".md")] = text
	}
	return all
}

func read(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// lesson is the tutorial's steps as one page: what each is for, its queries, and what
// they print.
func lesson(steps []tutorial.Step) string {
	var b strings.Builder
	b.WriteString("# The tutorial: a shop that never sells what it does not have\n\nFourteen steps in an empty database, from its collections to two orders for the " +
		"last pieces at the same instant. Make a database with NEW DATABASE, open each step in the shell, and run it. The same files stand in `docs/tutorial`.\n")
	for i, s := range steps {
		_, name, _ := strings.Cut(s.Name, "-")
		fmt.Fprintf(&b, "\n## %d. %s\n\n%s\n\n```fql\n%s\n```\n", i+1, heading(name), s.About, strings.TrimSpace(s.Query))
		if want := strings.TrimSpace(s.Want); want != "" {
			fmt.Fprintf(&b, "\nIt prints:\n\n```text\n%s\n```\n", want)
		}
	}
	return b.String()
}

// heading makes words of a name: "submit-order" is "Submit order".
func heading(name string) string {
	words := strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// title is the first heading of a text, the path when it has none.
func title(path, text string) string {
	for line := range strings.Lines(text) {
		if t, ok := strings.CutPrefix(line, "# "); ok {
			return strings.TrimSpace(t)
		}
	}
	return path
}

func group(path string) string {
	if i := rank(path); i < len(places) {
		return places[i].group
	}
	if strings.HasPrefix(path, "fql/") {
		return reference
	}
	return inside
}

// rank is the place of a path in the list; functions come last.
func rank(path string) int {
	for i, p := range places {
		if p.path == path {
			return i
		}
	}
	if strings.HasPrefix(path, "fql/") {
		return len(places) + 1
	}
	return len(places)
}

// Index lists all pages for programs that read: https://llmstxt.org. prefix is what
// their paths begin with, such as "/docs/".
func Index(prefix string) string {
	var b strings.Builder
	b.WriteString("# Seriatim\n\n> An open-source, strictly serializable document database that answers FQL v4, in one program: with a dashboard, GraphQL nodes of " +
		"shared databases (unis) and a ledger that anyone can verify. These pages are for the release that serves them.\n")
	last := ""
	for _, p := range Pages() {
		if p.Group != last {
			fmt.Fprintf(&b, "\n## %s\n\n", p.Group)
			last = p.Group
		}
		fmt.Fprintf(&b, "- [%s](%s%s.md)\n", p.Title, prefix, p.Path)
	}
	return b.String()
}
