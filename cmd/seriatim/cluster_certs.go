package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// certDir is a directory with an authority and nodes' certificates. What is in it is
// never written over.
type certDir string

func (d certDir) file(name string) string { return filepath.Join(string(d), name) }

// authority is who signs the nodes' certificates.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

const (
	authorityYears = 10
	// clockSlack is how far behind a node's clock may be when a new certificate reaches it.
	clockSlack = time.Hour
)

// authority returns the directory's authority, which it makes when there is none.
func (d certDir) authority(now time.Time) (made bool, a *authority, err error) {
	cert, err := readCert(d.file("ca.pem"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		made = true
	case err != nil:
		return false, nil, err
	case !cert.IsCA:
		return false, nil, fmt.Errorf("%s is not an authority", d.file("ca.pem"))
	}
	if _, err := os.Stat(d.file("ca.key")); err != nil && !made {
		return false, nil, fmt.Errorf("%s is there without ca.key: certificates can be made only where the authority's key is", d.file("ca.pem"))
	}
	key, err := d.key("ca.key")
	if err != nil {
		return false, nil, err
	}
	if !made {
		return false, &authority{cert, key}, match(cert, key, d.file("ca"))
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "Seriatim cluster"},
		NotBefore: now.Add(-clockSlack), NotAfter: now.AddDate(authorityYears, 0, 0),
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
	}
	cert, err = d.sign("ca.pem", template, template, key, key)
	return true, &authority{cert, key}, err
}

// node returns a node's certificate, which it makes when there is none. One that is
// there has to be good for the node.
func (d certDir) node(a *authority, n certNode, now time.Time, life time.Duration) (made bool, cert *x509.Certificate, err error) {
	pemFile := d.file(n.name + ".pem")
	if cert, err = readCert(pemFile); err == nil {
		if _, err := os.Stat(d.file(n.name + ".key")); err != nil {
			return false, nil, fmt.Errorf("%s is there without %s.key: move it away and run this again", pemFile, n.name)
		}
		key, err := d.key(n.name + ".key")
		if err == nil {
			err = errors.Join(match(cert, key, d.file(n.name)), a.good(cert, n, now))
		}
		if err != nil {
			return false, nil, fmt.Errorf("%w; to replace it move %s away and run this again", err, pemFile)
		}
		return false, cert, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return false, nil, err
	}
	key, err := d.key(n.name + ".key")
	if err != nil {
		return false, nil, err
	}
	until := now.Add(life)
	if until.After(a.cert.NotAfter) {
		until = a.cert.NotAfter // nothing outlives what it is trusted by
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: n.name},
		NotBefore: now.Add(-clockSlack), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	hosts := n.hosts
	if hosts == nil {
		hosts = []string{n.name, "localhost", "127.0.0.1", "::1"}
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	cert, err = d.sign(n.name+".pem", template, a.cert, key, a.key)
	return true, cert, err
}

// good says why a certificate is not one for a node by this authority.
func (a *authority) good(cert *x509.Certificate, n certNode, now time.Time) error {
	file := n.name + ".pem"
	if err := cert.CheckSignatureFrom(a.cert); err != nil {
		return fmt.Errorf("%s is another authority's", file)
	}
	if now.After(cert.NotAfter) {
		return fmt.Errorf("%s has expired on %s", file, cert.NotAfter.UTC().Format(time.DateOnly))
	}
	has := certHosts(cert)
	for _, host := range n.hosts {
		if !slices.Contains(has, host) {
			return fmt.Errorf("%s is for %v, not for %s", file, has, host)
		}
	}
	return nil
}

// certHosts are the names and addresses that a certificate is for.
func certHosts(cert *x509.Certificate) []string {
	hosts := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	return hosts
}

// key returns the private key in a file, which it makes when there is none.
func (d certDir) key(name string) (crypto.Signer, error) {
	text, err := os.ReadFile(d.file(name))
	if err == nil {
		block, _ := pem.Decode(text)
		if block == nil {
			return nil, fmt.Errorf("%s is not PEM", d.file(name))
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if signer, ok := key.(crypto.Signer); ok && err == nil {
			return signer, nil
		}
		return nil, fmt.Errorf("%s is not a private key in PKCS #8: %v", d.file(name), err)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, d.write(name, "PRIVATE KEY", der, 0o600)
}

// sign writes a certificate for a key.
func (d certDir) sign(name string, template, parent *x509.Certificate, key, by crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		return nil, err
	}
	if err := d.write(name, "CERTIFICATE", der, 0o644); err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// write makes a file that is not there yet, whole or not at all.
func (d certDir) write(name, kind string, der []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(string(d), "new-*") // only its owner may read it
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = pem.Encode(f, &pem.Block{Type: kind, Bytes: der})
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), d.file(name)) // fails when somebody was faster
}

func readCert(file string) (*x509.Certificate, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not PEM", file)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return cert, nil
}

// match says whether a certificate and a key belong together.
func match(cert *x509.Certificate, key crypto.Signer, files string) error {
	if public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); ok && public.Equal(key.Public()) {
		return nil
	}
	return fmt.Errorf("%s.pem and %[1]s.key do not belong together", files)
}

var hostName = regexp.MustCompile(`^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// checkHost says what is wrong with a host, nil for nothing.
func checkHost(host string) error {
	if net.ParseIP(host) == nil && (len(host) > 253 || !hostName.MatchString(host)) {
		return fmt.Errorf("%q is neither a host name nor an address; ports are not part of it", host)
	}
	return nil
}
