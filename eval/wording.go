package eval

import (
	"strings"

	"seriatim/syntax"
	"seriatim/wire"
)

// oldWords are descriptions that speak of classes and instances before API
// version 2.7 (fql-v4 section 1.9), by how they begin.
var oldWords = [][2]string{
	{"Document not found.", "Instance not found."},
	{"Document already exists.", "Instance already exists."},
	{"Collection not found.", "Class not found."},
	{"Collection already exists.", "Class already exists."},
	{"document data is not valid.", "instance data is not valid."},
	{"document is not unique.", "instance is not unique."},
	{"The document was not found", "The instance was not found"},
	{"Ref refers to undefined collection", "Ref refers to undefined class"},
	{"Valid native collection name", "Valid native class name"},
	{"Cannot create a schema meta collection", "Cannot create a schema meta class"},
	{"Cannot update a schema meta collection", "Cannot update a schema meta class"},
	{"Cannot delete a schema meta collection", "Cannot delete a schema meta class"},
	{"A collection ref may only match", "A class ref may only match"},
	{"Cannot mix collection refs", "Cannot mix class refs"},
}

// inWordsOf puts errors into the words of an API version.
func inWordsOf(version syntax.Version, errs []wire.Error) []wire.Error {
	if version >= syntax.V27 {
		return errs
	}
	for i := range errs {
		e := &errs[i]
		if e.Code != "transaction aborted" {
			e.Description = oldWording(e.Description)
		}
		for j := range e.Failures {
			e.Failures[j].Description = oldWording(e.Failures[j].Description)
		}
		inWordsOf(version, e.Cause)
	}
	return errs
}

func oldWording(text string) string {
	for _, w := range oldWords {
		if rest, ok := strings.CutPrefix(text, w[0]); ok {
			return w[1] + rest
		}
	}
	return text
}
