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

// readSecret returns the secret in file, "" when there is no such file.
func readSecret(file string) (string, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	if len(secret) < minSecret {
		return "", fmt.Errorf("the root secret in %s has fewer than %d characters", file, minSecret)
	}
	return secret, nil
}

// newSecret returns a secret of 160 random bits.
func newSecret() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return "sr" + base64.RawURLEncoding.EncodeToString(b[:])
}

// keepSecret writes a secret to a new file that only its owner may read, whole or
// not at all.
func keepSecret(file, secret string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(secret + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}
