package httpapi

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestFetchKeys: keys come over TLS, whole, of bounded size and from where they are
// said to be.
func TestFetchKeys(t *testing.T) {
	elsewhere := 0
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer plain.Close()
	other := httptest.NewTLSServer(plain.Config.Handler)
	defer other.Close()
	const most = 1000
	mux := http.NewServeMux()
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) })
	mux.HandleFunc("/full", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat("x", most))) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, most+1)) })
	mux.HandleFunc("/heads", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Long", strings.Repeat("x", 2*maxFetchHeader))
	})
	mux.Handle("/moved", http.RedirectHandler("/keys", http.StatusFound))
	mux.Handle("/another", http.RedirectHandler(other.URL, http.StatusFound))
	mux.Handle("/plain", http.RedirectHandler(plain.URL, http.StatusFound))
	secure := httptest.NewTLSServer(mux)
	defer secure.Close()
	fetch := NewKeyFetcher(NewFetchClient(Fetching{AllowPrivate: true, Bytes: most, Roots: roots(secure)}))
	for _, c := range []struct{ uri, text, err string }{
		{secure.URL + "/keys", `{"keys":[]}`, ""},
		{secure.URL + "/full", strings.Repeat("x", most), ""},
		{secure.URL + "/none", "", "status 404"},
		{secure.URL + "/large", "", "too large"},
		{secure.URL + "/heads", "", "headers exceeded"},
		{secure.URL + "/moved", "", "status 302"},
		{secure.URL + "/another", "", "status 302"},
		{secure.URL + "/plain", "", "status 302"},
		{plain.URL, "", "only https"},
		{"file:///etc/passwd", "", "only https"},
		{"://", "", "missing protocol scheme"},
	} {
		text, err := fetch(t.Context(), c.uri)
		if c.err == "" && (err != nil || string(text) != c.text) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: %.40q %v", c.uri, text, err)
		}
	}
	if elsewhere != 0 {
		t.Error("another server was asked")
	}
}

// roots are the authorities of a test's server.
func roots(s *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}
