package seriatim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestManyIssuers: the keys of the issuers used last are kept, and each address is
// asked once a second at most, whether or not it is still among them.
func TestManyIssuers(t *testing.T) {
	now, asked := int64(1e15), map[string]int{}
	fetch := func(_ context.Context, uri string) ([]byte, error) {
		if asked[uri]++; strings.HasPrefix(uri, "bad") {
			return nil, errors.New("no route to host")
		}
		return []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`), nil
	}
	s := newIssuers(fetch, func() int64 { now++; return now }, slog.New(slog.DiscardHandler))
	get := func(uri string) bool {
		keys, err := s.keys(t.Context(), uri, "k")
		return err == nil && keys.Has("k")
	}
	crowd := func(name string) {
		for i := range maxIssuers - 1 {
			get(fmt.Sprint(name, i))
			if i%100 == 0 && !get("ours") {
				t.Fatal("the keys in use were forgotten")
			}
		}
	}
	if !get("ours") || get("bad") {
		t.Fatal("keys of an issuer")
	}
	for range 3 {
		crowd("one")
		crowd("bad")
		if get("bad") || asked["bad"] != 1 || asked["bad1"] != 1 || asked["one1"] != 1 || asked["ours"] != 1 {
			t.Errorf("too often: %d, %d, %d, %d", asked["bad"], asked["bad1"], asked["one1"], asked["ours"])
		}
	}
	if len(s.known) > maxIssuers {
		t.Errorf("%d issuers are kept", len(s.known))
	}
	now += fetchEvery
	if get("bad"); asked["bad"] != 2 {
		t.Errorf("after a second: %d", asked["bad"])
	}
	now -= int64(time.Hour / time.Microsecond)
	if get("bad"); asked["bad"] != 3 {
		t.Errorf("by a clock that was set back: %d", asked["bad"])
	}
	now += 10 * fetchEvery
	get("bad")
	if now += fetchEvery; get("bad") || len(s.lately)+len(s.before) > 2 {
		t.Errorf("%d and %d attempts are remembered", len(s.lately), len(s.before))
	}
}
