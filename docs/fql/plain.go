package fql

import (
	"fmt"
	"strings"

	"seriatim/syntax"
)

// Plain returns the page as text for a terminal: what it does, its forms,
// arguments, errors and examples, with no markup but the headings' capitals.
func (p *Page) Plain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n", p.Signature(), p.Wire())
	if since := p.Since(); since != "" {
		fmt.Fprintf(&b, "  since API version %s\n", since)
	}
	fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(p.Text))
	if len(p.Args) > 0 {
		b.WriteString("\nARGUMENTS\n")
	}
	for _, a := range p.Args {
		optional := ""
		if p.Optional(a.Key) {
			optional = ", optional"
		}
		fmt.Fprintf(&b, "  %s (%s%s)%s\n", a.Key, a.Type, optional, after(": ", a.Text))
	}
	fmt.Fprintf(&b, "\nRESULT\n  %s%s\n", p.Result.Type, after(": ", p.Result.Text))
	b.WriteString("\nERRORS\n")
	if p.Note != "" {
		fmt.Fprintf(&b, "  %s\n", p.Note)
	}
	for _, e := range p.Errors {
		f, _ := e.Failed()
		fmt.Fprintf(&b, "  %d %s: %s\n      when %s\n", f.Status, f.Code, f.Description, e.Title)
	}
	p.plainList(&b, "API VERSIONS", p.Versions)
	b.WriteString("\nEXAMPLES\n")
	for i, e := range p.Examples {
		if i > 0 {
			b.WriteByte('\n')
		}
		if e.Title != "" {
			fmt.Fprintf(&b, "  // %s\n", e.Title)
		}
		for _, s := range e.Steps {
			b.WriteString("  " + strings.ReplaceAll(strings.TrimRight(s.String(), "\n"), "\n", "\n  ") + "\n")
		}
	}
	p.plainList(&b, "WHERE SERIATIM DIFFERS", p.Differs)
	if len(p.See) > 0 {
		fmt.Fprintf(&b, "\nSEE ALSO\n  %s\n", strings.Join(p.See, ", "))
	}
	return b.String()
}

func (p *Page) plainList(b *strings.Builder, title string, sentences []string) {
	if len(sentences) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	for _, s := range sentences {
		fmt.Fprintf(b, "  %s\n", s)
	}
}

// after returns text behind mark, nothing when there is no text.
func after(mark, text string) string {
	if text == "" {
		return ""
	}
	return mark + text
}

// Summary returns in one line what the function gives or does.
func (p *Page) Summary() string {
	f, _ := syntax.Lookup(p.Name)
	return f.Summary
}
