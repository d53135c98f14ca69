package main

import (
	"fmt"
	"regexp"

	"github.com/spf13/cobra"
)

const clusterLong = "A cluster is one database on several machines: nodes that read and write the same ordered log, each with\n" +
	"a copy of everything. Voters keep the log, a majority of them has to agree; replicas only follow it.\n\n" +
	"On three machines, with certificates from 'seriatim cluster cert':\n\n" +
	"  seriatim serve --cluster --name eu --listen :8443 --advertise eu.example.com\n" +
	"  seriatim serve --cluster --name us --listen :8443 --advertise us.example.com --join eu.example.com\n" +
	"  seriatim serve --cluster --name ap --listen :8443 --advertise ap.example.com --join eu.example.com"

func (p *program) clusterCommand() *cobra.Command {
	c := &cobra.Command{Use: "cluster", Short: "Make certificates for a cluster, start it, look at it, change it", Long: clusterLong, Args: cobra.NoArgs, RunE: showHelp}
	c.AddCommand(p.clusterCertCommand(), p.clusterInitCommand(), p.clusterJoinCommand(), p.clusterStatusCommand(), p.clusterRemoveCommand(), p.clusterPromoteCommand())
	return c
}

var nodeName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)

// checkName says what is wrong with a node's name, nil for nothing. It is part of
// host names and of file names.
func checkName(name string) error {
	if !nodeName.MatchString(name) || name == "ca" {
		return fmt.Errorf("a node's name is 1 to 40 of a-z, 0-9 and -, not at its ends, and not ca; %q is not", name)
	}
	return nil
}
