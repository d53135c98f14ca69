package ledger

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

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
	early := sample(c.t)
	early.blocks[1] = early.blocks[1][1:]
	c.notes["early-two.note"], c.notes["early-four.note"] = early.note(2), early.note(4)
	c.bad("fork-early.jsonl", "a party kept two checkpoints of another history; the first tells where it parted", 1, Forked, sample(c.t).export(), "early-four.note", "early-two.note")
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
	c.bad("receipt-saved.json", "a saved checkpoint that no node signed", -1, BadCheckpoint, prove(3, 1, 4).Format(), "intruder.note")
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
