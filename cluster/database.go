package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"seriatim"
	"seriatim/checkpoint"
	"seriatim/durable"
	"seriatim/replica"
	"seriatim/txlog"
)

// openDatabase opens the database over the log, with a store from another node where this
// one's cannot be brought up to the log's head.
func (n *Node) openDatabase(ctx context.Context) error {
	if present(n.dir, fencedFile) {
		if err := n.setAside(); err != nil {
			return err
		}
	}
	// Each turn ends with a store that is newer than the one before.
	for {
		if err := n.openLog(ctx); err != nil {
			return err
		}
		if present(n.dir, asideFolder) && !present(n.dir, storeFolder) {
			// The log may be what misled this node; a peer's state is what the majority has.
			_ = n.log.Close()
			if err := n.rebuild(ctx, errors.New("the node's state differed from the others'")); err != nil {
				return err
			}
			continue
		}
		db, err := n.openStore(ctx)
		if err == nil {
			n.open.Store(db) // what is aside stays: it is what a divergence can be explained by
			return nil
		}
		if !errors.Is(err, txlog.ErrTrimmed) {
			return err
		}
		if err := n.rebuild(ctx, err); err != nil {
			return err
		}
	}
}

// openStore opens the database with the store that is there. The log ends with ctx, until
// the database is open.
func (n *Node) openStore(ctx context.Context) (*seriatim.DB, error) {
	log := txlog.Log(n.log)
	if n.o.wrap != nil {
		log = n.o.wrap(log)
	}
	cut := context.AfterFunc(ctx, func() { _ = log.Close() })
	o := n.o.Database
	o.Dir, o.OnStop = n.dir, n.stop
	if keep := o.Keep; keep != nil {
		o.Keep = func(flushed txlog.Position) txlog.Position {
			n.stored.Store(uint64(flushed))
			return keep(flushed)
		}
	}
	o.Shared = &seriatim.Shared{
		Log: &guarded{Log: log, guard: &n.guard}, Node: n.config.Made.Number, Trim: func(txlog.Position) {}, Placement: placement{n},
		FlushBytes: flushBytes(n.config.QuotaBytes),
	}
	done := n.say("the log to be applied up to its head")
	defer done()
	db, err := seriatim.Open(o)
	if err != nil {
		cut()
		return nil, errors.Join(err, context.Cause(ctx))
	}
	if !cut() {
		return nil, errors.Join(ctx.Err(), db.Close())
	}
	return db, nil
}

// flushBytes lets a store be flushed well before the log has used up half of its quota: what
// is not flushed cannot be trimmed.
func flushBytes(quota int64) int64 {
	if quota <= 0 {
		return replica.DefaultFlushBytes
	}
	return min(quota/flushShare, replica.DefaultFlushBytes)
}

// setAside takes a store that differed from the others' out of use.
func (n *Node) setAside() error {
	why, err := os.ReadFile(filepath.Join(n.dir, fencedFile))
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	n.logger.Warn("the store is moved aside; a new one comes from another node", "folder", asideFolder, "reason", string(why))
	if present(n.dir, storeFolder) {
		if err := os.RemoveAll(filepath.Join(n.dir, asideFolder)); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		if err := move(n.dir, storeFolder, asideFolder); err != nil {
			return err
		}
	}
	if err := absent(os.Remove(filepath.Join(n.dir, fencedFile))); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return durable.SyncFolder(n.dir)
}

// rebuild puts the state of another node in the place of the store. It waits for such a node
// until ctx ends.
func (n *Node) rebuild(ctx context.Context, why error) error {
	n.logger.Warn("the node needs the state of another one", "reason", why)
	done := n.say("another node to fetch a state from")
	defer done()
	into := filepath.Join(n.dir, fetchFolder)
	for {
		err := n.fetch(ctx, into)
		if err == nil {
			break
		}
		if ended := pause(ctx, time.Second); ended != nil {
			if present(n.dir, asideFolder) {
				why = fmt.Errorf("%w (an operator who knows that this node's state is the right one renames %s to %s)", why, asideFolder, storeFolder)
			}
			return fmt.Errorf("cluster: no other node gave its state: %w; at last: %w; the reason was: %w", ended, err, why)
		}
		n.logger.Warn("fetching a state failed; it is tried again", "error", err)
	}
	if err := os.RemoveAll(filepath.Join(n.dir, storeFolder)); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	if err := move(n.dir, filepath.Join(fetchFolder, checkpoint.ImageFolder), storeFolder); err != nil {
		return err
	}
	return os.RemoveAll(into)
}

// fetch gets a checkpoint from the nearest node that is in service.
func (n *Node) fetch(ctx context.Context, into string) error {
	gone, err := trimmed(ctx, n.registry)
	if err != nil {
		return err
	}
	all, err := records(ctx, n.registry)
	if err != nil {
		return err
	}
	n.view.setRecords(all)
	n.lookAround(ctx)
	sources := n.view.sources(n.config.Name, gone)
	if len(sources) == 0 {
		return fmt.Errorf("cluster: no other node is in service with a state after position %d", gone)
	}
	if err := os.RemoveAll(into); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	from := sources[0]
	n.logger.Info("fetching the state of another node", "node", from.Name)
	last := time.Now()
	m, err := checkpoint.Fetch(ctx, n.client, from.Door+"/checkpoint", into, checkpoint.FetchOptions{
		BytesPerSecond: n.o.CheckpointBytesPerSecond, After: gone,
		Progress: func(done, total int64) {
			if time.Since(last) > sayEvery {
				last = time.Now()
				n.logger.Info("fetching the state of another node", "node", from.Name, "bytes", done, "of", total)
			}
		},
	})
	if err == nil {
		n.logger.Info("the state of another node has arrived", "node", from.Name, "position", m.Position, "bytes", totalOf(m))
	}
	return err
}

func totalOf(m *checkpoint.Manifest) (bytes int64) {
	for _, f := range m.Files {
		bytes += f.Size
	}
	return bytes
}

// sources are the nodes whose state another one can be rebuilt from, the nearest first.
func (v *view) sources(self string, after uint64) []record {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all []record
	for name, r := range v.records {
		p, ok := v.pings[name]
		if name != self && ok && p.live() && p.serves() && p.report.Position >= after {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b record) int { return int(v.pings[a.Name].round - v.pings[b.Name].round) })
	return all
}
