package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"seriatim"
	"seriatim/archive"
	"seriatim/httpapi"
)

// archiveFlags are those of serve that concern the archive of its log.
type archiveFlags struct {
	dir    string
	behind int64
}

func (f *archiveFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.dir, "archive", "", "`directory` to copy the log to, best on another disk, for \"restore --at\"")
	c.Flags().Int64Var(&f.behind, "archive-behind", archive.DefaultMaxBehind>>20, "`MiB` that the log may grow to while the archive cannot be written to")
}

// archived opens a database with an archive of its log, if there is to be one.
func (f *archiveFlags) archived(data string, o seriatim.Options, shared bool, open func(seriatim.Options) (*opened, error)) (*opened, error) {
	if f.dir == "" {
		return open(o)
	}
	if f.behind < 1 {
		return nil, &usage{errors.New("--archive-behind is at least 1")}
	}
	logger := o.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	with := archive.Options{Logger: logger, MaxBehind: f.behind << 20}
	if !shared { // a cluster bounds its log itself
		with.LogDir = filepath.Join(data, "log")
	}
	a, err := archive.Open(f.dir, with)
	if err != nil {
		return nil, err
	}
	o.Keep = a.Keep
	served, err := open(o)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.Start(served.db)
	served.archive = func() httpapi.ArchiveStatus {
		s := a.Status()
		return httpapi.ArchiveStatus{Position: uint64(s.Position), Lag: uint64(s.Lag), Behind: s.Behind, Failing: s.Err != nil}
	}
	end := served.close
	served.close = func() error { return errors.Join(a.Close(), end()) }
	return served, nil
}

// archiveVerify reads an archive and prints what it reaches.
func (p *program) archiveVerify(dir string) error {
	stretches, err := archive.Verify(context.Background(), dir, p.logger(false))
	for _, s := range stretches {
		fmt.Fprintf(p.out, "%s  positions %d to %d, to %s\n", s.Name, s.Begin.Position, s.Through, instant(s.TS))
	}
	if err != nil {
		return fail(exitQuery, "backup verify: %v", err)
	}
	return nil
}
