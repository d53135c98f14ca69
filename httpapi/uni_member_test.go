package httpapi

import (
	"slices"
	"testing"
)

// TestMembers reads objects both ways: as what is known to be JSON, and as what may be
// none.
func TestMembers(t *testing.T) {
	for _, text := range []string{
		`{}`, ` { } `, `{"a":1}`, "\t{ \"a\" : -1.5e3 ,\r\n\"b\":true, \"c\" :null , \"d\":[] ,\"e\": {} }\n",
		`{"a":"}","b":"\"}{","c":"\\","d":[{"x":"]"},[["\\\""]]],"e":{"f":{"g":[1,2,{"h":"\u007d"}]}}}`,
		`{"quer\u0079":"\u0022","":0}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `[]`, `"text"`, `null`, `12`, ``, `{`, `{"a":}`, `{"a":1}}`,
		`{"a":1,}`, `{"a" 1}`, `{'a':1}`, `{"a":1 "b":2}`,
	} {
		members, problem := graphMembers([]byte(text))
		want, wantProblem := brokenMembers([]byte(text))
		same := func(a, b jsonMember) bool { return a.name == b.name && string(a.value) == string(b.value) }
		if problem != wantProblem || !slices.EqualFunc(members, want, same) {
			t.Errorf("%s\ngot  %q %s\nwant %q %s", text, members, problem, want, wantProblem)
		}
	}
}
