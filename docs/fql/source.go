package fql

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed source/*.txt
var sources embed.FS

// families are the files of source, in the order in which the fact sheet has the
// groups of functions (fql-v4 section 3).
var families = []string{
	"basic", "logic", "paths", "collections", "folds", "strings", "numbers", "trigonometry", "refs", "native",
	"sets", "reads", "writes", "auth", "time", "conversions", "types", "literals",
}

// Family is a group of functions: its title, what is said of all of them, and their
// pages in the order of the source.
type Family struct {
	Title, File, Text string
	Pages             []*Page
}

// reference is everything that the source says.
type reference struct {
	families []*Family
	fixtures map[string]*Fixture
	pages    []*Page // by name
}

// read parses the embedded source once. The tests parse it too, so that it can
// fail only in a build that did not pass them.
var read = sync.OnceValue(func() *reference {
	r, err := parse(func(name string) (string, error) {
		text, err := sources.ReadFile("source/" + name + ".txt")
		return string(text), err
	})
	if err != nil {
		panic(err)
	}
	return r
})

// parse reads the fixtures and then every family that has a file.
func parse(file func(name string) (string, error)) (*reference, error) {
	r := &reference{fixtures: map[string]*Fixture{}}
	for _, name := range append([]string{"setup"}, families...) {
		text, err := file(name)
		if err != nil {
			continue
		}
		p := &parser{reference: r, file: name, lines: strings.Split(text, "\n")}
		if err := p.parse(); err != nil {
			return nil, fmt.Errorf("fql: source/%s.txt: %w", name, err)
		}
	}
	slices.SortFunc(r.pages, func(a, b *Page) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

// Families returns the groups of functions, in the order of the reference. The
// caller must not modify them.
func Families() []*Family { return read().families }

// Pages returns all pages by name. The caller must not modify them.
func Pages() []*Page { return read().pages }
