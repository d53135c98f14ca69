package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"seriatim"
)

// blockNotice is what a webhook is told of a block (vendia section 6). The text of its
// transactions is not in it: whoever may read it asks the node.
type blockNotice struct {
	BlockID    string           `json:"blockId"`
	BlockHash  string           `json:"blockHash"`
	Mutations  []mutationNotice `json:"mutations"`
	Part       int              `json:"part"`
	TotalParts int              `json:"totalParts"`
}

type mutationNotice struct {
	ID    string `json:"_id"`
	Owner string `json:"_owner"`
}

const (
	// noticePart is how many transactions one notice names.
	noticePart = 1000
	// blockBatch is how many blocks are read at once.
	blockBatch = 32
)

// sendBlocks tells an address of every block from where it got to, or, when it is new,
// of those that come from now on.
func (h *Webhooks) sendBlocks(ctx context.Context, t hookTarget) {
	seen := int64(-1)
	for {
		if now := h.source.Time(); now != seen {
			more, err := h.sendBatch(ctx, t)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				h.options.Logger.Warn("the blocks for a webhook could not be read", "url", t.url, "uni", t.identity, "err", err)
			case more:
				continue
			default:
				seen = now
			}
		}
		if !pause(ctx, h.options.poll) {
			return
		}
	}
}

// sendBatch tells of the next blocks; more says that there may be others.
func (h *Webhooks) sendBatch(ctx context.Context, t hookTarget) (more bool, err error) {
	next, known := h.places.next(t)
	if !known {
		if next, err = h.source.BlockCount(ctx, t.identity); err != nil {
			return false, err
		}
		return true, h.places.begin(ctx, t, next)
	}
	blocks, err := h.source.BlockReports(ctx, t.identity, next, blockBatch)
	if err != nil {
		return false, err
	}
	for _, b := range blocks {
		if !h.sendBlock(ctx, t, &b) {
			return false, ctx.Err()
		}
		if err := h.places.reached(t, b.Height+1); err != nil {
			return false, err
		}
	}
	return len(blocks) == blockBatch, nil
}

func (h *Webhooks) sendBlock(ctx context.Context, t hookTarget, b *seriatim.BlockReport) bool {
	parts := max(1, (len(b.Transactions)+noticePart-1)/noticePart)
	for part := range parts {
		n := blockNotice{BlockID: b.ID, BlockHash: b.Hash, Part: part + 1, TotalParts: parts, Mutations: []mutationNotice{}}
		for _, x := range b.Transactions[part*noticePart : min(len(b.Transactions), (part+1)*noticePart)] {
			n.Mutations = append(n.Mutations, mutationNotice{x.ID, x.Owner})
		}
		body, err := json.Marshal(&n)
		if err != nil {
			return false // strings and numbers do not fail
		}
		if !h.deliver(ctx, t, "block", fmt.Sprintf("%s/%s/%d", t.identity, b.ID, n.Part), body, never) {
			return false
		}
	}
	return true
}

func never(int) bool { return false }

// places is how far each address got: the height of the next block. It is written to a
// file now and then, so after a crash an address may be told of a block twice.
type places struct {
	file  string
	mu    sync.Mutex
	kept  map[string]uint64
	dirty bool
	last  time.Time
}

// placesEvery is how often the file is written while blocks are delivered.
const placesEvery = time.Second

func openPlaces(file string) (*places, error) {
	p := &places{file: file, kept: map[string]uint64{}}
	if file == "" {
		return p, nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("httpapi: places of webhooks: %w", err)
	}
	if err := json.Unmarshal(text, &p.kept); err != nil {
		return nil, fmt.Errorf("httpapi: places of webhooks: %s: %w", file, err)
	}
	return p, nil
}

func placeOf(t hookTarget) string { return t.identity + " " + t.node + " " + t.url }

func (p *places) next(t hookTarget) (height uint64, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	height, known = p.kept[placeOf(t)]
	return height, known
}

// begin notes where to begin, unless the address is not wanted any more.
func (p *places) begin(ctx context.Context, t hookTarget, next uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.kept[placeOf(t)], p.dirty = next, true
	return p.write()
}

// reached notes where to go on. An address that was forgotten meanwhile stays so.
func (p *places) reached(t hookTarget, next uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.kept[placeOf(t)]; !known {
		return nil
	}
	p.kept[placeOf(t)], p.dirty = next, true
	if time.Since(p.last) < placesEvery {
		return nil
	}
	return p.write()
}

// forget drops an address that the settings no longer name, after its context ended.
func (p *places) forget(t hookTarget) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.kept, placeOf(t))
	p.dirty = true
}

func (p *places) save() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.write()
}

// write replaces the file as a whole.
func (p *places) write() error {
	if !p.dirty || p.file == "" {
		return nil
	}
	p.dirty, p.last = false, time.Now()
	text, err := json.Marshal(p.kept)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.file), 0o700); err != nil {
		return fmt.Errorf("httpapi: places of webhooks: %w", err)
	}
	next := p.file + ".next"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return fmt.Errorf("httpapi: places of webhooks: %w", err)
	}
	if err := os.Rename(next, p.file); err != nil {
		return fmt.Errorf("httpapi: places of webhooks: %w", err)
	}
	return nil
}
