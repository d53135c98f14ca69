package ledger

import (
	"bufio"
	"errors"
	"io"
)

// exportBatch is how many blocks are read at a time.
const exportBatch = 64

// Export writes the ledger as lines of JSON, as far as a checkpoint that at least
// one node signed: a line for the uni, one for each block and after it one for
// each of its transactions, and one for the checkpoint. Guarded parts for which
// hide returns true are left out; a nil hide leaves out nothing. The checkpoint is
// refused if it is not of this ledger; who signed it is for Verify to find.
func Export(w io.Writer, c *Chain, checkpoint []byte, hide func(Placed, Part) bool) error {
	end, err := ParseCheckpoint(checkpoint)
	if err != nil {
		return err
	}
	if own, err := c.Checkpoint(end.Size); err != nil {
		return err
	} else if *own != *end {
		return errors.New("ledger: the checkpoint is not of this ledger")
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.Write(append(appendPreamble(nil, exportName, end.Uni), "}\n"...))
	for from := uint64(0); from < end.Size; from += exportBatch {
		blocks, err := c.Blocks(from, int(min(exportBatch, end.Size-from)), false)
		if err != nil {
			return err
		}
		for _, b := range blocks {
			exportBlock(out, b, hide)
		}
	}
	out.Write(append(appendJSON([]byte(`{"checkpoint":`), string(checkpoint)), "}\n"...))
	return out.Flush()
}

// exportBlock writes a block; out remembers an error.
func exportBlock(out *bufio.Writer, b *Block, hide func(Placed, Part) bool) {
	line := append(appendBlock(out.AvailableBuffer(), &b.Header, b.Hash(), b.RedactedHash()), '\n')
	out.Write(line)
	for _, p := range b.Transactions {
		r := p.Redact(func(part Part) bool { return hide != nil && hide(p, part) })
		out.Write(append(appendRedacted(out.AvailableBuffer(), p.TS, r), '\n'))
	}
}
