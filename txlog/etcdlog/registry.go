package etcdlog

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// Registry is a handful of small texts below a prefix of the cluster's keys, for what all nodes must agree on. A
// change is made by a majority, and what was read after it shows it.
type Registry struct {
	client *clientv3.Client
	prefix string
}

// Registry returns the registry below a prefix, which ends with a slash and is not below that of a log.
func (c *Cluster) Registry(prefix string) *Registry { return &Registry{c.client, prefix} }

// Get returns the text under key, and whether there is one.
func (r *Registry) Get(ctx context.Context, key string) (text string, found bool, err error) {
	ctx, cancel := bound(ctx)
	defer cancel()
	resp, err := r.client.Get(ctx, r.prefix+key)
	if err != nil || len(resp.Kvs) == 0 {
		return "", false, unavailable(err)
	}
	return string(resp.Kvs[0].Value), true, nil
}

// List returns the texts under the keys that begin with start, by the rest of the key.
func (r *Registry) List(ctx context.Context, start string) (map[string]string, error) {
	return r.list(ctx, start)
}

// Recall is List without a majority: as the nearest member knows it, which may be a while ago.
func (r *Registry) Recall(ctx context.Context, start string) (map[string]string, error) {
	return r.list(ctx, start, clientv3.WithSerializable())
}

func (r *Registry) list(ctx context.Context, start string, how ...clientv3.OpOption) (map[string]string, error) {
	ctx, cancel := bound(ctx)
	defer cancel()
	resp, err := r.client.Get(ctx, r.prefix+start, append(how, clientv3.WithPrefix())...)
	if err != nil {
		return nil, unavailable(err)
	}
	all := make(map[string]string, len(resp.Kvs))
	for _, kv := range resp.Kvs {
		all[strings.TrimPrefix(string(kv.Key), r.prefix+start)] = string(kv.Value)
	}
	return all, nil
}

// Set puts the text under key.
func (r *Registry) Set(ctx context.Context, key, text string) error {
	ctx, cancel := bound(ctx)
	defer cancel()
	_, err := r.client.Put(ctx, r.prefix+key, text)
	return unavailable(err)
}

// Claim puts the text under key if there is none, and returns what is there then.
func (r *Registry) Claim(ctx context.Context, key, text string) (string, error) {
	ctx, cancel := bound(ctx)
	defer cancel()
	resp, err := r.client.Txn(ctx).
		If(clientv3.Compare(clientv3.CreateRevision(r.prefix+key), "=", 0)).
		Then(clientv3.OpPut(r.prefix+key, text)).Else(clientv3.OpGet(r.prefix + key)).Commit()
	if err != nil {
		return "", unavailable(err)
	}
	if !resp.Succeeded {
		text = string(resp.Responses[0].GetResponseRange().Kvs[0].Value)
	}
	return text, nil
}

// Swap puts the text under key if what is there is old ("" for nothing), and reports whether it was. An empty text
// removes the key.
func (r *Registry) Swap(ctx context.Context, key, old, text string) (bool, error) {
	ctx, cancel := bound(ctx)
	defer cancel()
	same := clientv3.Compare(clientv3.Value(r.prefix+key), "=", old)
	if old == "" {
		same = clientv3.Compare(clientv3.CreateRevision(r.prefix+key), "=", 0)
	}
	change := clientv3.OpPut(r.prefix+key, text)
	if text == "" {
		change = clientv3.OpDelete(r.prefix + key)
	}
	resp, err := r.client.Txn(ctx).If(same).Then(change).Commit()
	if err != nil {
		return false, unavailable(err)
	}
	return resp.Succeeded, nil
}

// Delete removes the key, if it is there.
func (r *Registry) Delete(ctx context.Context, key string) error {
	ctx, cancel := bound(ctx)
	defer cancel()
	_, err := r.client.Delete(ctx, r.prefix+key)
	return unavailable(err)
}

// Next returns 1, 2, 3 and so on from the counter under key: never the same number twice, though it may skip some.
func (r *Registry) Next(ctx context.Context, key string) (uint64, error) {
	for {
		old, found, err := r.Get(ctx, key)
		if err != nil {
			return 0, err
		}
		var n uint64
		if found {
			if n, err = strconv.ParseUint(old, 10, 64); err != nil {
				return 0, fmt.Errorf("etcdlog: counter %s: %w", key, err)
			}
		}
		n++
		if ours, err := r.Swap(ctx, key, old, strconv.FormatUint(n, 10)); err != nil || ours {
			return n, err
		}
	}
}
