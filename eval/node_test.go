package eval_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/txn"
	"seriatim/value"
)

// TestIdentifyNode: who may ask a node of a uni, and as whom, by the Authorization
// header of the request.
func TestIdentifyNode(t *testing.T) {
	s := newUniSession(t)
	db := uint64(2)
	s.in(t, func(tx *txn.Tx) error {
		root, err := catalog.NewView(tx, catalog.Root, s.options())
		if err != nil {
			return err
		}
		u := &catalog.Uni{
			Name:   "Supply",
			Schema: []byte(`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"Motto":{"type":"string"}}}`),
			Nodes:  []catalog.Node{{Name: "North"}, {Name: "South"}},
		}
		_, err = s.settle(root, u)
		return err
	})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s.in(t, func(tx *txn.Tx) error {
		v, err := catalog.NewView(tx, db, s.options())
		if err != nil {
			return err
		}
		v.WriteAs("North")
		settings, _, err := v.Lookup(value.Collections, "Vendia_JwtAuthentication")
		if err != nil {
			return err
		}
		jwt := func(keys string) error {
			_, err := v.CreateRow(value.CollectionID(settings.ID), 0, value.NewObject(
				value.Field{Name: "name", Value: value.String("login")}, value.Field{Name: "issuer", Value: value.String("https://i.example/")},
				value.Field{Name: "audience", Value: value.String("supply")}, value.Field{Name: "jwksUrl", Value: value.String(keys)},
				value.Field{Name: "scopes", Value: value.Array{value.String("goods:read")}}), catalog.Row{})
			return err
		}
		if err := jwt("http://i.example/keys"); !errors.As(err, new(*catalog.Violated)) {
			return fmt.Errorf("keys without TLS are taken: %w", err)
		}
		if err := jwt("https://i.example/keys"); err != nil {
			return err
		}
		motto, _, err := v.Lookup(value.Collections, "Motto")
		if err != nil {
			return err
		}
		doc, err := v.CreateRow(value.CollectionID(motto.ID), 0, value.NewObject(value.Field{Name: "value", Value: value.String("x")}), catalog.Row{})
		if err != nil {
			return err
		}
		made, err := v.Create(value.Tokens, 0, value.NewObject(value.Field{Name: "instance", Value: doc.Ref}))
		if err != nil {
			return err
		}
		s.keep("token", made)
		reader, err := v.Create(value.Keys, 0, value.NewObject(
			value.Field{Name: "role", Value: value.String("server-readonly")}, value.Field{Name: "node", Value: value.String("North")}))
		if err != nil {
			return err
		}
		s.keep("reader", reader)
		locked, err := v.Create(value.Keys, 0, value.NewObject(
			value.Field{Name: "role", Value: value.String("server")}, value.Field{Name: "node", Value: value.String("North")},
			value.Field{Name: "data", Value: value.NewObject(value.Field{Name: "status", Value: value.String("LOCKED")})}))
		if err != nil {
			return err
		}
		s.keep("locked", locked)
		v.WriteAs("South")
		_, err = v.Create(value.AccessProviders, 0, value.NewObject(
			value.Field{Name: "name", Value: value.String("login")}, value.Field{Name: "issuer", Value: value.String("https://i.example/")},
			value.Field{Name: "audience", Value: value.String("south")}, value.Field{Name: "jwks_uri", Value: value.String("https://i.example/keys")},
			value.Field{Name: "node", Value: value.String("South")}))
		return err
	})
	source := func(uri, _ string) (*auth.Keys, error) {
		if uri != "https://i.example/keys" {
			return nil, errors.New("unknown issuer")
		}
		text, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k"}}})
		if err != nil {
			return nil, err
		}
		return auth.ParseKeys(text)
	}
	token := func(claims string) string { return sign(t, key, claims) }
	good := token(`{"iss":"https://i.example/","aud":["x","supply"],"scope":"openid goods:read"}`)
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(s.kept["North"]+":"))
	for i, c := range []struct {
		header, node string
		ok           bool
	}{
		{s.kept["North"], "North", true},
		{" " + s.kept["North"] + " ", "North", true},
		{"Bearer " + s.kept["North"], "North", true},
		{basic, "North", true},
		{good, "North", true},
		{"Bearer " + good, "North", true},
		{token(`{"iss":"https://i.example/","aud":"supply","permissions":["goods:read"]}`), "North", true},
		{token(`{"iss":"https://i.example/","aud":"south"}`), "South", true},
		{"", "North", false},
		{"Digest " + s.kept["North"], "North", false},
		{"nonsense", "North", false},
		{"root", "North", false}, // an operator is no node
		{s.kept["South"], "North", false},
		{s.kept["token"], "North", false}, // a user, who writes for the node as far as roles go
		{s.kept["reader"], "North", false},
		{s.kept["locked"], "North", false},
		{s.kept["North"] + ":@doc/Motto/1", "North", false},
		{s.kept["North"], "South", false},
		{s.kept["North"], "", false},
		{s.kept["North"], "West", false},
		{good, "South", false},
		{good + "x", "North", false},
		{sign(t, mustKey(t), `{"iss":"https://i.example/","aud":"supply","scope":"goods:read"}`), "North", false},
		{token(`{"iss":"https://i.example/","aud":"supply","scope":"goods"}`), "North", false},
		{token(`{"iss":"https://i.example/","aud":"supply"}`), "North", false},
		{token(`{"iss":"https://j.example/","aud":"supply","scope":"goods:read"}`), "North", false},
		{token(`{"iss":"https://i.example/","aud":"elsewhere","scope":"goods:read"}`), "North", false},
		{token(`{"iss":"https://i.example/","scope":"goods:read"}`), "North", false},
		{token(`{"iss":"https://i.example/","aud":"supply","scope":"goods:read","exp":1}`), "North", false},
	} {
		who, err := s.ask(c.header, db, c.node, source)
		if ok := err == nil; ok != c.ok || err != nil && !errors.Is(err, auth.ErrUnauthorized) || ok && who != c.node {
			t.Errorf("%d: %q at %s: %q %v", i, c.header, c.node, who, err)
		}
	}
	// A node's token opens no database to FQL.
	tx := s.begin()
	defer tx.Close()
	if _, _, err := auth.Identify(tx, auth.HashSecret("root"), auth.Credential{Secret: good, Signed: true}, source, s.options()); !errors.Is(err, auth.ErrUnauthorized) {
		t.Errorf("FQL takes a node's token: %v", err)
	}
}

// ask returns the node that the header speaks for, after it wrote as that node and was
// established again.
func (s *uniSession) ask(header string, db uint64, node string, keys auth.KeySource) (string, error) {
	tx := s.begin()
	defer tx.Close()
	c, ok := auth.ParseNodeAuthorization(header)
	if !ok {
		return "", auth.ErrUnauthorized
	}
	who, view, err := auth.IdentifyNode(tx, auth.HashSecret("root"), c, db, node, keys, s.options())
	if err != nil {
		return "", err
	}
	ref, _, err := view.Lookup(value.Collections, "Motto")
	if err != nil {
		return "", err
	}
	data := value.NewObject(value.Field{Name: "value", Value: value.String("x")})
	doc, err := view.CreateRow(value.CollectionID(ref.ID), 0, data, catalog.Row{})
	if errors.As(err, new(*catalog.Exists)) {
		if _, err = view.DeleteRow(value.Ref{Collection: value.CollectionID(ref.ID), ID: catalog.SingleID}); err == nil {
			doc, err = view.CreateRow(value.CollectionID(ref.ID), 0, data, catalog.Row{})
		}
	}
	if err != nil {
		return "", err
	}
	again, _, err := auth.DecodeIdentity(who.Append(nil))
	if err != nil {
		return "", err
	}
	again, _, err = auth.Recheck(tx, again, s.options())
	if err != nil {
		return "", err
	}
	rights, err := again.Rights(view, nil)
	if err != nil {
		return "", err
	}
	if role, ok := auth.BuiltInOf(rights); !ok || role != auth.Server {
		return "", fmt.Errorf("rights %v", rights)
	}
	owner, _ := doc.Body().Get("data")
	name, _ := owner.(*value.Object).Get("_owner")
	if name != value.Value(value.String(again.Node)) {
		return "", fmt.Errorf("%s wrote as %v", again.Node, name)
	}
	return again.Node, nil
}

// keep remembers the secret of a new document.
func (s *uniSession) keep(name string, made *value.Document) {
	secret, _ := made.Body().Get("secret")
	text, _ := secret.(value.String)
	s.kept[name] = string(text)
}

func mustKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign makes a token.
func sign(t *testing.T, key *ecdsa.PrivateKey, claims string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
