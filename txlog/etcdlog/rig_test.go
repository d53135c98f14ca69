package etcdlog

import (
	"context"
	"path/filepath"
	"time"
)

// startAlone starts a cluster of one member.
func startAlone(dir string) (*Member, error) { return startWith(dir, MemberOptions{}) }

// startWith starts a cluster of one member with some options.
func startWith(dir string, some MemberOptions) (*Member, error) {
	o, err := options(dir)
	if err != nil {
		return nil, err
	}
	o.QuotaBytes = some.QuotaBytes
	return startAt(o)
}

// options returns those of a member with free addresses. The heartbeat is short so that an election is.
func options(dir string) (MemberOptions, error) {
	peer, err := address()
	if err != nil {
		return MemberOptions{}, err
	}
	client, err := address()
	return MemberOptions{Dir: filepath.Join(dir, "a"), Name: "a", Peer: peer, Client: client, Heartbeat: 20 * time.Millisecond}, err
}

func startAt(o MemberOptions) (*Member, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return Start(ctx, o)
}
