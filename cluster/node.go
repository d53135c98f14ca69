package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"seriatim"
	"seriatim/txlog"
	"seriatim/txlog/etcdlog"
)

// Defaults of Options.
const (
	DefaultWait = 10 * time.Minute
	// DefaultClockSlack is how far a clock may be from most others', and DefaultLogShare the
	// part of the quota that the log may take for nodes that are away.
	DefaultClockSlack = 5 * time.Second
	defaultLogShare   = 8
	// flushShare is the part of the quota that is applied between two flushes at most.
	flushShare = 16

	// lingerFor is how long a node that differs from others stays to be asked.
	lingerFor = 3 * lookEvery
)

// Options says how a node runs.
type Options struct {
	// Database is for the node's database; Dir and Shared are the node's own. OnStop is
	// called once when the node cannot go on, with the reason: close it and open it again,
	// which also rebuilds a node that was left behind or whose state differs, unless the
	// reason wraps ErrRemoved. The call comes from a goroutine of its own.
	Database seriatim.Options
	// NewSecret makes Database.RootSecret that of the cluster, at each node's next start.
	// Without, it must be the cluster's already, or "" for a node that takes it over.
	NewSecret bool
	// Release is the version that runs, for status pages.
	Release string
	// Wait bounds how long Open waits for a majority of the log's members, or for a node to
	// fetch a checkpoint from; DefaultWait if 0.
	Wait time.Duration
	// LogBytes is how large the log may grow for the sake of nodes that are away; an eighth
	// of its quota if 0. For live nodes it is half of the quota.
	LogBytes int64
	// ClockSlack is how far the node's clock may be from most others'; DefaultClockSlack if
	// 0.
	ClockSlack time.Duration
	// CheckpointBytesPerSecond bounds checkpoints to and from other nodes; a default of
	// package checkpoint if 0, no bound if negative.
	CheckpointBytesPerSecond int64

	hurry int                       // how much faster tasks are repeated, for tests
	wrap  func(txlog.Log) txlog.Log // what the database reads instead of the log, for tests
}

// Node is a running node of a cluster. All methods may be called from any goroutine.
type Node struct {
	dir    string
	o      Options
	config *Config // as it was at the start; Config is what is kept
	logger *slog.Logger

	door     *door
	client   *http.Client // for other nodes' doors
	link     *link
	registry *etcdlog.Registry
	log      *etcdlog.Log
	up       atomic.Bool       // link and registry are there
	open     opened            // the log too
	stored   atomic.Uint64     // position that the store has on its disk, if Database.Keep wants more of the log than that
	presence *etcdlog.Presence // nil before the node is watched
	guard    guard
	view     view
	check    check

	life  context.Context
	end   context.CancelFunc
	tasks sync.WaitGroup

	abort   context.CancelCauseFunc // ends Open
	closing sync.Once
	closed  error

	mu      sync.Mutex
	kept    *Config
	second  *link // the member of a node that was promoted while it runs
	started bool  // Open has returned the node
	stopped bool  // OnStop was called or will not be
	why     error // why the node is out of service, if so

	turn    chan struct{} // holds a token while the node becomes a voter
	reached []string      // voters that a replica follows the log at
}

// Open starts the node in dir, which Init or Join has made: its member of the log, its node
// door and its database, which is brought up to the head of the log, from another node's
// checkpoint where the log does not reach back far enough. All nodes may be opened in any
// order; each waits for a majority of the log's members, and says in the log what it waits
// for. It ends with ctx, or after Options.Wait. Errors: ErrNoNode, ErrRemoved, those of
// seriatim.Open.
func Open(ctx context.Context, dir string, o Options) (*Node, error) {
	c, err := Read(dir)
	if err != nil {
		return nil, err
	}
	if c.Made.Step != "" {
		return nil, fmt.Errorf("cluster: %s of node %s has not come to its end: do it again, with the same arguments", c.Made.Step, c.Name)
	}
	n := &Node{dir: dir, o: o, config: c, kept: c, logger: o.Database.Logger, turn: make(chan struct{}, 1)}
	if n.logger == nil {
		n.logger = slog.New(slog.DiscardHandler)
	}
	n.life, n.end = context.WithCancel(context.Background())
	n.view.init()
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(max(o.Wait, 0), DefaultWait))
	defer cancel()
	ctx, n.abort = context.WithCancelCause(ctx)
	defer n.abort(nil)
	if err := n.start(ctx); err != nil {
		if why := context.Cause(ctx); why != nil && !errors.Is(err, why) {
			err = fmt.Errorf("%w: %w", why, err)
		}
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// start takes the steps of Open.
func (n *Node) start(ctx context.Context) (err error) {
	if n.client, err = n.config.client(); err != nil {
		return err
	}
	n.every(certificateEvery, n.checkCertificates)
	for _, step := range []func(context.Context) error{n.connect, n.enlist, n.agreeSecret, n.openDatabase} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.why != nil {
		return n.why
	}
	n.started = true
	n.watch()
	return nil
}

// DB returns the node's database. The node closes it.
func (n *Node) DB() *seriatim.DB { return n.open.Load() }

// Config returns what the node knows of itself; the caller must not change it.
func (n *Node) Config() *Config {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.kept
}

// stop reports, once, that the node cannot go on: to OnStop, or by the error of Open.
func (n *Node) stop(why error) {
	n.mu.Lock()
	again, started := n.stopped, n.started
	n.stopped = true
	if n.why == nil {
		n.why = why
	}
	n.mu.Unlock()
	if again {
		return
	}
	if !started {
		n.abort(why)
		return
	}
	n.logger.Error("the node stops", "name", n.config.Name, "reason", why)
	if tell := n.o.Database.OnStop; tell != nil {
		go func() {
			if errors.Is(why, ErrDiverged) {
				// The others compare their states with this one's before it goes.
				_ = pause(n.life, lingerFor)
			}
			tell(why)
		}()
	}
}

// Close ends the node: database, log and member. It waits until all are closed; what was
// acknowledged stays.
func (n *Node) Close() error {
	n.closing.Do(func() { n.closed = n.close() })
	return n.closed
}

func (n *Node) close() error {
	n.mu.Lock()
	n.stopped = true
	n.mu.Unlock()
	n.end()
	errs := []error{n.door.close()}
	n.tasks.Wait()
	n.turn <- struct{}{}
	defer func() { <-n.turn }()
	if db := n.open.Load(); db != nil {
		if n.takeLeave() != nil {
			// Without a majority there is no head to wait for.
			errs = append(errs, n.log.Close())
		}
		errs = append(errs, db.Close())
	}
	errs = append(errs, n.promotedLink().close(), n.link.close())
	if n.client != nil {
		n.client.CloseIdleConnections()
	}
	return errors.Join(errs...)
}

// takeLeave lets the others know that the node is gone. An error says that they cannot be told
// at once.
func (n *Node) takeLeave() error {
	if n.presence == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return n.presence.End(ctx)
}

// digestAt is that of the database, if it is open.
func (n *Node) digestAt(at txlog.Position) (uint64, bool) {
	db := n.open.Load()
	if db == nil {
		return 0, false
	}
	return db.DigestAt(at)
}

// clock is the node's, in microseconds since 1970.
func (n *Node) clock() int64 {
	if c := n.o.Database.Clock; c != nil {
		return c()
	}
	return time.Now().UnixMicro()
}
