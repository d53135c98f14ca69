package seriatim

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"seriatim/durable"
)

// nodeKeys keeps the private keys of the unis' nodes that live on this machine: one
// PEM file each, DIR/nodes/<uni>/<node>.pem, in the form that openssl reads too. A key
// never goes into the log, so nothing that replicates or backs it up has one.
type nodeKeys struct {
	dir string // "" keeps keys in memory only

	mu   sync.RWMutex
	keys map[nodeName]ed25519.PrivateKey
}

// nodeName is a node of a uni, which is a database.
type nodeName struct {
	uni  uint64
	node string
}

// errForeignNode says that a node's key is on another machine, which must sign.
var errForeignNode = errors.New("seriatim: the node's private key is not on this machine")

func newNodeKeys(dir string) *nodeKeys {
	return &nodeKeys{dir: dir, keys: map[nodeName]ed25519.PrivateKey{}}
}

func (k *nodeKeys) folder(uni uint64) string { return filepath.Join(k.dir, fmt.Sprint(uni)) }

func (k *nodeKeys) file(n nodeName) string { return filepath.Join(k.folder(n.uni), n.node+".pem") }

// keep makes a key durable. The node's name is one that a uni accepts, so it is the
// name of a file as well.
func (k *nodeKeys) keep(n nodeName, key ed25519.PrivateKey) error {
	if k.dir != "" {
		if err := k.write(n, key); err != nil {
			return fmt.Errorf("seriatim: keep the key of node %s: %w", n.node, err)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[n] = key
	return nil
}

func (k *nodeKeys) write(n nodeName, key ed25519.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := durable.MakeFolder(k.folder(n.uni)); err != nil {
		return err
	}
	return durable.WriteFile(k.file(n), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// of returns the private key of a node, or errForeignNode.
func (k *nodeKeys) of(n nodeName) (ed25519.PrivateKey, error) {
	k.mu.RLock()
	key := k.keys[n]
	k.mu.RUnlock()
	if key != nil {
		return key, nil
	}
	if k.dir == "" {
		return nil, errForeignNode
	}
	key, err := readNodeKey(k.file(n))
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[n] = key
	return key, nil
}

// has reports whether the private key of a node is on this machine.
func (k *nodeKeys) has(n nodeName) (bool, error) {
	_, err := k.of(n)
	if errors.Is(err, errForeignNode) {
		return false, nil
	}
	return err == nil, err
}

func readNodeKey(file string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errForeignNode
	}
	if err != nil {
		return nil, fmt.Errorf("seriatim: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("seriatim: %s is no PEM file", file)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("seriatim: %s: %w", file, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("seriatim: %s is not an Ed25519 key", file)
	}
	return key, nil
}

// drop forgets the keys of a uni that is gone, or was never made.
func (k *nodeKeys) drop(uni uint64) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for n := range k.keys {
		if n.uni == uni {
			delete(k.keys, n)
		}
	}
	if k.dir == "" {
		return nil
	}
	return os.RemoveAll(k.folder(uni))
}
