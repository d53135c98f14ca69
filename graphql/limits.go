package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// The limits of one request. Passing one is an error with CodeLimit, found before
// the request is validated or run.
const (
	MaxDocumentBytes = 1 << 20 // the text of the query
	MaxVariableBytes = 4 << 20 // the JSON of the variables
	MaxTokens        = 100_000 // words and signs in the text
	MaxDepth         = 15      // fields below one another, the root's counting one
	MaxRootFields    = 500     // operations of one mutation, or selections of one query
	MaxFields        = 3000    // fields of one operation, fragments counted where they are spread
	MaxRepeated      = 200     // fields whose key is in their selection set before
	MaxDirectives    = 500     // directives of one document
	MaxInputDepth    = 40      // lists and objects below one another in an argument
	MaxOperations    = 20      // operations and fragments of one document
	MaxPage          = 1000    // rows of one page
	DefaultPage      = 50      // rows of a page without a limit
	MaxCost          = 500_000 // rows times fields that all lists of a query may return
	MaxScanned       = 100_000 // rows a request may read to answer
	MaxResultBytes   = 32 << 20
	MaxSteps         = 20_000_000 // places that filters look at, and 16 bytes of values
)

// measure checks the size of a parsed document before it is validated, so that no
// rule of validation is given a document it would spend long on.
func measure(doc *ast.QueryDocument) *Error {
	if n := len(doc.Operations) + len(doc.Fragments); n > MaxOperations {
		return refuse(CodeLimit, fmt.Sprintf("the document has %d operations and fragments, the limit is %d", n, MaxOperations))
	}
	m := &meter{fragments: make(map[string]*ast.FragmentDefinition, len(doc.Fragments)), sizes: map[string]size{}, open: map[string]bool{}}
	for _, f := range doc.Fragments {
		m.fragments[f.Name] = f
		m.directives += len(f.Directives)
	}
	for _, op := range doc.Operations {
		m.directives += len(op.Directives)
		s := m.set(op.SelectionSet)
		if s.depth > MaxDepth {
			return refuse(CodeLimit, fmt.Sprintf("the query is more than %d levels deep", MaxDepth))
		}
		if s.fields > MaxFields {
			return refuse(CodeLimit, fmt.Sprintf("the query has more than %d fields", MaxFields))
		}
		if m.top(op.SelectionSet) > MaxRootFields {
			return refuse(CodeLimit, fmt.Sprintf("the query has more than %d root fields and aliases", MaxRootFields))
		}
	}
	for _, f := range doc.Fragments {
		if m.fragment(f.Name).fields > MaxFields {
			return refuse(CodeLimit, fmt.Sprintf("the query has more than %d fields", MaxFields))
		}
	}
	for _, op := range doc.Operations {
		m.countRepeated(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		m.countRepeated(f.SelectionSet)
	}
	if m.repeated > MaxRepeated { // each is compared with all others of its key
		return refuse(CodeLimit, fmt.Sprintf("the document selects more than %d fields again", MaxRepeated))
	}
	if m.directives > MaxDirectives {
		return refuse(CodeLimit, fmt.Sprintf("the document has more than %d directives", MaxDirectives))
	}
	if m.input > MaxInputDepth {
		return refuse(CodeLimit, fmt.Sprintf("an argument is more than %d levels deep", MaxInputDepth))
	}
	return nil
}

// size is what a selection set comes to with its fragments in place.
type size struct{ fields, depth int }

// meter measures each fragment once. A fragment inside itself counts nothing:
// validation refuses it.
type meter struct {
	fragments  map[string]*ast.FragmentDefinition
	sizes      map[string]size
	open       map[string]bool
	directives int
	input      int
	repeated   int
}

// countRepeated counts the fields of a set, and of the sets below, that the set has
// already.
func (m *meter) countRepeated(set ast.SelectionSet) {
	m.repeats(set, make(map[string]bool, len(set)), map[string]bool{}, true)
}

// repeats counts the fields of a set whose keys were seen. deeper goes into the
// fields' own sets; those of a spread fragment are counted where it is defined.
func (m *meter) repeats(set ast.SelectionSet, seen, spread map[string]bool, deeper bool) {
	for _, s := range set {
		if m.repeated > MaxRepeated {
			return
		}
		switch s := s.(type) {
		case *ast.Field:
			if seen[s.Alias] {
				m.repeated++
			}
			seen[s.Alias] = true
			if deeper && len(s.SelectionSet) > 0 {
				m.countRepeated(s.SelectionSet)
			}
		case *ast.InlineFragment:
			m.repeats(s.SelectionSet, seen, spread, deeper)
		case *ast.FragmentSpread:
			if f := m.fragments[s.Name]; f != nil && !spread[s.Name] {
				spread[s.Name] = true
				m.repeats(f.SelectionSet, seen, spread, false)
			}
		}
	}
}

func (m *meter) set(set ast.SelectionSet) size {
	var total size
	for _, s := range set {
		var inner size
		switch s := s.(type) {
		case *ast.Field:
			m.directives += len(s.Directives)
			for _, a := range s.Arguments {
				m.input = max(m.input, inputDepth(a.Value))
			}
			inner = m.set(s.SelectionSet)
			inner.fields++
			inner.depth++
		case *ast.InlineFragment:
			m.directives += len(s.Directives)
			inner = m.set(s.SelectionSet)
		case *ast.FragmentSpread:
			m.directives += len(s.Directives)
			inner = m.fragment(s.Name)
		}
		total.fields = min(total.fields+inner.fields, MaxFields+1)
		total.depth = max(total.depth, inner.depth)
	}
	return total
}

func (m *meter) fragment(name string) size {
	if s, ok := m.sizes[name]; ok {
		return s
	}
	f := m.fragments[name]
	if f == nil || m.open[name] {
		return size{}
	}
	m.open[name] = true
	s := m.set(f.SelectionSet)
	m.open[name] = false
	m.sizes[name] = s
	return s
}

// top counts the fields of a root selection set, each fragment at most once.
func (m *meter) top(set ast.SelectionSet) int {
	n := 0
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			n++
		case *ast.InlineFragment:
			n += m.top(s.SelectionSet)
		case *ast.FragmentSpread:
			f := m.fragments[s.Name]
			if f == nil || m.open[s.Name] {
				continue
			}
			m.open[s.Name] = true
			n += m.top(f.SelectionSet)
			m.open[s.Name] = false
		}
		if n > MaxRootFields {
			return n
		}
	}
	return n
}

func inputDepth(v *ast.Value) int {
	deepest := 0
	for _, c := range v.Children {
		deepest = max(deepest, inputDepth(c.Value))
	}
	if v.Kind == ast.ListValue || v.Kind == ast.ObjectValue {
		deepest++
	}
	return deepest
}
