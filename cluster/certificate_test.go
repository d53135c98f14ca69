package cluster

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seriatim/txlog/etcdlog"
)

// TestCertificateEnds: an operator hears of a certificate before the other nodes refuse it.
func TestCertificateEnds(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.pem")
	for _, one := range []struct {
		left time.Duration
		want string
	}{{100 * 24 * time.Hour, ""}, {10 * 24 * time.Hour, "level=WARN msg=\"a certificate ends soon"}, {-time.Hour, "level=ERROR msg=\"a certificate has ended"}} {
		cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour * 48), NotAfter: time.Now().Add(one.left)}
		der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		n := &Node{config: &Config{Identity: etcdlog.Identity{Certificate: file}}, logger: slog.New(slog.NewTextHandler(&out, nil))}
		n.checkCertificates(t.Context())
		if got := out.String(); one.want == "" && got != "" || !strings.Contains(got, one.want) {
			t.Errorf("%v left: %q, want %q", one.left, got, one.want)
		}
	}
}
