// Package archive keeps a second copy of the ordered log, so that a backup can be brought to any later moment.
//
// # What it is
//
// An archive is a directory of runs. A run is a stretch of a database's log: a file that says after which state it
// begins, the blocks in a local log of package txlog whose base is there, and notes of states that the database had on
// the way. An [Archive] follows a database and writes the newest run; [Find] reads runs, as of a backup's state and a
// time, and offers the blocks between them as one log.
//
// # What it promises
//
// A block that is in the archive is there after any crash and is read back as it was or not at all. A run holds one
// history: it goes on after a restart only if the state or the block at its end is the database's own; otherwise a new
// run begins, and what is said of the gap is said in the logger. The database's log is not trimmed past what is
// archived ([Archive.Keep]) unless it would grow beyond a bound, which is said too. Trouble with the archive never
// stops the database.
//
// # What it does not know
//
// What an entry means. Digests are numbers that it carries; whoever applies the blocks compares them.
//
// # Where to start reading
//
// run.go has the files, follow.go the copying, find.go the way from a backup to a moment.
package archive
