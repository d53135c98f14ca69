// Package txlog is the ordered log: one total order of blocks, each with a dense position.
//
// # What it is
//
// Everything the database knows follows from a sequence of blocks. This room keeps that sequence: [Log] appends a
// block and says where it stands, [Reader] delivers blocks in order, [Log.Trim] lets go of those no longer needed.
// [Open] is the local log, a directory of segment files and the only write-ahead log of an embedded database.
// The log of more than one machine is in etcdlog, a room of its own; logtest holds both to the same contract.
// [Origin] gathers the proposals of one node into blocks and wakes their proposers.
//
// # What it promises
//
// Positions are 1, 2, 3 and so on without a hole. A block whose Append returned a position is durable: it is read
// again, with the same bytes and at the same position, after any crash of the process or the machine. Readers are
// given durable blocks only. An error of Append is definite (the block is not in the log and never will be) unless
// it wraps [ErrUnknownFate]. Damage to stored blocks is never passed over: opening the log refuses and names the
// position. The exact limits of that last promise stand in docs/formats.md under "The log".
//
// # What it does not know
//
// What an entry means. It has no documents, keys, timestamps or conflicts; a block's clock is a number it carries.
// It imports nothing of this module.
//
// # Where to start reading
//
// log.go has the interface, block.go the bytes of a block, origin.go the way of a proposal into a block; pace.go says
// what is different over a log that is far away, with many blocks on their way to it and perhaps no answer. The local
// log begins at local.go; frame.go explains how a torn write is told from damage, which is the heart of it.
package txlog
