package fql

import (
	"encoding/json"
	"strings"
)

// pageJSON is a page as the dashboard reads it. Text and lists of sentences are
// Markdown.
type pageJSON struct {
	Name      string        `json:"name"`
	Family    string        `json:"family"`
	Signature string        `json:"signature"`
	Summary   string        `json:"summary"`
	Wire      string        `json:"wire"`
	Forms     []string      `json:"forms,omitempty"`
	Since     string        `json:"since,omitempty"`
	Text      string        `json:"text"`
	Arguments []argJSON     `json:"arguments"`
	Result    argJSON       `json:"result"`
	Errors    []errorJSON   `json:"errors"`
	Note      string        `json:"note,omitempty"` // on the errors
	Versions  []string      `json:"versions,omitempty"`
	Differs   []string      `json:"differs,omitempty"`
	Setup     []setupJSON   `json:"setup,omitempty"`
	Examples  []exampleJSON `json:"examples"`
	See       []string      `json:"see,omitempty"`
	Sources   []string      `json:"sources"`
}

type argJSON struct {
	Key      string `json:"key,omitempty"`
	Type     string `json:"type"`
	Text     string `json:"text,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

type errorJSON struct {
	Status      int        `json:"status"`
	Code        string     `json:"code"`
	Description string     `json:"description"`
	When        string     `json:"when"`
	Steps       []stepJSON `json:"steps"`
}

type setupJSON struct {
	Text  string     `json:"text"`
	Steps []stepJSON `json:"steps"`
}

type exampleJSON struct {
	Title string     `json:"title,omitempty"`
	Steps []stepJSON `json:"steps"`
}

type stepJSON struct {
	Query  string `json:"query"`
	Result string `json:"result,omitempty"`
	Note   string `json:"note,omitempty"` // how it is run, when not plainly
}

// MarshalJSON returns all that the page says, also what comes from syntax: the
// signature, the summary, the form on the wire, which arguments are optional.
func (p *Page) MarshalJSON() ([]byte, error) {
	j := pageJSON{
		Name: p.Name, Family: p.Family, Signature: p.Signature(), Summary: p.Summary(), Wire: p.Wire(), Forms: p.Forms,
		Since: p.Since(), Text: strings.TrimSpace(p.Text), Arguments: []argJSON{}, Result: argJSON{Type: p.Result.Type, Text: p.Result.Text},
		Errors: []errorJSON{}, Note: p.Note, Versions: p.Versions, Differs: p.Differs, See: p.See, Sources: p.Sources,
	}
	for _, a := range p.Args {
		j.Arguments = append(j.Arguments, argJSON{a.Key, a.Type, a.Text, p.Optional(a.Key)})
	}
	for _, e := range p.Errors {
		f, _ := e.Failed()
		j.Errors = append(j.Errors, errorJSON{f.Status, f.Code, f.Description, e.Title, stepsJSON(e.Steps)})
	}
	for _, f := range p.Setup {
		j.Setup = append(j.Setup, setupJSON{strings.TrimSpace(f.Text), stepsJSON(f.Steps)})
	}
	for _, e := range p.Examples {
		j.Examples = append(j.Examples, exampleJSON{e.Title, stepsJSON(e.Steps)})
	}
	return json.Marshal(j)
}

func stepsJSON(steps []*Step) []stepJSON {
	var out []stepJSON
	for _, s := range steps {
		out = append(out, stepJSON{s.Query, s.Want, s.note()})
	}
	return out
}
