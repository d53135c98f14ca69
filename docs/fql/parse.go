package fql

import (
	"fmt"
	"strings"

	"seriatim/syntax"
)

// parser reads one file of source, line by line. README.md has the format.
type parser struct {
	*reference
	file  string
	lines []string
	at    int // the line that is being read

	family  *Family
	page    *Page
	fixture *Fixture
	example *Example
}

func (p *parser) parse() error {
	for ; p.at < len(p.lines); p.at++ {
		if err := p.line(strings.TrimRight(p.lines[p.at], " ")); err != nil {
			return fmt.Errorf("line %d: %w", p.at+1, err)
		}
	}
	return nil
}

func (p *parser) line(line string) error {
	if title, ok := strings.CutPrefix(line, "# "); ok {
		if p.file != "setup" {
			p.family = &Family{Title: title, File: p.file}
			p.families = append(p.families, p.family)
		}
		return nil
	}
	if name, ok := strings.CutPrefix(line, "== "); ok {
		return p.begin(name)
	}
	switch {
	case strings.HasPrefix(line, ">"), strings.HasPrefix(line, "~"):
		return p.step(line)
	case p.page == nil:
		return p.prose(line)
	case line == "example", line == "error":
		return p.open(line, "")
	}
	if word, rest, ok := strings.Cut(line, " "); ok && (word == "example" || word == "error") {
		return p.open(word, rest)
	}
	if key, _, ok := strings.Cut(line, ":"); ok && p.example == nil {
		if word, _, _ := strings.Cut(key, " "); fields[word] != nil {
			return p.field(word, p.joined())
		}
	}
	return p.prose(line)
}

// begin starts a page, or a fixture in the file of those.
func (p *parser) begin(name string) error {
	p.example = nil
	if p.file == "setup" {
		p.fixture = &Fixture{Name: name}
		p.fixtures[name] = p.fixture
		return nil
	}
	if f, meant := syntax.Lookup(name); f == nil || f.Name != name {
		return fmt.Errorf("no function is called %s; is %s meant?", name, meant)
	}
	p.page = &Page{Name: name, Family: p.family.Title, File: p.file}
	p.family.Pages = append(p.family.Pages, p.page)
	p.pages = append(p.pages, p.page)
	return nil
}

// open starts an example, or the example of an error.
func (p *parser) open(word, title string) error {
	p.example = &Example{Title: title}
	if word == "example" {
		p.page.Examples = append(p.page.Examples, p.example)
	} else {
		p.page.Errors = append(p.page.Errors, p.example)
	}
	return nil
}

// prose adds a line to what is said of the page, the fixture or the family.
func (p *parser) prose(line string) error {
	text := (*string)(nil)
	switch {
	case p.example != nil && line == "":
		return nil
	case p.example != nil:
		return fmt.Errorf("neither a query nor a result: %q", line)
	case p.page != nil:
		text = &p.page.Text
	case p.fixture != nil:
		text = &p.fixture.Text
	case p.family != nil:
		text = &p.family.Text
	default:
		return nil
	}
	*text = strings.TrimLeft(*text+"\n"+line, "\n")
	if line == "" {
		*text = strings.TrimRight(*text, "\n") + "\n"
	}
	return nil
}

// joined returns the line that is being read and those that continue it, which
// begin with two spaces.
func (p *parser) joined() string {
	line := p.lines[p.at]
	for p.at+1 < len(p.lines) && strings.HasPrefix(p.lines[p.at+1], "  ") {
		p.at++
		line += " " + strings.TrimSpace(p.lines[p.at])
	}
	return line
}

// step reads a query, its further lines, and what it prints, up to an empty line or
// whatever else begins something.
func (p *parser) step(line string) error {
	s := &Step{Quiet: line[0] == '~', file: p.file}
	attributes, query, _ := strings.Cut(line[1:], " ")
	if err := s.attributes(attributes); err != nil {
		return err
	}
	for p.at+1 < len(p.lines) && strings.HasPrefix(p.lines[p.at+1], ". ") {
		p.at++
		query += "\n" + p.lines[p.at][2:]
	}
	s.Query = query
	s.wantAt, s.wantEnd = p.at+1, p.at+1
	for !s.Quiet && s.wantEnd < len(p.lines) && !ends(p.lines[s.wantEnd]) {
		s.wantEnd++
	}
	s.Want = strings.Join(p.lines[s.wantAt:s.wantEnd], "\n")
	p.at = s.wantEnd - 1
	switch {
	case p.example != nil:
		p.example.Steps = append(p.example.Steps, s)
	case p.fixture != nil && s.Quiet:
		p.fixture.Steps = append(p.fixture.Steps, s)
	default:
		return fmt.Errorf("a query belongs to an example, a ~ query also to a setup")
	}
	return nil
}

// ends reports whether a line cannot be part of a result.
func ends(line string) bool {
	return line == "" || strings.HasPrefix(line, ">") || strings.HasPrefix(line, "~") || strings.HasPrefix(line, "== ") ||
		line == "example" || strings.HasPrefix(line, "example ") || strings.HasPrefix(line, "error ")
}

// attributes reads what stands between the mark and the query: the secret to keep,
// or the secret to use, the API version, json and wire, separated by commas.
func (s *Step) attributes(text string) error {
	if text == "" {
		return nil
	}
	if s.Quiet {
		if secret, ok := strings.CutPrefix(text, "@"); ok {
			s.Secret = secret
		} else {
			s.Keep = text
		}
		return nil
	}
	for word := range strings.SplitSeq(text, ",") {
		switch {
		case word == "json":
			s.JSON = true
		case word == "wire":
			s.Wire = true
		case strings.HasPrefix(word, "@"):
			s.Version = word[1:]
			if _, ok := syntax.ParseVersion(s.Version); !ok {
				return fmt.Errorf("no API version is called %s", s.Version)
			}
		default:
			s.Secret = word
		}
	}
	return nil
}
