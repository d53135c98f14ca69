package auth

import (
	"fmt"
	"testing"
)

func TestParseAuthorization(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{"Bearer fnAAA", "fnAAA [] - - -"},
		{"Bearer fnAAA:shop:admin", "fnAAA [shop] admin - -"},
		{"Bearer fnAAA:a/b:server-readonly", "fnAAA [a b] server-readonly - -"},
		{"Bearer fnAAA:@role/clerk", "fnAAA [] - clerk -"},
		{"Bearer fnAAA:a:@doc/people/7", "fnAAA [a] - - people/7"},
		{"Bearer fnAAA:@doc/people", "fnAAA [] - - -"},
		{"Bearer fnAAA:collections/people/7", "fnAAA [] - - people/7"},
		{"Bearer fnAAA:a/b:classes/people/7", "fnAAA [a b] - - people/7"},
		{"Bearer fnAAA:a/b:@role/clerk", "fnAAA [a b] - clerk -"},
		{"Bearer fnAAA:nonsense", "fnAAA [] - - -"},
		{"Basic c2VjcmV0Og==", "secret [] - - -"},
		{"Basic c2VjcmV0", "secret [] - - -"},
		{"Basic c2VjcmV0OnNob3A6YWRtaW46", "secret [shop] admin - -"},
		{"bearer fnAAA", "refused"},
		{"Bearer ", "refused"},
		{"Basic !!", "refused"},
		{"", "refused"},
	} {
		got := "refused"
		if cr, ok := ParseAuthorization(c.header); ok {
			got = fmt.Sprintf("%s %v %s %s %s", cr.Secret, cr.Path, dash(cr.Role), dash(cr.UserRole), dash(cr.Document))
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.header, got, c.want)
		}
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
