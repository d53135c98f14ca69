package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"seriatim/catalog"
	"seriatim/txn"
)

// Keys are the public keys of an issuer (JSON Web Key Set, RFC 7517).
type Keys struct{ set jose.JSONWebKeySet }

// ParseKeys reads a key set. Keys that it cannot read are left out.
func ParseKeys(text []byte) (*Keys, error) {
	var raw struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	k := &Keys{}
	for _, one := range raw.Keys {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(one); err == nil && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			k.set.Keys = append(k.set.Keys, key)
		}
	}
	return k, nil
}

// Has reports whether there is a key for tokens that name keyID; "" is a token that
// names none.
func (k *Keys) Has(keyID string) bool { return k != nil && len(k.named(keyID)) > 0 }

// named returns the keys of an identity. A token that names none means the only one.
func (k *Keys) named(keyID string) []jose.JSONWebKey {
	if keyID == "" && len(k.set.Keys) == 1 {
		return k.set.Keys
	}
	return k.set.Key(keyID)
}

// KeySource returns the keys that an issuer publishes at uri, among them, if the
// issuer has it, the one called keyID. It may wait for the network.
type KeySource func(uri, keyID string) (*Keys, error)

// accepted are the algorithms of signatures. None is symmetric: a public key is
// no secret, so what it would sign anybody could.
var accepted = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// fits reports whether a signature of an algorithm may be checked with key. The
// key decides: by the algorithm that it names, and by its kind.
func fits(key *jose.JSONWebKey, algorithm string) bool {
	if key.Algorithm != "" && key.Algorithm != algorithm {
		return false
	}
	switch key.Key.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
	case *ecdsa.PublicKey:
		return strings.HasPrefix(algorithm, "ES")
	case ed25519.PublicKey:
		return algorithm == string(jose.EdDSA)
	}
	return false
}

// IsSigned tells signed tokens from other secrets, as the protocol does.
func IsSigned(secret string) bool {
	return strings.HasPrefix(secret, "ey") && strings.Contains(secret, ".")
}

// fromJWT finds who presents a signed token: the audience is the database, the
// issuer one of its access providers, with one of whose keys it has to be signed.
func fromJWT(tx *txn.Tx, token string, source KeySource, o catalog.Options) (Identity, error) {
	return verified(tx, token, source, func(claims *Claims) (Identity, *catalog.AccessProvider, error) {
		return provided(tx, claims, o)
	})
}

// verified returns whom a signed token is about, as of tells, if the access provider
// that of finds vouches for it.
func verified(tx *txn.Tx, token string, source KeySource, of func(*Claims) (Identity, *catalog.AccessProvider, error)) (Identity, error) {
	signed, err := jose.ParseSignedCompact(token, accepted)
	if err != nil || source == nil || len(signed.Signatures) != 1 {
		return Identity{}, ErrUnauthorized
	}
	claims, err := parseClaims(signed.UnsafePayloadWithoutVerification())
	if err != nil || !claims.current(tx.Clock()) {
		return Identity{}, ErrUnauthorized
	}
	id, provider, err := of(claims)
	if err != nil {
		return Identity{}, err
	}
	header := signed.Signatures[0].Protected
	keys, err := source(provider.KeysURI, header.KeyID)
	if err != nil {
		return Identity{}, ErrUnauthorized
	}
	for _, key := range keys.named(header.KeyID) {
		if !fits(&key, header.Algorithm) {
			continue
		}
		if payload, err := signed.Verify(key.Key); err == nil && slices.Equal(payload, claims.JSON) {
			return id, nil
		}
	}
	return Identity{}, ErrUnauthorized
}

// provided returns whom claims are about, the signature aside.
func provided(tx *txn.Tx, claims *Claims, o catalog.Options) (Identity, *catalog.AccessProvider, error) {
	ours := slices.DeleteFunc(claims.audiences(), func(name string) bool { return !catalog.IsAudience(name) })
	if len(ours) != 1 {
		return Identity{}, nil, ErrUnauthorized
	}
	db, ok := catalog.DatabaseOfAudience(ours[0])
	issuer, named := claims.text("iss")
	if !ok || !named {
		return Identity{}, nil, ErrUnauthorized
	}
	view, err := catalog.NewView(tx, db, o)
	if err != nil {
		return Identity{}, nil, gone(err)
	}
	provider, ok := view.ProviderOf(issuer)
	if !ok {
		return Identity{}, nil, ErrUnauthorized
	}
	return Identity{Database: db, Kind: Bearer, Claims: claims, Provider: provider.ID}, provider, nil
}
