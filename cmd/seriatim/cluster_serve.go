package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"seriatim"
	"seriatim/cluster"
)

// checkCluster refuses flags that do not go together.
func (f *serveFlags) checkCluster() error {
	if !f.cluster {
		if f.newSecret {
			return errors.New("--new-root-secret goes with --cluster")
		}
		return f.node.unwanted()
	}
	if f.newSecret && f.dev {
		return errors.New("--dev has its own root secret, which --new-root-secret does not change")
	}
	f.node.listen, f.node.secure = f.listen, f.tlsCert != ""
	return nil
}

// openNode opens the node in the data directory, and makes it first if there is none.
// A secret of "" is the cluster's, of which the registry has the hash; the node that
// makes a cluster makes the secret too.
func (p *program) openNode(ctx context.Context, f *serveFlags, o seriatim.Options, file string) (*opened, error) {
	if err := p.firstSecret(f, &o, file); err != nil {
		return nil, err
	}
	if err := f.node.begin(ctx, f.data, p.waits); err != nil {
		return nil, err
	}
	n, err := cluster.Open(ctx, f.data, cluster.Options{Database: o, Release: Version, NewSecret: f.newSecret})
	if err != nil {
		return nil, err
	}
	return &opened{db: n.DB(), cluster: n.Status, close: n.Close}, nil
}

// firstSecret makes the root secret where a cluster is about to be made without one.
func (p *program) firstSecret(f *serveFlags, o *seriatim.Options, file string) error {
	if o.RootSecret != "" || f.node.join != "" {
		return nil
	}
	if c, err := cluster.Read(f.data); !errors.Is(err, cluster.ErrNoNode) && (err != nil || c.Made.Step != "init") {
		return err
	}
	if _, err := f.node.config(); err != nil {
		return &usage{err}
	}
	o.RootSecret = newSecret()
	return p.keepMade(file, o.RootSecret)
}

// endWithStdin asks for a stop when standard input ends, and ends the process when
// that takes too long: nobody is left to.
func (p *program) endWithStdin(halt context.CancelCauseFunc) {
	go func() {
		_, _ = io.Copy(io.Discard, p.in)
		halt(nil)
		time.Sleep(2 * shutdownGrace)
		os.Exit(exitQuery)
	}()
}
