package ledger

// AppendHeaders appends the lines of an export for the n blocks from a height on
// downwards, as a JSON array without their transactions. There are fewer where the
// ledger begins.
func AppendHeaders(dst []byte, c *Chain, from uint64, n int) ([]byte, error) {
	headers, err := c.headers(from, n, true)
	if err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	for i, h := range headers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendBlock(dst, h, h.Hash(), h.RedactedHash())
	}
	return append(dst, ']'), nil
}

// AppendPortion appends one block with what it takes to verify it alone: an object of
// the block's line in an export (block), the lines of its transactions (transactions),
// its inclusion in the tree of a signed checkpoint (inclusion), and that (checkpoint).
// Guarded parts for which hide returns true are left out; a nil hide leaves out nothing.
func AppendPortion(dst []byte, c *Chain, height uint64, checkpoint []byte, hide func(Placed, Part) bool) ([]byte, error) {
	end, err := ParseCheckpoint(checkpoint)
	if err != nil {
		return dst, err
	}
	b, err := c.Block(height)
	if err != nil {
		return dst, err
	}
	inclusion, err := c.Inclusion(height, end.Size)
	if err != nil {
		return dst, err
	}
	dst = appendJSON(append(dst, `{"uni":`...), b.Uni)
	dst = appendBlock(append(dst, `,"block":`...), &b.Header, b.Hash(), b.RedactedHash())
	dst = append(dst, `,"transactions":[`...)
	for i, p := range b.Transactions {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRedacted(dst, p.TS, p.Redact(func(part Part) bool { return hide != nil && hide(p, part) }))
	}
	dst = appendProof(append(dst, `],"inclusion":`...), inclusion)
	return append(appendJSON(append(dst, `,"checkpoint":`...), string(checkpoint)), '}'), nil
}
