package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// maxKeySet bounds the key set of an issuer, in bytes.
const maxKeySet = 256 << 10

// keyClient fetches key sets, over TLS only, wherever it is sent on to.
var keyClient = &http.Client{
	CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > 3 {
			return errors.New("httpapi: too many redirects")
		}
		return overTLS(r.URL)
	},
}

func overTLS(u *url.URL) error {
	if u.Scheme != "https" {
		return fmt.Errorf("httpapi: keys of an issuer come over https, not from %s", u.Redacted())
	}
	return nil
}

// FetchKeys gets the key set of an access provider's issuer (seriatim.FetchKeys).
func FetchKeys(ctx context.Context, uri string) ([]byte, error) {
	return fetchKeys(ctx, keyClient, uri)
}

func fetchKeys(ctx context.Context, client *http.Client, uri string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	if err := overTLS(r.URL); err != nil {
		return nil, err
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("httpapi: keys of an issuer: status %d from %s", resp.StatusCode, r.URL.Redacted())
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxKeySet+1))
	if err == nil && len(text) > maxKeySet {
		err = fmt.Errorf("httpapi: keys of an issuer: more than %d bytes from %s", maxKeySet, r.URL.Redacted())
	}
	return text, err
}
