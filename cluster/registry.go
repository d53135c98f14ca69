package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"seriatim"
	"seriatim/txlog/etcdlog"
)

// registryPrefix begins the keys of what all nodes must agree on, beside the log:
//
//	id              the identity of the cluster
//	next            the last number given to a node
//	node/NAME       a record, as JSON
//	flushed/NAME    what the node's store had when it last noted it
//	live/NAME       a report, as JSON, that goes away by itself
//	trimmed         the position up to which blocks are gone
const registryPrefix = "seriatim/cluster/0/"

const (
	keyID      = "id"
	keyNext    = "next"
	keyNode    = "node/"
	keyFlushed = "flushed/"
	keyLive    = "live/"
	keyTrimmed = "trimmed"
)

// record is what the cluster remembers of a node.
type record struct {
	Name    string `json:"name"`
	Region  string `json:"region"`
	Role    string `json:"role"`
	Number  uint64 `json:"number"`
	Public  string `json:"public"`
	Door    string `json:"door"`             // URL of the node door
	Peer    string `json:"peer,omitempty"`   // of a voter
	Client  string `json:"client,omitempty"` // of a voter: URL for clients of the log
	Member  uint64 `json:"member,omitempty"` // of a voter: identity in the log's cluster
	Attempt string `json:"attempt,omitempty"`
}

func (r record) text() string {
	b, _ := json.Marshal(r) // plain fields only
	return string(b)
}

// report is what a node says of itself, through its door and in the registry.
type report struct {
	Name    string `json:"name"`
	Number  uint64 `json:"number"`
	Release string `json:"release"`
	Fenced  string `json:"fenced,omitempty"`
	// Leader is, of a voter, the member of the log that leads as its own member sees it, 0
	// for none; and Log what the log takes on its disk.
	Leader   uint64       `json:"leader,omitempty"`
	Log      etcdlog.Size `json:"log,omitzero"`
	Position uint64       `json:"position"`
	Flushed  uint64       `json:"flushed"`
	TS       int64        `json:"ts"`
	// Digest is that of the state at DigestAt; Known, that there is one.
	DigestAt uint64 `json:"digestAt"`
	Digest   uint64 `json:"digest"`
	Known    bool   `json:"known"`
	// Clock is the node's, in microseconds, and Offset how far it is ahead of its peers'.
	Clock      int64            `json:"clock"`
	Offset     int64            `json:"offset"`
	RoundTrips map[string]int64 `json:"roundTrips"`
}

// newRecord makes one from a Config, without what the cluster decides.
func (c *Config) newRecord() record {
	r := record{
		Name: c.Name, Region: c.Region, Role: c.Role, Public: c.Public, Number: c.Made.Number, Attempt: c.Made.Attempt,
		Door: c.url(c.Node.Advertise),
	}
	if c.Role == Voter {
		r.Peer, r.Client = c.url(c.Peer.Advertise), c.url(c.Etcd.Advertise)
	}
	return r
}

// records reads those of all nodes, by name.
func records(ctx context.Context, g *etcdlog.Registry) (map[string]record, error) {
	texts, err := g.List(ctx, keyNode)
	if err != nil {
		return nil, err
	}
	return decodeAll[record](texts)
}

func decodeAll[T any](texts map[string]string) (map[string]T, error) {
	all := make(map[string]T, len(texts))
	for name, text := range texts {
		var one T
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			return nil, fmt.Errorf("cluster: what the registry says of %s: %w", name, err)
		}
		all[name] = one
	}
	return all, nil
}

// number takes the next number for a node.
func number(ctx context.Context, g *etcdlog.Registry) (uint64, error) {
	n, err := g.Next(ctx, keyNext)
	if err == nil && n > seriatim.LargestNode {
		err = fmt.Errorf("cluster: this cluster has had %d nodes, and can have no further one", seriatim.LargestNode)
	}
	return n, err
}

// trimmed reads up to where blocks are gone.
func trimmed(ctx context.Context, g *etcdlog.Registry) (uint64, error) {
	text, found, err := g.Get(ctx, keyTrimmed)
	if err != nil || !found {
		return 0, err
	}
	return strconv.ParseUint(text, 10, 64)
}

var (
	// ErrRemoved says that the node was removed from its cluster, or that another one has
	// joined under its name. Its directory is of no more use.
	ErrRemoved = errors.New("cluster: the node was removed from its cluster; to join again it needs an empty directory and --join")
	// ErrDiverged says that the node's state differs from what most nodes have. It is
	// rebuilt when the node is opened again.
	ErrDiverged = errors.New("cluster: the node's state differs from the other nodes'")
	// ErrUnknown says that the cluster has no node of that name.
	ErrUnknown = errors.New("cluster: no such node (\"cluster status\" lists them)")
	// ErrRefused is what a node door says to what it cannot do; the text says why.
	ErrRefused = errors.New("cluster: refused")
)
