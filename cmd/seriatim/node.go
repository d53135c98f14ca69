package main

import (
	"encoding/base64"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"seriatim/client"
	"seriatim/ledger"
)

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func (p *program) nodeCommand() *cobra.Command {
	c := &cobra.Command{Use: "node", Short: "Show the public keys of a uni's nodes, and give them API keys", Args: cobra.NoArgs, RunE: showHelp}
	c.AddCommand(p.nodeKeyCommand(), p.nodeKeysCommand())
	return c
}

func (p *program) nodeKeyCommand() *cobra.Command {
	var f uniFlags
	var name, expiry string
	c := &cobra.Command{
		Use:   "add-api-key UNI NODE --name NAME",
		Short: "Make an API key of a node; it is shown this once",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			until, err := parseExpiry(expiry)
			if err != nil {
				return fail(exitUsage, "node add-api-key: --expiry: %v", err)
			}
			return p.withUnis(&f, func(s *client.Client) (any, func(*tabwriter.Writer), error) {
				k, err := s.AddNodeKey(c.Context(), args[0], args[1], name, until)
				return k, func(w *tabwriter.Writer) {
					fmt.Fprintf(w, "NODE\tURL\tAPI KEY\n%s\t%s\t%s\n", k.Node, k.URL, k.APIKey)
				}, err
			})
		},
	}
	p.uniFlags(c, &f)
	c.Flags().StringVar(&name, "name", "", "`name` of the key")
	c.Flags().StringVar(&expiry, "expiry", "", "`time` that the key ends at, such as 2030-12-31T00:00:00Z, or how long it is good for, such as 720h")
	_ = c.MarkFlagRequired("name")
	return c
}

func (p *program) nodeKeysCommand() *cobra.Command {
	var f uniFlags
	c := &cobra.Command{
		Use:   "keys UNI",
		Short: "Print the public keys of a uni's nodes, for \"ledger verify\"",
		Long:  "Print the public keys of a uni's nodes, one a line. A verifier trusts these and nothing else, so get them\nfrom the parties themselves, or compare them, before relying on them.",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withUnis(&f, func(s *client.Client) (any, func(*tabwriter.Writer), error) {
				u, err := s.Uni(c.Context(), args[0])
				if err != nil {
					return nil, nil, err
				}
				keys := map[string]string{}
				var lines []string
				for _, n := range u.Nodes {
					keys[n.Name] = ledger.FormatKey(n.Name, n.PublicKey)
					lines = append(lines, keys[n.Name])
				}
				return keys, func(w *tabwriter.Writer) { fmt.Fprintln(w, strings.Join(lines, "\n")) }, nil
			})
		},
	}
	p.uniFlags(c, &f)
	return c
}

// parseExpiry reads a time or a duration from now; nothing is the zero time.
func parseExpiry(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		return time.Now().Add(d).UTC().Truncate(time.Second), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("%q is neither a time such as 2030-12-31T00:00:00Z nor for how long, such as 720h", text)
	}
	return at, nil
}
