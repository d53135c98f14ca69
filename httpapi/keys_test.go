package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFetchKeys: keys come over TLS, whole and of bounded size.
func TestFetchKeys(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("plain")) }))
	defer plain.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxKeySet+1)) })
	mux.Handle("/moved", http.RedirectHandler("/keys", http.StatusFound))
	mux.Handle("/loop", http.RedirectHandler("/loop", http.StatusFound))
	mux.Handle("/plain", http.RedirectHandler(plain.URL, http.StatusFound))
	secure := httptest.NewTLSServer(mux)
	defer secure.Close()
	client := secure.Client()
	client.CheckRedirect = keyClient.CheckRedirect
	for _, c := range []struct{ uri, text, err string }{
		{secure.URL + "/keys", `{"keys":[]}`, ""},
		{secure.URL + "/moved", `{"keys":[]}`, ""},
		{secure.URL + "/none", "", "status 404"},
		{secure.URL + "/large", "", "more than"},
		{secure.URL + "/loop", "", "too many redirects"},
		{secure.URL + "/plain", "", "come over https"},
		{plain.URL, "", "come over https"},
		{"file:///etc/passwd", "", "come over https"},
		{"://", "", "missing protocol scheme"},
	} {
		text, err := fetchKeys(t.Context(), client, c.uri)
		if c.err == "" && (err != nil || string(text) != c.text) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %.40q %v", c.uri, text, err)
		}
	}
}
