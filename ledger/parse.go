package ledger

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
)

// errForm says that a text is not the one spelling of what it means.
var errForm = errors.New("not the canonical text")

// preambleText, blockText and the others are the members of the documents as
// encoding/json reads them; what it lets pass, the comparison with the canonical
// text does not.
type preambleText struct {
	Seriatim string `json:"seriatim"`
	Format   int64  `json:"format"`
	Uni      string `json:"uni"`
}

type blockText struct {
	Block            string `json:"block"`
	First            int64  `json:"first"`
	Last             int64  `json:"last"`
	Count            uint32 `json:"count"`
	Previous         string `json:"previous"`
	Root             string `json:"root"`
	Hash             string `json:"hash"`
	PreviousRedacted string `json:"previousRedacted"`
	RedactedRoot     string `json:"redactedRoot"`
	RedactedHash     string `json:"redactedHash"`
}

type transactionText struct {
	Transaction string            `json:"transaction"`
	TS          int64             `json:"ts"`
	Owner       string            `json:"owner"`
	Submitted   int64             `json:"submitted"`
	Parts       []json.RawMessage `json:"parts"`
	Signature   string            `json:"signature"`
}

type guardedText struct {
	Commitment *string `json:"commitment"`
	Salt       string  `json:"salt"`
	Path       string  `json:"path"`
	Text       string  `json:"text"`
}

// header is the block's, as far as the full chain has it.
func (b *blockText) header(uni string) (*Header, error) {
	height, ok := ParseBlockID(b.Block)
	h := &Header{Format: headerFormat, Uni: uni, Height: height, First: b.First, Last: b.Last, Count: b.Count}
	ok = ok && height <= maxInteger && b.First >= 0 && b.First <= b.Last && b.Last <= maxInteger && b.Count > 0
	if !ok || !unhex(h.Previous[:], b.Previous) || !unhex(h.Root[:], b.Root) {
		return nil, errForm
	}
	return h, nil
}

// redacted is the transaction of a uni. The caller compares with the canonical text.
func (t *transactionText) redacted(uni string) (*Redacted, error) {
	r := &Redacted{Uni: uni, ID: t.Transaction, Owner: t.Owner, Submitted: t.Submitted, Parts: make([]RedactedPart, len(t.Parts))}
	ok := unhex(r.Signature[:], t.Signature) && validName(r.ID) && validName(r.Owner) && len(r.Parts) > 0 &&
		t.TS >= 0 && t.TS <= maxInteger && t.Submitted >= 0 && t.Submitted <= maxInteger
	for i, raw := range t.Parts {
		ok = ok && r.Parts[i].parse(raw)
	}
	if !ok {
		return nil, errForm
	}
	return r, nil
}

func (p *RedactedPart) parse(raw []byte) bool {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &p.Text) == nil
	}
	var g guardedText
	if json.Unmarshal(raw, &g) != nil {
		return false
	}
	p.Guarded = true
	if g.Commitment != nil {
		p.Hidden = true
		return unhex(p.Commitment[:], *g.Commitment)
	}
	p.Path, p.Text = g.Path, g.Text
	if !unhex(p.Salt[:], g.Salt) {
		return false
	}
	p.Commitment = commitGuarded(p.Salt, p.Path, p.Text)
	return true
}

// parseBlock reads a block's line of an export.
func parseBlock(line []byte, uni string) (*Header, error) {
	var b blockText
	if json.Unmarshal(line, &b) != nil {
		return nil, errForm
	}
	h, err := b.header(uni)
	if err != nil {
		return nil, err
	}
	var hash, redacted Hash
	ok := unhex(hash[:], b.Hash) && unhex(redacted[:], b.RedactedHash) &&
		unhex(h.PreviousRedacted[:], b.PreviousRedacted) && unhex(h.RedactedRoot[:], b.RedactedRoot)
	if !ok || !bytes.Equal(appendBlock(nil, h, hash, redacted), line) {
		return nil, errForm
	}
	if hash != h.Hash() || redacted != h.RedactedHash() {
		return nil, errHash
	}
	return h, nil
}

// errHash says that a block states a hash that is not its header's.
var errHash = errors.New("the hash is not that of the header")

// parseRedacted reads a transaction's line of an export.
func parseRedacted(line []byte, uni string) (ts int64, r *Redacted, err error) {
	var t transactionText
	if json.Unmarshal(line, &t) != nil {
		return 0, nil, errForm
	}
	r, err = t.redacted(uni)
	if err == nil && !bytes.Equal(appendRedacted(nil, t.TS, r), line) {
		err = errForm
	}
	return t.TS, r, err
}

// unhex fills dst with what lower-case hexadecimal digits say, exactly.
func unhex(dst []byte, s string) bool {
	if len(s) != 2*len(dst) || strings.ContainsAny(s, "ABCDEF") {
		return false
	}
	_, err := hex.Decode(dst, []byte(s))
	return err == nil
}
