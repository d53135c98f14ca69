package cluster

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"time"
)

const (
	// certificateWarning is how long before its end a certificate is told of.
	certificateWarning = 30 * 24 * time.Hour
	// certificateEvery is how often it is looked at.
	certificateEvery = time.Hour
)

// ends reads when the first certificate of a PEM file is good no longer.
func ends(file string) (time.Time, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return time.Time{}, fmt.Errorf("cluster: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return time.Time{}, fmt.Errorf("cluster: %s holds no certificate", file)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}, fmt.Errorf("cluster: %s: %w", file, err)
	}
	return cert.NotAfter, nil
}

// checkCertificates tells the log of certificates that end soon or have ended: to the other
// nodes that looks like a node that is gone.
func (n *Node) checkCertificates(context.Context) {
	for _, file := range []string{n.config.Identity.Certificate, n.config.Identity.Authority} {
		if file == "" {
			continue
		}
		end, err := ends(file)
		left := time.Until(end)
		switch {
		case err != nil:
			n.logger.Warn("when a certificate ends cannot be read", "file", file, "err", err)
		case left <= 0:
			n.logger.Error("a certificate has ended, and the other nodes refuse this one: put a new one in its place, it is read again without a restart", "file", file, "ended", end.UTC())
		case left < certificateWarning:
			n.logger.Warn("a certificate ends soon: put a new one in its place, it is read again without a restart", "file", file, "ends", end.UTC(), "days", int(left.Hours()/24))
		}
	}
}
