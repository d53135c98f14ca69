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
		{"Bearer fnAAA:@doc/people", "fnAAA [] - - people"},
		{"Bearer fnAAA:@doc/people/7/8", "fnAAA [] - - people/7/8"},
		{"Bearer fnAAA:collections/people/7", "fnAAA [] - - people/7"},
		{"Bearer fnAAA:a/b:classes/people/7", "fnAAA [a b] - - people/7"},
		{"Bearer fnAAA:a/b:@role/clerk", "fnAAA [a b] - clerk -"},
		{"Bearer fnAAA:a/:admin", "fnAAA [a] admin - -"},
		{"Bearer fnAAA:/:admin", "fnAAA [] admin - -"},
		{"Bearer fnAAA:a//b:admin", "fnAAA [a  b] admin - -"},

		// What is not understood narrows nothing.
		{"Bearer fnAAA:", "fnAAA [] - - -"},
		{"Bearer fnAAA:bogus", "fnAAA [] - - -"},
		{"Bearer fnAAA:Admin", "fnAAA [] - - -"},
		{"Bearer fnAAA:shop:bogus", "fnAAA [] - - -"},
		{"Bearer fnAAA:shop:", "fnAAA [] - - -"},
		{"Bearer fnAAA:admin:", "fnAAA [] - - -"},
		{"Bearer fnAAA:a:b:admin", "fnAAA [] - - -"},
		{"Bearer fnAAA::admin", "fnAAA [] - - -"},
		{"Bearer fnAAA:a=b:admin", "fnAAA [] - - -"},
		{"Bearer fnAAA:@role/", "fnAAA [] - - -"},
		{"Bearer fnAAA:@role/,", "fnAAA [] - - -"},
		{"Bearer fnAAA:@role/clerk:x", "fnAAA [] - - -"},
		{"Basic Zm5BQUE6Ym9ndXM6", "fnAAA [] - - -"},

		// What goes on after something understood is refused.
		{"Bearer fnAAA:administrator", "refused"},
		{"Bearer fnAAA:shop:admin:", "refused"},
		{"Bearer fnAAA:server-", "refused"},
		{"Bearer fnAAA:@role/clerk,x", "refused"},
		{"Bearer fnAAA:@doc/people/7=", "refused"},
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
