package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"seriatim/httpapi"
)

// TestCheckpoints: copies of the database are for programs of those who operate the server. Nothing that a browser
// sends gets one, not even from an origin that may ask queries.
func TestCheckpoints(t *testing.T) {
	asked := ""
	d := start(t, httpapi.Options{
		CORSOrigins: []string{"https://shop.example"},
		Checkpoints: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = r.URL.Path }),
	})
	d.must(d.post(`{"create_database":{"object":{"name":"child"}}}`), http.StatusCreated)
	server, admin := d.makeKey(`"role":"server"`), d.makeKey(`"role":"admin"`)
	child := d.makeKey(`"role":"admin","database":{"database":"child"}`)
	for _, c := range []struct {
		method, authorization string
		header                []string
		status                int
	}{
		{"GET", "", nil, 401},
		{"GET", "Bearer wrong", nil, 401},
		{"GET", "Bearer " + server, nil, 403},
		{"GET", "Bearer " + child, nil, 403},
		{"GET", "Bearer secret:child:admin", nil, 403},
		{"GET", "Bearer " + admin, nil, 200},
		{"GET", "Bearer secret", nil, 200},
		{"GET", "Bearer secret", []string{"Origin", "https://shop.example"}, 403},
		{"GET", "Bearer secret", []string{"Cookie", "seriatim=x"}, 403},
		{"GET", "Bearer secret", []string{"Sec-Fetch-Mode", "cors"}, 403},
		{"OPTIONS", "", []string{"Origin", "https://shop.example", "Access-Control-Request-Method", "GET"}, 403},
	} {
		asked = ""
		r := d.do(c.method, "/checkpoint/file/00/store/x", "", append(c.header, "Authorization", c.authorization)...)
		d.must(r, c.status)
		if want := map[bool]string{true: "/file/00/store/x"}[c.status == 200]; asked != want {
			t.Errorf("%v: the handler was asked for %q, want %q", c, asked, want)
		}
		for name := range r.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%v: %s", c, name)
			}
		}
	}
	none := start(t, httpapi.Options{})
	none.must(none.do("GET", "/checkpoint/manifest", "", "Authorization", "Bearer secret"), http.StatusNotFound)
}
