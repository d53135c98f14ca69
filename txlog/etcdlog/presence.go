package etcdlog

import (
	"context"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// Presence is a text in a registry that goes away by itself when its owner has not renewed it for some seconds. It is
// for one goroutine.
type Presence struct {
	registry *Registry
	key      string
	seconds  int64
	lease    clientv3.LeaseID
	text     string // that is there under the lease
}

// Presence prepares one under key that lasts at least lasting, in whole seconds, after every Renew. Nothing is there
// before the first.
func (r *Registry) Presence(key string, lasting time.Duration) *Presence {
	return &Presence{registry: r, key: key, seconds: max(int64(lasting/time.Second), 1)}
}

// Renew puts the text under the key, if it is another one, and prolongs its stay, which alone writes nothing to the
// members' disks.
func (p *Presence) Renew(ctx context.Context, text string) error {
	ctx, cancel := bound(ctx)
	defer cancel()
	err := p.renew(ctx, text)
	if is(err, rpctypes.ErrLeaseNotFound) {
		p.lease = 0
		err = p.renew(ctx, text)
	}
	return unavailable(err)
}

func (p *Presence) renew(ctx context.Context, text string) error {
	client := p.registry.client
	if p.lease == 0 {
		granted, err := client.Grant(ctx, p.seconds)
		if err != nil {
			return err
		}
		p.lease, p.text = granted.ID, ""
	} else if _, err := client.KeepAliveOnce(ctx, p.lease); err != nil {
		return err
	}
	if text == p.text {
		return nil
	}
	_, err := client.Put(ctx, p.registry.prefix+p.key, text, clientv3.WithLease(p.lease))
	if err == nil {
		p.text = text
	}
	return err
}

// End takes the text away now.
func (p *Presence) End(ctx context.Context) error {
	if p.lease == 0 {
		return nil
	}
	ctx, cancel := bound(ctx)
	defer cancel()
	_, err := p.registry.client.Revoke(ctx, p.lease)
	p.lease = 0
	return unavailable(err)
}
