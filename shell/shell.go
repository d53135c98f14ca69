package shell

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"seriatim/client"
	"seriatim/syntax"
	"seriatim/wire"
)

// Format says how results are printed.
type Format string

// The formats. FormatFQL is the language's own spelling, as Node.js prints it;
// FormatJSON is the protocol's JSON, indented; FormatTable and FormatCSV have a line for
// each element of a page or an array, and columns for what documents hold.
const (
	FormatFQL   Format = "fql"
	FormatJSON  Format = "json"
	FormatTable Format = "table"
	FormatCSV   Format = "csv"
)

// ParseFormat returns the format that text names; shell is fauna-shell's word for fql.
func ParseFormat(text string) (Format, error) {
	switch f := Format(text); f {
	case "shell":
		return FormatFQL, nil
	case FormatFQL, FormatJSON, FormatTable, FormatCSV:
		return f, nil
	}
	return "", fmt.Errorf("the format is fql, json, table or csv, not %q", text)
}

// Options is what a Shell writes to and how.
type Options struct {
	// Out takes results and help. Err takes the errors of a session; Run returns
	// its error instead.
	Out, Err io.Writer
	// Format is FormatFQL when empty.
	Format Format
	// Width returns the columns of the window; nil means syntax.InspectWidth.
	Width func() int
	// Color colours results and errors with terminal escapes.
	Color bool
	// Entry returns the context under which one entry of a session runs, so that
	// an interrupt ends its query and not the session; nil means the session's.
	Entry func(context.Context) (context.Context, context.CancelFunc)
	// Database and Role are the path of the database that the client opens, below the
	// secret's own and with slashes, and the role it acts in, for the prompt.
	Database, Role string
	// Open returns a client of another database; nil means that there is no other.
	Open func(database string) (*client.Client, error)
	// Edit lets a person change a text in an editor; nil means that there is none.
	Edit func(text string) (string, error)
}

// Shell runs queries over one client. It is not safe for concurrent use.
type Shell struct {
	client *client.Client
	Options
	last  *Failure // of the newest entry that failed
	text  string   // of the newest entry that ran
	names names

	timing bool
	file   *os.File // where results go instead of the window, if so
	own    *client.Client
}

// New returns a Shell over c, which stays the caller's to close.
func New(c *client.Client, o Options) *Shell {
	if o.Format == "" {
		o.Format = FormatFQL
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
		if _, err := io.WriteString(s.results(), printed); err != nil {
			return err
		}
		if s.timing {
			if _, err := fmt.Fprintln(s.Out, timed(result)); err != nil {
				return err
			}
		}
	}
	return nil
}

// results is where results go.
func (s *Shell) results() io.Writer {
	if s.file != nil {
		return s.file
	}
	return s.Out
}

// timed says when a query happened, how long that took and what it cost.
func timed(r *client.Result) string {
	at := time.UnixMicro(r.TxnTime).UTC().Format("2006-01-02T15:04:05.000000Z")
	text := fmt.Sprintf("%.1f ms, at %s; %s, %s, %s", float64(r.Took.Microseconds())/1e3, at,
		count(r.ComputeOps, "compute op"), count(r.ReadOps, "read op"), count(r.WriteOps, "write op"))
	if r.Retries > 0 {
		text += ", " + count(r.Retries, "conflict")
	}
	return text
}

// count is a number of things in words.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// Prompt returns what stands before an entry: the database and the role.
func (s *Shell) Prompt() string {
	text := s.Database
	if s.Role != "" {
		text += "(" + s.Role + ")"
	}
	return text + "> "
}

// Close ends what commands have opened.
func (s *Shell) Close() error {
	if s.own != nil {
		s.own.Close()
	}
	return s.toWindow()
}

// toWindow ends the file that results went to.
func (s *Shell) toWindow() error {
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
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
	switch s.Format {
	case FormatTable:
		return newTable(v).text(max(s.Width(), minWidth)), nil
	case FormatCSV:
		return newTable(v).csv()
	}
	text := syntax.Inspect(v, min(max(s.Width(), minWidth), syntax.InspectWidth))
	if s.Color && s.file == nil {
		text = Colored(text)
	}
	return text + "\n", nil
}

// minWidth is the fewest columns that anything is laid out for.
const minWidth = 20
