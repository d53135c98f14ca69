package fql

import (
	"fmt"
	"strings"
)

// fields are the words that may begin a line of a page's head, and what each does
// with the text after its colon. The key is what stands between word and colon.
var fields = map[string]func(p *parser, key, text string) error{
	"arg": func(p *parser, key, text string) error {
		a, err := argument(key, text)
		p.page.Args = append(p.page.Args, a)
		return err
	},
	"gives": func(p *parser, _, text string) (err error) {
		p.page.Result, err = argument("", text)
		return err
	},
	"form":    func(p *parser, _, text string) error { return add(&p.page.Forms, text) },
	"version": func(p *parser, _, text string) error { return add(&p.page.Versions, text) },
	"differs": func(p *parser, _, text string) error { return add(&p.page.Differs, text) },
	"source":  func(p *parser, _, text string) error { return add(&p.page.Sources, text) },
	"errors":  func(p *parser, _, text string) error { p.page.Note = text; return nil },
	"see": func(p *parser, _, text string) error {
		p.page.See = append(p.page.See, words(text)...)
		return nil
	},
	"setup": func(p *parser, _, text string) error {
		for _, name := range words(text) {
			f := p.fixtures[name]
			if f == nil {
				return fmt.Errorf("no setup is called %s", name)
			}
			p.page.Setup = append(p.page.Setup, f)
		}
		return nil
	},
}

func add(list *[]string, text string) error {
	*list = append(*list, text)
	return nil
}

// words splits a list at its commas.
func words(text string) []string {
	list := strings.Split(text, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// field takes "word key: text" apart.
func (p *parser) field(word, line string) error {
	head, text, _ := strings.Cut(line, ":")
	text = strings.TrimSpace(text)
	if text == "" {
		return fmt.Errorf("%s says nothing", word)
	}
	return fields[word](p, strings.TrimSpace(strings.TrimPrefix(head, word)), text)
}

// argument takes "type | text" apart; the text may be missing.
func argument(key, text string) (Arg, error) {
	typ, text, _ := strings.Cut(text, " | ")
	if typ = strings.TrimSpace(typ); typ == "" {
		return Arg{}, fmt.Errorf("%s has no type", key)
	}
	return Arg{key, typ, strings.TrimSpace(text)}, nil
}
