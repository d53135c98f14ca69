package ledger

import (
	"bytes"
	"strings"
	"testing"
)

// specimen is a file of the corpus and what a verifier must say of it.
type specimen struct {
	Name   string   `json:"name"` // of the file
	Why    string   `json:"why"`
	Uni    string   `json:"uni,omitempty"`
	Saved  []string `json:"saved,omitempty"`  // files of saved checkpoints
	Block  string   `json:"block,omitempty"`  // where it is refused
	Reason Reason   `json:"reason,omitempty"` // why; none: it is accepted
	text   []byte
}

// corpus collects specimens and saved checkpoints.
type corpus struct {
	t         *testing.T
	specimens []specimen
	notes     map[string][]byte
}

// good adds a file that is accepted.
func (c *corpus) good(name, why string, text []byte, saved ...string) {
	c.specimens = append(c.specimens, specimen{Name: name, Why: why, Saved: saved, text: text})
}

// bad adds a file that is refused at a block, -1 for none, for a reason.
func (c *corpus) bad(name, why string, block int, reason Reason, text []byte, saved ...string) {
	s := specimen{Name: name, Why: why, Reason: reason, Saved: saved, text: text}
	if block >= 0 {
		s.Block = BlockID(uint64(block))
	}
	c.specimens = append(c.specimens, s)
}

// forged adds a file that a changed forger writes.
func (c *corpus) forged(name, why string, block int, reason Reason, change func(*forger)) {
	f := sample(c.t)
	change(f)
	c.bad(name, why, block, reason, f.export())
}

// edited adds the honest export with a text replaced, which must be there.
func (c *corpus) edited(name, why string, block int, reason Reason, old, new string) {
	c.bad(name, why, block, reason, c.replace(sample(c.t).export(), old, new))
}

func (c *corpus) replace(text []byte, old, new string) []byte {
	if !bytes.Contains(text, []byte(old)) {
		c.t.Fatalf("no %q in the export", old)
	}
	return bytes.Replace(text, []byte(old), []byte(new), 1)
}

// line is the honest export with a line, from 0, replaced by others.
func (c *corpus) line(n int, with func(line string) string) []byte {
	lines := strings.SplitAfter(string(sample(c.t).export()), "\n")
	lines[n] = with(lines[n])
	return []byte(strings.Join(lines, ""))
}

func newCorpus(t *testing.T) *corpus {
	c := &corpus{t: t, notes: map[string][]byte{}}
	c.honest()
	c.rewritten()
	c.moved()
	c.spelled()
	c.hidden()
	c.checkpoints()
	c.receipts()
	return c
}

func (c *corpus) honest() {
	f := sample(c.t)
	c.notes["two.note"], c.notes["four.note"] = f.note(2), f.note(4)
	c.good("honest.jsonl", "as it was written", f.export(), "two.note", "four.note")
	f.signers = []string{"Zürich", "Warehouse", "Shop"}
	c.good("all-signed.jsonl", "all nodes signed the checkpoint", f.export())
	f.blocks = f.blocks[:1]
	c.good("genesis.jsonl", "one block", f.export())
	chain := written(c.t, sampleHistory())
	c.good("redacted.jsonl", "all guarded parts are left out", exported(c.t, chain, c.end(), hideAll), "two.note")
	c.good("some-redacted.jsonl", "some are", exported(c.t, chain, c.end(), func(_ Placed, p Part) bool { return p.Path == "Product/aa/price" }))
	named := specimen{Name: "named.jsonl", Why: "the uni that was asked for", Uni: testUni, text: sample(c.t).export()}
	other := specimen{Name: "other-uni.jsonl", Why: "another uni was asked for", Uni: "test", Block: BlockID(0), Reason: BadUni, text: named.text}
	c.specimens = append(c.specimens, named, other)
}

// end is the whole honest ledger's checkpoint.
func (c *corpus) end() []byte { return sample(c.t).note(0) }

// rewritten are histories that somebody changed, all hashes recomputed.
func (c *corpus) rewritten() {
	c.edited("text.jsonl", "a word changed in place", 1, BadSignature, "Grüße", "Größe")
	c.edited("time.jsonl", "a time of submission changed in place", 0, BadSignature, `"submitted":163`, `"submitted":162`)
	c.forged("rewritten.jsonl", "an amount changed and every hash recomputed, without keys", 3, BadSignature, func(f *forger) {
		p := &f.blocks[3][0].Parts[0]
		p.Text = strings.Replace(p.Text, "80", "8", 1)
	})
	c.forged("no-keys.jsonl", "the same, signed by an intruder's key in the node's name", 3, BadSignature, func(f *forger) {
		f.blocks[3][0].Parts[0].Text = "forged"
		f.sign(3, 0, "Intruder")
	})
	c.forged("other-node.jsonl", "a node's transaction, signed by another node", 1, BadSignature, func(f *forger) { f.sign(1, 1, "Warehouse") })
	c.forged("other-owner.jsonl", "a node claims another's transaction", 1, BadSignature, func(f *forger) { f.blocks[1][1].Owner = "Warehouse" })
	c.forged("unknown-owner.jsonl", "of a node whose key was not given", 1, UnknownOwner, func(f *forger) {
		f.blocks[1][1].Owner = "Intruder"
		f.sign(1, 1, "Intruder")
	})
	c.forged("other-id.jsonl", "a transaction under another id", 2, BadSignature, func(f *forger) { f.blocks[2][0].ID = "x" })
	c.forged("replayed.jsonl", "a transaction a second time, later", 3, Repeated, func(f *forger) {
		again := f.blocks[1][0]
		again.ts = f.blocks[3][2].ts + 1
		f.blocks[3] = append(f.blocks[3], again)
	})
	c.forged("malleable.jsonl", "another spelling of a signature", 1, BadSignature, func(f *forger) {
		r := f.blocks[1][0].Redacted
		r.Signature = malleable(r.Signature)
	})
	c.bad("no-signature.jsonl", "zeros for a signature", 3, BadSignature, c.line(9, func(l string) string {
		return l[:strings.Index(l, `"signature":"`)+13] + strings.Repeat("0", 128) + "\"}\n"
	}))
}

// moved are transactions and blocks in other places.
func (c *corpus) moved() {
	lines := strings.SplitAfter(string(sample(c.t).export()), "\n")
	join := func(order ...int) []byte {
		var b strings.Builder
		for _, i := range order {
			b.WriteString(lines[i])
		}
		return []byte(b.String())
	}
	c.bad("swapped-lines.jsonl", "two transactions change lines", 1, BadOrder, join(0, 1, 2, 3, 5, 4, 6, 7, 8, 9, 10, 11, 12))
	f := sample(c.t)
	f.blocks[1][0].Redacted, f.blocks[1][1].Redacted = f.blocks[1][1].Redacted, f.blocks[1][0].Redacted
	c.bad("swapped.jsonl", "two transactions change timestamps; all hashes recomputed, the old checkpoint", 3, BadCheckpoint, f.text(c.end()))
	honest, _ := sample(c.t).headers()
	i := 0
	f.header = func(h *Header) { h.Root, h.RedactedRoot = honest[i].Root, honest[i].RedactedRoot; i++ }
	c.bad("swapped-in-place.jsonl", "the same under the honest roots", 1, BadRoot, f.text(c.end()))
	c.bad("missing.jsonl", "a transaction is missing", 1, BadForm, join(0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12))
	c.bad("missing-last.jsonl", "the last transaction is missing", 3, BadForm, join(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12))
	c.bad("twice.jsonl", "a transaction's line twice", 3, BadForm, join(0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12))
	c.bad("block-missing.jsonl", "a block is missing", 2, BadOrder, join(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12))
	c.bad("genesis-missing.jsonl", "the first block is missing", 0, BadOrder, join(0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
	c.bad("no-blocks.jsonl", "no block at all", 0, BadForm, join(0, 12))
	c.bad("dropped.jsonl", "the last block is dropped", 2, BadCheckpoint, join(0, 1, 2, 3, 4, 5, 6, 7, 12))
	c.bad("unfinished.jsonl", "no checkpoint", 4, BadForm, join(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))
	c.bad("two-ends.jsonl", "the checkpoint twice", 3, BadForm, join(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12))
	c.forged("merged.jsonl", "two blocks made one, all hashes recomputed, signed by an intruder", 2, BadCheckpoint, func(f *forger) {
		f.blocks = [][]item{f.blocks[0], append(f.blocks[1], f.blocks[2]...), f.blocks[3]}
		f.signers = []string{"Intruder"}
	})
	c.forged("timestamp.jsonl", "a later timestamp, all hashes recomputed, signed by an intruder", 3, BadCheckpoint, func(f *forger) {
		f.blocks[3][1].ts++
		f.signers = []string{"Intruder"}
	})
	c.forged("backwards.jsonl", "a block that begins before the one before ends", 2, BadOrder, func(f *forger) { f.blocks[2][0].ts = f.blocks[1][1].ts })
	c.forged("unlinked.jsonl", "a block that links to another", 2, BadChain, func(f *forger) {
		f.header = func(h *Header) {
			if h.Height == 2 {
				h.Previous[31] ^= 1
			}
		}
	})
	c.forged("unlinked-redacted.jsonl", "a block whose redacted link is wrong", 2, BadChain, func(f *forger) {
		f.header = func(h *Header) {
			if h.Height == 2 {
				h.PreviousRedacted[31] ^= 1
			}
		}
	})
	c.forged("redacted-root.jsonl", "a redacted chain of something else, signed by a node", 1, BadRoot, func(f *forger) {
		f.header = func(h *Header) {
			if h.Height == 1 {
				h.RedactedRoot[0] ^= 1
			}
		}
	})
	c.forged("full-root.jsonl", "a full chain of something else, signed by a node", 1, BadRoot, func(f *forger) {
		f.header = func(h *Header) {
			if h.Height == 1 {
				h.Root[0] ^= 1
			}
		}
	})
	c.forged("same-time.jsonl", "two transactions of one timestamp, signed by a node", 3, BadOrder, func(f *forger) { f.blocks[3][1].ts = f.blocks[3][0].ts })
	shifted := func(name string, shift func(*Header)) {
		c.forged(name+".jsonl", "a block's "+name+" timestamp is none of its transactions', signed by a node", 3, BadOrder, func(f *forger) {
			f.header = func(h *Header) {
				if h.Height == 3 {
					shift(h)
				}
			}
		})
	}
	shifted("first", func(h *Header) { h.First-- })
	shifted("last", func(h *Header) { h.Last++ })
	c.bad("hash.jsonl", "a stated hash is wrong", 2, BadHash, c.line(6, func(l string) string {
		at := strings.Index(l, `"hash":"`) + 8
		return l[:at] + strings.Repeat("0", 64) + l[at+64:]
	}))
}

// hidden are redacted copies that lie.
func (c *corpus) hidden() {
	lie := func(name, why string, change func(parts []RedactedPart) []RedactedPart) {
		c.forged(name, why, 2, BadSignature, func(f *forger) { f.blocks[2][0].Parts = change(f.blocks[2][0].Parts) })
	}
	lie("lie-open.jsonl", "an open part is said to be guarded, and left out", func(p []RedactedPart) []RedactedPart {
		p[2] = RedactedPart{Part: Part{Guarded: true}, Hidden: true, Commitment: commitOpen(p[2].Text)}
		return p
	})
	lie("lie-changed.jsonl", "an open part beside a hidden one is changed", func(p []RedactedPart) []RedactedPart {
		p[1] = RedactedPart{Part: Part{Guarded: true}, Hidden: true, Commitment: p[1].Commitment}
		p[2].Text = `, cost: `
		return p
	})
	lie("lie-shown.jsonl", "a guarded part is shown as an open one", func(p []RedactedPart) []RedactedPart {
		p[1] = RedactedPart{Part: Part{Text: p[1].Text}}
		return p
	})
	lie("lie-commitment.jsonl", "another commitment", func(p []RedactedPart) []RedactedPart {
		p[1] = RedactedPart{Part: Part{Guarded: true}, Hidden: true, Commitment: p[3].Commitment}
		return p
	})
	lie("lie-salt.jsonl", "another salt", func(p []RedactedPart) []RedactedPart { p[1].Salt[0] ^= 1; return p })
	lie("lie-path.jsonl", "another path", func(p []RedactedPart) []RedactedPart { p[1].Path = "Product/aa/price"; return p })
	lie("lie-boundary.jsonl", "a byte moves from the path to the text", func(p []RedactedPart) []RedactedPart {
		p[3].Path, p[3].Text = p[3].Path+p[3].Text[:1], p[3].Text[1:]
		return p
	})
	lie("lie-joined.jsonl", "two parts are one", func(p []RedactedPart) []RedactedPart {
		p[0].Text += p[1].Text
		return append(p[:1], p[2:]...)
	})
	lie("lie-node.jsonl", "two parts are left out as one, by the hash of the node over them", func(p []RedactedPart) []RedactedPart {
		a, b := partLeaf(false, commitOpen(p[0].Text)), partLeaf(true, p[1].Commitment)
		p[0] = RedactedPart{Part: Part{Guarded: true}, Hidden: true, Commitment: Hash(nodeHash(a[:], b[:]))}
		return append(p[:1], p[2:]...)
	})
}
