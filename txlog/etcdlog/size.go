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

// Size asks this process's member, or, over connections, any that answers. A member that is being removed dies of the
// question when it comes over a connection, so it is for clusters whose members are none of this program's.
func (c *Cluster) Size(ctx context.Context) (Size, error) {
	if c.member != nil {
		return c.member.size(), nil
	}
	ctx, cancel := bound(ctx)
	defer cancel()
	var last error
	for _, endpoint := range c.client.Endpoints() {
		s, err := c.client.Status(ctx, endpoint)
		if err != nil {
			last = err
			continue
		}
		return Size{Bytes: s.DbSize, Used: s.DbSizeInUse, Quota: s.DbSizeQuota, Alarm: alarms(func(kind string) bool {
			return slices.ContainsFunc(s.Errors, func(e string) bool { return strings.Contains(e, "alarm:"+kind) })
		})}, nil
	}
	return Size{}, unavailable(last)
}

// size does not go through the member's own service, which ends the process while the member is being removed.
func (m *Member) size() Size {
	server := m.etcd.Server
	raised := server.Alarms()
	return Size{
		Bytes: server.Backend().Size(), Used: server.Backend().SizeInUse(), Quota: server.Cfg.QuotaBackendBytes,
		Alarm: alarms(func(kind string) bool {
			return slices.ContainsFunc(raised, func(a *pb.AlarmMember) bool { return a.Alarm.String() == kind })
		}),
	}
}

// alarms names the alarms that are raised.
func alarms(raised func(kind string) bool) string {
	var all []string
	for _, kind := range []pb.AlarmType{pb.AlarmType_NOSPACE, pb.AlarmType_CORRUPT} {
		if raised(kind.String()) {
			all = append(all, kind.String())
		}
	}
	return strings.Join(all, ",")
}

// Leads reports whether this process's member leads the cluster.
func (c *Cluster) Leads() bool { return c.member != nil && c.member.Leads() }

// Leader returns the identity of the leader as this process's member sees it, 0 if it sees none or there is no member.
func (c *Cluster) Leader() uint64 {
	if c.member == nil {
		return 0
	}
	return uint64(c.member.etcd.Server.Leader())
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
