package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"seriatim/client"
	"seriatim/shell"
)

// target says which server a client subcommand talks to.
type target struct {
	endpoint, secret, profile string
	getenv                    func(string) string
}

func (p *program) targetFlags(c *cobra.Command, t *target) {
	t.getenv = p.getenv
	c.Flags().StringVar(&t.endpoint, "endpoint", "", "server `URL` (default SERIATIM_ENDPOINT or http://"+defaultListen+")")
	c.Flags().StringVar(&t.secret, "secret", "", "`secret`, with :database:role if wanted (default SERIATIM_SECRET)")
	c.Flags().StringVar(&t.profile, "profile", "", "`name` of a server and secret that \"seriatim profile\" keeps (default SERIATIM_PROFILE)")
}

// client connects to the target. Flags win over the environment, whose values are
// kept out of the help text.
func (t *target) client() (*client.Client, error) {
	if err := t.fill(); err != nil {
		return nil, err
	}
	if t.secret == "" {
		return nil, fail(exitUsage, "seriatim: no secret: use --secret or SERIATIM_SECRET, or keep one with \"seriatim profile add\"")
	}
	c, err := client.New(t.endpoint, t.secret, client.Options{})
	if err != nil {
		return nil, fail(exitUsage, "seriatim: %v", err)
	}
	return c, nil
}

// fill completes the flags: a profile that was asked for wins over the environment, which
// wins over the profile in use. A profile's secret goes to its own server only.
func (t *target) fill() error {
	one, err := t.chosenProfile()
	if err != nil {
		return fail(exitUsage, "seriatim: %v", err)
	}
	asked := t.profile != "" || t.getenv("SERIATIM_PROFILE") != ""
	if one != nil && (asked || t.getenv("SERIATIM_ENDPOINT") == "" && t.getenv("SERIATIM_SECRET") == "") &&
		(t.endpoint == "" || t.endpoint == one.endpoint) {
		t.endpoint, t.secret = cmp.Or(t.endpoint, one.endpoint), cmp.Or(t.secret, one.secret)
	}
	t.endpoint = cmp.Or(t.endpoint, t.getenv("SERIATIM_ENDPOINT"), "http://"+defaultListen)
	t.secret = cmp.Or(t.secret, t.getenv("SERIATIM_SECRET"))
	return nil
}

// evalFlags are the flags of eval.
type evalFlags struct {
	target
	file, format string
}

func (p *program) evalCommand() *cobra.Command {
	var f evalFlags
	c := &cobra.Command{
		Use:   "eval [EXPRESSION | -]",
		Short: "Run queries and print their results",
		Long: "Run one or more queries, each its own transaction, in order. The first error stops the rest.\n" +
			"The queries are an argument, a file, or standard input for \"-\".\n\n" +
			"Exit codes: 0 success, 1 a query failed, 2 usage, 3 no connection, 4 unauthorized.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.eval(c.Context(), &f, args) },
	}
	p.targetFlags(c, &f.target)
	c.Flags().StringVarP(&f.file, "file", "f", "", "`file` of queries")
	c.Flags().StringVar(&f.format, "format", "fql", "output `format`: fql, json, table or csv")
	return c
}

func (p *program) eval(ctx context.Context, f *evalFlags, args []string) error {
	text, err := p.queryText(f.file, args)
	if err != nil {
		return err
	}
	format, err := shell.ParseFormat(f.format)
	if err != nil {
		return fail(exitUsage, "eval: --format: %v", err)
	}
	c, err := f.client()
	if err != nil {
		return err
	}
	defer c.Close()
	return p.runText(ctx, c, text, format)
}

// queryText finds the queries: in the file, the argument, or standard input.
func (p *program) queryText(file string, args []string) (string, error) {
	if (file == "") == (len(args) == 0) {
		return "", fail(exitUsage, "eval: give an expression, \"-\" for standard input, or --file")
	}
	var text []byte
	var err error
	switch {
	case file != "":
		text, err = os.ReadFile(file)
	case args[0] == "-":
		text, err = io.ReadAll(p.in)
	default:
		return args[0], nil
	}
	if err != nil {
		return "", fail(exitUsage, "eval: %v", err)
	}
	return string(text), nil
}

// outcome turns the end of a run into an exit code and the text for standard error.
func outcome(err error) error {
	var answer *client.Error
	var failed *shell.Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer) && answer.Unauthorized():
		return fail(exitUnauthorized, "%v", err)
	case errors.Is(err, client.ErrConnection) && !errors.Is(err, context.Canceled):
		return fail(exitConnection, "%v", err)
	case errors.As(err, &failed):
		return fail(exitQuery, "%v", err)
	}
	return fail(exitQuery, "seriatim: %v", err)
}
