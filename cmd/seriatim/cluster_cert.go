package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

const certLong = "Make what the nodes of a cluster know each other by: an authority, and a certificate and key for each node,\n" +
	"as PEM files in a directory. What is there is kept, so that later runs add nodes to the same cluster.\n\n" +
	"NAME is the node's --name. HOSTS are the names and addresses, separated by commas, at which other nodes reach it;\n" +
	"without them the certificate is good for this machine only: NAME, localhost, 127.0.0.1 and ::1.\n\n" +
	"Each node needs ca.pem, NAME.pem and NAME.key. Nobody needs ca.key but this command: whoever has it can make nodes.\n" +
	"To renew a certificate move its NAME.pem away and run this again: it keeps its key, and a node that runs takes it up."

func (p *program) clusterCertCommand() *cobra.Command {
	var dir string
	var days int
	c := &cobra.Command{
		Use:     "cert NAME[=HOSTS]...",
		Short:   "Make an authority and the nodes' certificates",
		Long:    certLong,
		Example: "  seriatim cluster cert eu=eu.example.com us=us.example.com,10.1.0.7 ap=ap.example.com",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			nodes, err := certNodes(args)
			if err == nil && (days < 1 || days > 36500) {
				err = fmt.Errorf("--days is 1 to 36500, not %d", days)
			}
			if err != nil {
				return fail(exitUsage, "cluster cert: %v", err)
			}
			if err := p.clusterCert(certDir(dir), nodes, time.Now(), days); err != nil {
				return fail(exitQuery, "cluster cert: %v", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&dir, "dir", "certs", "`directory` of the files")
	c.Flags().IntVar(&days, "days", 730, "`days` that the nodes' certificates are good for; the authority's is for ten years")
	return c
}

// certNode is a node to make a certificate for.
type certNode struct {
	name  string
	hosts []string // nil: this machine
}

func certNodes(args []string) ([]certNode, error) {
	var all []certNode
	seen := map[string]bool{}
	for _, arg := range args {
		name, hosts, given := strings.Cut(arg, "=")
		n := certNode{name: name}
		if err := checkName(name); err != nil {
			return nil, err
		}
		if seen[name] {
			return nil, fmt.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if given {
			n.hosts = strings.Split(hosts, ",")
		}
		for _, host := range n.hosts {
			if err := checkHost(host); err != nil {
				return nil, fmt.Errorf("%s: %w", arg, err)
			}
		}
		all = append(all, n)
	}
	return all, nil
}

// clusterCert makes what is missing and says what is there.
func (p *program) clusterCert(dir certDir, nodes []certNode, now time.Time, days int) error {
	made, a, err := dir.authority(now)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintf(w, "%s\t%s\n", dir.file("ca.pem"), madeOrKept(made, a.cert.NotAfter, "the authority"))
	for _, n := range nodes {
		made, cert, err := dir.node(a, n, now, time.Duration(days)*24*time.Hour)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\n", dir.file(n.name+".pem"), madeOrKept(made, cert.NotAfter, strings.Join(certHosts(cert), ", ")))
	}
	return nil
}

func madeOrKept(made bool, until time.Time, what string) string {
	verb := "kept"
	if made {
		verb = "made"
	}
	return fmt.Sprintf("%s, good until %s: %s", verb, until.UTC().Format(time.DateOnly), what)
}
