package cluster

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"seriatim"
	"seriatim/txlog"
	"seriatim/txlog/etcdlog"
)

// initWait bounds how long Init waits for the log's cluster: this process's only member, or
// an external one.
const initWait = time.Minute

// Init makes the first node of a new cluster in dir: an empty directory, or that of a single
// node, which no process may have open and whose documents and secrets stay as they are.
// Further nodes come by Join. After an error or a crash it is called again with the same
// arguments. It refuses a directory of another node.
func Init(dir string, c Config) error { return initNode(context.Background(), dir, c) }

func initNode(ctx context.Context, dir string, c Config) error {
	if err := c.settle(); err != nil {
		return err
	}
	old, err := Read(dir)
	switch {
	case err == nil && old.Made.Step != "init":
		return fmt.Errorf("cluster: %s is the directory of node %s already", dir, old.Name)
	case err == nil && old.Name != c.Name:
		return fmt.Errorf("cluster: %s was begun as node %s", dir, old.Name)
	case err == nil:
		c.Made = old.Made
	case errors.Is(err, ErrNoNode):
		if err := c.begin(dir); err != nil {
			return err
		}
	default:
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, initWait)
	defer cancel()
	if err := c.found(ctx, dir); err != nil {
		return err
	}
	if present(dir, logFolder) {
		if err := move(dir, logFolder, oldLogFolder); err != nil {
			return err
		}
	}
	c.Made.Step, c.Made.Started = "", c.Role == Voter
	return c.write(dir)
}

// begin notes how the cluster's log will begin. From then on nobody opens dir as that of a
// single node, so that nothing can be added to its log.
func (c *Config) begin(dir string) error {
	if present(dir, etcdFolder) {
		return otherMember(dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	c.Made = Made{Cluster: rand.Text(), Step: "init"}
	if present(dir, formatFile) {
		at, last, err := finish(dir)
		if err != nil {
			return err
		}
		c.Made.Base, c.Made.Previous = uint64(at), last
	} else if present(dir, storeFolder) || present(dir, logFolder) {
		return fmt.Errorf("cluster: %s has a store or a log, but no file %s", dir, formatFile)
	}
	return c.write(dir)
}

// otherMember refuses a directory with the data of a member of some log: nobody but that
// member may ever go on from it, and without it a majority may be lost.
func otherMember(dir string) error {
	return fmt.Errorf("cluster: %s has a folder %s, with the data of another node's member of a log: begin with an empty directory", dir, etcdFolder)
}

// finish brings the store of a single node to the end of its log, and returns that position
// and the hash of the block there.
func finish(dir string) (txlog.Position, []byte, error) {
	// Whoever has the root secret is asked when the node serves; here nobody asks anything.
	db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: rand.Text()})
	if err != nil {
		return 0, nil, fmt.Errorf("cluster: the single node: %w", err)
	}
	if err := db.Close(); err != nil {
		return 0, nil, fmt.Errorf("cluster: the single node: %w", err)
	}
	image, _, err := seriatim.ReadImage(filepath.Join(dir, storeFolder))
	if err != nil {
		return 0, nil, err
	}
	last, err := lastBlock(filepath.Join(dir, logFolder), image.Position)
	return image.Position, last, err
}

// lastBlock returns the hash of the last block of a local log, which must be the one at at; nil if it has none, as
// after a restore.
func lastBlock(dir string, at txlog.Position) ([]byte, error) {
	log, err := txlog.Open(dir, txlog.LocalOptions{})
	if err != nil {
		return nil, err
	}
	defer log.Close()
	ctx := context.Background()
	head, err := log.Head(ctx)
	if err != nil {
		return nil, err
	}
	if head != at {
		return nil, fmt.Errorf("cluster: the store is at position %d, its log ends at %d", at, head)
	}
	if head == log.Base() {
		return nil, nil
	}
	r, err := log.Read(head)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	_, block, err := r.Next(ctx)
	sum := sha256.Sum256(block)
	return sum[:], err
}

// found makes the log and the registry with this node in it.
func (c *Config) found(ctx context.Context, dir string) error {
	l, err := c.reachFirst(ctx, dir)
	if err != nil {
		return err
	}
	return errors.Join(c.fill(ctx, l.cluster), l.close())
}

// reachFirst starts the first member of the log's cluster, or reaches the external one.
func (c *Config) reachFirst(ctx context.Context, dir string) (*link, error) {
	if len(c.External) > 0 {
		return c.dial(c.External)
	}
	// What an earlier try left may be half of a member; nothing depends on it yet.
	if err := os.RemoveAll(filepath.Join(dir, etcdFolder)); err != nil {
		return nil, fmt.Errorf("cluster: %w", err)
	}
	return c.start(ctx, dir, slog.New(slog.DiscardHandler), nil)
}

// fill writes what a new cluster begins with.
func (c *Config) fill(ctx context.Context, cluster *etcdlog.Cluster) error {
	g := cluster.Registry(registryPrefix)
	id, err := g.Claim(ctx, keyID, c.Made.Cluster)
	if err != nil {
		return err
	}
	if id != c.Made.Cluster {
		return fmt.Errorf("cluster: the etcd cluster carries the cluster %s already; join it instead", id)
	}
	log, err := cluster.Log(ctx, etcdlog.Options{Base: txlog.Position(c.Made.Base), Previous: c.Made.Previous})
	if err != nil {
		return err
	}
	if base, _ := log.Base(); base != txlog.Position(c.Made.Base) {
		err = fmt.Errorf("cluster: the log begins after position %d, not %d", base, c.Made.Base)
	}
	if err := errors.Join(err, log.Close()); err != nil {
		return err
	}
	if c.Made.Number, err = number(ctx, g); err != nil {
		return err
	}
	r := c.newRecord()
	r.Member = cluster.ID()
	return g.Set(ctx, keyNode+c.Name, r.text())
}
