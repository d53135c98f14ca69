package cluster

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"seriatim"
)

// ErrSecret says that the root secret is not the one that the cluster has.
var ErrSecret = errors.New("cluster: the root secret is not the cluster's")

// keyRoot holds the hash of the root secret in the registry, as hexadecimal digits.
const keyRoot = "root"

// agreeSecret sees to it that all nodes have one root secret. The first node that has one
// says which; a node that was given none takes the hash of the cluster's.
func (n *Node) agreeSecret(ctx context.Context) error {
	o := &n.o.Database
	return n.insist(ctx, func() error {
		if o.RootSecret == "" {
			return n.takeSecret(ctx)
		}
		hash := seriatim.HashSecret(o.RootSecret)
		ours := hex.EncodeToString(hash[:])
		if n.o.NewSecret {
			return n.registry.Set(ctx, keyRoot, ours)
		}
		theirs, err := n.registry.Claim(ctx, keyRoot, ours)
		if err == nil && theirs != ours {
			err = ErrSecret
		}
		return err
	})
}

func (n *Node) takeSecret(ctx context.Context) error {
	text, found, err := n.registry.Get(ctx, keyRoot)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("%w: none was given, and the cluster has none yet", ErrSecret)
	}
	hash, err := hex.DecodeString(text)
	if err != nil || len(hash) != 32 {
		return fmt.Errorf("cluster: the registry's hash of the root secret is %q", text)
	}
	n.o.Database.RootHash = [32]byte(hash)
	return nil
}
