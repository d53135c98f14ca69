package shell

import (
	"context"
	"fmt"
	"io"

	"seriatim/client"
	"seriatim/syntax"
	"seriatim/wire"
)

// Format says how results are printed.
type Format string

// The formats. FormatShell is the language's own spelling, as Node.js prints it;
// FormatJSON is the protocol's JSON, indented.
const (
	FormatShell Format = "shell"
	FormatJSON  Format = "json"
)

// ParseFormat returns the format that text names.
func ParseFormat(text string) (Format, error) {
	switch f := Format(text); f {
	case FormatShell, FormatJSON:
		return f, nil
	}
	return "", fmt.Errorf("the format is shell or json, not %q", text)
}

// Options is what a Shell writes to and how.
type Options struct {
	// Out takes results and help. Err takes the errors of a session; Run returns
	// its error instead.
	Out, Err io.Writer
	// Format is FormatShell when empty.
	Format Format
	// Width returns the columns of the window; nil means syntax.InspectWidth.
	Width func() int
	// Color colours results and errors with terminal escapes.
	Color bool
	// Entry returns the context under which one entry of a session runs, so that
	// an interrupt ends its query and not the session; nil means the session's.
	Entry func(context.Context) (context.Context, context.CancelFunc)
}

// Shell runs queries over one client. It is not safe for concurrent use.
type Shell struct {
	client *client.Client
	Options
	last  *Failure // of the newest entry that failed
	names names
}

// New returns a Shell over c, which stays the caller's to close.
func New(c *client.Client, o Options) *Shell {
	if o.Format == "" {
		o.Format = FormatShell
	}
	if o.Width == nil {
		o.Width = func() int { return syntax.InspectWidth }
	}
	if o.Entry == nil {
		o.Entry = func(ctx context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} }
	}
	return &Shell{client: c, Options: o, names: names{stale: true}}
}

// Run runs the queries of text in order, each a transaction of its own, and prints
// each result as it comes. The first query that fails is the last that runs; it is
// returned as *Failure. A text that does not parse runs nothing. Another error is
// one of writing to Out.
func (s *Shell) Run(ctx context.Context, text string) error {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		return &Failure{Err: err, text: text}
	}
	for i := range queries {
		result, err := s.client.Query(ctx, queries[i].Expr)
		if err != nil {
			return &Failure{Err: err, Index: i, Count: len(queries), text: text, query: &queries[i]}
		}
		printed, err := s.render(result)
		if err != nil {
			return &Failure{Err: err, Index: i, Count: len(queries), text: text, query: &queries[i]}
		}
		if _, err := io.WriteString(s.Out, printed); err != nil {
			return err
		}
	}
	return nil
}

// render returns the text of a result, with a line end.
func (s *Shell) render(r *client.Result) (string, error) {
	if s.Format == FormatJSON {
		return string(wire.AppendPretty(nil, r.Body)), nil
	}
	v, err := r.Value()
	if err != nil {
		return "", err
	}
	text := syntax.Inspect(v, min(max(s.Width(), minWidth), syntax.InspectWidth))
	if s.Color {
		text = Colored(text)
	}
	return text + "\n", nil
}

// minWidth is the fewest columns that anything is laid out for.
const minWidth = 20
