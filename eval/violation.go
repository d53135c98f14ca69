package eval

import (
	"strconv"
	"strings"

	"seriatim/catalog"
	"seriatim/wire"
)

// violation is the error of a document that is not what the schema of its uni says: a
// failure for each way in which it is not, at its place in the params.
func violation(v *catalog.Violated) *fault {
	f := fail("validation failed", "document data is not valid.")
	for i := range v.Violations {
		x := &v.Violations[i]
		failure := wire.Failure{Field: pointerPath(x.Pointer), Code: "invalid value", Description: x.Message}
		if x.Keyword == "required" {
			failure.Code = "value required"
		}
		if rule := ruleText(x); !strings.Contains(failure.Description, rule) {
			failure.Description = strings.TrimSuffix(failure.Description, ".") + " (" + rule + ")."
		}
		f.errs[0].Failures = append(f.errs[0].Failures, failure)
	}
	return f
}

// ruleText names the keyword that was violated, with its limit when that is short.
func ruleText(x *catalog.Violation) string {
	if x.Limit == nil {
		return x.Keyword
	}
	limit := string(wire.AppendValue(nil, x.Limit, &wire.Rendering{}))
	if len(limit) > 200 {
		return x.Keyword
	}
	return x.Keyword + " " + limit
}

// pointerPath returns the path in the params that a JSON pointer into data means
// (RFC 6901). No property has a name of digits, so such a step is a place in an array.
func pointerPath(pointer string) []any {
	path := []any{"data"}
	if pointer == "" {
		return path
	}
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if i, err := strconv.Atoi(step); err == nil && i >= 0 {
			path = append(path, i)
			continue
		}
		path = append(path, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
	}
	return path
}
