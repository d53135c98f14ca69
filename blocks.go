package seriatim

import "seriatim/txlog"

// Blocks reads the log from a position on, as it becomes durable: for a copy of it. What
// is no longer needed is trimmed, unless Options.Keep keeps it. The error wraps
// txlog.ErrTrimmed for what is gone.
func (db *DB) Blocks(from txlog.Position) (txlog.Reader, error) { return db.log.Read(from) }

// trim is where the replica tells what it needs no more, nil for the log.
func (db *DB) trim() func(flushed txlog.Position) {
	o := &db.options
	tell := db.trimLog
	if o.Shared != nil && o.Shared.Trim != nil {
		tell = o.Shared.Trim
	}
	switch {
	case o.Keep != nil:
		return func(flushed txlog.Position) { tell(o.Keep(flushed)) }
	case o.Shared != nil:
		return o.Shared.Trim
	}
	return nil
}

func (db *DB) trimLog(through txlog.Position) {
	if err := db.log.Trim(through); err != nil {
		db.options.Logger.Warn("the log was not trimmed; it will be tried again", "error", err)
	}
}
