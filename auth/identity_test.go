package auth

import (
	"encoding/hex"
	"reflect"
	"testing"

	"seriatim/value"
)

// identities are one of each kind, with their bytes.
var identities = []struct {
	id   Identity
	want string
}{
	{Identity{Database: 1, Role: Admin}, "00000000000000010300000000000000000000000000000000000000" + "00"},
	{
		Identity{Database: 2, Role: Server, Key: value.Ref{Collection: value.Keys, ID: 7}, KeyDatabase: 1},
		"0000000000000002" + "02" + "00000006" + "0000000000000007" + "0000000000000001",
	},
	{
		Identity{
			Database: 2, Kind: Document, Instance: value.Ref{Collection: 1024, ID: 9},
			Key: value.Ref{Collection: value.Tokens, ID: 7}, KeyDatabase: 2,
		},
		"820002" + "0000000000000002" + "00" + "00000007" + "0000000000000007" + "0000000000000002" +
			"00000400" + "0000000000000009" + "00",
	},
	{
		Identity{Database: 2, Kind: Bearer, Provider: 7, Claims: mustClaims(`{"a":1}`)},
		"83" + "0000000000000002" + "0000000000000007" + "07" + "7b2261223a317d",
	},
	{
		Identity{Database: 2, Role: Server, Key: value.Ref{Collection: value.Keys, ID: 7}, KeyDatabase: 2, Node: "North"},
		"84" + "05" + "4e6f727468" + "0000000000000002" + "02" + "00000006" + "0000000000000007" + "0000000000000002",
	},
	{
		Identity{Database: 2, Kind: Bearer, Provider: 7, Claims: mustClaims(`{}`), Node: "N"},
		"84" + "01" + "4e" + "83" + "0000000000000002" + "0000000000000007" + "02" + "7b7d",
	},
	{
		Identity{Database: 2, Kind: UserRoles, Roles: []int64{5}, Narrowed: true},
		"820101" + "0000000000000002" + "00" + "00000000" + "0000000000000000" + "0000000000000000" +
			"00000000" + "0000000000000000" + "01" + "0000000000000005",
	},
}

func mustClaims(text string) *Claims {
	c, err := parseClaims([]byte(text))
	if err != nil {
		panic(err)
	}
	return c
}

func TestIdentityBytes(t *testing.T) {
	for _, c := range identities {
		b := c.id.Append(nil)
		if got := hex.EncodeToString(b); got != c.want {
			t.Errorf("%+v: %s, want %s", c.id, got, c.want)
		}
		got, rest, err := DecodeIdentity(append(b, "rest"...))
		if err != nil || string(rest) != "rest" || !reflect.DeepEqual(got, c.id) {
			t.Errorf("%x: %+v %q %v", b, got, rest, err)
		}
		for n := range b {
			if _, _, err := DecodeIdentity(b[:n]); err == nil {
				t.Errorf("%x is taken for an identity", b[:n])
			}
		}
	}
}

// FuzzIdentity: what is decoded is encoded to the same bytes.
func FuzzIdentity(f *testing.F) {
	for _, c := range identities {
		f.Add(c.id.Append(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		id, rest, err := DecodeIdentity(b)
		if err != nil {
			return
		}
		if again := id.Append(nil); string(again) != string(b[:len(b)-len(rest)]) {
			t.Errorf("%x becomes %x", b, again)
		}
	})
}
