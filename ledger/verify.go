package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/transparency-dev/merkle/compact"
)

// maxLine bounds a line of an export, in bytes.
const maxLine = 64 << 20

// VerifyOptions are what a verifier knows from elsewhere.
type VerifyOptions struct {
	Keys        Keys     // the nodes' public keys; of every owner, and of one signer of the checkpoint at least
	Checkpoints [][]byte // signed notes that were kept: the ledger must continue each
	Uni         string   // the uni the ledger must be of; empty for any
}

// Report is what Verify found in a ledger that it accepted.
type Report struct {
	Uni          string
	Transactions int
	Hidden       int         // parts that the copy leaves out
	Checkpoint   *Checkpoint // where it ends; keep Note
	Note         []byte      // as signed
	Signed       []string    // names of the nodes that signed the end
}

// Verify reads an export and checks everything in it by the keys of opts alone.
// The error is a *Refusal, which names the block, or r's own.
func Verify(r io.Reader, opts VerifyOptions) (*Report, error) {
	saved, err := openSaved(&opts)
	if err != nil {
		return nil, err
	}
	v := &verifier{
		in:    bufio.NewReaderSize(r, 1<<16),
		opts:  &opts,
		saved: saved,
		seen:  map[string]bool{},
		tree:  ranges.NewEmptyRange(0),
	}
	if err := v.run(); err != nil {
		return nil, err
	}
	return &v.report, nil
}

// kept is a checkpoint that was saved, verified.
type kept struct {
	*Checkpoint
	note []byte
}

// openSaved verifies the saved checkpoints and gives them by size.
func openSaved(opts *VerifyOptions) (map[uint64]kept, error) {
	saved := map[uint64]kept{}
	for i, n := range opts.Checkpoints {
		c, _, err := VerifyCheckpoint(n, opts.Keys)
		if err != nil {
			return nil, &Refusal{Reason: BadCheckpoint, Detail: fmt.Sprintf("saved checkpoint %d: %v", i+1, err)}
		}
		if opts.Uni == "" {
			opts.Uni = c.Uni
		}
		if c.Uni != opts.Uni {
			return nil, &Refusal{Reason: BadUni, Detail: fmt.Sprintf("saved checkpoint %d is of uni %q, not %q", i+1, c.Uni, opts.Uni)}
		}
		if other, ok := saved[c.Size]; ok && *other.Checkpoint != *c {
			return nil, forked(c.Size, "two saved checkpoints of one size differ", other.note, n)
		}
		saved[c.Size] = kept{c, n}
	}
	return saved, nil
}

func forked(size uint64, detail string, evidence ...[]byte) *Refusal {
	return &Refusal{Block: BlockID(size - 1), Reason: Forked, Detail: detail, Evidence: evidence}
}

// verifier is a pass over an export.
type verifier struct {
	in     *bufio.Reader
	line   int
	opts   *VerifyOptions
	saved  map[uint64]kept
	seen   map[string]bool // ids of transactions
	height uint64          // of the block that is being read: what is wrong is blamed on it
	last   *Header         // the block before; nil at first
	tree   *compact.Range  // over the blocks so far
	fork   *kept           // the first saved checkpoint that has another history
	report Report
}

func (v *verifier) run() error {
	if err := v.preamble(); err != nil {
		return err
	}
	for {
		line, err := v.next()
		if err != nil {
			return err
		}
		if bytes.HasPrefix(line, []byte(`{"checkpoint":`)) && v.last != nil {
			return v.end(line)
		}
		if err := v.block(line); err != nil {
			return err
		}
	}
}

// refuse blames the block that is being read.
func (v *verifier) refuse(reason Reason, format string, args ...any) error {
	return &Refusal{Block: BlockID(v.height), Line: v.line, Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// next reads a line; it returns it without the line feed.
func (v *verifier) next() ([]byte, error) {
	v.line++
	var whole []byte
	for {
		part, err := v.in.ReadSlice('\n')
		whole = append(whole, part...)
		switch {
		case err == nil:
			return whole[:len(whole)-1], nil
		case errors.Is(err, io.EOF):
			return nil, v.refuse(BadForm, "the text ends without a checkpoint")
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(whole) > maxLine:
			return nil, v.refuse(BadForm, "a line of more than %d bytes", maxLine)
		}
	}
}

func (v *verifier) preamble() error {
	line, err := v.next()
	if err != nil {
		return err
	}
	var p preambleText
	if json.Unmarshal(line, &p) != nil || p.Seriatim != exportName {
		return v.refuse(BadForm, "not an export of a ledger")
	}
	if p.Format != textFormat {
		return v.refuse(BadForm, "format %d, this program knows %d", p.Format, textFormat)
	}
	if !validName(p.Uni) || string(appendPreamble(nil, exportName, p.Uni))+"}" != string(line) {
		return v.refuse(BadForm, "%v", errForm)
	}
	if v.opts.Uni != "" && v.opts.Uni != p.Uni {
		return v.refuse(BadUni, "the ledger of uni %q, not of %q", p.Uni, v.opts.Uni)
	}
	v.report.Uni = p.Uni
	return nil
}

// end checks the checkpoint against the blocks, and them against all saved ones.
func (v *verifier) end(line []byte) error {
	v.height--
	var c struct {
		Checkpoint string `json:"checkpoint"`
	}
	if json.Unmarshal(line, &c) != nil || !bytes.Equal(append(appendJSON([]byte(`{"checkpoint":`), c.Checkpoint), '}'), line) {
		return v.refuse(BadForm, "%v", errForm)
	}
	signed := []byte(c.Checkpoint)
	end, names, err := verifyStrict(signed, v.opts.Keys)
	if err != nil {
		return v.refuse(BadCheckpoint, "%v", err)
	}
	if *end != v.checkpoint() {
		return v.refuse(BadCheckpoint, "the signed checkpoint is of another ledger")
	}
	if _, err := v.in.ReadByte(); err != io.EOF {
		return v.refuse(BadForm, "the text goes on after the checkpoint")
	}
	v.report.Checkpoint, v.report.Note, v.report.Signed = end, signed, names
	return v.compare()
}

// compare holds the ledger to the saved checkpoints.
func (v *verifier) compare() error {
	note, size := v.report.Note, v.report.Checkpoint.Size
	if v.fork != nil {
		return forked(v.fork.Size, "a saved checkpoint has another history up to here", v.fork.note, note)
	}
	longest := slices.Max(append(slices.Collect(maps.Keys(v.saved)), 0))
	if longest <= size {
		return nil
	}
	return &Refusal{Block: BlockID(size), Reason: Short, Evidence: [][]byte{v.saved[longest].note, note},
		Detail: fmt.Sprintf("the ledger ends after %d blocks; a saved checkpoint has %d", size, longest)}
}

// checkpoint describes the blocks so far.
func (v *verifier) checkpoint() Checkpoint {
	sum, _ := v.tree.GetRootHash(nil)
	return Checkpoint{v.report.Uni, v.tree.End(), Hash(sum), v.last.Hash(), v.last.RedactedHash()}
}
