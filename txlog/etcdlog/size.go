package etcdlog

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// Size says what the cluster takes on the disk of the member that was asked.
type Size struct {
	Bytes int64 // of the file
	Used  int64 // of that, not free for what comes
	Quota int64 // of Bytes; 0 if not known
	// Alarm is "NOSPACE", "CORRUPT", both with a comma, or "": while there is one, the cluster takes no blocks.
	Alarm string
}

// Size asks this process's member, or any that answers.
func (c *Cluster) Size(ctx context.Context) (Size, error) {
	ctx, cancel := bound(ctx)
	defer cancel()
	s, err := c.status(ctx)
	if err != nil {
		return Size{}, err
	}
	size := Size{Bytes: s.DbSize, Used: s.DbSizeInUse, Quota: s.DbSizeQuota}
	var alarms []string
	for _, kind := range []pb.AlarmType{pb.AlarmType_NOSPACE, pb.AlarmType_CORRUPT} {
		if slices.ContainsFunc(s.Errors, func(e string) bool { return strings.Contains(e, "alarm:"+kind.String()) }) {
			alarms = append(alarms, kind.String())
		}
	}
	size.Alarm = strings.Join(alarms, ",")
	return size, nil
}

// Leads reports whether this process's member leads the cluster.
func (c *Cluster) Leads() bool { return c.member != nil && c.member.Leads() }

// Leader returns the identity of the leader as one member sees it, 0 for none.
func (c *Cluster) Leader(ctx context.Context) uint64 {
	if c.member != nil {
		return uint64(c.member.etcd.Server.Leader())
	}
	if s, err := c.status(ctx); err == nil {
		return s.Leader
	}
	return 0
}

func (c *Cluster) status(ctx context.Context) (*clientv3.StatusResponse, error) {
	endpoints := []string{""}
	if c.member == nil {
		endpoints = c.client.Endpoints()
	}
	var last error
	for _, endpoint := range endpoints {
		s, err := c.client.Status(ctx, endpoint)
		if err == nil {
			return s, nil
		}
		last = err
	}
	return nil, unavailable(last)
}

// Shrink gives the free space in the file of this process's member back to the disk. The member answers nothing
// meanwhile, for a time that grows with what is used.
func (c *Cluster) Shrink() error {
	if c.member == nil {
		return nil
	}
	if err := c.member.etcd.Server.Backend().Defrag(); err != nil {
		return fmt.Errorf("etcdlog: shrink: %w", err)
	}
	return nil
}

// Refill lets the cluster take blocks again after its quota was used up; call it when there is space again.
func (c *Cluster) Refill(ctx context.Context) error {
	ctx, cancel := bound(ctx)
	defer cancel()
	resp, err := c.client.AlarmList(ctx)
	if err != nil {
		return unavailable(err)
	}
	for _, a := range resp.Alarms {
		if a.Alarm != pb.AlarmType_NOSPACE {
			continue
		}
		if _, err := c.client.AlarmDisarm(ctx, &clientv3.AlarmMember{MemberID: a.MemberID, Alarm: a.Alarm}); err != nil {
			return unavailable(err)
		}
	}
	return nil
}
