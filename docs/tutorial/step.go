package tutorial

import (
	"io/fs"
	"regexp"
	"strings"
)

// Step is one file of queries and what running it prints.
type Step struct {
	// Name is the file's name without its ending, such as "09-simple-order".
	Name string
	// About is the comment at the top of the file, in one line.
	About string
	// Query is the text to run.
	Query string
	// Want is what is printed, masked.
	Want string
}

// Steps returns the tutorial in order. It panics when a file is missing, which
// only a broken build can cause.
func Steps() []Step {
	names, err := fs.Glob(Files, "*.fql")
	if err != nil {
		panic(err)
	}
	steps := make([]Step, len(names))
	for i, name := range names {
		name = strings.TrimSuffix(name, ".fql")
		steps[i] = Step{Name: name, Query: read(name + ".fql"), Want: read(name + ".out")}
		steps[i].About = about(steps[i].Query)
	}
	return steps
}

func read(name string) string {
	text, err := fs.ReadFile(Files, name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// about joins the comment lines that a query starts with.
func about(query string) string {
	var words []string
	for line := range strings.Lines(query) {
		text, ok := strings.CutPrefix(line, "//")
		if !ok {
			break
		}
		words = append(words, strings.TrimSpace(text))
	}
	return strings.Join(words, " ")
}

var masks = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`(Ref\(Collection\("orders"\), ")\d+("\))`), "${1}<id>${2}"},
	{regexp.MustCompile(`\bts: \d+`), "ts: <ts>"},
	{regexp.MustCompile(`Time\("\d[^"]+"\)`), `Time("<time>")`},
	{regexp.MustCompile(`requested at \[\d[^\]]+\]`), "requested at [<time>]"},
}

// Mask replaces what differs from run to run: order ids, timestamps and times.
func Mask(printed string) string {
	for _, m := range masks {
		printed = m.from.ReplaceAllString(printed, m.to)
	}
	return printed
}
