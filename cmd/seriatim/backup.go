package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seriatim"
	"seriatim/archive"
	"seriatim/checkpoint"
	"seriatim/client"
	"seriatim/txlog"
)

// backupFlags are the flags of backup.
type backupFlags struct {
	target
	rate int64
}

const backupLong = "Get a backup of a running server: a state image of the whole database as of one position of its log, with a\n" +
	"manifest of every file's SHA-256. DIR must not exist; it appears when everything has arrived and has the right\n" +
	"hash. Interrupted, the same command goes on where it stopped (in DIR.partial).\n\n" +
	"The secret is that of an admin of the root database. Private keys of unis' nodes, the root secret and\n" +
	"certificates are in no backup: see docs/backup.md.\n\n" +
	"Exit codes: 0 success, 1 failure, 2 usage, 3 no connection, 4 unauthorized."

func (p *program) backupCommand() *cobra.Command {
	var f backupFlags
	c := &cobra.Command{
		Use: "backup DIR", Short: "Back up a running server, and check backups", Long: backupLong, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.backup(c.Context(), &f, args[0]) },
	}
	p.targetFlags(c, &f.target)
	c.Flags().Int64Var(&f.rate, "rate", checkpoint.DefaultBytesPerSecond>>20, "`MiB` a second to receive at most; 0 for no bound")
	c.AddCommand(&cobra.Command{
		Use: "verify DIR", Short: "Read every file of a backup, or of an archive, and check it",
		Long: "Read every file of a backup and compare it with the manifest, and the state in it with the position that the\nmanifest says. The first file that differs is named. Nothing is written.\n\n" +
			"Of an archive every block of every run is read and checked, and what the runs reach is printed.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.backupVerify(args[0]) },
	})
	return c
}

func (p *program) backup(ctx context.Context, f *backupFlags, dir string) error {
	if f.rate < 0 {
		return fail(exitUsage, "backup: --rate is not negative")
	}
	s, err := f.client() // looks at endpoint and secret
	if err != nil {
		return err
	}
	defer s.Close()
	// A server that is not there is told at once; later it may be away for a while.
	if err := s.Reach(ctx); errors.Is(err, client.ErrConnection) {
		return fail(exitConnection, "backup: %v", err)
	}
	door := &http.Client{
		Transport: &withSecret{f.secret, &http.Transport{
			DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, DisableCompression: true, MaxIdleConnsPerHost: 2,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer door.CloseIdleConnections()
	o := checkpoint.FetchOptions{Fresh: true, BytesPerSecond: f.rate << 20, Progress: p.progress()}
	if f.rate == 0 {
		o.BytesPerSecond = -1
	}
	m, err := checkpoint.Fetch(ctx, door, strings.TrimRight(f.endpoint, "/")+"/checkpoint", filepath.Clean(dir), o)
	if err != nil {
		return fetchFailure(err)
	}
	if err := sameImage(dir, m); err != nil {
		return fail(exitQuery, "backup: %v", err)
	}
	writeManifest(p.out, m)
	return nil
}

// withSecret adds the secret to requests.
type withSecret struct {
	secret string
	next   *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (t *withSecret) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(t.secret+":")))
	return t.next.RoundTrip(r)
}

// CloseIdleConnections lets the client close them.
func (t *withSecret) CloseIdleConnections() { t.next.CloseIdleConnections() }

// fetchFailure turns the end of a transfer into an exit code.
func fetchFailure(err error) error {
	var status *checkpoint.StatusError
	var network net.Error
	switch {
	case errors.As(err, &status) && status.Code == http.StatusUnauthorized:
		return fail(exitUnauthorized, "backup: unauthorized: --secret (SERIATIM_SECRET) must be the secret of an admin of the root database")
	case errors.As(err, &status) && status.Code == http.StatusForbidden:
		return fail(exitUnauthorized, "backup: permission denied: --secret (SERIATIM_SECRET) must be the secret of an admin of the root database")
	case !errors.As(err, &status) && errors.As(err, &network):
		return fail(exitConnection, "backup: %v", err)
	}
	return fail(exitQuery, "backup: %v", err)
}

// progress returns what tells a person at a terminal how far a transfer is.
func (p *program) progress() func(done, total int64) {
	if !isTerminal(p.err) {
		return nil
	}
	var last time.Time
	return func(done, total int64) {
		if done < total && time.Since(last) < time.Second/4 {
			return
		}
		last = time.Now()
		fmt.Fprintf(p.err, "\r%s of %s ", size(done), size(total))
		if done == total {
			fmt.Fprintln(p.err)
		}
	}
}

func (p *program) backupVerify(dir string) error {
	if archive.Is(dir) {
		return p.archiveVerify(dir)
	}
	if err := checkpoint.Verify(dir); err != nil {
		return fail(exitQuery, "backup verify: %v", err)
	}
	m, err := checkpoint.Read(dir)
	if err == nil {
		err = sameImage(dir, m)
	}
	if err != nil {
		return fail(exitQuery, "backup verify: %v", err)
	}
	writeManifest(p.out, m)
	return nil
}

// sameImage compares what a checkpoint's manifest says with what is in its store.
func sameImage(dir string, m *checkpoint.Manifest) error {
	image, ok, err := seriatim.ReadImage(filepath.Join(dir, checkpoint.ImageFolder))
	if err == nil && !ok {
		err = errors.New("there is no store in it")
	}
	if err == nil && (uint64(image.Position) != m.Position || image.TS != m.TS || image.Digest != m.Digest) {
		err = fmt.Errorf("the store is at position %d, its manifest says %d", image.Position, m.Position)
	}
	return err
}

func writeManifest(w io.Writer, m *checkpoint.Manifest) {
	writeState(w, seriatim.Image{Position: txlog.Position(m.Position), TS: m.TS, Digest: m.Digest})
	fmt.Fprintf(w, "files     %d, %s\nSHA-256   %s\n", len(m.Files), size(m.Bytes()), m.ID())
}

// writeState prints which state of a database something is.
func writeState(w io.Writer, i seriatim.Image) {
	fmt.Fprintf(w, "position  %d\ntime      %s (%d)\ndigest    %016x\n", i.Position, instant(i.TS), i.TS, i.Digest)
}

// instant spells a timestamp as a time.
func instant(ts int64) string { return time.UnixMicro(ts).UTC().Format("2006-01-02T15:04:05.000000Z") }

// size spells bytes for people.
func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// newImages returns what gives out checkpoints of a database that is open. It is closed before the database is.
func newImages(data string, db *seriatim.DB, logger *slog.Logger) (*checkpoint.Server, error) {
	s := checkpoint.NewServer(checkpoint.SourceFunc(func(dir string) (uint64, int64, uint64, error) {
		i, err := db.Checkpoint(dir)
		return uint64(i.Position), i.TS, i.Digest, err
	}), filepath.Join(data, "images"))
	s.Logger = logger
	return s, s.Clear()
}
