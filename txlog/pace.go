package txlog

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// How an origin deals with a log that is far away, and with one that does not answer.
const (
	// minGap is the least time between two blocks while one is under way, so that a crowd shares blocks.
	minGap = 2 * time.Millisecond
	// crowdGap is how long at most a block waits for the one before to end, and for company: what a block costs the
	// log's members is far more than what an entry does.
	crowdGap = 10 * time.Millisecond
	// gapShare is how many blocks are cut while an append takes its usual time.
	gapShare = 8
	// maxSpread is how far the numbers of blocks under way may be apart. Apply remembers the last 64 of an origin.
	maxSpread = 48
	// minHold and maxHold bound how long without a sign of the log whole blocks are cut: what waits uncut can be
	// refused. After that single entries are, as rarely, so that there can be a sign.
	minHold, maxHold = 500 * time.Millisecond, 2 * time.Second
	// maxSingles is how many more appends than usual may be under way for that.
	maxSingles = 8
	// refuseAfter is how long a log may give no sign before the entries that wait, and all that come, are refused.
	refuseAfter = 3 * time.Second
	// giveUpAfter is how long proposers wait for a block under way.
	giveUpAfter = 5 * time.Second
	// maxTaken is the longest time of an append that counts as usual.
	maxTaken = time.Second
	// leastRate is how many bytes a second an append may be expected to take on top.
	leastRate = 2 << 20
)

// pace decides when an origin with several appends under way cuts its next block, and when it stops waiting. It only
// reckons: the times come from its caller.
type pace struct {
	limit int

	mu     sync.Mutex
	under  []outgoing    // appends under way, by number
	cut    time.Time     // of the last block
	sign   time.Time     // when an append last ended well
	smooth time.Duration // what an append takes lately
	down   bool          // entries are refused
}

// outgoing is a block whose append is under way.
type outgoing struct {
	number  uint64
	begun   time.Time
	due     time.Time // begun, and what its size may take
	givenUp bool
}

// move is what an origin does next.
type move struct {
	cut, single bool // a block, or one entry

	down bool          // entries are refused, those that wait too
	late []uint64      // blocks to give up
	wake time.Duration // when to ask again, 0 for not before something happens
}

// next decides. waiting tells that there are entries, full that they fill a block, and number is that of the next one.
func (p *pace) next(now time.Time, waiting, full bool, number uint64) (m move) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wake := func(at time.Time) {
		if d := max(at.Sub(now), time.Microsecond); m.wake == 0 || d < m.wake {
			m.wake = d
		}
	}
	for i := range p.under {
		if u := &p.under[i]; u.givenUp {
			continue
		} else if end := u.due.Add(giveUpAfter); now.Before(end) {
			wake(end)
		} else {
			u.givenUp, m.late = true, append(m.late, u.number)
		}
	}
	silent := p.silent()
	if !silent.IsZero() && !p.down {
		if end := silent.Add(refuseAfter); now.Before(end) {
			wake(end)
		} else {
			p.down = true
		}
	}
	m.down = p.down
	switch {
	case p.down || !waiting:
	case len(p.under) == 0:
		m.cut = true
	case number-p.under[0].number >= maxSpread:
	case !now.Before(silent.Add(p.hold())) && len(p.under) < p.limit+maxSingles:
		if m.single = !now.Before(p.cut.Add(p.hold())); m.single {
			m.cut = true
		} else {
			wake(p.cut.Add(p.hold()))
		}
	case len(p.under) >= p.limit:
	case full || !now.Before(p.cut.Add(p.gap())):
		m.cut = true
	default:
		wake(p.cut.Add(p.gap()))
	}
	return m
}

// silent is since when the log owes a sign, zero when it owes none.
func (p *pace) silent() (since time.Time) {
	for i := range p.under {
		if since.IsZero() || p.under[i].due.Before(since) {
			since = p.under[i].due
		}
	}
	if !since.IsZero() && p.sign.After(since) {
		since = p.sign
	}
	return since
}

// gap is the time between two blocks.
func (p *pace) gap() time.Duration { return max(minGap, min(p.smooth, crowdGap), p.smooth/gapShare) }

// hold is how long without a sign whole blocks are cut.
func (p *pace) hold() time.Duration { return min(max(minHold, 4*p.smooth), maxHold) }

// begin notes an append that begins.
func (p *pace) begin(now time.Time, number uint64, size int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	due := now.Add(time.Duration(size) * time.Second / leastRate)
	p.under = append(p.under, outgoing{number: number, begun: now, due: due})
	p.cut = now
}

// end notes how an append ended.
func (p *pace) end(now time.Time, number uint64, outcome error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var refused *RefusedError
	i := slices.IndexFunc(p.under, func(u outgoing) bool { return u.number == number })
	took := min(now.Sub(p.under[i].begun), maxTaken)
	p.under = slices.Delete(p.under, i, i+1)
	switch {
	case outcome == nil:
		if p.smooth += (took - p.smooth) / 8; p.smooth > took || p.sign.IsZero() {
			p.smooth = took // becoming faster counts at once
		}
		fallthrough
	case errors.Is(outcome, ErrDiskFull), errors.Is(outcome, ErrTooLarge): // it has answered
		p.sign, p.down = now, false
	case errors.As(outcome, &refused): // nobody was asked
	case errors.Is(outcome, ErrUnavailable):
		p.down = true
	}
}

// found notes that the log has told its head. Appends under way may be lost all the same, so entries are taken again,
// as sparely as after a silence.
func (p *pace) found(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.down {
		return
	}
	p.down = false
	if spare := now.Add(-p.hold()); spare.After(p.sign) {
		p.sign = spare
	}
}

var (
	errSilent = fmt.Errorf("%w: appends have not ended for %v", ErrUnavailable, refuseAfter)
	errGaveUp = fmt.Errorf("%w: the append has not ended for %v", ErrUnknownFate, giveUpAfter)
)
