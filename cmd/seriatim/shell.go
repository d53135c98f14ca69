package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"seriatim/client"
	"seriatim/shell"
	"seriatim/syntax"
)

// shellFlags are the flags of shell.
type shellFlags struct {
	target
	format, history string
}

func (p *program) shellCommand() *cobra.Command {
	var f shellFlags
	c := &cobra.Command{
		Use:   "shell",
		Short: "Type queries and see their results",
		Long: "Type queries and dot commands; .help lists them.\n\n" +
			"When standard input is not a terminal, its queries are run as eval runs them, with the same exit codes.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.shell(c.Context(), &f) },
	}
	p.targetFlags(c, &f.target)
	c.Flags().StringVar(&f.format, "format", "fql", "output `format`: fql, json, table or csv")
	c.Flags().StringVar(&f.history, "history", "", "`file` of past entries (default shell-history in the user's state directory)")
	return c
}

func (p *program) shell(ctx context.Context, f *shellFlags) error {
	format, err := shell.ParseFormat(f.format)
	if err != nil {
		return fail(exitUsage, "shell: --format: %v", err)
	}
	c, err := f.client()
	if err != nil {
		return err
	}
	defer c.Close()
	if !isTerminal(p.in) {
		text, err := io.ReadAll(p.in)
		if err != nil {
			return fail(exitUsage, "shell: %v", err)
		}
		return p.runText(ctx, c, string(text), format)
	}
	s := shell.New(c, shell.Options{
		Out: p.out, Err: p.out, Format: format, Width: windowWidth,
		Color: p.getenv("NO_COLOR") == "" && p.movesCursor(), Entry: interruptible,
		Database: f.database(), Role: f.role(), Open: f.open, Edit: p.editor,
	})
	defer s.Close()
	// A first read of the names tells whether there is a server that knows the
	// secret before anything is typed.
	if err := s.Learn(ctx); err != nil {
		return outcome(err)
	}
	// From here on Ctrl-C concerns the entry that runs, and SIGTERM ends the process.
	ctx = context.WithoutCancel(ctx)
	restoreOnStop()
	fmt.Fprintf(p.out, "Seriatim %s at %s\nType .help for help, .exit to leave.\n", Version, f.endpoint)
	if err := s.Interact(ctx, p.entries(ctx, s, f)); err != nil {
		return fail(exitQuery, "shell: %v", err)
	}
	return nil
}

// runText runs the queries of a text and prints their results.
func (p *program) runText(ctx context.Context, c *client.Client, text string, format shell.Format) error {
	return outcome(shell.New(c, shell.Options{Out: p.out, Format: format}).Run(ctx, text))
}

// entries returns where a session's entries come from: the line editor, or plain lines
// on a terminal that cannot move its cursor.
func (p *program) entries(ctx context.Context, s *shell.Shell, f *shellFlags) shell.Input {
	if !p.movesCursor() {
		return shell.Lines(p.in, p.out, s.Prompt)
	}
	history, err := shell.OpenHistory(p.historyFile(f))
	if err != nil {
		fmt.Fprintf(p.err, "There is no history: %v\n", err)
		history = nil
	}
	return shell.Terminal(ctx, s, history)
}

// movesCursor tells whether standard output can be edited on.
func (p *program) movesCursor() bool {
	return isTerminal(p.in) && isTerminal(p.out) && p.getenv("TERM") != "dumb"
}

// historyFile is where the desktop's conventions put a program's state.
func (p *program) historyFile(f *shellFlags) string {
	if f.history != "" {
		return f.history
	}
	dir := p.getenv("XDG_STATE_HOME")
	switch {
	case filepath.IsAbs(dir):
	case runtime.GOOS == "windows":
		dir = p.getenv("LOCALAPPDATA")
	default:
		dir = filepath.Join(p.getenv("HOME"), ".local", "state")
	}
	return filepath.Join(dir, "seriatim", "shell-history")
}

// database returns the database that the secret names, as in secret:shop:admin.
func (t *target) database() string {
	parts := strings.Split(t.secret, ":")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

// role returns the role that the secret names last, as in secret:admin.
func (t *target) role() string {
	parts := strings.Split(t.secret, ":")
	if len(parts) < 2 {
		return ""
	}
	return parts[len(parts)-1]
}

// open returns a client of a database by its path below the secret's own: as an admin
// unless the secret names another role.
func (t *target) open(database string) (*client.Client, error) {
	own, _, _ := strings.Cut(t.secret, ":")
	secret := own
	switch role := t.role(); {
	case database != "":
		secret += ":" + database + ":" + cmp.Or(role, "admin")
	case role != "":
		secret += ":" + role
	}
	return client.New(t.endpoint, secret, client.Options{})
}

// editor has a person change a text in the editor that the environment names.
func (p *program) editor(text string) (string, error) {
	words := strings.Fields(cmp.Or(p.getenv("VISUAL"), p.getenv("EDITOR"), "vi"))
	file, err := os.CreateTemp("", "seriatim-*.fql")
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	c := exec.Command(words[0], append(words[1:], file.Name())...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return "", err
	}
	changed, err := os.ReadFile(file.Name())
	return string(changed), err
}

// windowWidth returns the columns of the terminal.
func windowWidth() int {
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && width > 0 {
		return width
	}
	return syntax.InspectWidth
}

// interruptible returns a context that Ctrl-C ends.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt)
}

// restoreOnStop ends the process on SIGTERM with the terminal as it is now: the line
// editor waits for keys and would not hear of a context.
func restoreOnStop() {
	state, err := term.GetState(int(os.Stdin.Fd()))
	if err != nil {
		return
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		_ = term.Restore(int(os.Stdin.Fd()), state)
		os.Exit(exitQuery)
	}()
}
