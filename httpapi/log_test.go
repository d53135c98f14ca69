package httpapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"seriatim/httpapi"
)

// records is a log of JSON records in memory.
type records struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *records) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *records) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *records) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// of returns the records with a message, and forgets none.
func (l *records) of(t *testing.T, message string) (found []map[string]any) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if r["msg"] == message {
			found = append(found, r)
		}
	}
	return found
}

// TestNoSecretIsLogged: whatever is done with secrets, at every door and with every query
// told as a slow one, none of them is in the log.
func TestNoSecretIsLogged(t *testing.T) {
	l := new(records)
	d := start(t, httpapi.Options{Logger: l.logger(), SlowQuery: time.Nanosecond})
	secrets := []string{"secret:admin"}
	note := func(s string) string {
		secrets = append(secrets, s)
		return s
	}
	for i := range 240 {
		key := note(d.makeKey(fmt.Sprintf(`"role":"server","name":"k%d"`, i)))
		switch i % 4 {
		case 0:
			d.must(d.post(`{"select":"role","from":{"key_from_secret":"`+key+`"}}`), http.StatusOK)
		case 1:
			d.must(d.post(`1`, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(key+":"))), http.StatusOK)
		case 2:
			d.must(d.do(http.MethodGet, "/?q="+url.QueryEscape(`{"key_from_secret":"`+key+`"}`), ""), http.StatusOK)
		default:
			d.must(d.post(`{"delete":{"select":"ref","from":{"key_from_secret":"`+key+`"}}}`), http.StatusOK)
			d.must(d.post(`1`, "Authorization", "Bearer "+key), http.StatusUnauthorized)
		}
	}
	d.must(d.post(`{"create_collection":{"object":{"name":"users"}}}`), http.StatusCreated)
	for i := range 6 {
		password := note(fmt.Sprintf("pass-word-%d-of-them", i))
		d.must(d.post(fmt.Sprintf(`{"create":{"ref":{"collection":"users"},"id":"%d"},"params":{"object":{"credentials":{"object":{"password":%q}}}}}`, i+1, password)), http.StatusCreated)
		r := d.must(d.post(fmt.Sprintf(`{"login":{"ref":{"collection":"users"},"id":"%d"},"params":{"object":{"password":%q}}}`, i+1, password)), http.StatusCreated)
		var made struct{ Resource struct{ Secret string } }
		if err := json.Unmarshal([]byte(r.body), &made); err != nil {
			t.Fatal(err)
		}
		d.must(d.post(`{"current_identity":null}`, "Authorization", "Bearer "+note(made.Resource.Secret)), http.StatusOK)
	}
	for i := range 100 {
		wrong := note(fmt.Sprintf("fnAAwrong%030d", i))
		d.do(http.MethodPost, []string{"/", "/stream", "/linearized", "/uni"}[i%4], `1`, "Authorization", "Bearer "+wrong)
		d.do(http.MethodGet, "/uni/shop/North/ledger/export", "", "Authorization", wrong)
		d.browser().ask(http.MethodPost, "/ui/api/session", toJSON(map[string]string{"secret": wrong}))
	}
	key := note(d.newUni())
	d.graph(key, `mutation { add_Item(input: {name: "a secret name", quantity: 5}) { result { _id } } }`)
	d.live(t, key).send(`{"id":"1","type":"subscribe","payload":{"query":"{ list_ItemItems { Items { name } } }"}}`)
	b := d.browser().signIn("secret")
	for _, c := range b.client.Jar.Cookies(&url.URL{Scheme: "http", Host: d.addr, Path: "/ui/"}) {
		note(c.Value)
	}
	d.must(d.do(http.MethodGet, "/uni/shop/North/webhook-secret", "", "Authorization", key), http.StatusOK)
	d.stop()

	text := l.String()
	for _, s := range append(secrets, "a secret name") {
		if i := strings.Index(text, s); i >= 0 {
			t.Errorf("%q is in the log: %s", s, shorten(text[max(0, i-200):]))
		}
	}
	for message, least := range map[string]int{"slow query": 500, "refused": 10, "administration": 240} {
		if n := len(l.of(t, message)); n < least {
			t.Errorf("%d records %q, want %d at least", n, message, least)
		}
	}
}

// TestRecords: what is logged says what it should, and its request can be found.
func TestRecords(t *testing.T) {
	l := new(records)
	d := start(t, httpapi.Options{Logger: l.logger(), SlowQuery: time.Nanosecond})
	r := d.must(d.post(`{"create_collection":{"object":{"name":"stock"}}}`), http.StatusCreated)
	id := r.Header.Get("Traceparent")[3:35]
	slow, acts := l.of(t, "slow query"), l.of(t, "administration")
	if len(slow) != 1 || slow[0]["request"] != id || fmt.Sprint(slow[0]["forms"]) != "[CreateCollection]" || slow[0]["by"] != "root" || slow[0]["door"] != "fql" || len(fmt.Sprint(slow[0]["query"])) != 16 {
		t.Errorf("slow: %v, want request %s", slow, id)
	}
	if len(acts) != 1 || acts[0]["request"] != id || acts[0]["act"] != "CreateCollection" || acts[0]["by"] != "root" || acts[0]["from"] == "" {
		t.Errorf("acts: %v, want request %s", acts, id)
	}
	r = d.must(d.post(`1`, "Authorization", "Bearer nobody"), http.StatusUnauthorized)
	if refused := l.of(t, "refused"); len(refused) != 1 || refused[0]["request"] != r.Header.Get("Traceparent")[3:35] || refused[0]["status"] != 401.0 {
		t.Errorf("refused: %v", refused)
	}
	// What changes no definition is no act of an administrator.
	d.must(d.post(`{"create":{"collection":"stock"},"params":{"object":{"data":{"object":{"role":"admin","database":"x"}}}}}`), http.StatusCreated)
	if acts := l.of(t, "administration"); len(acts) != 1 {
		t.Errorf("acts: %v", acts)
	}
	d.must(d.post(`{"delete":{"collection":"stock"}}`), http.StatusOK)
	d.newUni()
	acts = l.of(t, "administration")
	if len(acts) != 3 || acts[1]["act"] != "Delete Collection" || acts[2]["act"] != "POST /uni" || acts[2]["door"] != "uni" {
		t.Errorf("acts: %v", acts)
	}
	quick := start(t, httpapi.Options{Logger: l.logger(), SlowQuery: time.Hour})
	n := len(l.of(t, "slow query"))
	quick.must(quick.post(`1`), http.StatusOK)
	if now := len(l.of(t, "slow query")); now != n {
		t.Errorf("a quick query was told as slow")
	}
}
