package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// jsonMember is one member of an object, undecoded.
type jsonMember struct {
	name  string
	value json.RawMessage
}

// graphMembers reads the members of one JSON object and nothing after it. They share
// the text.
func graphMembers(text []byte) (members []jsonMember, problem string) {
	text = spaced(text)
	if !json.Valid(text) {
		return brokenMembers(text)
	}
	if text[0] != '{' {
		return nil, notAnObject
	}
	members = make([]jsonMember, 0, 4)
	for rest := spaced(text[1:]); rest[0] != '}'; {
		m := jsonMember{}
		n := valueLength(rest)
		if problem = intoString(rest[:n], &m.name, "name"); problem != "" {
			return nil, problem
		}
		rest = spaced(spaced(rest[n:])[1:]) // past the colon
		n = valueLength(rest)
		m.value = rest[:n:n]
		if problem = twice(members, m.name); problem != "" {
			return nil, problem
		}
		members = append(members, m)
		if rest = spaced(rest[n:]); rest[0] == ',' {
			rest = spaced(rest[1:])
		}
	}
	return members, ""
}

// spaced returns the text without the space in front.
func spaced(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }

// valueLength returns the length of the value that a text begins with, a part of an
// object that is known to be JSON.
func valueLength(text []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch text[i] {
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // of what a number or word is in
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
	}
}

const notAnObject = "A request is a JSON object."

// twice tells that a member of this name is there already.
func twice(members []jsonMember, name string) (problem string) {
	for _, m := range members {
		if m.name == name {
			return fmt.Sprintf("The member %q stands twice in the request.", name)
		}
	}
	return ""
}

// brokenMembers is graphMembers for what is no JSON: it finds out why.
func brokenMembers(text []byte) (members []jsonMember, problem string) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil {
		return nil, notJSON(err)
	} else if t != json.Delim('{') {
		return nil, notAnObject
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, notJSON(err)
		}
		m := jsonMember{name: t.(string)}
		if err := d.Decode(&m.value); err != nil {
			return nil, notJSON(err)
		}
		if problem := twice(members, m.name); problem != "" {
			return nil, problem
		}
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, "The request goes on after its end."
	}
	return members, ""
}
