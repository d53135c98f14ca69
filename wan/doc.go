// Package wan puts the distances and failures of a wide area network between processes of one machine.
//
// # What it is
//
// A [Network] of named nodes. Each node gets an HTTP proxy of its own; a process that runs with HTTPS_PROXY set to it
// opens its TLS connections through it with the method CONNECT, and so says who is calling. net/http, gRPC and etcd's
// transport between members all do. The names that such processes call each other by, 192.0.2.1:2380 say, are
// the network's: it knows which node a name belongs to and where on this machine it listens. Between two nodes lie two
// links, one for each direction, and every byte from one node to the other crosses the link between them, whoever
// opened the connection. A link has a delay and can be cut.
//
// # What it promises
//
// Bytes arrive in order, once, and no sooner than the link's delay after they were sent. A link has no limit of
// bandwidth: what was sent together arrives together. Opening a connection takes a round trip. What crosses a cut link
// waits, ends of connections included, as if it was being sent again and again; connections that are opened over one
// wait too, in whichever direction it is. What waited arrives when the link is healed. Tests and campaigns that need
// no privileges, no other network and no other system are what this is for.
//
// # What it does not know
//
// What the bytes mean. It sees nothing of a process that does not use its proxy, and Go's and gRPC's clients never use
// one for loopback addresses: hence the addresses
// of [Network.Host]. Loss, reordering and datagrams: TCP hides the first two and nothing here
// uses the third.
//
// # Where to start reading
//
// network.go has the whole API, pump.go how bytes are late.
package wan
