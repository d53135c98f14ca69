package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"seriatim"
	"seriatim/checkpoint"
)

// restoreFlags are the flags of restore.
type restoreFlags struct {
	data, nodes string
	json        bool
}

const restoreLong = "Make a data directory of a backup. The directory must be absent or empty; it is that of a single node, which\n" +
	"\"serve\" runs and \"cluster init\" makes the first node of a new cluster. Every file is compared with the\n" +
	"manifest on its way.\n\n" +
	"Private keys of unis' nodes are in no backup: --nodes takes a copy of the folder \"nodes\" of a data directory."

func (p *program) restoreCommand() *cobra.Command {
	var f restoreFlags
	c := &cobra.Command{
		Use: "restore DIR --data NEW", Short: "Make a data directory of a backup", Long: restoreLong, Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := p.restore(&f, args[0]); err != nil {
				return fail(exitQuery, "restore: %v", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&f.data, "data", "", "data `directory` to make")
	c.Flags().StringVar(&f.nodes, "nodes", "", "`folder` with the private keys of unis' nodes, a copy of \"nodes\" in the old data directory")
	c.Flags().BoolVar(&f.json, "log-json", false, "write the log as JSON")
	_ = c.MarkFlagRequired("data")
	return c
}

func (p *program) restore(f *restoreFlags, dir string) error {
	r := seriatim.Recovery{Dir: f.data, Logger: p.logger(f.json)}
	m, err := checkpoint.Copy(dir, f.data)
	if err != nil {
		return err
	}
	image, err := p.recover(f, r, m)
	if err != nil {
		return errors.Join(err, emptied(f.data))
	}
	writeState(p.out, image)
	return nil
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

// copyKeys copies the private keys of nodes, readable by their owner only.
func copyKeys(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "*", "*.pem"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there are no keys (UNI/NODE.pem) in %s", from)
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
