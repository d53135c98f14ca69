package archive

import (
	"context"
	"time"

	"seriatim/txlog"
)

// lookEvery is how often the source is asked how far it is: about as exact is Status.Behind.
const lookEvery = 200 * time.Millisecond

// lag knows since when the archive has not had everything. It is guarded by the archive's
// lock, but for src.
type lag struct {
	src Source
	// since: all that was published at this time is archived, once the archive is settled.
	since time.Time
	// next and at: all that was published at the time next is in the blocks up to at.
	next time.Time
	at   txlog.Position
}

// begin starts with what is known of the newest run: the last state that was noted.
func (l *lag) begin(a *Archive, src Source) {
	l.src, l.since = src, time.Now()
	if a.run != nil {
		l.since = time.UnixMicro(max(a.run.begin.TS, a.run.notes.last.TS))
	}
}

// watch looks now and again until ctx ends.
func (a *Archive) watch(ctx context.Context) {
	for pause(ctx, lookEvery) == nil {
		a.look()
	}
}

// look compares the source with the archive and returns how far the source is.
func (a *Archive) look() (head txlog.Position) {
	l := &a.lag
	if l.src == nil {
		return 0
	}
	now := time.Now() // before the position: what is published until then is in it
	head, _ = l.src.Position()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case !a.settled || now.Before(l.next):
	case a.archived >= head:
		l.since, l.next, l.at = now, now, head
	case a.archived >= l.at && !l.next.IsZero():
		l.since, l.next, l.at = l.next, now, head
	case l.next.IsZero():
		l.next, l.at = now, head
	}
	return head
}
