package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Fetching bounds the requests that the server makes itself, to addresses that
// somebody wrote into a database. Zero fields take their defaults.
type Fetching struct {
	// AllowPrivate lets them reach this machine and inside networks, and go through
	// the proxy that the environment names (HTTPS_PROXY), which may reach anything.
	AllowPrivate bool
	// Time bounds a request whole, from looking up the name to the end of its answer; 5 s.
	Time time.Duration
	// Bytes bounds the body of an answer as it is read, unpacked; 256 KiB.
	// Beyond it reading fails with *http.MaxBytesError.
	Bytes int64
	// Roots are the authorities whose certificates are believed; nil is the system's.
	Roots *x509.CertPool

	resolver *net.Resolver // of tests
}

// ErrNotPublic says that a request was not sent, because it would have gone to
// this machine or to an inside network.
var ErrNotPublic = errors.New("httpapi: not a public address")

// maxFetchHeader bounds the headers of an answer, in bytes.
const maxFetchHeader = 16 << 10

// NewFetchClient returns a client for requests to addresses that are not to be
// trusted: over https only, following no redirect (its caller gets the 3xx), and,
// unless AllowPrivate, to public addresses only. Each address is looked at when it
// is about to be connected to, so that it does not matter what name, spelling or
// change of mind of a name server led there. The client is safe for concurrent use.
func NewFetchClient(f Fetching) *http.Client {
	orElse(&f.Time, 5*time.Second)
	orElse(&f.Bytes, 256<<10)
	dialer := &net.Dialer{Timeout: f.Time, Resolver: f.resolver}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: f.Roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: maxFetchHeader,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        time.Minute,
	}
	if f.AllowPrivate {
		transport.Proxy = http.ProxyFromEnvironment
	} else {
		dialer.Control = refusePrivate
	}
	return &http.Client{
		Transport:     &fetches{transport, f.Bytes},
		Timeout:       f.Time,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetches sends requests over https only and bounds the bodies of answers.
type fetches struct {
	http.RoundTripper
	bytes int64
}

func (b *fetches) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, fmt.Errorf("httpapi: only https is fetched, not %s", r.URL.Scheme)
	}
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, b.bytes)
	}
	return resp, err
}

// CloseIdleConnections lets http.Client's reach the transport below.
func (b *fetches) CloseIdleConnections() {
	if c, ok := b.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// refusePrivate is a dialer's Control: address is what is about to be connected to.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return fmt.Errorf("%w: %s", ErrNotPublic, address)
	}
	return nil
}

// public tells whether an address is one of the internet's: neither this machine's
// nor an inside network's, nor for groups, documentation or a way around (RFC 6890
// and the registries it began).
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if nat64.Contains(a) { // an IPv4 address behind a translator
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if a.Is6() && !global6.Contains(a) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsValid()
}

var (
	nat64   = netip.MustParsePrefix("64:ff9b::/96")
	global6 = netip.MustParsePrefix("2000::/3") // all else of IPv6 is for special purposes
	special = prefixes(
		"0.0.0.0/8",                                     // this network
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // private
		"100.64.0.0/10",                 // shared, behind a carrier's translator
		"127.0.0.0/8",                   // this machine
		"169.254.0.0/16",                // the link; clouds tell machines their secrets there
		"192.0.0.0/24", "198.18.0.0/15", // protocols, measurements
		"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation
		"192.88.99.0/24",             // relays
		"224.0.0.0/4", "240.0.0.0/4", // groups, reserved, broadcast
		"2001::/23", "2002::/16", // protocols, Teredo; IPv4 in IPv6
		"2001:db8::/32", "3fff::/20", // documentation
	)
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}
