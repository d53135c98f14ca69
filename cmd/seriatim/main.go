// Command seriatim is the whole database in one program: the server, the shells
// and the demonstration. This file and its neighbours, one for each subcommand,
// are the only readers of flags and environment.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Version is the release, set when it is built for one.
var Version = "0.1.0-dev"

// The exit codes of every subcommand.
const (
	exitOK           = 0
	exitQuery        = 1 // a query ended in an error, or the program itself did
	exitUsage        = 2
	exitConnection   = 3
	exitUnauthorized = 4
)

// failure carries an exit code and a text for standard error.
type failure struct {
	code int
	text string
}

func (f *failure) Error() string { return f.text }

func fail(code int, format string, args ...any) error {
	return &failure{code, fmt.Sprintf(format, args...)}
}

// program is what a subcommand may touch of the world.
type program struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks for an orderly end, the second one ends at once.
	context.AfterFunc(ctx, stop)
	p := &program{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run executes one command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.command()
	root.SetArgs(args)
	ran, err := root.ExecuteContextC(ctx)
	var f *failure
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &f):
		if f.text != "" {
			fmt.Fprintln(p.err, f.text)
		}
		return f.code
	}
	fmt.Fprintf(p.err, "%s: %v\nRun '%[1]s --help' for usage.\n", ran.CommandPath(), err)
	return exitUsage
}

func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:           "seriatim",
		Short:         "A strictly serializable document database that answers FQL v4",
		Long:          "Seriatim is a self-hosted, strictly serializable document database.\nIt answers Fauna's FQL v4: the language, the protocol and the official drivers.\nNot affiliated with Fauna, Inc. or Vendia, Inc.",
		Version:       Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(p.serveCommand(), p.shellCommand(), p.evalCommand(), p.pingCommand(), p.demoCommand(), p.benchCommand(), p.uniCommand(), p.nodeCommand(), p.ledgerCommand(), p.profileCommand(), p.clusterCommand(), p.backupCommand(), p.restoreCommand(), p.importCommand(), p.exportCommand())
	return root
}
