package fql

import (
	"fmt"
	"strings"

	"seriatim/syntax"
	"seriatim/wire"
)

// Folder is where the Markdown pages stand, below this package.
const Folder = "pages"

// Markdown returns every file of the folder of pages by its name.
func Markdown() map[string]string {
	files := map[string]string{"README.md": contents()}
	for _, p := range Pages() {
		files[p.Name+".md"] = p.markdown()
	}
	return files
}

const generated = "<!-- Generated from ../source/%s.txt by go generate; do not edit. -->\n"

// contents is the page that lists all others.
func contents() string {
	var b strings.Builder
	fmt.Fprintf(&b, generated, "*")
	b.WriteString("# FQL functions\n\nHow to read a page, and how to add one: [README](../README.md).\n")
	for _, f := range Families() {
		fmt.Fprintf(&b, "\n## %s\n\n", f.Title)
		if f.Text != "" {
			fmt.Fprintf(&b, "%s\n\n", strings.TrimSpace(f.Text))
		}
		b.WriteString("| function | |\n|---|---|\n")
		for _, p := range f.Pages {
			fmt.Fprintf(&b, "| [%s](%s.md) | %s |\n", p.Name, p.Name, cell(p.Summary()))
		}
	}
	b.WriteString("\n## Where Seriatim differs\n\nKnowingly, from the open FaunaDB core. What is not about one function stands in [compatibility](../../compatibility.md).\n\n")
	for _, p := range Pages() {
		for _, d := range p.Differs {
			fmt.Fprintf(&b, "- [%s](%s.md): %s\n", p.Name, p.Name, d)
		}
	}
	return b.String()
}

func (p *Page) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, generated, p.File)
	fmt.Fprintf(&b, "# %s\n\n%s\n", p.Name, strings.TrimSpace(p.Text))
	p.formsTo(&b)
	p.argumentsTo(&b)
	p.errorsTo(&b)
	list(&b, "API versions", p.Versions)
	p.examplesTo(&b)
	list(&b, "Where Seriatim differs", p.Differs)
	if len(p.See) > 0 {
		b.WriteString("\n## See also\n\n")
		for i, name := range p.See {
			if i > 0 {
				b.WriteString(", ")
			}
			if Lookup(name) == nil {
				b.WriteString(name)
			} else {
				fmt.Fprintf(&b, "[%s](%s.md)", name, name)
			}
		}
		b.WriteByte('\n')
	}
	list(&b, "Sources", p.Sources)
	return b.String()
}

func (p *Page) formsTo(b *strings.Builder) {
	b.WriteString("\n## Forms\n\n| | |\n|---|---|\n")
	fmt.Fprintf(b, "| shell | `%s` |\n| wire | `%s` |\n", cell(p.Signature()), cell(p.Wire()))
	for _, form := range p.Forms {
		fmt.Fprintf(b, "| also | %s |\n", cell(form))
	}
	if since := p.Since(); since != "" {
		fmt.Fprintf(b, "| since | API version %s |\n", since)
	}
	fmt.Fprintf(b, "| family | [%s](README.md#%s) |\n", p.Family, anchor(p.Family))
	if query, body := p.firstOnWire(); body != "" {
		fmt.Fprintf(b, "\n`%s` is sent as `%s`.\n", query, body)
	}
}

// firstOnWire returns the first query of the examples that is short, and its JSON.
func (p *Page) firstOnWire() (query, body string) {
	for _, e := range p.Examples {
		for _, s := range e.Steps {
			if s.Quiet || s.Wire || strings.ContainsAny(s.Query, "\n`") || len(s.Query) > 80 {
				continue
			}
			tree, err := syntax.Parse(s.Query)
			if err != nil {
				continue
			}
			if body := string(wire.AppendExpr(nil, tree)); len(body) <= 160 && !strings.Contains(body, "`") {
				return s.Query, body
			}
		}
	}
	return "", ""
}

func (p *Page) argumentsTo(b *strings.Builder) {
	if len(p.Args) > 0 {
		b.WriteString("\n## Arguments\n\n| wire key | type | |\n|---|---|---|\n")
		for _, a := range p.Args {
			optional := ""
			if p.Optional(a.Key) {
				optional = ", optional"
			}
			fmt.Fprintf(b, "| `%s` | %s%s | %s |\n", a.Key, cell(a.Type), optional, cell(a.Text))
		}
	}
	fmt.Fprintf(b, "\n## Result\n\n%s", p.Result.Type)
	if p.Result.Text != "" {
		fmt.Fprintf(b, ": %s", p.Result.Text)
	}
	b.WriteByte('\n')
}

func (p *Page) errorsTo(b *strings.Builder) {
	b.WriteString("\n## Errors\n")
	if p.Note != "" {
		fmt.Fprintf(b, "\n%s\n", p.Note)
	}
	if len(p.Errors) == 0 {
		return
	}
	b.WriteString("\n| status | code | description | when |\n|---|---|---|---|\n")
	for _, e := range p.Errors {
		f, _ := e.Failed()
		fmt.Fprintf(b, "| %d | `%s` | %s | %s |\n", f.Status, f.Code, cell(f.Description), cell(e.Title))
	}
}

func (p *Page) examplesTo(b *strings.Builder) {
	b.WriteString("\n## Examples\n")
	for _, f := range p.Setup {
		fmt.Fprintf(b, "\n%s\n\n```js\n", strings.TrimSpace(f.Text))
		for _, s := range f.Steps {
			if note := s.note(); note != "" {
				fmt.Fprintf(b, "// %s\n", note)
			}
			fmt.Fprintf(b, "%s\n", s.Query)
		}
		b.WriteString("```\n")
	}
	for _, e := range p.Examples {
		e.markdownTo(b)
	}
	if len(p.Errors) > 0 {
		b.WriteString("\n### Errors\n")
	}
	for _, e := range p.Errors {
		e.markdownTo(b)
	}
}

func (e *Example) markdownTo(b *strings.Builder) {
	if e.Title != "" {
		title := strings.ToUpper(e.Title[:1]) + e.Title[1:]
		fmt.Fprintf(b, "\n%s:\n", strings.TrimRight(title, ".:"))
	}
	b.WriteString("\n```js\n")
	for _, s := range e.Steps {
		b.WriteString(s.String())
	}
	b.WriteString("```\n")
}

// String returns the step as a session shows it: what is special about it as a
// comment, the query after a prompt, and what it printed.
func (s *Step) String() string {
	var b strings.Builder
	if note := s.note(); note != "" {
		b.WriteString("// " + note + "\n")
	}
	b.WriteString("> " + strings.ReplaceAll(s.Query, "\n", "\n  ") + "\n")
	if s.Want != "" {
		b.WriteString(s.Want + "\n")
	}
	return b.String()
}

func (s *Step) note() string {
	var notes []string
	if s.Keep != "" {
		notes = append(notes, "the result is the secret called "+s.Keep)
	}
	if s.Secret != "" {
		notes = append(notes, "with the secret called "+s.Secret)
	}
	if s.Version != "" {
		notes = append(notes, "at API version "+s.Version)
	}
	if s.Wire {
		notes = append(notes, "sent as it stands")
	}
	if s.JSON {
		notes = append(notes, "the result as the wire has it")
	}
	return strings.Join(notes, ", ")
}

func list(b *strings.Builder, title string, sentences []string) {
	if len(sentences) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", title)
	for _, s := range sentences {
		fmt.Fprintf(b, "- %s\n", s)
	}
}

// cell makes text fit one cell of a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// anchor is the fragment that a forge gives to a heading.
func anchor(title string) string {
	return strings.ReplaceAll(strings.ToLower(strings.NewReplacer(",", "", "(", "", ")", "").Replace(title)), " ", "-")
}
