package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// devSecret is the root secret of development servers and nothing else.
const devSecret = "secret"

// minSecret is the fewest characters a root secret may have.
const minSecret = 16

// readOrMakeSecret returns the secret in file. When there is no such file it makes
// one, readable by its owner only, with 160 random bits.
func readOrMakeSecret(file string) (secret string, made bool, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		secret, err = makeSecret(file)
		return secret, err == nil, err
	}
	if err != nil {
		return "", false, err
	}
	secret = strings.TrimSpace(string(text))
	if len(secret) < minSecret {
		return "", false, fmt.Errorf("the root secret in %s has fewer than %d characters", file, minSecret)
	}
	return secret, false, nil
}

func makeSecret(file string) (string, error) {
	var b [20]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	secret := "sr" + base64.RawURLEncoding.EncodeToString(b[:])
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(secret + "\n")
	return secret, errors.Join(err, f.Sync(), f.Close())
}
