package catalog

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"seriatim/value"
)

// jwtSettings is the entity whose rows say whose signed tokens speak for their owners.
const jwtSettings = "Vendia_JwtAuthentication"

// NodeProviderOf returns who vouches for tokens that name this issuer and one of these
// audiences, and speak for a node of the view's uni: an access provider that is bound
// to the node, or a row of Vendia_JwtAuthentication that the node owns, as if it were
// one with the row's id. ok is false for nobody; the answer is in the read set.
func (v *View) NodeProviderOf(node, issuer string, audiences []string) (p *AccessProvider, ok bool, err error) {
	if p, ok := v.providerOfNode(node, issuer, audiences); ok || node == "" || v.Uni() == nil {
		return p, ok, nil
	}
	settings, ok, err := v.Lookup(value.Collections, jwtSettings)
	if err != nil || !ok {
		return nil, false, err
	}
	rows := v.Documents(value.CollectionID(settings.ID), Range{})
	for rows.Next() {
		doc, err := v.Get(rows.Ref(), 0)
		if err != nil {
			return nil, false, errors.Join(err, rows.Close())
		}
		if p := providerOfRow(doc); p != nil && p.Node == node && p.Issuer == issuer && slices.Contains(audiences, p.Audience) {
			return p, true, rows.Close()
		}
	}
	return nil, false, errors.Join(rows.Err(), rows.Close())
}

// providerOfNode is NodeProviderOf for access providers.
func (v *View) providerOfNode(node, issuer string, audiences []string) (*AccessProvider, bool) {
	s, err := v.schema()
	if err != nil || node == "" {
		return nil, false
	}
	for _, id := range sortedKeys(s.providers) {
		if p := s.providers[id]; p.Node == node && p.Issuer == issuer && slices.Contains(audiences, p.Audience) {
			return p, true
		}
	}
	return nil, false
}

// providerOfRow reads a row of Vendia_JwtAuthentication, nil for none.
func providerOfRow(d *value.Document) *AccessProvider {
	if d == nil {
		return nil
	}
	data, ok := memberObject(d.Body(), "data")
	if !ok || !isKeysURI(memberText(data, "jwksUrl")) {
		return nil
	}
	scopes, _ := data.Get("scopes")
	return &AccessProvider{
		ID: d.Ref.ID, Name: memberText(data, "name"), Issuer: memberText(data, "issuer"), KeysURI: memberText(data, "jwksUrl"),
		Node: memberText(data, OwnerMember), Audience: memberText(data, "audience"), Scopes: texts(scopes),
	}
}

// isKeysURI reports whether keys may come from there: over TLS only.
func isKeysURI(text string) bool {
	u, err := url.Parse(text)
	return err == nil && strings.EqualFold(u.Scheme, "https") && u.Host != ""
}

// checkSettings checks what the schema of system documents does not say.
func checkSettings(entity string, data *value.Object) []Violation {
	if entity != jwtSettings || isKeysURI(memberText(data, "jwksUrl")) {
		return nil
	}
	return []Violation{{Pointer: "/jwksUrl", Keyword: "format", Limit: value.String("uri"), Message: "must begin with https"}}
}
