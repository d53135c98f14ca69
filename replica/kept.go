package replica

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"seriatim/txlog"
	"seriatim/txn"
)

// Kept is what a stopped replica left behind: whatever decides whether this
// release can go on from it.
type Kept struct {
	// Meta are the named values of the store, nil when there is none.
	Meta map[string][]byte
	// Log reads the blocks Oldest to Head; Head 0 is an empty log.
	Log          txlog.Reader
	Oldest, Head txlog.Position
	// Revision is the newest revision of the language that is known.
	Revision uint32
}

// Check reads every format version in it, writing nothing. Errors: ErrFormat for
// the store, ErrEntryFormat or txlog.ErrFormat for the log, ErrLogBehind, and
// txlog.ErrTrimmed when the log no longer reaches back to the store.
func (k *Kept) Check() error {
	at, err := k.position()
	if err != nil {
		return err
	}
	switch {
	case at > k.Head:
		return fmt.Errorf("%w: the log ends at position %d, the store is at %d", ErrLogBehind, k.Head, at)
	case at == 0 && k.Oldest > 1:
		return fmt.Errorf("replica: the store is missing or empty and cannot be made again: %w: the log begins at position %d", txlog.ErrTrimmed, k.Oldest)
	case at+1 < k.Oldest:
		return fmt.Errorf("replica: the store is at position %d: %w: the log begins at position %d", at, txlog.ErrTrimmed, k.Oldest)
	}
	for at := k.Oldest; at <= k.Head; at++ {
		_, data, err := k.Log.Next(context.Background())
		if err == nil {
			err = k.checkBlock(data)
		}
		if err != nil {
			return fmt.Errorf("replica: block %d: %w", at, err)
		}
	}
	return nil
}

// Image returns what the store holds: everything up to a position, the timestamp of the
// last entry there, in microseconds, and its digest. Log is not looked at. Errors: ErrFormat.
func (k Kept) Image() (at txlog.Position, ts int64, digest uint64, err error) {
	var s state
	if err = s.decode(k.Meta[stateName]); err == nil {
		_, err = k.position()
	}
	return s.position, s.last, s.digest, err
}

// position reads the state and the windows of all origins, and returns how far
// the store has got.
func (k *Kept) position() (txlog.Position, error) {
	var s state
	if err := s.decode(k.Meta[stateName]); err != nil {
		return 0, err
	}
	for name, b := range k.Meta {
		if !strings.HasPrefix(name, originPrefix) {
			continue
		}
		if err := new(seen).decode(b); err != nil {
			return 0, fmt.Errorf("%w (%s)", err, name)
		}
	}
	return s.position, nil
}

// checkBlock finds what a newer release wrote. Damage is for apply to judge.
func (k *Kept) checkBlock(data []byte) error {
	b, err := txlog.DecodeBlock(data)
	if err != nil {
		return err
	}
	for i, entry := range b.Entries {
		if err := k.checkEntry(entry); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return nil
}

func (k *Kept) checkEntry(entry []byte) error {
	switch kind, body := splitEntry(entry); kind {
	case entryEffects:
		if err := txn.CheckProposalFormat(body); err != nil {
			return fmt.Errorf("%w: %w", ErrEntryFormat, err)
		}
	case entryExpression:
		e, err := decodeExpression(body)
		if errors.Is(err, ErrEntryFormat) {
			return err
		}
		if err == nil {
			return checkRevision(e, k.Revision)
		}
	case entryFence:
	default:
		return fmt.Errorf("%w (entry kind %d)", ErrEntryFormat, kind)
	}
	return nil
}

// checkRevision refuses an expression that must be evaluated by rules newer than
// known. Refusing the entry alone would make this replica differ from those that
// have the rules.
func checkRevision(e *Expression, known uint32) error {
	if e.Revision > known {
		return fmt.Errorf("%w: it needs revision %d of the language, this release has %d", ErrEntryFormat, e.Revision, known)
	}
	return nil
}
