package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"seriatim"
	"seriatim/archive"
	"seriatim/checkpoint"
	"seriatim/txlog"
)

// restoreFlags are the flags of restore.
type restoreFlags struct {
	data, nodes string
	archive, at string
	json        bool
}

const restoreLong = "Make a data directory of a backup. The directory must be absent or empty; it is that of a single node, which\n" +
	"\"serve\" runs and \"cluster init\" makes the first node of a new cluster. Every file is compared with the\n" +
	"manifest on its way.\n\n" +
	"With --archive, what \"serve --archive\" copied is applied to it: everything, or up to the last block whose\n" +
	"entries are all at or before the time of --at, and the states on the way are compared with those that were\n" +
	"noted. --at is a time such as 2026-03-31T08:00:00Z, microseconds as in X-Txn-Time, or \"latest\".\n\n" +
	"Private keys of unis' nodes are in no backup: --nodes takes a copy of the folder \"nodes\" of a data directory."

func (p *program) restoreCommand() *cobra.Command {
	var f restoreFlags
	c := &cobra.Command{
		Use: "restore DIR --data NEW", Short: "Make a data directory of a backup", Long: restoreLong, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			err := p.restore(c.Context(), &f, args[0])
			if u := new(usage); errors.As(err, &u) {
				return fail(exitUsage, "restore: %v", err)
			} else if err != nil {
				return fail(exitQuery, "restore: %v", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&f.data, "data", "", "data `directory` to make")
	c.Flags().StringVar(&f.archive, "archive", "", "`directory` of the log's archive")
	c.Flags().StringVar(&f.at, "at", "", "`time` to restore to (default: latest)")
	c.Flags().StringVar(&f.nodes, "nodes", "", "`folder` with the private keys of unis' nodes, a copy of \"nodes\" in the old data directory")
	c.Flags().BoolVar(&f.json, "log-json", false, "write the log as JSON")
	_ = c.MarkFlagRequired("data")
	return c
}

func (p *program) restore(ctx context.Context, f *restoreFlags, dir string) error {
	until, err := f.until()
	if err != nil {
		return err
	}
	r := seriatim.Recovery{Dir: f.data, Logger: p.logger(f.json)}
	m, err := checkpoint.Read(dir)
	if err != nil {
		return err
	}
	if f.archive != "" {
		path, err := p.findPath(ctx, f, m, until)
		if err != nil {
			return err
		}
		defer path.Close()
		r.Log, r.Through = path.Log, path.Through
		for _, s := range path.Expect {
			r.Expect = append(r.Expect, seriatim.Image(s))
		}
	}
	if m, err = checkpoint.Copy(dir, f.data); err != nil {
		return err
	}
	image, err := p.recover(f, r, m)
	if err != nil {
		return errors.Join(err, emptied(f.data))
	}
	writeState(p.out, image)
	return nil
}

// until is the time to restore to, in microseconds.
func (f *restoreFlags) until() (int64, error) {
	switch {
	case f.at != "" && f.archive == "":
		return 0, &usage{errors.New("--at needs --archive: a backup alone is of one moment")}
	case f.at == "" || f.at == "latest":
		return archive.Latest, nil
	}
	if n, err := strconv.ParseInt(f.at, 10, 64); err == nil && n > 0 {
		return n, nil
	}
	t, err := time.Parse(time.RFC3339, f.at)
	if err != nil {
		return 0, &usage{fmt.Errorf("--at is a time such as 2026-03-31T08:00:00Z, microseconds or \"latest\", not %q", f.at)}
	}
	return t.UnixMicro(), nil
}

// findPath finds the blocks between a backup and a time, and says where they end.
func (p *program) findPath(ctx context.Context, f *restoreFlags, m *checkpoint.Manifest, until int64) (*archive.Path, error) {
	from := archive.State{Position: txlog.Position(m.Position), TS: m.TS, Digest: m.Digest}
	path, err := archive.Find(ctx, f.archive, from, until, p.logger(f.json))
	if err != nil {
		return nil, err
	}
	if path.Next == 0 && path.TS < until && until != archive.Latest {
		fmt.Fprintf(p.err, "The archive ends at %s: what happened between then and the time asked for, if anything, is not in it.\n", instant(path.TS))
	}
	return path, nil
}

// recover takes the steps after the copy.
func (p *program) recover(f *restoreFlags, r seriatim.Recovery, m *checkpoint.Manifest) (image seriatim.Image, err error) {
	if err := sameImage(f.data, m); err != nil {
		return image, err
	}
	if f.nodes != "" {
		if err := copyKeys(f.nodes, filepath.Join(f.data, "nodes")); err != nil {
			return image, err
		}
	}
	return seriatim.Recover(r)
}

// copyKeys copies the private keys of nodes, readable by their owner only. A directory with
// nothing in it is that of a server without unis; one with other things is another's.
func copyKeys(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "*", "*.pem"))
	if found, unread := os.ReadDir(from); unread != nil {
		return unread
	} else if err == nil && len(files) == 0 && len(found) > 0 {
		err = fmt.Errorf("--nodes: there are no keys (UNI/NODE.pem) in %s", from)
	}
	for _, file := range files {
		if err != nil {
			return err
		}
		name := filepath.Join(to, filepath.Base(filepath.Dir(file)), filepath.Base(file))
		var text []byte
		if text, err = os.ReadFile(file); err == nil {
			err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, text, 0o600))
		}
	}
	return err
}

// emptied removes what is in a directory that was empty before.
func emptied(dir string) error {
	found, err := os.ReadDir(dir)
	for _, f := range found {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, f.Name())))
	}
	return err
}
