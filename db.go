package seriatim

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/durable"
	"seriatim/replica"
	"seriatim/store"
	"seriatim/txlog"
)

// Options says where a database lives and how it behaves.
type Options struct {
	// Dir is the data directory; it is made when absent.
	Dir string
	// Shared, if set, makes the database a node of a cluster: its log is this one, and
	// Dir holds none.
	Shared *Shared
	// RootSecret opens everything. It is kept as a hash.
	RootSecret string
	// RootHash, in place of RootSecret, is what HashSecret made of it.
	RootHash [32]byte
	// CacheBytes bounds the memory for reads; zero is a good default.
	CacheBytes int64
	// Logger receives the database's own messages; nil discards.
	Logger *slog.Logger
	// Clock returns microseconds since 1970; nil is the machine's clock.
	Clock func() int64
	// HistoryDays, if set, becomes the history_days of collections that are created
	// without: how many days history is kept, -1 for good. The database remembers it;
	// at first it is 30.
	HistoryDays *int64
	// OnStop, if set, is called once when the database cannot go on, with the reason:
	// its process should end and be started again. Close does not call it.
	OnStop func(error)
	// FetchKeys gets the keys that sign tokens of access providers; nil accepts no
	// such token.
	FetchKeys FetchKeys
	// OnDeadLetter, if set, is called with every transaction of a node that failed. It does
	// not wait.
	OnDeadLetter func(*DeadLetter)
	// Keep, if set, says how much of the log may be given up of what a restart would not
	// need: what it is given, or an earlier position. It is asked now and then, from
	// several goroutines, and does not wait.
	Keep func(flushed txlog.Position) txlog.Position
	// Rig replaces parts of the database, for tests; nil is a real one.
	Rig *Rig
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	options    Options
	rootSecret [32]byte
	store      *store.Store
	log        txlog.Log
	replica    *replica.Replica
	schemas    *catalog.Cache
	ids        *ids
	hot        hot
	issuers    *issuers
	background *background
	nodeKeys   *nodeKeys
	turns      turns
	hub        *hub
	wall       func() int64

	fenced   atomic.Pointer[fence]
	stopping sync.Once

	reads, writes traffic
	appends       traffic
	retries       atomic.Uint64
	ordered       atomic.Uint64
}

// cachedSchemas bounds the databases whose parsed definitions are kept.
const cachedSchemas = 1024

// Open opens the database in o.Dir, making it when absent, and brings it up to
// the end of its log. It refuses a directory that another process has open and one
// of a newer format, before writing anything.
func Open(o Options) (*DB, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	db := assemble(o)
	if err := db.openDisk(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.open(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.background = startBackground(db)
	return db, nil
}

// assemble makes a database that has neither log nor store yet.
func assemble(o Options) *DB {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db := &DB{options: o, rootSecret: o.rootHash(), schemas: catalog.NewCache(cachedSchemas), hub: newHub(), wall: o.Clock}
	if db.wall == nil {
		db.wall = func() int64 { return time.Now().UnixMicro() }
	}
	db.wall = db.trusted(db.wall)
	db.issuers = newIssuers(o.FetchKeys, db.wall, o.Logger)
	db.nodeKeys, db.turns = newNodeKeys(o.nodesDir()), newTurns()
	return db
}

// check refuses options that nothing can be opened with. A log that was handed over is
// closed then.
func (o *Options) check() error {
	err := o.Shared.check()
	if o.RootSecret == "" && o.RootHash == [32]byte{} {
		err = errors.New("seriatim: no root secret")
	}
	if err != nil && o.Shared != nil && o.Shared.Log != nil {
		err = errors.Join(err, o.Shared.Log.Close())
	}
	return err
}

// HashSecret returns what is kept of a secret: its SHA-256.
func HashSecret(secret string) [32]byte { return auth.HashSecret(secret) }

func (o *Options) rootHash() [32]byte {
	if o.RootSecret == "" {
		return o.RootHash
	}
	return HashSecret(o.RootSecret)
}

// openDisk opens the log and the store.
func (db *DB) openDisk() error {
	o := &db.options
	switch {
	case o.Shared != nil:
		return db.openShared()
	case o.rigged():
		db.log, db.store = o.Rig.Log, o.Rig.Store
		return nil
	}
	if err := o.openDirectory(); err != nil {
		return err
	}
	reserve, err := o.logReserve()
	if err != nil {
		return err
	}
	log, err := txlog.Open(o.logDir(), txlog.LocalOptions{Logger: o.Logger, Accept: o.accept, ReserveBytes: reserve})
	if err != nil {
		return err
	}
	db.log = log
	return db.openStore()
}

// openStore opens the store in the directory, making it when absent.
func (db *DB) openStore() (err error) {
	o := &db.options
	if err := durable.MakeFolder(o.storeDir()); err != nil {
		return err
	}
	db.store, err = store.Open(o.storeDir(), store.Options{CacheBytes: o.CacheBytes, Logger: o.Logger})
	return err
}

// logReserve is the free space that the log leaves alone, in bytes: half as much
// again as the store. On a disk that fills up the log must refuse first, since
// what it took the store must be able to hold.
func (o *Options) logReserve() (int64, error) {
	bytes, err := store.Options{Logger: o.Logger}.Reserve(o.Dir)
	return bytes + bytes/2, err
}

// accept decides, when the log has been read and nothing has been written, whether
// this release can go on from the log and the store.
func (o *Options) accept(log txlog.Reader, oldest, head txlog.Position) error {
	meta, err := store.ReadMeta(o.storeDir(), store.Options{Logger: o.Logger})
	if err != nil {
		return err
	}
	kept := replica.Kept{Meta: meta, Log: log, Oldest: oldest, Head: head, Revision: languageRevision}
	if err := kept.Check(); err != nil {
		return err
	}
	if meta == nil && head > 0 {
		o.Logger.Warn("there is no store; it is made again from the log", "blocks", uint64(head))
	}
	return nil
}

// open brings the store up to the end of the log and begins to serve.
func (db *DB) open() error {
	if err := db.apply(); err != nil {
		return err
	}
	db.ids = newIDs(db.wall, db.worker(), db.Time())
	return db.bootstrap()
}

// apply brings the store up to the end of the log.
func (db *DB) apply() (err error) {
	o := &db.options
	db.replica, err = replica.Open(db.store, timedLog{db.log, &db.appends}, replica.Options{
		Evaluate: db.evaluate, Revision: languageRevision, Clock: db.wall, Logger: o.Logger, Origin: o.origin(),
		FlushBytes: o.flushBytes(), Window: o.Rig.window(), Trim: db.trim(), InFlight: o.inFlight(), OnStop: db.stop,
		OnPublish: db.hub.published,
		OnRewrite: func(written iter.Seq[replica.Written]) { db.hub.rewriting(db.store, written) },
	})
	return err
}

// bootstrap makes the root database on the first start, and notes the settings.
func (db *DB) bootstrap() error {
	for range maxSettle {
		out, err := db.settle()
		if err == nil && out.Status == replica.Refused {
			err = out.Err
		}
		if err != nil {
			return fmt.Errorf("seriatim: make the root database: %w", err)
		}
		if out.Status == replica.Applied {
			return nil
		}
	}
	return fmt.Errorf("seriatim: make the root database: %w", errNoReply)
}

// maxSettle is how often a start tries to commit what it notes: other nodes may note
// the same.
const maxSettle = 10

func (db *DB) settle() (out replica.Outcome, err error) {
	tx := db.begin()
	defer tx.Close()
	if err := catalog.Bootstrap(tx); err != nil {
		return out, err
	}
	if days := db.options.HistoryDays; days != nil {
		if *days < catalog.KeepForever {
			return out, errors.New("history cannot be kept for a negative number of days")
		}
		if err := catalog.SetHistoryDays(tx, *days); err != nil {
			return out, err
		}
	}
	proposal := tx.Proposal()
	if proposal == nil {
		return replica.Outcome{Status: replica.Applied}, nil
	}
	return db.replica.Commit(context.Background(), proposal)
}

// Close ends running transactions with an error, makes everything durable in the
// store and releases the directory.
func (db *DB) Close() error {
	var errs []error
	db.hub.end("The server is shutting down.")
	db.background.close()
	if db.replica != nil {
		errs = append(errs, db.replica.Close())
	}
	if db.store != nil {
		errs = append(errs, db.store.Close())
	}
	if db.log != nil {
		errs = append(errs, db.log.Close())
	}
	return errors.Join(errs...)
}

// Ping returns nil when the log answers and what it holds is applied.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.service(); err != nil {
		return err
	}
	_, err := db.replica.Sync(ctx)
	return err
}

// ErrNoSpace says that writes are refused until the disk has space again.
var ErrNoSpace = errors.New("the disk is full: writes are refused until there is space")

// Writable returns nil when Ping does and there is space to write. Errors: ErrNoSpace and
// those of Ping.
func (db *DB) Writable(ctx context.Context) error {
	err := db.store.Room()
	if log, ok := db.log.(interface{ Room() error }); ok && err == nil {
		err = log.Room()
	}
	if errors.Is(err, store.ErrDiskFull) || errors.Is(err, txlog.ErrDiskFull) {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return errors.Join(err, db.Ping(ctx))
}

// clock is the time of a new transaction in microseconds: never before anything
// that is published.
func (db *DB) clock() int64 { return max(db.wall(), db.Time()) }

// Time returns the timestamp, in microseconds, of the newest state that a query
// may see; answers that run no query carry it.
func (db *DB) Time() int64 {
	ts, _ := db.replica.Published()
	return ts
}

// worker returns what tells the identities of this start of the process from
// those of others: the number of the node when there are several.
func (db *DB) worker() int64 {
	if s := db.options.Shared; s != nil {
		return int64(s.Node)
	}
	var b [2]byte
	db.entropy(b[:])
	return int64(binary.BigEndian.Uint16(b[:])) % idWorkers
}

// entropy fills b with unpredictable bytes.
func (db *DB) entropy(b []byte) {
	if r := db.options.Rig; r != nil && r.Entropy != nil {
		r.Entropy(b)
		return
	}
	_, _ = rand.Read(b)
}
