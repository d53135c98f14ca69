package fql_test

import (
	"strings"
	"testing"

	"seriatim/docs/fql"
)

// TestParse reads a source that uses every part of the format.
func TestParse(t *testing.T) {
	pages, err := fql.Parse(map[string]string{
		"setup": "# Setups\n\n== shop\nA shop:\n\n~ CreateCollection({name: \"cups\"})\n",
		"strings": `# Strings

Of all strings.

== Concat
Joins strings.

More to say: much.

arg concat: string | the pieces
  of it
arg separator: string
gives: string
version: then
version: now
setup: shop
see: Format, Repeat
source: fql-v4 3.6

example
> Concat(["a",
.   "b"])
'ab'
> Now()
Time("<time>")

example title
~key Concat("s")
>key,json,@3 Concat([])
""
error a piece is no string
> Concat(1)
400 invalid argument: String expected, Integer provided. at concat
`})
	if err != nil {
		t.Fatal(err)
	}
	p := pages[0]
	first, titled := p.Examples[0], p.Examples[1]
	failure, failed := p.Errors[0].Failed()
	for what, ok := range map[string]bool{
		"text":       p.Text == "Joins strings.\n\nMore to say: much.\n",
		"argument":   p.Args[0] == fql.Arg{Key: "concat", Type: "string", Text: "the pieces of it"},
		"lists":      len(p.Versions) == 2 && len(p.See) == 2 && p.See[1] == "Repeat" && len(p.Sources) == 1,
		"setup":      p.Setup[0].Text == "A shop:\n" && len(p.Setup[0].Steps) == 1,
		"query":      first.Steps[0].Query == "Concat([\"a\",\n  \"b\"])" && first.Steps[0].Want == "'ab'",
		"next query": first.Steps[1].Want == `Time("<time>")` && first.Title == "",
		"keep":       titled.Title == "title" && titled.Steps[0].Quiet && titled.Steps[0].Keep == "key",
		"marks":      titled.Steps[1].Secret == "key" && titled.Steps[1].JSON && titled.Steps[1].Version == "3" && titled.Steps[1].Want == `""`,
		"error":      failed && failure == fql.Failure{Status: 400, Code: "invalid argument", Description: "String expected, Integer provided."},
	} {
		if !ok {
			t.Errorf("%s: %+v", what, p)
		}
	}
}

// TestParseMistakes wants mistakes in the source to be named with their line.
func TestParseMistakes(t *testing.T) {
	for source, want := range map[string]string{
		"# S\n== Concta\n":                             "line 2: no function is called Concta; is Concat meant?",
		"# S\n== Concat\narg concat:\n":                "line 3: arg says nothing",
		"# S\n== Concat\nsetup: none\n":                "line 3: no setup is called none",
		"# S\n== Concat\n> Concat()\n":                 "line 3: a query belongs to an example",
		"# S\n== Concat\nexample\n>@9 Now()\n":         "line 4: no API version is called 9",
		"# S\n== Concat\nexample\n> Now()\n\n'here'\n": `line 6: neither a query nor a result: "'here'"`,
	} {
		if _, err := fql.Parse(map[string]string{"strings": source}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}
