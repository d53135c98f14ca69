package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seriatim/wire"
)

// pingFlags are the flags of ping.
type pingFlags struct {
	target
	scope          string
	timeout        time.Duration
	anyCertificate bool
}

func (p *program) pingCommand() *cobra.Command {
	f := pingFlags{}
	c := &cobra.Command{
		Use:   "ping",
		Short: "Ask whether a server is well, for health checks",
		Long: "Ask whether a server is well. No secret is needed and none is sent.\n\n" +
			"The scope says what has to work: node, the process; read, its store; write and all, the log as well,\n" +
			"which in a cluster needs a majority of the voters: a check that restarts servers should not ask for that.\n\n" +
			"Exit codes: 0 it is well, 1 it is not, 2 usage, 3 no connection.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ping(c.Context(), &f) },
	}
	p.targetFlags(c, &f.target)
	_ = c.Flags().MarkHidden("secret")
	c.Flags().StringVar(&f.scope, "scope", "write", "what has to work: `node`, read, write or all")
	c.Flags().DurationVar(&f.timeout, "timeout", 5*time.Second, "how long the answer may take")
	c.Flags().BoolVar(&f.anyCertificate, "any-certificate", false, "accept whatever certificate the server has, such as for a name that is not this machine's")
	return c
}

func (p *program) ping(ctx context.Context, f *pingFlags) error {
	switch f.scope {
	case "node", "read", "write", "all":
	default:
		return fail(exitUsage, "ping: --scope is node, read, write or all, not %q", f.scope)
	}
	if err := f.fill(); err != nil {
		return err
	}
	u, err := url.Parse(f.endpoint)
	if err != nil || u.Host == "" {
		return fail(exitUsage, "ping: %q is no URL of a server", f.endpoint)
	}
	u = u.JoinPath("ping")
	u.RawQuery = url.Values{"scope": {f.scope}, "timeout": {strconv.FormatInt(f.timeout.Milliseconds(), 10)}}.Encode()
	ctx, cancel := context.WithTimeout(ctx, f.timeout+time.Second) // the server's own answer comes first
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fail(exitUsage, "ping: %v", err)
	}
	resp, err := f.http().Do(r)
	if err != nil {
		return fail(exitConnection, "ping: %v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return fail(exitConnection, "ping: %v", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fail(exitQuery, "ping: %s: %s", resp.Status, described(body))
	}
	fmt.Fprintf(p.out, "Scope %s is OK\n", f.scope)
	return nil
}

func (f *pingFlags) http() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{InsecureSkipVerify: f.anyCertificate}, // nothing secret is sent
	}}
}

// described is what an answer says went wrong.
func described(body []byte) string {
	if errs, err := wire.DecodeErrors(body); err == nil && len(errs) > 0 {
		return errs[0].Description
	}
	return strings.TrimSpace(string(body))
}
