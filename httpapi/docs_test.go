package httpapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"seriatim/httpapi"
)

func TestDocs(t *testing.T) {
	d := start(t, httpapi.Options{})
	for _, c := range []struct{ path, accept, want string }{
		{"/docs", "text/html", "302 /ui/docs"},
		{"/docs/cluster", "text/html,*/*", "302 /ui/docs/cluster"},
		{"/docs/cluster", "*/*", "200 text/markdown; charset=utf-8 # A cluster"},
		{"/docs/cluster.md", "text/html", "200 text/markdown; charset=utf-8 # A cluster"},
		{"/docs/fql/pages/Paginate.md", "", "200 text/markdown; charset=utf-8 <!-- Generated"},
		{"/docs/tutorial", "", "200 text/markdown; charset=utf-8 # The tutorial"},
		{"/docs", "", "200 text/markdown; charset=utf-8 # Seriatim"},
		{"/llms.txt", "text/html", "200 text/plain; charset=utf-8 # Seriatim"},
		{"/ui/api/docs", "", `200 application/json {"pages":[{"path":`},
		{"/docs/nothing.md", "text/html", "404"},
	} {
		r, err := http.NewRequest(http.MethodGet, d.url+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", c.accept)
		resp, err := d.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		got := resp.Status[:3]
		switch resp.StatusCode {
		case http.StatusOK:
			got += " " + resp.Header.Get("Content-Type") + " " + string(body)
		case http.StatusFound:
			got += " " + resp.Header.Get("Location")
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("GET %s for %q: %.120s, want %s", c.path, c.accept, got, c.want)
		}
	}
}
