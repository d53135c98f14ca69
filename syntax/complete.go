package syntax

import (
	"slices"
	"strings"
)

// Names are the names that exist in a database, as completion offers them.
type Names struct {
	Collections, Indexes, Functions, Databases, Roles, AccessProviders []string
}

// Complete returns what may stand where before, the text up to the cursor,
// ends, in order, and the byte offset in before from which it replaces the text:
// names of definitions inside the string of Collection("…") and the like,
// variables inside Var("…"), options inside Paginate's object, and function names
// elsewhere. A definition's or variable's name comes without its closing quote.
func Complete(before string, names Names) (from int, matches []string) {
	tokens := scan(before)
	tokens = tokens[:len(tokens)-1]
	if len(tokens) == 0 {
		return len(before), functionNames
	}
	last := tokens[len(tokens)-1]
	switch {
	case last.kind == tokBad && last.incomplete && isQuote(before[last.start]):
		candidates := stringCandidates(tokens, names)
		return last.start + 1, matching(candidates, before[last.start+1:])
	case last.kind == tokBad, last.kind == tokComment && last.end == len(before):
		return len(before), nil
	case last.kind == tokIdent && last.end == len(before):
		return last.start, matching(wordCandidates(tokens[:len(tokens)-1]), last.text)
	}
	return len(before), matching(wordCandidates(tokens), "")
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

// stringCandidates returns what the open string at the end of tokens may hold.
func stringCandidates(tokens []token, names Names) []string {
	switch calledAt(tokens[:len(tokens)-1]) {
	case "Collection", "Class":
		return names.Collections
	case "Index", "Match":
		return names.Indexes
	case "Function", "Call":
		return names.Functions
	case "Database":
		return names.Databases
	case "Role":
		return names.Roles
	case "AccessProvider":
		return names.AccessProviders
	case "Var":
		return boundNames(tokens)
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

// wordCandidates returns the bare words that may follow tokens.
func wordCandidates(tokens []token) []string {
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
		return functionNames
	}
	if n > 1 && calledAt(tokens[:open[n-2]+1]) == "Paginate" {
		return paginateOptions()
	}
	return nil
}
