package syntax

import (
	"slices"
	"strings"
)

// Names are the names that exist in a database, as completion offers them.
type Names struct {
	Collections, Indexes, Functions, Databases, Roles, AccessProviders []string
}

// Listing is one kind of names.
type Listing struct {
	// Kind is what people call them, such as collections.
	Kind string
	// Names is the list to fill.
	Names *[]string
	// Query is the shell text of a query whose result is a page of refs with the
	// names as their ids. It shows no more than a page holds.
	Query string
}

// Listings returns how each kind of names is read.
func (n *Names) Listings() []Listing {
	return []Listing{
		{"collections", &n.Collections, "Paginate(Collections(), {size: 10000})"},
		{"indexes", &n.Indexes, "Paginate(Indexes(), {size: 10000})"},
		{"functions", &n.Functions, "Paginate(Functions(), {size: 10000})"},
		{"databases", &n.Databases, "Paginate(Databases(), {size: 10000})"},
		{"roles", &n.Roles, "Paginate(Roles(), {size: 10000})"},
		{"access providers", &n.AccessProviders, "Paginate(AccessProviders(), {size: 10000})"},
	}
}

// RefIDs returns the ids of the refs in the data of a page, none when page is no
// page.
func RefIDs(page Expr) []string {
	o, ok := page.(*Object)
	if !ok {
		return nil
	}
	data, ok := memberCalled(o.Members, "data").(*Array)
	if !ok {
		return nil
	}
	var ids []string
	for _, e := range data.Elems {
		if ref, ok := e.(*RefLiteral); ok {
			ids = append(ids, ref.ID)
		}
	}
	return ids
}

// Kind says what may stand at a cursor.
type Kind string

// The kinds. KindNone is where nothing can be offered.
const (
	KindFunction Kind = "function"
	KindName     Kind = "name"     // of a definition
	KindVariable Kind = "variable" // bound by Lambda or Let
	KindOption   Kind = "option"   // of Paginate
	KindNone     Kind = ""
)

// Complete returns what may stand where before, the text up to the cursor,
// ends, in order, and the byte offset in before from which it replaces the text:
// names of definitions inside the string of Collection("…") and the like,
// variables inside Var("…"), options inside Paginate's object, and function names
// elsewhere. A definition's or variable's name comes without its closing quote.
func Complete(before string, names Names) (from int, matches []string) {
	c := cursorAt(before)
	if c.kind == KindNone {
		return c.from, nil
	}
	return c.from, matching(c.candidates(&names), before[c.from:])
}

// Wanted returns what kind of text Complete offers where before ends, and for
// KindName which of n it offers: a caller need read no others.
func (n *Names) Wanted(before string) (kind Kind, names *[]string) {
	c := cursorAt(before)
	if c.kind == KindName {
		names = n.calledBy(c.function)
	}
	return c.kind, names
}

// cursor is the place at the end of a text.
type cursor struct {
	kind   Kind
	from   int // the byte offset at which the word or string begins
	tokens []token
	// function is, inside a string, the one that the string is the first argument
	// of.
	function string
}

func cursorAt(before string) cursor {
	tokens := scan(before)
	tokens = tokens[:len(tokens)-1]
	if len(tokens) == 0 {
		return cursor{kind: KindFunction, from: len(before)}
	}
	last := tokens[len(tokens)-1]
	switch {
	case last.kind == tokBad && last.incomplete && isQuote(before[last.start]):
		c := cursor{from: last.start + 1, tokens: tokens, function: calledAt(tokens[:len(tokens)-1])}
		c.kind = stringKind(c.function)
		return c
	case last.kind == tokBad, last.kind == tokComment && last.end == len(before):
		return cursor{from: len(before)}
	case last.kind == tokIdent && last.end == len(before):
		tokens = tokens[:len(tokens)-1]
		return cursor{kind: wordKind(tokens), from: last.start}
	}
	return cursor{kind: wordKind(tokens), from: len(before)}
}

// candidates returns all texts of the cursor's kind.
func (c *cursor) candidates(names *Names) []string {
	switch c.kind {
	case KindName:
		return *names.calledBy(c.function)
	case KindVariable:
		return boundNames(c.tokens)
	case KindOption:
		return paginateOptions()
	}
	return functionNames
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// matching returns the candidates that begin with prefix in any case, in order.
func matching(candidates []string, prefix string) []string {
	var out []string
	for _, c := range candidates {
		if len(c) >= len(prefix) && strings.EqualFold(c[:len(prefix)], prefix) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// stringKind returns what the string may hold that is function's first argument.
func stringKind(function string) Kind {
	switch {
	case function == "Var":
		return KindVariable
	case new(Names).calledBy(function) != nil:
		return KindName
	}
	return KindNone
}

// calledBy returns the names that function takes, or nil.
func (n *Names) calledBy(function string) *[]string {
	switch function {
	case "Collection", "Class":
		return &n.Collections
	case "Index", "Match":
		return &n.Indexes
	case "Function", "Call":
		return &n.Functions
	case "Database":
		return &n.Databases
	case "Role":
		return &n.Roles
	case "AccessProvider":
		return &n.AccessProviders
	}
	return nil
}

// calledAt returns the function whose first argument begins after tokens.
func calledAt(tokens []token) string {
	n := len(tokens)
	if n < 2 || !tokens[n-1].is("(") || tokens[n-2].kind != tokIdent {
		return ""
	}
	return tokens[n-2].text
}

// boundNames returns the names that Lambda and Let bind anywhere in tokens.
func boundNames(tokens []token) []string {
	var names []string
	open := []string{}
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.is("("):
			open = append(open, calledAt(tokens[:i+1]))
		case t.is("["), t.is("{"):
			inherited := ""
			if len(open) > 0 && i > 0 && (tokens[i-1].is("(") || tokens[i-1].is("[") || tokens[i-1].is(",") && tokens[i].is("{")) {
				inherited = open[len(open)-1]
			}
			open = append(open, inherited)
		case (t.is(")") || t.is("]") || t.is("}")) && len(open) > 0:
			open = open[:len(open)-1]
		case len(open) > 0 && binds(open[len(open)-1], t, tokens[i+1:]):
			names = append(names, t.text)
		}
	}
	return names
}

// binds reports whether t, directly inside a call of function, is a name bound.
func binds(function string, t *token, after []token) bool {
	switch function {
	case "Lambda":
		return t.kind == tokString
	case "Let":
		return (t.kind == tokString || t.kind == tokIdent) && len(after) > 0 && after[0].is(":")
	}
	return false
}

// wordKind returns what a bare word after tokens may be.
func wordKind(tokens []token) Kind {
	open := []int{}
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.is("("), t.is("["), t.is("{"):
			open = append(open, i)
		case (t.is(")") || t.is("]") || t.is("}")) && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	n, last := len(open), len(tokens)-1
	if n == 0 || !tokens[open[n-1]].is("{") || !tokens[last].is("{") && !tokens[last].is(",") {
		return KindFunction
	}
	if n > 1 && calledAt(tokens[:open[n-2]+1]) == "Paginate" {
		return KindOption
	}
	return KindNone
}
