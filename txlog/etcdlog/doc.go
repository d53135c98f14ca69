// Package etcdlog is the ordered log for more than one machine: a [txlog.Log] kept in an etcd cluster.
//
// # What it is
//
// [Open] makes a log of a few keys of an etcd cluster, reached through any client of it. A block is one etcd
// transaction that overwrites the block key and the head key, so the Version of the head key counts the blocks and
// the cluster's revisions order them. [Start] runs a member of such a cluster inside this process, for those who do
// not have one, and [Dial] reaches one over connections. Either gives a [Cluster], which knows the members and the
// space they take and keeps a [Registry] of small texts beside the log, so that no other room needs to know etcd.
// Consensus is etcd's; nothing of it is written here.
//
// # What it promises
//
// What txlog.Log promises. A block is in the log at most once, whatever etcd answered: an attempt whose end is not
// known is settled by a transaction that either finds it or makes it impossible, before Append returns. Readers check
// that positions are dense and that bytes are those appended; a hole is an error, never passed over. No head is
// answered from a read that began before the question.
//
// # What it does not know
//
// What a block holds, and who else uses the cluster. Nobody else may write below the log's prefix, or compact the
// cluster beyond what readers need. When to end a member's quota alarm, to grow a cluster and to name its leader is
// decided by who runs it.
//
// It is a room of its own, beside the local log, because only programs that use it should pay for building and linking
// etcd, 560 packages and 25 MB.
//
// # Where to start reading
//
// append.go has the life of a block, slot.go why it is there at most once, read.go its way out. docs/formats.md
// describes the keys.
package etcdlog
