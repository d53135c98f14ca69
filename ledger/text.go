package ledger

import (
	"encoding/hex"
	"strconv"
)

// The text of exports and receipts is JSON with one spelling: members in a fixed
// order, no white space, lower-case hexadecimal, integers as digits, and strings
// as ECMAScript's JSON.stringify writes them. A reader writes what it understood
// again and compares, which refuses all else at once.

const (
	exportName  = "ledger export"
	receiptName = "ledger receipt"
	textFormat  = 1
)

// appendPreamble appends the members that both documents begin with, and no
// closing brace.
func appendPreamble(dst []byte, name, uni string) []byte {
	dst = append(append(dst, `{"seriatim":"`...), name...)
	dst = appendNumber(append(dst, `","format":`...), textFormat)
	return appendJSON(append(dst, `,"uni":`...), uni)
}

// appendFullChain appends what the full chain says of a block, and no closing brace.
func appendFullChain(dst []byte, h *Header) []byte {
	dst = append(append(append(dst, `{"block":"`...), h.BlockID()...), '"')
	dst = appendNumber(append(dst, `,"first":`...), h.First)
	dst = appendNumber(append(dst, `,"last":`...), h.Last)
	dst = appendNumber(append(dst, `,"count":`...), int64(h.Count))
	dst = appendHex(append(dst, `,"previous":`...), h.Previous[:])
	return appendHex(append(dst, `,"root":`...), h.Root[:])
}

// appendBlock appends a block's line in an export, with both its hashes.
func appendBlock(dst []byte, h *Header, hash, redacted Hash) []byte {
	dst = appendHex(append(appendFullChain(dst, h), `,"hash":`...), hash[:])
	dst = appendHex(append(dst, `,"previousRedacted":`...), h.PreviousRedacted[:])
	dst = appendHex(append(dst, `,"redactedRoot":`...), h.RedactedRoot[:])
	dst = appendHex(append(dst, `,"redactedHash":`...), redacted[:])
	return append(dst, '}')
}

// appendRedacted appends a transaction with its timestamp. The uni is left out: it
// is the document's.
func appendRedacted(dst []byte, ts int64, r *Redacted) []byte {
	dst = appendJSON(append(dst, `{"transaction":`...), r.ID)
	dst = appendNumber(append(dst, `,"ts":`...), ts)
	dst = appendJSON(append(dst, `,"owner":`...), r.Owner)
	dst = appendNumber(append(dst, `,"submitted":`...), r.Submitted)
	dst = append(dst, `,"parts":[`...)
	for i := range r.Parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendPart(dst, &r.Parts[i])
	}
	dst = appendHex(append(dst, `],"signature":`...), r.Signature[:])
	return append(dst, '}')
}

// appendPart appends an open part as its text, a guarded one as an object.
func appendPart(dst []byte, p *RedactedPart) []byte {
	switch {
	case p.Hidden:
		dst = appendHex(append(dst, `{"commitment":`...), p.Commitment[:])
	case p.Guarded:
		dst = appendHex(append(dst, `{"salt":`...), p.Salt[:])
		dst = appendJSON(append(dst, `,"path":`...), p.Path)
		dst = appendJSON(append(dst, `,"text":`...), p.Text)
	default:
		return appendJSON(dst, p.Text)
	}
	return append(dst, '}')
}

// appendProof appends a list of hashes.
func appendProof(dst []byte, hashes []Hash) []byte {
	dst = append(dst, '[')
	for i := range hashes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendHex(dst, hashes[i][:])
	}
	return append(dst, ']')
}

func appendNumber(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func appendHex(dst, b []byte) []byte {
	return append(hex.AppendEncode(append(dst, '"'), b), '"')
}

// appendJSON appends a UTF-8 string as a JSON string. What need not be escaped is not.
func appendJSON(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			if c < 0x20 {
				dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			} else {
				dst = append(dst, c)
			}
		}
	}
	return append(dst, '"')
}
