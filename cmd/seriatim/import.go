package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"seriatim/client"
	"seriatim/transfer"
)

// importFlags are the flags of import: fauna-shell's, and ours.
type importFlags struct {
	target
	addressFlags
	o                    transfer.Options
	db, cells, separator string
	types                []string
}

// addressFlags are flags of fauna-shell that say --endpoint in parts.
type addressFlags struct {
	domain, port, scheme string
}

func (f *addressFlags) add(c *cobra.Command) {
	for name, into := range map[string]*string{"domain": &f.domain, "port": &f.port, "scheme": &f.scheme} {
		c.Flags().StringVar(into, name, "", "as in fauna-shell; --endpoint says it in one")
		_ = c.Flags().MarkHidden(name)
	}
}

// url is what they make, "" for none.
func (f *addressFlags) url() string {
	if f.domain == "" && f.port == "" && f.scheme == "" {
		return ""
	}
	members := map[string]string{"domain": f.domain, "port": f.port, "scheme": f.scheme}
	if f.domain == "" {
		members["domain"] = "127.0.0.1"
	}
	if f.scheme == "" && (f.port == "8443" || f.domain == "") {
		members["scheme"] = "http"
	}
	return faunaEndpoint(members)
}

const importLong = "Import a file or a folder: JSON (objects, arrays, one after another), JSON Lines, CSV and TSV, each a collection by its name;\n" +
	"snapshot exports of Fauna in both encodings; documents as Fauna's drivers print them, pages or not, with their collections,\n" +
	"indexes, functions, roles and credentials; and what \"seriatim export\" wrote. Files may be compressed (.gz). Refs, times, dates\n" +
	"and bytes are recognized by their tags, ids and times of documents are kept where the source has them.\n\n" +
	"Collections are made when they are absent. Rows that cannot be imported hinder no others: see --rejects. An import that was\n" +
	"interrupted goes on with --resume and neither doubles nor loses a row. --dry-run writes nothing and tells what is in the files.\n\n" +
	"The flags of fauna-shell's import mean the same here.\n\n" +
	"Exit codes: 0 success, 1 rows were rejected or it failed, 2 usage, 3 no connection, 4 unauthorized."

const importExample = "  seriatim import customers.csv --type age::number --type joined::time --type store::ref:stores\n" +
	"  seriatim import ./dump --dry-run\n" +
	"  seriatim import ./snapshot --rejects rejected.jsonl"

func (p *program) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use: "import PATH", Short: "Import files, snapshot exports and dumps", Long: importLong, Example: importExample, Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.importPath(c.Context(), &f, args) },
	}
	p.targetFlags(c, &f.target)
	f.addressFlags.add(c)
	s := c.Flags()
	s.StringVar(&f.o.Path, "path", "", "as in fauna-shell: the file or folder")
	s.StringVar(&f.db, "db", "", "child `database` to import into, a/b for one within a")
	s.StringVar(&f.o.Collection, "collection", "", "`collection` that takes all rows (default: by the file's name, or what the rows say)")
	s.StringVar(&f.o.Format, "format", "auto", "`format`: "+strings.Join(transfer.Formats, ", "))
	s.StringArrayVar(&f.types, "type", nil, "`COLUMN::TYPE`, more than once; types are "+transfer.Types)
	s.BoolVar(&f.o.Append, "append", false, "allow collections that are not empty")
	s.BoolVar(&f.o.AllowShortRows, "allow-short-rows", false, "allow CSV rows that are shorter than the header")
	s.StringVar(&f.cells, "treat-empty-csv-cells-as", "null", "`null` or empty: what an empty cell of CSV without quotes is")
	s.StringVar(&f.separator, "separator", "", "`character` between cells of CSV, tab for a tab (default a comma, in .tsv a tab)")
	s.BoolVar(&f.o.WithoutTS, "no-ts", false, "give documents the time of their import, not that of the source")
	s.BoolVar(&f.o.DryRun, "dry-run", false, "read and convert everything, write nothing, and report")
	s.BoolVar(&f.o.Resume, "resume", false, "go on with an interrupted import")
	s.StringVar(&f.o.Rejects, "rejects", "", "`file` for rejected rows, with reasons, as JSON Lines")
	s.StringVar(&f.o.State, "state", "", "`file` that an interrupted import is resumed from (default PATH.import-state)")
	s.IntVar(&f.o.BatchRows, "batch-rows", 0, "most `rows` of a transaction (default 400)")
	s.IntVar(&f.o.BatchBytes, "batch-bytes", 0, "most `bytes` of a transaction (default 524288)")
	s.IntVar(&f.o.InFlight, "in-flight", 0, "`transactions` at once (default 4)")
	_ = s.MarkHidden("path")
	return c
}

func (p *program) importPath(ctx context.Context, f *importFlags, args []string) error {
	if (len(args) == 1) == (f.o.Path != "") {
		return fail(exitUsage, "import: give one file or folder")
	}
	if len(args) == 1 {
		f.o.Path = args[0]
	}
	if f.cells != "null" && f.cells != "empty" {
		return fail(exitUsage, "import: --treat-empty-csv-cells-as is null or empty")
	}
	f.o.EmptyCellsAsText = f.cells == "empty"
	switch {
	case f.separator == "tab":
		f.o.Separator = '\t'
	case len(f.separator) == 1 && f.separator != `"` && f.separator >= "\t":
		f.o.Separator = f.separator[0]
	case f.separator != "":
		return fail(exitUsage, "import: --separator is one ASCII character, such as \";\", or tab")
	}
	var err error
	if f.o.Types, err = transfer.ParseTypes(f.types); err != nil {
		return fail(exitUsage, "import: --type: %v", err)
	}
	if f.endpoint == "" {
		f.endpoint = f.addressFlags.url()
	}
	if f.o.Client, f.o.Credentials, err = f.sessions(f.db); err != nil {
		return err
	}
	defer f.o.Client.Close()
	if f.o.Credentials != nil {
		defer f.o.Credentials.Close()
	}
	m := p.newMeter("imported", f.o.DryRun)
	f.o.Progress = m.show
	report, err := transfer.Import(ctx, f.o)
	m.end()
	if report != nil && (err == nil || report.Rows > 0) {
		report.Write(p.out)
		m.sum(report.Rows-report.Earlier, report.Took)
	}
	return importOutcome(ctx, report, err, &f.o)
}

// sessions returns a session with the database, and one with the server role there, nil
// when the secret cannot give it.
func (t *target) sessions(db string) (main, server *client.Client, err error) {
	if err := t.fill(); err != nil {
		return nil, nil, err
	}
	secret, suffix, scoped := strings.Cut(t.secret, ":")
	path, role := "", ""
	if scoped {
		if path, role, scoped = strings.Cut(suffix, ":"); !scoped {
			path, role = "", path
		}
	}
	if db != "" {
		if path != "" {
			db = path + "/" + db
		}
		path = db
		if role == "" {
			role = "admin"
		}
		t.secret = secret + ":" + path + ":" + role
	}
	if main, err = t.client(); err != nil {
		return nil, nil, err
	}
	if role != "" && role != "admin" && role != "server" {
		return main, nil, nil
	}
	scope := ":server"
	if path != "" {
		scope = ":" + path + ":server"
	}
	server, err = client.New(t.endpoint, secret+scope, client.Options{})
	return main, server, err
}

// importOutcome turns the end of an import into an exit code.
func importOutcome(ctx context.Context, r *transfer.Report, err error, o *transfer.Options) error {
	var notEmpty *transfer.NotEmpty
	var path *fs.PathError
	goOn := ""
	if r != nil && r.State != "" {
		goOn = "\nThe same command with --resume goes on; " + r.State + " says where."
	}
	switch {
	case err == nil && r.Rejected > 0 && o.Rejects == "":
		return fail(exitQuery, "import: %s rejected (--rejects FILE keeps them)", rowsText(r.Rejected))
	case err == nil && r.Rejected > 0:
		return fail(exitQuery, "import: %s rejected, see %s", rowsText(r.Rejected), o.Rejects)
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fail(exitQuery, "import: interrupted%s", goOn)
	case errors.As(err, &notEmpty), errors.Is(err, transfer.ErrInterrupted), errors.Is(err, transfer.ErrNotSame):
		return fail(exitQuery, "import: %v", err)
	case r == nil && errors.As(err, &path), r == nil && !isAnswer(err):
		return fail(exitUsage, "import: %v", err)
	}
	var f *failure
	if errors.As(outcome(err), &f) {
		return fail(f.code, "import: %s%s", strings.TrimPrefix(f.text, "seriatim: "), goOn)
	}
	return err
}

func isAnswer(err error) bool {
	var answer *client.Error
	var address *url.Error
	return errors.As(err, &answer) || errors.As(err, &address) || errors.Is(err, client.ErrConnection)
}

func rowsText(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%s rows", transfer.Count(n))
}
