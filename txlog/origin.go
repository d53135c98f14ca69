package txlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Defaults of OriginOptions.
const (
	DefaultBlockBytes = 256 << 10
	DefaultQueueBytes = 32 << 20
)

// MaxInFlight is the most appends that an origin has under way: apply tells repeats among the last 64 blocks only.
const MaxInFlight = 32

// OriginOptions names an origin and bounds what it gathers. The zero value works.
type OriginOptions struct {
	ID          uint64 // Header.Origin of every block
	Incarnation uint64 // Header.Incarnation; the caller must never use one twice for an ID

	// Clock returns the wall clock in microseconds. Nil stands for time.Now.
	Clock func() int64

	// InFlight is how many appends may be under way at once, at most MaxInFlight; 0 is 1, which is right for a log on
	// this machine. With more, the log may be far away and out of reach: entries are refused with ErrUnavailable, those
	// that wait and later ones, when appends have given no sign for three seconds, until it answers; proposers of
	// blocks under way get ErrUnknownFate after five.
	InFlight int

	// BeforeCut, if set, sees the entries of the next block just before it is cut, with their waiters, and the number
	// that the block gets, unless nothing is left of it. It returns nil to keep all of them, or one error an entry:
	// where it is not nil the entry is dropped and its waiter fails with it. It may use the slices only until it
	// returns. It is called for one block at a time.
	BeforeCut func(number uint64, entries [][]byte, waiters []*Waiter) []error

	// OnFate, if set, is told how the append of every block ended, from the goroutine that appends: several may at once
	// if several are under way.
	OnFate func(Fate)

	// BlockBytes is the size at which a block takes no further entry, DefaultBlockBytes if 0. A longer entry goes alone.
	BlockBytes int
	// QueueBytes bounds the entries waiting to be cut, DefaultQueueBytes if 0; beyond it Propose waits.
	QueueBytes int
}

// Fate says how the append of one block of an origin ended.
type Fate struct {
	Number   uint64   // Header.Number
	Position Position // where it stands, 0 if Err is set
	Count    int      // entries
	Bytes    int      // length of the block
	Err      error    // nil: durable. Wraps ErrUnknownFate: cannot be known. Else: not in the log, and never will be
}

// Origin gathers the proposals of one node into blocks and appends them. One at a time, what arrives while an append
// is under way makes the next block, so a lone proposal never waits for company and a crowd shares one append. With
// several under way pace.go says when the next is cut. All methods may be called from any goroutine.
type Origin struct {
	log   Log
	o     OriginOptions
	queue *queue
	floor atomic.Int64 // lowest header clock allowed
	ended chan struct{}
	many  *many // nil with one append at a time

	number uint64 // of the last block; only the goroutine that cuts uses it

	mu      sync.Mutex
	pending map[uint64][]*Waiter // waiters of blocks handed to the log, by number, in the order of their entries
}

// NewOrigin starts an origin that appends to log. End it with Close, before the log.
func NewOrigin(log Log, o OriginOptions) *Origin {
	if o.Clock == nil {
		o.Clock = func() int64 { return time.Now().UnixMicro() }
	}
	if o.BlockBytes <= 0 {
		o.BlockBytes = DefaultBlockBytes
	}
	if o.QueueBytes <= 0 {
		o.QueueBytes = DefaultQueueBytes
	}
	origin := &Origin{
		log:     log,
		o:       o,
		queue:   newQueue(o.QueueBytes),
		ended:   make(chan struct{}),
		pending: make(map[uint64][]*Waiter),
	}
	if o.InFlight > 1 {
		origin.many = newMany(origin, min(o.InFlight, MaxInFlight))
		go origin.many.run()
	} else {
		go origin.run()
	}
	return origin
}

// Propose offers entry to the log. It waits for room in the queue only; the outcome comes to w, exactly once, if and
// only if Propose returns nil. The entry must not be changed before that. Errors: ErrTooLarge, ErrClosed, that of ctx.
func (o *Origin) Propose(ctx context.Context, entry []byte, w *Waiter) error {
	if len(entry) > MaxEntry {
		return fmt.Errorf("%w: entry of %d bytes, at most %d", ErrTooLarge, len(entry), MaxEntry)
	}
	return o.queue.put(ctx, proposal{entry, w})
}

// RaiseClock makes micros the least clock that later block headers carry. Ids handed out must not be ahead of header
// clocks, so whoever hands one out calls this first.
func (o *Origin) RaiseClock(micros int64) {
	for {
		at := o.floor.Load()
		if micros <= at || o.floor.CompareAndSwap(at, micros) {
			return
		}
	}
}

// Resolve returns the waiters of this origin's block number, in the order of its entries, and forgets them. It is nil
// if they were taken before or have failed. The caller must settle every one. It may be called as soon as the block
// comes out of the log, which can be before Append has returned.
func (o *Origin) Resolve(number uint64) []*Waiter {
	o.mu.Lock()
	defer o.mu.Unlock()
	ws := o.pending[number]
	delete(o.pending, number)
	return ws
}

// Close stops taking proposals, fails those not yet in a block with ErrClosed and waits for the append under way.
// Waiters of appended blocks stay for Resolve; FailPending ends them where nobody will.
func (o *Origin) Close() error {
	for _, p := range o.queue.close() {
		p.waiter.Fail(fmt.Errorf("%w before the entry was appended", ErrClosed))
	}
	<-o.ended
	return nil
}

// FailPending fails all waiters whose blocks were handed to the log and not resolved. err should wrap ErrUnknownFate.
// Call it after Close, once the reader of the log has stopped.
func (o *Origin) FailPending(err error) {
	o.mu.Lock()
	all := o.pending
	o.pending = make(map[uint64][]*Waiter)
	o.mu.Unlock()
	for _, ws := range all {
		failAll(ws, err)
	}
}

// run cuts and appends blocks until the queue is closed.
func (o *Origin) run() {
	defer close(o.ended)
	var batch []proposal
	for {
		batch = o.queue.take(batch[:0], o.o.BlockBytes)
		if len(batch) == 0 {
			return
		}
		o.commit(batch)
		clear(batch)
	}
}

// commit makes one block of batch and appends it.
func (o *Origin) commit(batch []proposal) {
	block, waiters := o.cut(batch)
	if len(waiters) == 0 {
		return
	}
	_ = o.append(context.Background(), block.Number, len(waiters), o.seal(&block, waiters))
}

// seal returns the block's bytes. The waiters stand in pending before the log has them, because a reader may see the
// block before Append returns.
func (o *Origin) seal(block *Block, waiters []*Waiter) []byte {
	o.number = block.Number
	o.mu.Lock()
	o.pending[block.Number] = waiters
	o.mu.Unlock()
	// The floor may have risen during the last check; the clock is read after it, so that it is past every entry.
	block.Clock = max(o.o.Clock(), o.floor.Load())
	return block.Encode(make([]byte, 0, block.EncodedLen()))
}

// append appends a block, whose waiters are pending, and tells those it fails.
func (o *Origin) append(ctx context.Context, number uint64, count int, data []byte) error {
	at, err := o.log.Append(ctx, data)
	if err != nil {
		err = definite(err)
		failAll(o.Resolve(number), err)
	}
	if o.o.OnFate != nil {
		o.o.OnFate(Fate{Number: number, Position: at, Count: count, Bytes: len(data), Err: err})
	}
	return err
}

// cut applies the last check and returns a block of what it left, without clock, and the waiters. The number counts
// only if the block is sealed.
func (o *Origin) cut(batch []proposal) (Block, []*Waiter) {
	block := Block{Header: Header{Origin: o.o.ID, Incarnation: o.o.Incarnation, Number: o.number + 1}}
	block.Entries = make([][]byte, len(batch))
	waiters := make([]*Waiter, len(batch))
	for i, p := range batch {
		block.Entries[i], waiters[i] = p.entry, p.waiter
	}
	if o.o.BeforeCut == nil {
		return block, waiters
	}
	verdicts := o.o.BeforeCut(block.Number, block.Entries, waiters)
	if verdicts == nil {
		return block, waiters
	}
	kept := 0
	for i, err := range verdicts {
		if err != nil {
			waiters[i].Fail(err)
			continue
		}
		block.Entries[kept], waiters[kept] = block.Entries[i], waiters[i]
		kept++
	}
	block.Entries = block.Entries[:kept]
	return block, waiters[:kept]
}

// definite keeps the errors that say "not in the log" and marks every other one as an unknown fate, so that a log
// that returns an unforeseen error can not make an outcome look certain.
func definite(err error) error {
	for _, known := range []error{ErrUnknownFate, ErrDiskFull, ErrClosed, ErrTooLarge, ErrUnavailable} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrUnknownFate, err)
}

func failAll(ws []*Waiter, err error) {
	for _, w := range ws {
		w.Fail(err)
	}
}
