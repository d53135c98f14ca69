package httpapi

import (
	"net/http"
	"slices"
	"strings"
)

// The bounds of x-fauna-tags (fql-v4 section 1.4).
const (
	maxTagsBytes = 3000
	maxTags      = 25
	maxTagKey    = 40
	maxTagValue  = 80
)

// parseTags reads x-fauna-tags: pairs k=v, joined by commas. It returns them as
// the answer repeats them, the last one first as the core does, and the problem
// with them when there is one.
func parseTags(h http.Header) (tags, problem string) {
	values := h["X-Fauna-Tags"]
	if len(values) == 0 || values[0] == "" {
		return "", ""
	}
	if len(values[0]) > maxTagsBytes {
		return "", "header is too long"
	}
	pairs := strings.Split(values[0], ",")
	for _, p := range pairs {
		if k, v, ok := strings.Cut(p, "="); !ok || !isTagWord(k) || !isTagWord(v) {
			return "", "invalid tags"
		}
	}
	if len(pairs) > maxTags {
		return "", "too many tags"
	}
	slices.Reverse(pairs)
	return strings.Join(pairs, ","), tagProblem(pairs)
}

// tagProblem checks each pair and returns what is wrong with the first bad one.
func tagProblem(pairs []string) string {
	seen := make([]string, 0, maxTags)
	for _, p := range pairs {
		k, v, _ := strings.Cut(p, "=")
		switch {
		case len(k) > maxTagKey:
			return "invalid key"
		case len(v) > maxTagValue:
			return "invalid value"
		case slices.Contains(seen, k):
			return "duplicate key"
		}
		seen = append(seen, k)
	}
	return ""
}

func isTagWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' {
			return false
		}
	}
	return s != ""
}
