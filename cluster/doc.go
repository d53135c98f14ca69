// Package cluster makes databases on several machines one: nodes over one ordered log.
//
// # What it is
//
// A [Node] is one process of a cluster: a client of the ordered log, with a member of it
// inside if the node is a voter, one seriatim.DB over the log, and a node door, HTTP between
// nodes. [Init] makes the first node, of nothing or of the directory of a single node;
// [Join] makes further ones through the door of any; [Open] starts a node that was made.
//
// # What it promises
//
// Every node has all that the log has, in the log's order. A number that a node had in the
// log is given to no other node, ever. The log is trimmed behind what the live nodes have
// on disk, and beyond only when it would outgrow its bound; a node that was left behind
// fetches a checkpoint of another one. Nodes compare digests of their states all the time:
// one that differs from most stops answering before it is rebuilt, and when there is no
// majority all that differ stop. A node whose clock is far from most others' proposes
// nothing. Everything that Init and Join do may be repeated after a crash at any step. No
// request between nodes waits without a bound.
//
// # What it does not know
//
// Consensus, which is etcd's, behind txlog/etcdlog. What the database means. Who may use the
// public doors. Where processes run and who starts them again.
//
// # Where to start reading
//
// node.go has the life of a node, registry.go what nodes know of each other, look.go how
// they watch each other.
package cluster
