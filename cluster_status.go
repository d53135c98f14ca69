package seriatim

// ClusterStatus says how a cluster looks from one of its nodes, at one moment. What it
// says of other nodes is what they last reported, at most a few seconds old while they
// are live. A single node is a cluster of itself.
type ClusterStatus struct {
	// Self is the name of the node that answers.
	Self string `json:"self"`
	// Leader is the name of the node whose member leads the log; "" while there is
	// none, when it is not a node's (an external log), or on a single node's own log.
	Leader string `json:"leader"`
	// Log is the state of the ordered log.
	Log LogStatus `json:"log"`
	// Nodes are those of the cluster, in the order of their names.
	Nodes []NodeStatus `json:"nodes"`
}

// LogStatus is the state of the ordered log.
type LogStatus struct {
	// Head is the position of the newest block, Oldest that of the oldest one kept,
	// and Base the position before this log's first block.
	Head   uint64 `json:"head"`
	Oldest uint64 `json:"oldest"`
	Base   uint64 `json:"base"`
	// Bytes is what the log takes on the disk of one node, QuotaBytes what it may; 0 for
	// no quota of its own.
	Bytes      int64 `json:"bytes"`
	QuotaBytes int64 `json:"quotaBytes"`
	// Alarm is why the log takes no writes until an operator has acted, "" for none:
	// "NOSPACE" or "CORRUPT".
	Alarm string `json:"alarm"`
}

// NodeStatus is the state of one node of a cluster.
type NodeStatus struct {
	// Name tells the node from others. Region is a label that its operator chose.
	Name   string `json:"name"`
	Region string `json:"region"`
	// Role is "voter" for a node with a member of the log, "replica" for one without.
	Role string `json:"role"`
	// Address is the URL of its public doors, Version the release that it runs.
	Address string `json:"address"`
	Version string `json:"version"`
	// Fenced is why the node has stopped answering, "" while it answers.
	Fenced string `json:"fenced"`
	// Number is the node's number in the log, which no other ever had or will have.
	Number uint64 `json:"number"`
	// Position is what the node has published, Flushed what its store will have after a
	// crash, and Lag how many blocks the published position is behind the log's head.
	Position uint64 `json:"position"`
	Flushed  uint64 `json:"flushed"`
	Lag      uint64 `json:"lag"`
	// Digest is of all outcomes and effects up to Position, in hexadecimal digits; "" when
	// it is not known. Nodes that differ in it at one position have diverged.
	Digest string `json:"digest"`
	// Live says that the node has reported within the last seconds; Leader, that its
	// member leads the log.
	Live   bool `json:"live"`
	Leader bool `json:"leader"`
	// RoundTrips are microseconds from this node to others and back, by their names.
	RoundTrips map[string]int64 `json:"roundTrips"`
	// ClockOffset is how far this node's clock is ahead of the median of its peers', in
	// microseconds.
	ClockOffset int64 `json:"clockOffset"`
	// TS is the newest timestamp that the node has published, in microseconds.
	TS int64 `json:"ts"`
}
