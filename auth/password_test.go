package auth

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

// TestMatchesPassword has hashes from here and from elsewhere.
func TestMatchesPassword(t *testing.T) {
	long := strings.Repeat("0123456789", 10)
	ours := map[string]string{}
	for _, password := range []string{"", "sesame", "séßame", "with\x00zero", long} {
		hash, err := HashPassword(password)
		if err != nil {
			t.Fatal(err)
		}
		ours[password] = hash
	}
	for password, hash := range ours {
		for other := range ours {
			if got := MatchesPassword(other, hash); got != (other == password) {
				t.Errorf("%q against the hash of %q: %v", other, password, got)
			}
		}
	}
	if MatchesPassword(long[:72], ours[long]) || MatchesPassword(long+"x", ours[long]) {
		t.Error("a long password is cut")
	}
	for _, c := range []struct {
		password, hash string
		want           bool
	}{ // test vectors of crypt_blowfish, with the versions that are about
		{"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true},
		{"U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true},
		{"U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", true},
		{"U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", true},
		{"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", false},
		{
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
			"$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui", true,
		},
		{"", "", false},
		{"x", "no hash", false},
		{"x", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", false},
	} {
		if got := MatchesPassword(c.password, c.hash); got != c.want {
			t.Errorf("%q, %q: %v", c.password, c.hash, got)
		}
	}
}

// TestDecoy: what is compared when there is no password takes what new ones take.
func TestDecoy(t *testing.T) {
	if cost, err := bcrypt.Cost([]byte(decoy)); err != nil || cost != passwordCost || !IsPasswordHash(decoy) {
		t.Errorf("cost %d, %v", cost, err)
	}
}
