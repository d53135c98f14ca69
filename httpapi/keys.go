package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"seriatim"
)

// NewKeyFetcher returns what gets the key sets of access providers' issuers by
// client, which NewFetchClient made.
func NewKeyFetcher(client *http.Client) seriatim.FetchKeys {
	return func(ctx context.Context, uri string) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
		if err != nil {
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
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, fmt.Errorf("httpapi: keys of an issuer: %w from %s", err, r.URL.Redacted())
		}
		return text, nil
	}
}
