package fql

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"seriatim/syntax"
)

// Page is what the reference says of one function. It belongs to the package and
// must not be modified.
type Page struct {
	// Name is the function's name in the shell, such as "Paginate".
	Name string
	// Family is the title of the group it stands in; File that group's source.
	Family, File string
	// Text is what it does: paragraphs of Markdown, separated by an empty line.
	Text string
	// Args are its arguments by their wire keys, in the order of the wire form.
	Args []Arg
	// Result is what it gives.
	Result Arg
	// Forms are further spellings on the wire, in words.
	Forms []string
	// Versions, Differs and Sources are sentences: how the API versions differ, where
	// we knowingly do, and where the expected values come from.
	Versions, Differs, Sources []string
	// Note says something of the errors as a whole, such as that there are none.
	Note string
	// See names related functions.
	See []string
	// Setup names what stands in the database before the examples, in this order.
	Setup []*Fixture
	// Examples run one after the other in one database, then the Errors.
	Examples, Errors []*Example
}

// Arg is an argument, or a result: its type and what it means. Key is empty for a
// result.
type Arg struct{ Key, Type, Text string }

// Fixture is a database that several pages' examples begin with.
type Fixture struct {
	Name, Text string
	Steps      []*Step
}

// Example is a few queries that show one thing. Of an error, Title says when it
// arises, and the last step has it.
type Example struct {
	Title string
	Steps []*Step
}

// Step is one query of an example and what it prints.
type Step struct {
	// Query is one query as the shell takes it.
	Query string
	// Quiet says that it must succeed and that its result is not shown.
	Quiet bool
	// Keep names the secret that a quiet step's result is, for later steps.
	Keep string
	// Secret names the kept secret that this step runs with, if any.
	Secret string
	// Version is the API version to ask with; empty is 4.
	Version string
	// JSON shows the result as the wire has it, not as the shell prints it.
	JSON bool
	// Wire says that Query is the JSON of a query, for what the shell cannot say.
	Wire bool
	// Want is what it prints, masked.
	Want string

	file            string
	wantAt, wantEnd int // the lines of the source that Want takes, from 0
}

// failure is how an error is printed: status, code, description, and place if any.
var failure = regexp.MustCompile(`^(\d{3}) ([a-z ]+): (.*)$`)

// Failure is the error that a step prints.
type Failure struct {
	Status            int
	Code, Description string
}

// Failed returns the error that e ends with; ok is false when it ends with a result.
func (e *Example) Failed() (f Failure, ok bool) {
	if len(e.Steps) == 0 {
		return Failure{}, false
	}
	first, _, _ := strings.Cut(e.Steps[len(e.Steps)-1].Want, "\n")
	m := failure.FindStringSubmatch(first)
	if m == nil {
		return Failure{}, false
	}
	status, _ := strconv.Atoi(m[1])
	description := m[3]
	if at := strings.LastIndex(description, " at "); at >= 0 && !strings.Contains(description[at+4:], " ") {
		description = description[:at]
	}
	return Failure{status, m[2], description}, true
}

// Lookup returns the page of the function called name, in any case, and nil when
// there is none.
func Lookup(name string) *Page {
	f, _ := syntax.Lookup(name)
	if f == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(Pages(), f.Name, func(p *Page, name string) int { return strings.Compare(p.Name, name) })
	if !ok {
		return nil
	}
	return Pages()[i]
}

// Signature returns how the function is called in the shell, in one line.
func (p *Page) Signature() string {
	f, _ := syntax.Lookup(p.Name)
	return f.Signature
}

// Since returns the API version that introduced the function, and "" for one that
// all versions have.
func (p *Page) Since() string {
	if spec := p.spec(); spec.Since != 0 {
		return spec.Since.String()
	}
	return ""
}

// Optional reports whether the argument with this wire key may be left out.
func (p *Page) Optional(key string) bool {
	for _, param := range p.spec().Params {
		if param.Key == key {
			return param.Optional
		}
	}
	return false
}
