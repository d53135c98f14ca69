package ledger

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// originPrefix and the uni's name are the origin line of a checkpoint.
const originPrefix = "seriatim/"

// Checkpoint says how a ledger of a size looks. Its text is that of a C2SP
// tlog-checkpoint with two extension lines; signed by nodes it is a signed note.
// Two checkpoints of one uni and size that differ prove a fork.
type Checkpoint struct {
	Uni      string
	Size     uint64 // count of blocks, at least 1
	Root     Hash   // RFC 6962 root of the tree over them
	Block    Hash   // Hash of the last one
	Redacted Hash   // RedactedHash of the last one
}

// Checkpoint describes the first size blocks, at least one.
func (c *Chain) Checkpoint(size uint64) (*Checkpoint, error) {
	sum, err := c.Root(size)
	if err != nil {
		return nil, err
	}
	h, err := c.Header(size - 1)
	if err != nil {
		return nil, err
	}
	return &Checkpoint{h.Uni, size, sum, h.Hash(), h.RedactedHash()}, nil
}

// Text is what nodes sign, five lines: origin, size, root, and the hashes of the
// last block.
func (c *Checkpoint) Text() string {
	return fmt.Sprintf("%s%s\n%d\n%s\nblock %x\nredacted %x\n",
		originPrefix, c.Uni, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]), c.Block, c.Redacted)
}

var errCheckpoint = errors.New("ledger: not a checkpoint")

// parseText reads what Text wrote, and nothing else.
func parseText(text string) (*Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 {
		return nil, errCheckpoint
	}
	c := new(Checkpoint)
	c.Uni, _ = strings.CutPrefix(lines[0], originPrefix)
	c.Size, _ = strconv.ParseUint(lines[1], 10, 64)
	sum, _ := base64.StdEncoding.DecodeString(lines[2])
	block, _ := hex.DecodeString(strings.TrimPrefix(lines[3], "block "))
	redacted, _ := hex.DecodeString(strings.TrimPrefix(lines[4], "redacted "))
	copy(c.Root[:], sum)
	copy(c.Block[:], block)
	copy(c.Redacted[:], redacted)
	if c.Text() != text || !validName(c.Uni) || c.Size == 0 || c.Size > maxInteger {
		return nil, errCheckpoint
	}
	return c, nil
}

// ParseCheckpoint reads the text of a signed note without verifying it.
func ParseCheckpoint(signed []byte) (*Checkpoint, error) {
	_, err := note.Open(signed, nil)
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return nil, errCheckpoint
	}
	return parseText(unverified.Note.Text)
}

// Signer is a node with its private key.
type Signer struct {
	Node string // without white space and "+"
	Key  ed25519.PrivateKey
}

// SignCheckpoint returns the checkpoint as a note that these nodes signed.
func SignCheckpoint(c *Checkpoint, signers ...Signer) ([]byte, error) {
	s := make([]note.Signer, len(signers))
	for i := range signers {
		s[i] = &noteKey{name: signers[i].Node, public: signers[i].Key.Public().(ed25519.PublicKey), private: signers[i].Key}
	}
	b, err := note.Sign(&note.Note{Text: c.Text()}, s...)
	if err != nil {
		return nil, fmt.Errorf("ledger: signing a checkpoint: %w", err)
	}
	return b, nil
}

// JoinCheckpoints makes one note of several with the same text, with all their
// signatures, each once and in order: nodes sign where their keys are. It does not
// verify them.
func JoinCheckpoints(notes ...[]byte) ([]byte, error) {
	if len(notes) == 0 {
		return nil, errCheckpoint
	}
	var text, signatures []byte
	seen := map[string]bool{}
	for _, n := range notes {
		if _, err := ParseCheckpoint(n); err != nil {
			return nil, err
		}
		i := bytes.LastIndex(n, []byte("\n\n"))
		if text == nil {
			text = n[:i+2]
		}
		if !bytes.Equal(text, n[:i+2]) {
			return nil, errors.New("ledger: checkpoints that differ cannot be joined")
		}
		for line := range strings.Lines(string(n[i+2:])) {
			if !seen[line] {
				seen[line] = true
				signatures = append(signatures, line...)
			}
		}
	}
	return append(bytes.Clone(text), signatures...), nil
}

// VerifyCheckpoint checks a note by the keys of its nodes and returns it with the
// names of those of them that signed it, at least one, in its order. Signatures by
// others are ignored, as notes have it; a wrong one by a known node is refused.
func VerifyCheckpoint(signed []byte, keys Keys) (*Checkpoint, []string, error) {
	n, err := note.Open(signed, keys)
	if err != nil {
		return nil, nil, fmt.Errorf("ledger: checkpoint: %w", err)
	}
	c, err := parseText(n.Text)
	if err != nil {
		return nil, nil, err
	}
	names := make([]string, len(n.Sigs))
	for i, s := range n.Sigs {
		names[i] = s.Name
	}
	return c, names, nil
}

// verifyStrict is VerifyCheckpoint for a note that is part of a copy: each byte
// counts, so every signature must be known, canonical and there once.
func verifyStrict(signed []byte, keys Keys) (*Checkpoint, []string, error) {
	c, names, err := VerifyCheckpoint(signed, keys)
	if err != nil {
		return nil, nil, err
	}
	block := signed[len(c.Text())+1:]
	if bytes.Count(block, []byte("\n")) != len(names) {
		return nil, nil, errors.New("ledger: checkpoint: a signature by a node whose key was not given, or twice by one")
	}
	for line := range strings.Lines(string(block)) {
		_, b64, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "— "), " ")
		raw, err := base64.StdEncoding.DecodeString(b64)
		if err != nil || base64.StdEncoding.EncodeToString(raw) != b64 {
			return nil, nil, errors.New("ledger: checkpoint: a signature's base64 is not canonical")
		}
	}
	return c, names, nil
}
