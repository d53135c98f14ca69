package etcdlog

import (
	"context"
	"errors"
	"fmt"

	"seriatim/txlog"
)

// find returns the revision at which the block at a position was appended, by bisecting the history of the head key:
// the position is not stored with the block, because the transaction that appends it cannot know it. Each block takes
// a revision of its own, which bounds the search, so it ends within a few requests where little else is written. For a
// position past the head it returns the next revision of the cluster. With it comes the last position before that
// revision. The error wraps ErrTrimmed or ErrUnavailable.
func (l *Log) find(ctx context.Context, at txlog.Position) (int64, txlog.Position, error) {
	newest, err := l.countAt(ctx, 0)
	if err != nil {
		return 0, 0, err
	}
	if at <= l.base {
		return 0, 0, fmt.Errorf("%w: %d, the log begins after %d", txlog.ErrTrimmed, at, l.base)
	}
	want := int64(at - l.base)
	if want > newest.version {
		return newest.asked + 1, l.base + txlog.Position(newest.version), nil
	}
	revision, err := l.bisect(ctx, want, newest)
	if err != nil {
		return 0, 0, err
	}
	if revision == 0 {
		return 0, 0, fmt.Errorf("%w: %d", txlog.ErrTrimmed, at)
	}
	return revision, at - 1, nil
}

// bisect returns the revision that gave the head key the version want, 0 if etcd no longer keeps it.
func (l *Log) bisect(ctx context.Context, want int64, newest count) (int64, error) {
	low, high := l.created+want, newest.revision-(newest.version-want)
	for probe := high; low <= high; probe = low + (high-low)/2 {
		c, err := l.countAt(ctx, probe)
		switch {
		case errors.Is(err, errCompacted):
			low = probe + 1
		case err != nil:
			return 0, err
		case c.version < want:
			low = probe + want - c.version
		case c.version > want:
			high = c.revision - (c.version - want)
		default:
			return l.kept(ctx, c.revision)
		}
	}
	return 0, nil
}

// kept returns revision, or 0 if it has been compacted. etcd shows the last state before a compaction, but not the
// event that led to it.
func (l *Log) kept(ctx context.Context, revision int64) (int64, error) {
	_, err := l.countAt(ctx, revision)
	if errors.Is(err, errCompacted) {
		return 0, nil
	}
	return revision, err
}

// Trim lets etcd forget the revisions before the block at through; it frees the space in the background. All members
// lose them at once. It waits for one answer at most RequestTimeout long.
func (l *Log) Trim(through txlog.Position) error {
	if err := l.usable(); err != nil {
		return err
	}
	head, err := l.Head(l.life)
	if err != nil {
		return err
	}
	if through = min(through, head); through <= l.base {
		return nil
	}
	revision, err := l.endOf(through)
	if errors.Is(err, txlog.ErrTrimmed) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, cancel := l.request(l.life)
	defer cancel()
	if _, err = l.client.Compact(ctx, revision); err == nil {
		return nil
	}
	if err = unavailable(err); errors.Is(err, errCompacted) {
		return nil
	}
	return err
}

// endOf returns the newest revision known whose newest block is the one at through, which is not past the head: for
// the head that is the present one, so that what the cluster keeps beside the log goes too while nobody appends.
func (l *Log) endOf(through txlog.Position) (int64, error) {
	now, err := l.countAt(l.life, 0)
	if err != nil {
		return 0, err
	}
	if l.base+txlog.Position(now.version) == through {
		return now.asked, nil
	}
	revision, _, err := l.find(l.life, through)
	return revision, err
}
