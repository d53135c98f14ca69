package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"seriatim"
	"seriatim/cluster"
)

// makeFlags are the flags of init and join.
type makeFlags struct {
	data, secretFile string
	memberFlags
}

func (f *makeFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.data, "data", defaultData, "data `directory`")
	c.Flags().StringVar(&f.secretFile, "secret-file", "", "`file` with the root secret (default: root-secret in the data directory)")
	f.memberFlags.add(c)
}

func (p *program) clusterInitCommand() *cobra.Command {
	var f makeFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a cluster and its first node, without serving",
		Long: "Make a cluster with one node, as the first start of 'serve --cluster' does, and end.\n\n" +
			"The data directory of a single node, which must not run, becomes that of the first node with all that is in it.\n" +
			"There is no way back but a backup.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.join != "" {
				return fail(exitUsage, "cluster init: --join is for 'cluster join'")
			}
			return p.makeNode(c.Context(), "init", &f)
		},
	}
	f.add(c)
	return c
}

func (p *program) clusterJoinCommand() *cobra.Command {
	var f makeFlags
	c := &cobra.Command{
		Use:   "join HOST[:PORT]",
		Short: "Make a further node of a cluster, without serving",
		Long: "Ask any node of a cluster, at its --node address, to let a new one in, as the first start of 'serve --cluster --join'\n" +
			"does, and end. A node whose disk was lost joins under its old name again.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if f.join != "" {
				return fail(exitUsage, "cluster join: the address is an argument, not --join")
			}
			f.join = args[0]
			return p.makeNode(c.Context(), "join", &f)
		},
	}
	f.add(c)
	return c
}

// makeNode makes a node, unless that was done before.
func (p *program) makeNode(ctx context.Context, verb string, f *makeFlags) error {
	if c, err := cluster.Read(f.data); err == nil && c.Made.Step == "" {
		return fail(exitQuery, "cluster %s: %s is the directory of node %s already; 'seriatim serve --cluster --data %[2]s' starts it", verb, f.data, c.Name)
	}
	s := &serveFlags{data: f.data, secretFile: f.secretFile, listen: defaultListen, node: f.memberFlags}
	file := s.secretPath()
	secret, err := readSecret(file)
	if err == nil {
		err = p.firstSecret(s, &seriatim.Options{RootSecret: secret}, file)
	}
	if err == nil {
		err = s.node.begin(ctx, f.data, p.waits)
	}
	if err != nil {
		return clusterFailed(verb, err)
	}
	made, err := cluster.Read(f.data)
	if err != nil {
		return clusterFailed(verb, err)
	}
	fmt.Fprintf(p.out, "%s is node %s, a %s, number %d of its cluster. Start it with\n\n  %s serve --cluster --data %[1]s\n",
		f.data, made.Name, made.Role, made.Made.Number, invocation())
	return nil
}

// adminFlags say how status, remove and promote reach a cluster.
type adminFlags struct {
	data, via, certs, as string
	insecure, json       bool
	target
}

func (p *program) adminFlags(c *cobra.Command, f *adminFlags) {
	fl := c.Flags()
	fl.StringVar(&f.data, "data", "", "data `directory` of a node on this machine, which need not run (default "+defaultData+" if it is one)")
	fl.StringVar(&f.via, "via", "", "`host:port` of any node's --node address, with --certs and --as")
	fl.StringVar(&f.certs, "certs", "certs", "`directory` with the certificate of --as, for --via")
	fl.StringVar(&f.as, "as", "", "`name` of the node whose certificate is used, for --via")
	fl.BoolVar(&f.insecure, "insecure-cluster", false, "the cluster at --via has no certificates")
	fl.BoolVar(&f.json, "json", false, "print JSON")
}

// contact reaches the cluster through the node doors.
func (f *adminFlags) contact() (*cluster.Contact, error) {
	if f.via == "" {
		return cluster.Reach(cmp.Or(f.data, defaultData))
	}
	n := memberFlags{name: cmp.Or(f.as, "x"), advertise: "localhost", certs: f.certs, insecure: f.insecure, join: f.via, set: func(string) bool { return false }}
	if f.as == "" && !f.insecure {
		return nil, &usage{fmt.Errorf("--via goes with --as: whose certificate in %s is used", filepath.Join(f.certs))}
	}
	c, err := n.config()
	if err != nil {
		return nil, &usage{err}
	}
	return cluster.ReachBy(n.door(), c.Identity)
}

func (p *program) clusterRemoveCommand() *cobra.Command {
	return p.changeCommand("remove", "Node %s is no longer of this cluster.", (*cluster.Contact).Remove, &cobra.Command{
		Use:   "remove NAME",
		Short: "Take a node out of the cluster, for good",
		Long: "Take a node out of the cluster. Its vote is gone, and if it runs it stops. Its directory is of no more use;\n" +
			"an empty one may join under the same name. The last voter cannot be removed.",
	})
}

func (p *program) clusterPromoteCommand() *cobra.Command {
	return p.changeCommand("promote", "Node %s is a voter.", (*cluster.Contact).Promote, &cobra.Command{
		Use:   "promote NAME",
		Short: "Make a replica a voter",
		Long:  "Make a replica, which must run, a voter: it keeps the log from then on, and has a vote once it has caught up.",
	})
}

// changeCommand completes a command that does something to the node it names, and then says so.
func (p *program) changeCommand(verb, said string, do func(*cluster.Contact, context.Context, string) error, c *cobra.Command) *cobra.Command {
	var f adminFlags
	c.Args = cobra.ExactArgs(1)
	c.RunE = func(c *cobra.Command, args []string) error {
		to, err := f.contact()
		if err != nil {
			return clusterFailed(verb, err)
		}
		defer to.Close()
		if err := do(to, c.Context(), args[0]); err != nil {
			return clusterFailed(verb, err)
		}
		fmt.Fprintf(p.out, said+"\n", args[0])
		return nil
	}
	p.adminFlags(c, &f)
	_ = c.Flags().MarkHidden("json")
	return c
}
