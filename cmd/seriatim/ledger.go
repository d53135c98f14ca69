package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"seriatim/client"
	"seriatim/ledger"
)

// nodeFlags say which node of a uni a ledger subcommand asks.
type nodeFlags struct {
	url, key string
	json     bool
	getenv   func(string) string
}

func (p *program) nodeFlags(c *cobra.Command, f *nodeFlags) {
	f.getenv = p.getenv
	c.Flags().StringVar(&f.url, "url", "", "the node's `URL`, as \"uni create\" printed it (default SERIATIM_NODE_URL)")
	c.Flags().StringVar(&f.key, "key", "", "the node's API `key` (default SERIATIM_NODE_KEY)")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

// nodeClient is a client of one node.
type nodeClient struct {
	*client.Client
	uni, node string
}

// exportTime bounds how long an export may take.
const exportTime = time.Hour

// client connects to the node. The URL is that of its GraphQL API, or what comes before
// the last name in it.
func (f *nodeFlags) client() (*nodeClient, error) {
	f.url = cmp.Or(f.url, f.getenv("SERIATIM_NODE_URL"))
	f.key = cmp.Or(f.key, f.getenv("SERIATIM_NODE_KEY"))
	if f.url == "" || f.key == "" {
		return nil, fail(exitUsage, "ledger: say which node to ask, with --url and --key")
	}
	before, after, ok := strings.Cut(f.url, "/uni/")
	names := strings.Split(strings.TrimSuffix(strings.TrimSuffix(after, "/"), "/graphql"), "/")
	if !ok || len(names) != 2 {
		return nil, fail(exitUsage, "ledger: --url is like http://127.0.0.1:8443/uni/UNI/NODE/graphql, not %s", f.url)
	}
	n := new(nodeClient)
	for i, to := range []*string{&n.uni, &n.node} {
		var err error
		if *to, err = url.PathUnescape(names[i]); err != nil {
			return nil, fail(exitUsage, "ledger: --url: %v", err)
		}
	}
	var err error
	if n.Client, err = client.New(before, f.key, client.Options{Timeout: exportTime}); err != nil {
		return nil, fail(exitUsage, "ledger: %v", err)
	}
	return n, nil
}

// nodeRefusal is refusal for what a node said: it gives nobody without a right a reason, so
// the reasons that there can be are told here.
func nodeRefusal(err error) error {
	var answer *client.Error
	if errors.As(err, &answer) && answer.Status == http.StatusForbidden {
		return fail(exitUnauthorized, "forbidden: --key opens nothing at the node of --url: it is another node's key, expired or removed, or there is no such node")
	}
	return refusal(err)
}

// open opens a part of the node's ledger.
func (n *nodeClient) open(ctx context.Context, part string, parameters url.Values) (io.ReadCloser, error) {
	return n.Ledger(ctx, n.uni, n.node, part, parameters)
}

func (n *nodeClient) read(ctx context.Context, part string, parameters url.Values) ([]byte, error) {
	r, err := n.open(ctx, part, parameters)
	if err != nil {
		return nil, nodeRefusal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fail(exitConnection, "ledger: %v", err)
	}
	return text, nil
}

const ledgerLong = "The ledger of a uni holds every transaction, signed by the node that made it, in blocks of which\neach holds the hash of the one before. Whoever has the nodes' public keys can check a copy of it\nwithout trusting the server: \"seriatim node keys UNI\" prints them once; keep them, and compare them\nwith the other parties'.\n\n" +
	"Exit codes: 0 success, 1 the ledger or the server refused, 2 usage, 3 no connection, 4 unauthorized."

func (p *program) ledgerCommand() *cobra.Command {
	c := &cobra.Command{Use: "ledger", Short: "Export, prove and verify what happened in a uni", Long: ledgerLong, Args: cobra.NoArgs, RunE: showHelp}
	c.AddCommand(p.ledgerVerifyCommand(), p.ledgerProveCommand(), p.ledgerExportCommand(), p.ledgerCheckpointCommand())
	return c
}

func (p *program) ledgerExportCommand() *cobra.Command {
	var f nodeFlags
	var file string
	c := &cobra.Command{
		Use: "export", Short: "Write a copy of the ledger, without what the node may not see", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			n, err := f.client()
			if err != nil {
				return err
			}
			defer n.Close()
			r, err := n.open(c.Context(), "export", nil)
			if err != nil {
				return nodeRefusal(err)
			}
			defer r.Close()
			return p.keep(file, r)
		},
	}
	p.nodeFlags(c, &f)
	c.Flags().StringVarP(&file, "output", "o", "", "`file` to write (default standard output)")
	return c
}

func (p *program) ledgerCheckpointCommand() *cobra.Command {
	var f nodeFlags
	var file string
	c := &cobra.Command{
		Use:   "checkpoint",
		Short: "Write a signed statement of what the ledger is now",
		Long:  "Write a signed statement of how many blocks the ledger has and what they hash to. A party that keeps\none can show later that history was changed: \"ledger verify --checkpoint FILE\" refuses any ledger\nthat does not continue it.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			n, err := f.client()
			if err != nil {
				return err
			}
			defer n.Close()
			note, err := n.read(c.Context(), "checkpoint", nil)
			if err != nil {
				return err
			}
			if f.json && file == "" {
				return p.writeCheckpoint(note)
			}
			return p.keep(file, bytes.NewReader(note))
		},
	}
	p.nodeFlags(c, &f)
	c.Flags().StringVarP(&file, "output", "o", "", "`file` to write (default standard output)")
	return c
}

func (p *program) writeCheckpoint(note []byte) error {
	c, err := ledger.ParseCheckpoint(note)
	if err != nil {
		return fail(exitQuery, "%v", err)
	}
	return p.writeJSON(map[string]any{
		"uni": c.Uni, "size": c.Size, "root": fmt.Sprintf("%x", c.Root), "block": fmt.Sprintf("%x", c.Block), "note": string(note),
	})
}

// keep copies text to a file that was not there before, or to standard output.
func (p *program) keep(file string, r io.Reader) error {
	if file == "" {
		if _, err := io.Copy(p.out, r); err != nil {
			return fail(exitConnection, "ledger: %v", err)
		}
		return nil
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fail(exitUsage, "ledger: %v", err)
	}
	_, err = io.Copy(out, r)
	if err := errors.Join(err, out.Close()); err != nil {
		return fail(exitConnection, "ledger: %v", errors.Join(err, os.Remove(file)))
	}
	return nil
}
