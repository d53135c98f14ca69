package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
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
	c.bad("hash.jsonl", "a stated hash is wrong", 2, BadHash, c.line(6, func(l string) string {
		at := strings.Index(l, `"hash":"`) + 8
		return l[:at] + strings.Repeat("0", 64) + l[at+64:]
	}))
}

// spelled are other spellings of what is true.
func (c *corpus) spelled() {
	for i, e := range []struct {
		why, old, new string
		block         int
	}{
		{"a space", `"count":2`, `"count": 2`, 1},
		{"an unknown member", `"count":2`, `"count":2,"more":1`, 1},
		{"a member twice", `"count":2`, `"count":2,"count":2`, 1},
		{"a member's case", `"count":2`, `"Count":2`, 1},
		{"a fraction", `"count":2`, `"count":2.0`, 1},
		{"an exponent", `"count":2`, `"count":2e0`, 1},
		{"a string for a number", `"count":2`, `"count":"2"`, 1},
		{"a count of none", `"count":1`, `"count":0`, 0},
		{"a negative count", `"count":2`, `"count":-2`, 1},
		{"members in another order", `"seriatim":"ledger export","format":1`, `"format":1,"seriatim":"ledger export"`, 0},
		{"another format", `"format":1`, `"format":2`, 0},
		{"no format", `"format":1,`, ``, 0},
		{"a uni without a name", testUni, ``, 0},
		{"a character escaped without need", "Grüße", `Gr\u00fc\u00dfe`, 1},
		{"an upper-case escape", `\u001f`, `\u001F`, 1},
		{"a long escape of a tab", `\t`, `\u0009`, 1},
		{"an escaped slash", ` / `, ` \/ `, 1},
		{"half of a pair", "💶", `\ud83d`, 1},
		{"an escaped replacement of half a pair", "💶", `\ufffd`, 1},
		{"bytes that are not UTF-8", "💶", "\xf0\x9f\x92", 1},
		{"an overlong form", "/", "\xc0\xaf", 1},
		{"an empty line", "\n", "\n\n", 0},
		{"carriage returns", "\n", "\r\n", 0},
		{"a byte order mark", `{"seriatim"`, "\ufeff" + `{"seriatim"`, 0},
		{"a block's name without zeros", `"block":"000000000000002"`, `"block":"2"`, 2},
		{"a block's name as a number", `"block":"000000000000002"`, `"block":2`, 2},
		{"a prototype", `{"transaction":`, `{"__proto__":{},"transaction":`, 0},
		{"no parts", `"parts":[`, `"parts":[],"x":[`, 0},
		{"a null", `"parts":[`, `"parts":[null,`, 0},
		{"a number for a part", `"parts":[`, `"parts":[1,`, 0},
		{"a list for a part", `"parts":[`, `"parts":[[],`, 0},
		{"a part that is hidden and shown", `{"salt":`, `{"commitment":"` + strings.Repeat("00", 32) + `","salt":`, 2},
		{"a salt that is too short", `{"salt":"`, `{"salt":"","x":"`, 2},
	} {
		c.edited(fmt.Sprintf("spelling-%02d.jsonl", i+1), e.why, e.block, BadForm, e.old, e.new)
	}
	c.bad("upper-case.jsonl", "a hash in upper case", 2, BadForm, c.line(6, func(l string) string {
		at := strings.Index(l, `"root":"`) + 8
		return l[:at] + strings.ToUpper(l[at:at+64]) + l[at+64:]
	}))
	big := func(n string) []byte {
		return c.line(2, func(l string) string {
			at := strings.Index(l, `"submitted":`) + 12
			return l[:at] + n + l[at+16:]
		})
	}
	without := func(from, to, with string) func(string) string {
		return func(l string) string {
			at := strings.Index(l, from) + len(from)
			return l[:at] + with + l[at+strings.Index(l[at:], to):]
		}
	}
	c.bad("parts-none.jsonl", "a transaction without parts", 0, BadForm, c.line(2, without(`"parts":[`, `]`, "")))
	c.bad("signature-short.jsonl", "a signature that is too short", 0, BadForm, c.line(2, without(`"signature":"`, `"`, strings.Repeat("00", 63))))
	c.bad("signature-long.jsonl", "one that is too long", 0, BadForm, c.line(2, without(`"signature":"`, `"`, strings.Repeat("00", 65))))
	c.bad("signature-null.jsonl", "none", 0, BadForm, c.line(2, without(`"signature":`, `}`, "null")))
	c.bad("owner-empty.jsonl", "an owner without a name", 0, BadForm, c.line(2, without(`"owner":"`, `"`, "")))
	c.bad("owner-long.jsonl", "an owner whose name is too long", 0, BadForm, c.line(2, without(`"owner":"`, `"`, strings.Repeat("é", 128))))
	c.bad("id-control.jsonl", "a line feed in an id", 0, BadForm, c.line(2, without(`"transaction":"`, `"`, `a\nb`)))
	c.bad("id-delete.jsonl", "a delete character in an id", 0, BadForm, c.line(2, without(`"transaction":"`, `"`, "a\x7fb")))
	c.bad("negative.jsonl", "a time before 1970", 0, BadForm, c.line(2, without(`"submitted":`, `,`, `-1`)))
	c.bad("negative-ts.jsonl", "a timestamp before 1970", 0, BadForm, c.line(2, without(`"ts":`, `,`, `-1`)))
	c.bad("negative-first.jsonl", "a block that begins before 1970", 1, BadForm, c.line(3, without(`"first":`, `,`, `-1`)))
	c.bad("backwards-in-block.jsonl", "a block that ends before it begins", 1, BadForm, c.line(3, without(`"last":`, `,`, `1`)))
	c.bad("count-large.jsonl", "a count of more than 32 bits", 1, BadForm, c.line(3, without(`"count":`, `,`, `4294967296`)))
	for _, m := range []string{"previous", "root", "hash", "previousRedacted", "redactedRoot", "redactedHash"} {
		c.bad(strings.ToLower("short-"+m+".jsonl"), "a hash that is too short", 1, BadForm, c.line(3, without(`"`+m+`":"`, `"`, "00")))
	}
	c.bad("hash-upper.jsonl", "a hash in upper case", 2, BadForm, c.line(6, func(l string) string {
		at := strings.Index(l, `"hash":"`) + 8
		return l[:at] + strings.ToUpper(l[at:at+64]) + l[at+64:]
	}))
	c.bad("block-large.jsonl", "a height that not every reader keeps", 2, BadForm, c.line(6, without(`"block":"`, `"`, "9007199254740992")))
	c.bad("commitment-short.jsonl", "a commitment that is too short", 2, BadForm, c.line(7, without(`,{`, `}`, `"commitment":"00"`)))
	c.bad("path-number.jsonl", "a path that is a number", 2, BadForm, c.line(7, without(`"path":`, `,`, `1`)))
	c.bad("text-null.jsonl", "a guarded part whose text is null", 2, BadForm, c.line(7, without(`"name","text":`, `}`, `null`)))
	c.bad("checkpoint-number.jsonl", "a number for a checkpoint", 3, BadForm, c.line(12, without(`"checkpoint":`, `}`, `1`)))
	c.bad("checkpoint-pair.jsonl", "half of a pair in it", 3, BadForm, c.line(12, without(`"checkpoint":`, `}`, `"\ud83d"`)))
	c.bad("integer.jsonl", "an integer that not every reader keeps", 0, BadForm, big("9007199254740992"))
	c.bad("integer-odd.jsonl", "one that some round", 0, BadForm, big("9007199254740993"))
	c.bad("no-line-feed.jsonl", "the last line feed is missing", 4, BadForm, bytes.TrimSuffix(sample(c.t).export(), []byte("\n")))
	c.bad("empty.jsonl", "nothing", 0, BadForm, nil)
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

// checkpoints are wrong ends, and ledgers that contradict what a party has kept.
func (c *corpus) checkpoints() {
	whole := string(c.end())
	end := func(name, why string, signed string) {
		c.bad(name, why, 3, BadCheckpoint, sample(c.t).text([]byte(signed)))
	}
	text, signature, _ := strings.Cut(whole, "\n\n")
	end("unsigned.jsonl", "nobody signed", text+"\n\n")
	end("no-blank-line.jsonl", "no blank line before the signatures", text+"\n"+signature)
	end("signed-twice.jsonl", "one signature twice", whole+signature)
	intruder := sample(c.t)
	intruder.signers = []string{"Intruder"}
	end("intruder.jsonl", "signed by a key that was not given", string(intruder.note(0)))
	intruder.signers = []string{"Shop", "Intruder"}
	end("intruder-too.jsonl", "signed by such a key, too", string(intruder.note(0)))
	end("wrong-name.jsonl", "a node's signature under another's name", strings.Replace(whole, "— Shop", "— Warehouse", 1))
	end("base64.jsonl", "bits that base64 does not use", whole[:len(whole)-3]+string(whole[len(whole)-3]+1)+"=\n")
	last, _ := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(signature, "— Shop "), "\n"))
	last[67] ^= 1
	end("wrong-signature.jsonl", "a wrong signature", text+"\n\n— Shop "+base64.StdEncoding.EncodeToString(last)+"\n")
	f := sample(c.t)
	end("earlier.jsonl", "the checkpoint of an earlier size", string(f.note(3)))
	c.edited("checkpoint-spelling.jsonl", "a space", 3, BadForm, `{"checkpoint":`, `{"checkpoint": `)
	c.edited("checkpoint-more.jsonl", "an unknown member", 3, BadForm, `{"checkpoint":`, `{"checkpoint":"","more":`)

	f.blocks = f.blocks[:3]
	c.bad("short.jsonl", "a node drops the last block and signs, a party kept the checkpoint", 3, Short, f.export(), "four.note")
	fork := sample(c.t)
	fork.blocks[3] = fork.blocks[3][1:]
	c.notes["fork.note"] = fork.note(0)
	c.bad("fork.jsonl", "a node drops a transaction and signs, a party kept the checkpoint", 3, Forked, fork.export(), "two.note", "four.note")
	fork.blocks = append(fork.blocks, []item{{fork.blocks[3][1].ts + 1, sample(c.t).blocks[3][0].Redacted}})
	c.bad("fork-hidden.jsonl", "and puts it behind another, in a longer ledger", 3, Forked, fork.export(), "four.note")
	c.bad("two-heads.jsonl", "two checkpoints of one height", 3, Forked, sample(c.t).export(), "four.note", "fork.note")
	c.bad("two-heads-too.jsonl", "the same in another order", 3, Forked, sample(c.t).export(), "fork.note", "four.note")
	intruder.signers = []string{"Intruder"}
	c.notes["intruder.note"] = intruder.note(2)
	signedText := func(text string) []byte {
		n, _ := note.Sign(&note.Note{Text: text}, &noteKey{name: "Shop", public: keysOf("Shop")["Shop"], private: party("Shop").Key})
		return n
	}
	honest, _ := ParseCheckpoint(c.end())
	for name, text := range map[string]string{
		"saved-more": honest.Text() + "more\n", "saved-less": strings.SplitAfterN(honest.Text(), "redacted", 2)[0] + "\n",
		"saved-size": strings.Replace(honest.Text(), "\n4\n", "\n04\n", 1), "saved-zero": strings.Replace(honest.Text(), "\n4\n", "\n0\n", 1),
		"saved-root": strings.Replace(honest.Text(), "HA=\n", "HB=\n", 1), "saved-large": strings.Replace(honest.Text(), "\n4\n", "\n9007199254740992\n", 1),
	} {
		c.notes[name+".note"] = signedText(text)
	}
	for _, name := range []string{"saved-more", "saved-less", "saved-size", "saved-zero", "saved-root", "saved-large"} {
		c.bad(name+".jsonl", "a saved note that is signed, but no checkpoint", -1, BadCheckpoint, sample(c.t).export(), name+".note")
	}
	c.notes["many.note"] = append(sample(c.t).note(2), strings.Repeat("— Witness AAAAAAAAAAAA\n", 99)...)
	c.notes["too-many.note"] = append(sample(c.t).note(2), strings.Repeat("— Witness AAAAAAAAAAAA\n", 100)...)
	c.good("saved-many.jsonl", "a saved checkpoint with a hundred signatures", sample(c.t).export(), "many.note")
	c.bad("saved-too-many.jsonl", "one with more", -1, BadCheckpoint, sample(c.t).export(), "too-many.note")
	elsewhere := *honest
	elsewhere.Uni = "elsewhere"
	c.notes["elsewhere.note"] = signedText(elsewhere.Text())
	c.bad("saved-elsewhere.jsonl", "a saved checkpoint of another uni", 0, BadUni, sample(c.t).export(), "elsewhere.note")
	c.bad("saved-two-unis.jsonl", "saved checkpoints of two unis", -1, BadUni, sample(c.t).export(), "two.note", "elsewhere.note")
	end("elsewhere.jsonl", "the checkpoint is of another uni", string(c.notes["elsewhere.note"]))
	end("carriage-return.jsonl", "a carriage return in the note", strings.Replace(whole, "\n", "\r\n", 1))
	end("no-line-end.jsonl", "the note does not end its line", strings.TrimSuffix(whole, "\n"))
	c.bad("saved-unsigned.jsonl", "a saved checkpoint that no node signed", -1, BadCheckpoint, sample(c.t).export(), "intruder.note")
}

// receipts of transactions.
func (c *corpus) receipts() {
	chain := written(c.t, sampleHistory())
	blocks, _ := chain.Blocks(0, 10, false)
	prove := func(block, index int, size uint64) *Receipt {
		r, err := Prove(chain, blocks[block].Transactions[index].TS, checkpointed(c.t, chain, size, "Shop"), nil)
		if err != nil {
			c.t.Fatal(err)
		}
		return r
	}
	c.good("receipt.json", "the middle transaction of the last block", prove(3, 1, 4).Format(), "two.note", "four.note")
	c.good("receipt-genesis.json", "the only transaction of one block", prove(0, 0, 1).Format())
	c.good("receipt-inner.json", "in the tree's middle", prove(2, 0, 4).Format())
	c.good("receipt-last.json", "the last of three transactions", prove(3, 2, 4).Format())
	c.good("receipt-edge.json", "the last of three blocks", prove(2, 0, 3).Format())
	c.good("receipt-second.json", "the second of three blocks", prove(1, 1, 3).Format())
	hidden, _ := Prove(chain, blocks[2].First, c.end(), func(Part) bool { return true })
	c.good("receipt-redacted.json", "guarded parts are left out", hidden.Format())
	c.bad("receipt-fork.json", "a party kept another checkpoint", 3, Forked, prove(3, 1, 4).Format(), "fork.note")
	forge := func(name, why string, block int, reason Reason, change func(*Receipt)) {
		r := prove(3, 1, 4)
		change(r)
		c.bad("receipt-"+name+".json", why, block, reason, r.Format())
	}
	forge("elsewhere", "a checkpoint of another uni", 3, BadCheckpoint, func(r *Receipt) { r.Note = c.notes["elsewhere.note"] })
	forge("before", "a timestamp before the block", 3, BadProof, func(r *Receipt) { r.TS = 1 })
	forge("none", "no proof in the block", 3, BadProof, func(r *Receipt) { r.Inclusion = nil })
	forge("owner", "of a node whose key was not given", 3, UnknownOwner, func(r *Receipt) { r.Transaction.Owner = "Intruder" })
	forge("name", "a uni without a name", -1, BadForm, func(r *Receipt) { r.Uni = "" })
	named := specimen{Name: "receipt-other-uni.json", Why: "another uni was asked for", Uni: "test", Block: BlockID(3), Reason: BadUni, text: prove(3, 1, 4).Format()}
	c.specimens = append(c.specimens, named)
	good := prove(3, 1, 4).Format()
	for _, by := range []int64{-5, 5} {
		f := sample(c.t)
		f.blocks = f.blocks[:1]
		x := f.blocks[0][0]
		f.header = func(h *Header) { h.First, h.Last = x.ts+by, x.ts+by }
		headers, _ := f.headers()
		lie := &Receipt{Header: *headers[0], Transaction: x.Redacted, TS: x.ts, Note: f.note(0)}
		c.bad(fmt.Sprintf("receipt-shifted-%d.json", by+5), "a block that does not reach over its transaction, signed by a node", 0, BadProof, lie.Format())
	}
	c.bad("receipt-number.json", "a number for a checkpoint", -1, BadForm, c.replace(prove(3, 1, 4).Format(), `"checkpoint":`, `"checkpoint":1,"x":`))
	number := prove(3, 1, 4).Format()
	c.bad("receipt-only-number.json", "the same and no more", -1, BadForm, append(number[:bytes.Index(number, []byte(`"checkpoint":`))+13], "1}\n"...))
	c.bad("receipt-line.json", "no line feed at its end", -1, BadForm, good[:len(good)-1])
	c.bad("receipt-lines.json", "a line more", -1, BadForm, append(good[:len(good):len(good)], "{}\n"...))
	c.bad("receipt-format.json", "another format", -1, BadForm, c.replace(good, `"format":1`, `"format":2`))
	c.bad("receipt-negative.json", "a negative index", -1, BadForm, c.replace(good, `"index":1`, `"index":-1`))
	c.bad("receipt-block.json", "no block", -1, BadForm, c.replace(good, `"block":{`, `"block":null,"more":{`))
	c.bad("receipt-proof.json", "a proof that is no list of hashes", -1, BadForm, c.replace(good, `"inclusion":["`, `"inclusion":["00`))
	c.bad("receipt-member.json", "an unknown member of the transaction", -1, BadForm, c.replace(good, `"parts":`, `"more":1,"parts":`))
	forge("index", "another index", 3, BadProof, func(r *Receipt) { r.Index = 0 })
	forge("outside", "an index outside", 3, BadProof, func(r *Receipt) { r.Index = 3 })
	forge("count", "another count", 3, BadProof, func(r *Receipt) { r.Count = 4 })
	forge("ts", "another timestamp", 3, BadProof, func(r *Receipt) { r.TS++ })
	forge("height", "another height", 2, BadProof, func(r *Receipt) { r.Height = 2 })
	forge("beyond", "a height beyond the tree", 4, BadProof, func(r *Receipt) { r.Height = 4 })
	forge("previous", "another block before", 3, BadProof, func(r *Receipt) { r.Previous[0] ^= 1 })
	forge("cut", "a shorter proof", 3, BadProof, func(r *Receipt) { r.BlockInclusion = r.BlockInclusion[:1] })
	forge("long", "a longer proof", 3, BadProof, func(r *Receipt) { r.Inclusion = append(r.Inclusion, Hash{}) })
	forge("text", "another text", 3, BadSignature, func(r *Receipt) { r.Transaction.Parts[0].Text = "x" })
	forge("older", "the checkpoint of another size", 3, BadProof, func(r *Receipt) { r.Note = checkpointed(c.t, chain, 3, "Shop") })
	forge("intruder", "a checkpoint of nobody", 3, BadCheckpoint, func(r *Receipt) { r.Note = checkpointed(c.t, chain, 4, "Intruder") })
	forge("uni", "of another uni", 3, BadSignature, func(r *Receipt) { r.Uni = "other" })
	c.bad("receipt-spelling.json", "an unknown member", -1, BadForm, c.replace(prove(3, 1, 4).Format(), `"index":`, `"more":0,"index":`))
	c.bad("receipt-space.json", "a space in the block", -1, BadForm, c.replace(prove(3, 1, 4).Format(), `"count":`, `"count": `))
	c.bad("receipt-null.json", "no proof", -1, BadForm, c.replace(prove(0, 0, 1).Format(), `"inclusion":[]`, `"inclusion":null`))
}
