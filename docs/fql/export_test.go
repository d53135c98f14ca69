package fql

import "errors"

var errNone = errors.New("no such file")

// Place returns the file and the lines of the source that a step's result takes.
func Place(s *Step) (file string, from, to int) { return s.file, s.wantAt, s.wantEnd }

// Specs returns the forms of all functions by name.
var Specs = specs

// Parse reads a source from memory.
func Parse(files map[string]string) ([]*Page, error) {
	r, err := parse(func(name string) (string, error) {
		if text, ok := files[name]; ok {
			return text, nil
		}
		return "", errNone
	})
	if err != nil {
		return nil, err
	}
	return r.pages, nil
}
