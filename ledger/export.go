package ledger

import (
	"bufio"
	"errors"
	"io"
)

// exportBatch is how many headers of blocks are read at a time. Transactions are read
// block by block, for they can be large.
const exportBatch = 256

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
		headers, err := c.headers(from, int(min(exportBatch, end.Size-from)), false)
		if err != nil {
			return err
		}
		for _, h := range headers {
			if err := exportBlock(out, c, h, hide); err != nil {
				return err
			}
		}
	}
	out.Write(append(appendJSON([]byte(`{"checkpoint":`), string(checkpoint)), "}\n"...))
	return out.Flush()
}

// exportBlock writes a block. An error of the writer comes with the last line, for out
// remembers it.
func exportBlock(out *bufio.Writer, c *Chain, h *Header, hide func(Placed, Part) bool) error {
	b, err := c.filled(h)
	if err != nil {
		return err
	}
	_, err = out.Write(append(appendBlock(out.AvailableBuffer(), h, h.Hash(), h.RedactedHash()), '\n'))
	for _, p := range b.Transactions {
		r := p.Redact(func(part Part) bool { return hide != nil && hide(p, part) })
		_, err = out.Write(append(appendRedacted(out.AvailableBuffer(), p.TS, r), '\n'))
	}
	return err
}
