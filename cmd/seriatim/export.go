package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"seriatim/transfer"
)

// exportFlags are the flags of export.
type exportFlags struct {
	target
	o      transfer.ExportOptions
	db, at string
	out    string
}

const exportLong = "Export a database, or some of its collections, as of one point in time: documents with their ids and times, and for a whole\n" +
	"database collections, indexes, functions, roles, access providers and credentials. DIR must be absent or empty; its export.json,\n" +
	"with the SHA-256 of every file, is written last. \"seriatim import DIR\" brings it into another database.\n\n" +
	"With --output one collection goes to a file, or to standard output for \"-\".\n\n" +
	"Encodings: tagged is JSON Lines as drivers print documents, and exact; simple is JSON Lines without types; csv is for\n" +
	"spreadsheets. An export needs the right to read what it exports: use an admin's or a server's secret.\n\n" +
	"Exit codes: 0 success, 1 failure, 2 usage, 3 no connection, 4 unauthorized."

func (p *program) exportCommand() *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use: "export [DIR]", Short: "Export a database or a collection as files", Long: exportLong, Args: cobra.MaximumNArgs(1),
		Example: "  seriatim export ./shop-2026-11-22 --db shop\n  seriatim export --collection customers --encoding csv --output customers.csv",
		RunE:    func(c *cobra.Command, args []string) error { return p.export(c.Context(), &f, args) },
	}
	p.targetFlags(c, &f.target)
	s := c.Flags()
	s.StringVar(&f.db, "db", "", "child `database` to export, a/b for one within a")
	s.StringArrayVar(&f.o.Collections, "collection", nil, "`collection` to export, more than once (default: all, and definitions)")
	s.StringVar(&f.o.Encoding, "encoding", "tagged", "`encoding`: "+strings.Join(transfer.Encodings, ", "))
	s.BoolVar(&f.o.WithoutSchema, "no-schema", false, "leave definitions and credentials out")
	s.StringVar(&f.at, "at", "", "`time` that the export is of, as 2026-11-22T08:00:00Z, within what history keeps (default now)")
	s.StringVarP(&f.out, "output", "o", "", "`file` for one collection, - for standard output")
	return c
}

func (p *program) export(ctx context.Context, f *exportFlags, args []string) error {
	switch {
	case (len(args) == 1) == (f.out != ""):
		return fail(exitUsage, "export: give a folder, or --output for one collection")
	case f.out != "" && len(f.o.Collections) != 1:
		return fail(exitUsage, "export: --output takes one --collection")
	case !slices.Contains(transfer.Encodings, f.o.Encoding):
		return fail(exitUsage, "export: --encoding is one of %s", strings.Join(transfer.Encodings, ", "))
	}
	if f.at != "" {
		t, err := time.Parse(time.RFC3339Nano, f.at)
		if err != nil {
			return fail(exitUsage, "export: --at: %q is no time such as 2026-11-22T08:00:00Z", f.at)
		}
		f.o.At = t.UnixMicro()
	}
	if len(args) == 1 {
		f.o.Dir = args[0]
	}
	finish, err := p.exportOut(f)
	if err != nil {
		return fail(exitUsage, "export: %v", err)
	}
	if f.o.Client, f.o.Credentials, err = f.sessions(f.db); err != nil {
		return err
	}
	defer f.o.Client.Close()
	if f.o.Credentials != nil {
		defer f.o.Credentials.Close()
	}
	m := p.newMeter("exported", false)
	f.o.Progress = m.show
	result, err := transfer.Export(ctx, f.o)
	m.end()
	err = errors.Join(err, finish(err == nil))
	if err != nil {
		return exportFailure(ctx, err)
	}
	w := p.out
	if f.out != "" {
		w = p.err
	}
	writeExported(w, result)
	m.sum(result.Rows, result.Took)
	return nil
}

// exportOut opens what --output names. The file appears when it is whole.
func (p *program) exportOut(f *exportFlags) (finish func(whole bool) error, err error) {
	switch f.out {
	case "":
		return func(bool) error { return nil }, nil
	case "-":
		f.o.Out = p.out
		return func(bool) error { return nil }, nil
	}
	made := f.out + ".partial"
	file, err := os.Create(made)
	if err != nil {
		return nil, err
	}
	f.o.Out = file
	return func(whole bool) error {
		err := file.Close()
		if err == nil && whole {
			return os.Rename(made, f.out)
		}
		return errors.Join(err, os.Remove(made))
	}, nil
}

func exportFailure(ctx context.Context, err error) error {
	var path *fs.PathError
	if ctx.Err() != nil {
		return fail(exitQuery, "export: interrupted")
	}
	if errors.As(err, &path) || !isAnswer(err) {
		return fail(exitQuery, "export: %v", err)
	}
	var f *failure
	if errors.As(outcome(err), &f) {
		return fail(f.code, "export: %s", strings.TrimPrefix(f.text, "seriatim: "))
	}
	return err
}

func writeExported(w io.Writer, e *transfer.Exported) {
	fmt.Fprintf(w, "as of %s\n", instant(e.TS))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range e.Files {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", f.Name, rowsText(f.Rows), size(f.Bytes))
	}
	_ = t.Flush()
	for _, n := range e.Notes {
		fmt.Fprintln(w, "note:", n)
	}
}
