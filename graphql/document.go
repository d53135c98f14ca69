package graphql

import (
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
)

// document is a text that was parsed and validated. It is immutable and safe for
// concurrent use.
type document struct {
	*ast.QueryDocument
	// fixed are the fields below some that come to the same in every request.
	fixed map[*ast.Field][]*Field
}

// newDocument shapes what no variable changes of a text, once for all its requests.
func (m *Model) newDocument(parsed *ast.QueryDocument) *document {
	d := &document{parsed, map[*ast.Field][]*Field{}}
	c := shaper{model: m}
	for _, op := range parsed.Operations {
		d.fix(&c, op.SelectionSet)
	}
	for _, f := range parsed.Fragments {
		d.fix(&c, f.SelectionSet)
	}
	return d
}

// fix shapes the fields of the sets below a set that are plain.
func (d *document) fix(c *shaper, set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !plain(s.SelectionSet) {
				d.fix(c, s.SelectionSet)
			} else if t := c.objectOf(s.Definition); t != nil {
				d.fixed[s] = c.fields(t, s.SelectionSet, nil)
			}
		case *ast.InlineFragment:
			d.fix(c, s.SelectionSet)
		}
	}
}

// plain reports whether a set is of fields alone, whose definitions take no arguments,
// without directives, and so are the sets below.
func plain(set ast.SelectionSet) bool {
	for _, s := range set {
		f, ok := s.(*ast.Field)
		if !ok || len(f.Directives) > 0 || f.Definition == nil || len(f.Definition.Arguments) > 0 || !plain(f.SelectionSet) {
			return false
		}
	}
	return true
}

// documentCache keeps validated documents by text: clients send few texts often,
// and values in variables. What it holds changes no answer.
type documentCache struct {
	mu    sync.RWMutex
	items map[string]*document
	bytes int
}

// Bounds of a documentCache. When either is passed it starts anew.
const (
	maxCachedDocuments = 512
	maxCachedBytes     = 1 << 20
	maxCachedText      = 16 << 10
)

func (c *documentCache) get(text string) *document {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.items[text]
}

func (c *documentCache) put(text string, doc *document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.items == nil || len(c.items) >= maxCachedDocuments || c.bytes > maxCachedBytes {
		c.items, c.bytes = make(map[string]*document), 0
	}
	c.items[strings.Clone(text)] = doc
	c.bytes += len(text)
}
