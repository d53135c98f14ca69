package httpapi

import (
	"context"
	"fmt"
	"math"
	"net/http"

	"seriatim"
	"seriatim/ledger"
)

// maxBlocks bounds the blocks of one list.
const maxBlocks = 500

// uiLedger reads a node's ledger for a session. names are the parameters that the other
// door has as parts of its path.
func (s *Server) uiLedger(answer func(*ledgerDoor, *ledgerAnswer) error, names ...string) func(http.ResponseWriter, *http.Request, *session) {
	return func(w http.ResponseWriter, r *http.Request, one *session) {
		e, ok := s.uniEnter(w, r, one)
		if !ok {
			return
		}
		d := &ledgerDoor{server: s, uni: e.uni, node: e.node}
		for _, name := range names {
			part, _ := parameter(r, name)
			d.parts = append(d.parts, part)
		}
		ctx, cancel := context.WithTimeout(r.Context(), seriatim.DefaultTimeout)
		defer cancel()
		l, refusal := s.db.OpenLedger(ctx, &seriatim.GraphRequest{Uni: e.uni, Node: e.node, Authorization: e.authorization, Operator: true})
		if refusal != nil {
			s.uiRefuseGraph(w, one, refusal)
			return
		}
		defer l.Close()
		w.Header().Set("Cache-Control", "no-store")
		if resp := d.read(&ledgerAnswer{ledger: l, w: w, r: r}, func(a *ledgerAnswer) error { return answer(d, a) }); resp != nil {
			s.uiReply(w, resp.Status, resp.Body)
		}
	}
}

// blocks answers with the number of blocks, and count of them from one on downwards:
// the newest without from.
func (d *ledgerDoor) blocks(a *ledgerAnswer) error {
	n, err := count(a.r, "count", 100)
	if err != nil {
		return err
	}
	size, err := a.ledger.Size()
	if err != nil {
		return err
	}
	from := uint64(math.MaxInt64)
	if id, given := parameter(a.r, "from"); given {
		if from, err = heightOf(id); err != nil {
			return err
		}
	}
	blocks, err := a.ledger.Blocks(from, int(min(n, maxBlocks)))
	if err != nil {
		return err
	}
	return d.send(a, kindJSON, fmt.Appendf(nil, `{"size":%d,"blocks":%s}`, size, blocks))
}

// block answers with one block and what it takes to verify it.
func (d *ledgerDoor) block(a *ledgerAnswer) error {
	id, _ := parameter(a.r, "block")
	height, err := heightOf(id)
	if err != nil {
		return err
	}
	text, err := a.ledger.Block(height)
	if err != nil {
		return err
	}
	return d.send(a, kindJSON, text)
}

func heightOf(id string) (uint64, error) {
	height, ok := ledger.ParseBlockID(id)
	if !ok {
		return 0, badCall("A block's id is 15 digits, not %q.", id)
	}
	return height, nil
}
