package seriatim

import (
	"context"
	"errors"
	"time"

	"seriatim/catalog"
	"seriatim/replica"
	"seriatim/txn"
)

// lease is what a node knows of the right to do the jobs, where several could. Clocks of
// nodes are not compared: whoever has not seen the lease renewed for a while takes it.
type lease struct {
	seen    catalog.Lease
	since   time.Time // when it was first seen like that
	renewed time.Time // when this process renewed it, zero for never
}

// leaseTerm is how long a lease is good that is not renewed; it is renewed three times as
// often.
const leaseTerm = 15 * time.Second

func (b *background) term() time.Duration {
	if r := b.db.options.Rig; r != nil && r.LeaseTerm > 0 {
		return r.LeaseTerm
	}
	return leaseTerm
}

// leads tells whether this node does the jobs now; it takes or renews the lease for that.
func (b *background) leads(ctx context.Context) (bool, error) {
	if !b.db.options.several() {
		return true, nil
	}
	now, me := time.Now(), b.db.options.origin()
	held, err := b.peekLease()
	if err != nil {
		return false, err
	}
	l := &b.lease
	if held != l.seen || l.since.IsZero() {
		l.seen, l.since = held, now
	}
	switch {
	case held.Node == me && now.Sub(l.renewed) < b.term()/3:
		return true, nil
	case held.Node != 0 && held.Node != me && now.Sub(l.since) < b.term():
		return false, nil
	}
	out, err := b.commit(ctx, func(tx *txn.Tx) error {
		if current, err := catalog.JobLease(tx); err != nil || current != held {
			return errors.Join(err, errNotLeading)
		}
		return catalog.PutJobLease(tx, catalog.Lease{Node: me, Count: held.Count + 1})
	})
	if errors.Is(err, errNotLeading) {
		return false, nil
	}
	if err != nil || out.Status != replica.Applied {
		return false, err
	}
	l.renewed = now
	return true, nil
}

// peekLease reads the lease of the newest state.
func (b *background) peekLease() (catalog.Lease, error) {
	tx := b.db.begin()
	defer tx.Close()
	return catalog.JobLease(tx)
}

// errNotLeading says that another node does the jobs.
var errNotLeading = errors.New("seriatim: another node does the background work")

// leading is work that happens only while this node has the lease.
func (b *background) leading(work func(*txn.Tx) error) func(*txn.Tx) error {
	if !b.db.options.several() {
		return work
	}
	return func(tx *txn.Tx) error {
		held, err := catalog.JobLease(tx)
		switch {
		case err != nil:
			return err
		case held.Node != b.db.options.origin():
			return errNotLeading
		}
		return work(tx)
	}
}

// resign gives the lease up when there is nothing to do, so that any node can take it.
func (b *background) resign(ctx context.Context) error {
	if b.lease.renewed.IsZero() {
		return nil
	}
	_, err := b.commit(ctx, b.leading(func(tx *txn.Tx) error { return catalog.PutJobLease(tx, catalog.Lease{}) }))
	if err == nil || errors.Is(err, errNotLeading) {
		b.lease.renewed = time.Time{}
		return nil
	}
	return err
}
