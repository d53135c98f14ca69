package seriatim_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"seriatim"
)

// localIssuer signs tokens and publishes its keys, as an identity provider would.
type localIssuer struct {
	mu      sync.Mutex
	private map[string]jose.JSONWebKey
	public  []jose.JSONWebKey
	down    bool
	fetched int
}

const (
	issuerName = "https://issuer.example/"
	issuerKeys = "https://issuer.example/.well-known/jwks.json"
)

func newIssuer(t testing.TB) *localIssuer {
	is := &localIssuer{private: map[string]jose.JSONWebKey{}}
	for _, name := range []string{"rsa", "other"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		is.private[name] = jose.JSONWebKey{Key: key, KeyID: name}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	is.private["ec"] = jose.JSONWebKey{Key: key, KeyID: "ec", Algorithm: "ES256", Use: "sig"}
	is.publish("rsa", "ec")
	return is
}

// publish makes these the keys that the issuer shows.
func (is *localIssuer) publish(names ...string) {
	is.mu.Lock()
	defer is.mu.Unlock()
	is.public = nil
	for _, name := range names {
		key := is.private[name]
		is.public = append(is.public, key.Public())
	}
}

// fetch is what the server gets its keys by.
func (is *localIssuer) fetch(_ context.Context, uri string) ([]byte, error) {
	is.mu.Lock()
	defer is.mu.Unlock()
	is.fetched++
	if is.down || uri != issuerKeys {
		return nil, errors.New("no route to host")
	}
	return json.Marshal(jose.JSONWebKeySet{Keys: is.public})
}

// claims are a payload that is in order, for the database with this audience.
func claims(audience string) map[string]any {
	return map[string]any{
		"iss": issuerName, "aud": []any{audience, "https://elsewhere.example"}, "sub": "ada",
		"exp": time.Now().Unix() + 3600, "nbf": time.Now().Unix() - 60, "admin": true, "level": 1.5,
	}
}

// sign makes a token of a payload, with a key and an algorithm.
func (is *localIssuer) sign(t testing.TB, name string, algorithm jose.SignatureAlgorithm, payload any) string {
	text, ok := payload.(string)
	if !ok {
		b, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	return signWith(t, is.private[name].Key, name, algorithm, text)
}

func signWith(t testing.TB, key any, name string, algorithm jose.SignatureAlgorithm, text string) string {
	o := (&jose.SignerOptions{}).WithType("JWT")
	if name != "" {
		o = o.WithHeader("kid", name)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, o)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// provide makes a child database with a provider whose tokens have a role that may
// create notes and, under a condition, one that may read them. It returns the audience.
func provide(t *testing.T, db *seriatim.DB) string {
	mustAsk(t, db, `CreateDatabase({ name: "app" })`)
	app := secret("secret:app:admin")
	mustAsk(t, db, `CreateCollection({ name: "notes" })`, app)
	mustAsk(t, db, `CreateRole({ name: "writer", privileges: { resource: Collection("notes"), actions: { create: Query(Lambda("data", HasCurrentIdentity())) } } })`, app)
	mustAsk(t, db, `CreateRole({ name: "reader", privileges: { resource: Collection("notes"), actions: { read: true } } })`, app)
	made := mustAsk(t, db, `CreateAccessProvider({ name: "p", issuer: "`+issuerName+`", jwks_uri: "`+issuerKeys+`", roles: [
		{ role: Role("writer"), predicate: Query(Lambda("token", Not(Equals(Select("sub", Var("token"), ""), "nobody")))) },
		{ role: "reader", predicate: Query(Lambda("token", And(Select("admin", Var("token")), Equals(CurrentToken(), Var("token"))))) }] })`, app)
	return between(made, "audience: '", "'")
}

func TestBearer(t *testing.T) {
	is := newIssuer(t)
	db := opened(t, seriatim.Options{FetchKeys: is.fetch})
	audience := provide(t, db)
	token := is.sign(t, "rsa", jose.RS256, claims(audience))
	for query, want := range map[string]string{
		`CurrentIdentity()`:                                          `'ada'`,
		`[HasCurrentIdentity(), HasCurrentToken()]`:                  `[ true, true ]`,
		`Select(["aud", 1], CurrentToken())`:                         `'https://elsewhere.example'`,
		`Select("level", CurrentToken())`:                            `1.5`,
		`[Logout(true), Logout(false)]`:                              `[ false, false ]`,
		`Do(Create(Ref(Collection("notes"), "1"), { data: {} }), 1)`: `403`,
		`Do(Create(Collection("notes"), { data: {} }), 1)`:           `1`,
		`Exists(Documents(Collection("notes")))`:                     `true`,
		`CreateKey({ role: "admin" })`:                               `403`,
	} {
		if strings.HasPrefix(query, "Exists") {
			continue // after the others
		}
		got := ""
		if resp := ask(t, db, query, secret(token)); resp.Status == http.StatusForbidden {
			got = "403"
		} else {
			got = mustAsk(t, db, query, secret(token))
		}
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if got := mustAsk(t, db, `Exists(Documents(Collection("notes")))`, secret(token)); got != "true" {
		t.Error(got)
	}
	for _, algorithm := range []jose.SignatureAlgorithm{jose.RS512, jose.PS256} {
		if got := mustAsk(t, db, `1`, secret(is.sign(t, "rsa", algorithm, claims(audience)))); got != "1" {
			t.Error(algorithm, got)
		}
	}
	for _, c := range []struct{ by, want string }{
		{"secret", `{ database: Database("app") }`},
		{"secret:app:admin", "400"},
		{"secret:server", "403"},
	} {
		got := ""
		if resp := ask(t, db, `KeyFromSecret("`+token+`")`, secret(c.by)); resp.Status >= 400 {
			got = strconv.Itoa(resp.Status)
		} else {
			got, _ = show(t, resp)
		}
		if got != c.want {
			t.Errorf("KeyFromSecret by %s: %s, want %s", c.by, got, c.want)
		}
	}
	if resp := ask(t, db, `KeyFromSecret("ey.a.b")`); resp.Status != http.StatusBadRequest {
		t.Errorf("KeyFromSecret of no token: %d %s", resp.Status, resp.Body)
	}
	plain := claims(audience)
	plain["admin"] = false
	token = is.sign(t, "ec", jose.ES256, plain)
	if got := mustAsk(t, db, `Exists(Documents(Collection("notes")))`, secret(token)); got != "false" {
		t.Error("a token without the role reads: ", got)
	}
}

// TestBadBearer: none of these opens anything.
func TestBadBearer(t *testing.T) {
	is := newIssuer(t)
	db := opened(t, seriatim.Options{FetchKeys: is.fetch})
	audience := provide(t, db)
	good, _ := json.Marshal(claims(audience))
	with := func(name string, v any) map[string]any {
		c := claims(audience)
		if c[name] = v; v == nil {
			delete(c, name)
		}
		return c
	}
	public, err := x509.MarshalPKIXPublicKey(&is.private["rsa"].Key.(*rsa.PrivateKey).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	whole := is.sign(t, "rsa", jose.RS256, claims(audience))
	head, rest, _ := strings.Cut(whole, ".")
	_, signature, _ := strings.Cut(rest, ".")
	now := time.Now().Unix()
	for name, token := range map[string]string{
		"garbage":                    "ey.a.b",
		"two parts":                  head + "." + part(string(good)),
		"no algorithm":               part(`{"alg":"none","typ":"JWT"}`) + "." + part(string(good)) + ".",
		"a public key as secret":     signWith(t, public, "rsa", jose.HS256, string(good)),
		"another payload":            head + "." + part(strings.Replace(string(good), "ada", "eve", 1)) + "." + signature,
		"a key not published":        is.sign(t, "other", jose.RS256, claims(audience)),
		"another's key id":           signWith(t, is.private["other"].Key, "rsa", jose.RS256, string(good)),
		"no key id among two keys":   signWith(t, is.private["rsa"].Key, "", jose.RS256, string(good)),
		"another kind of key":        signWith(t, is.private["ec"].Key, "rsa", jose.ES256, string(good)),
		"over":                       is.sign(t, "rsa", jose.RS256, with("exp", now-1)),
		"not yet":                    is.sign(t, "rsa", jose.RS256, with("nbf", now+100)),
		"an end that is no time":     is.sign(t, "rsa", jose.RS256, with("exp", "never")),
		"an end beyond time":         is.sign(t, "rsa", jose.RS256, with("exp", 1e300)),
		"no audience":                is.sign(t, "rsa", jose.RS256, with("aud", nil)),
		"another audience":           is.sign(t, "rsa", jose.RS256, with("aud", "https://elsewhere.example")),
		"two databases":              is.sign(t, "rsa", jose.RS256, with("aud", []string{audience, "https://db.fauna.com/db/yyyyyyyyyyyyn"})),
		"a database that is not":     is.sign(t, "rsa", jose.RS256, with("aud", "https://db.fauna.com/db/yyyyyyyyyyyyw")),
		"the root, without provider": is.sign(t, "rsa", jose.RS256, with("aud", "https://db.fauna.com/db/yyyyyyyyyyyyn")),
		"another issuer":             is.sign(t, "rsa", jose.RS256, with("iss", "https://evil.example/")),
		"no issuer":                  is.sign(t, "rsa", jose.RS256, with("iss", nil)),
		"no role":                    is.sign(t, "rsa", jose.RS256, map[string]any{"iss": issuerName, "aud": audience, "sub": "nobody"}),
		"a claim twice":              is.sign(t, "rsa", jose.RS256, strings.Replace(string(good), `"sub":"ada"`, `"sub":"eve","sub":"ada"`, 1)),
		"no object":                  is.sign(t, "rsa", jose.RS256, `"x"`),
		"more than an object":        is.sign(t, "rsa", jose.RS256, string(good)+"1"),
		"very deep":                  is.sign(t, "rsa", jose.RS256, `{"a":`+strings.Repeat("[", 1000)+strings.Repeat("]", 1000)+`}`),
	} {
		if resp := ask(t, db, `1`, secret(token)); resp.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, resp.Status, resp.Body)
		}
	}
	for _, suffix := range []string{":admin", ":@role/writer"} {
		if resp := ask(t, db, `CurrentIdentity()`, secret(whole+suffix)); resp.Status != http.StatusUnauthorized {
			t.Errorf("a suffix %s: %d %s", suffix, resp.Status, resp.Body)
		}
	}
	if got := mustAsk(t, db, `CurrentIdentity()`, secret(whole)); got != "'ada'" {
		t.Error("the good one:", got)
	}
	mustAsk(t, db, `Delete(AccessProvider("p"))`, secret("secret:app:admin"))
	if resp := ask(t, db, `1`, secret(whole)); resp.Status != http.StatusUnauthorized {
		t.Errorf("after its provider was deleted: %d %s", resp.Status, resp.Body)
	}
}

// TestIssuerKeys: keys are fetched once, again when an unknown one is named or they
// are old, not too often, and old ones do while the issuer is away.
func TestIssuerKeys(t *testing.T) {
	is := newIssuer(t)
	var ahead atomic.Int64
	db := opened(t, seriatim.Options{FetchKeys: is.fetch, Clock: func() int64 { return time.Now().UnixMicro() + ahead.Load() }})
	audience := provide(t, db)
	endless := claims(audience)
	delete(endless, "exp")
	check := func(what, key string, status, fetched int) {
		t.Helper()
		if resp := ask(t, db, `1`, secret(is.sign(t, key, jose.RS256, endless))); resp.Status != status || is.fetched != fetched {
			t.Errorf("%s: %d %s after %d fetches, want %d after %d", what, resp.Status, resp.Body, is.fetched, status, fetched)
		}
	}
	is.down = true
	check("an issuer that is away", "rsa", http.StatusUnauthorized, 1)
	ahead.Add(2e6)
	is.down = false
	check("the first token", "rsa", http.StatusOK, 2)
	check("the second", "rsa", http.StatusOK, 2)
	check("an unknown key, too soon to ask", "other", http.StatusUnauthorized, 2)
	ahead.Add(2e6)
	check("an unknown key", "other", http.StatusUnauthorized, 3)
	is.publish("other")
	ahead.Add(2e6)
	check("a new key", "other", http.StatusOK, 4)
	check("a key that was taken back", "rsa", http.StatusUnauthorized, 4)
	is.down = true
	ahead.Add(3600e6)
	check("old keys, and the issuer is away", "other", http.StatusOK, 5)
	ahead.Add(24 * 3600e6)
	check("keys that are too old", "other", http.StatusUnauthorized, 6)
}

// TestBearerAtPosition: what a signed token says goes through the log, and holds
// there or not.
func TestBearerAtPosition(t *testing.T) {
	is := newIssuer(t)
	for _, c := range []struct {
		change string
		status int
	}{
		{`1`, http.StatusCreated},
		{`Delete(AccessProvider("p"))`, http.StatusUnauthorized},
		{`Update(AccessProvider("p"), { roles: [] })`, http.StatusUnauthorized},
		{`Update(Role("writer"), { privileges: [] })`, http.StatusForbidden},
	} {
		db, gate := gatedDatabase(t, seriatim.Options{FetchKeys: is.fetch})
		token := is.sign(t, "rsa", jose.RS256, claims(provide(t, db)))
		mustAsk(t, db, `1`, secret(token))
		done := make(chan *seriatim.Response)
		write := func() {
			done <- ask(t, db, `Create(Collection("notes"), { data: { by: CurrentIdentity() } })`, secret(token))
		}
		if c.change == `1` {
			go write()
		} else {
			gate.armed.Store(true)
			changed := make(chan int)
			go func() { changed <- ask(t, db, c.change, secret("secret:app:admin")).Status }()
			<-gate.arrived
			go write()
			time.Sleep(20 * time.Millisecond) // lets it reach the queue; the outcome must not depend on it
			close(gate.open)
			if got := <-changed; got != http.StatusOK {
				t.Fatalf("%s got %d", c.change, got)
			}
		}
		if resp := <-done; resp.Status != c.status {
			t.Errorf("%s: %d %s", c.change, resp.Status, resp.Body)
		} else if resp.Status == http.StatusCreated && !strings.Contains(string(resp.Body), `"by":"ada"`) {
			t.Errorf("%s", resp.Body)
		}
	}
}
